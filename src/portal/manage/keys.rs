//! Runtime keys: minted once, rotated with a grace, revoked with all that was derived from them.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::api::keys;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::manage::stored_key::{Key, StoredKey};
use crate::portal::portal_actions::Subject;
use crate::portal::timestamp::Stamp;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(&keys::LIST, list),
    Route::new(&keys::MINT, mint),
    Route::new(&keys::STATISTICS, statistics),
    Route::new(&keys::SHOW, show),
    Route::new(&keys::RENAME, rename),
    Route::new(&keys::REVOKE, revoke),
    Route::new(&keys::ROTATE, rotate),
];

const ACTIVE_MAX: usize = 50;
/// The type of an agent's keys.
const AGENT: &str = "ak";
const OVERLAP_DEFAULT: i64 = 7;

/// A key with the plaintext that is shown this once.
#[derive(Serialize)]
struct Minted<'a> {
    #[serde(flatten)]
    key: &'a Key,
    api_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotated_from: Option<RotatedFrom>,
}

/// The word for the type of a new key.
#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NewKeyType {
    #[default]
    Runtime,
    Agent,
}

#[derive(Serialize)]
struct RotatedFrom {
    id: String,
    grace_until: Stamp,
}

#[derive(Serialize)]
struct Statistics {
    active: usize,
    rotated_in_grace: usize,
    total: usize,
    max_allowed: usize,
}

fn of_app<'a>(call: &'a Call<'_>) -> impl DoubleEndedIterator<Item = &'a StoredKey> {
    call.state.tables.of::<StoredKey>().of_app(call.params.get("app"))
}

/// The key that the path names.
pub(super) fn named<'a>(call: &'a Call<'_>) -> Result<&'a StoredKey, Refusal> {
    let (app, id) = (call.params.get("app"), call.params.get("key"));
    let found = call.state.tables.of::<StoredKey>().get(id).filter(|key| key.app_id == app);
    found.ok_or_else(|| {
        Refusal::not_found("key_not_found", format!("There is no key {id} in this app."))
    })
}

fn unrevoked<'a>(call: &'a Call<'_>) -> Result<&'a StoredKey, Refusal> {
    let stored = named(call)?;
    if stored.key.revoked_at.is_none() {
        return Ok(stored);
    }
    let message = format!("The key {} is revoked.", stored.key.name);
    Err(Refusal::conflict("key_already_revoked", message))
}

fn list(call: &mut Call<'_>) -> Outcome {
    let (status, prefix) = (call.query.text("status"), call.query.text("prefix"));
    let of_status = |key: &StoredKey| match status {
        Some("active") => key.is_active(call.now),
        Some(_) => key.key.revoked_at.is_some(),
        None => true,
    };
    let wanted = |key: &&StoredKey| {
        of_status(key) && prefix.is_none_or(|prefix| key.key.prefix.starts_with(prefix))
    };
    Ok(call.paged(of_app(call).rev().filter(wanted).map(|stored| &stored.key)))
}

fn statistics(call: &mut Call<'_>) -> Outcome {
    let statistics = Statistics {
        active: of_app(call).filter(|key| key.is_active(call.now)).count(),
        rotated_in_grace: of_app(call).filter(|key| key.is_in_grace(call.now)).count(),
        total: of_app(call).count(),
        max_allowed: ACTIVE_MAX,
    };
    Ok(Response::json(200, &statistics))
}

fn show(call: &mut Call<'_>) -> Outcome {
    Ok(Response::json(200, &named(call)?.key))
}

fn mint(call: &mut Call<'_>) -> Outcome {
    let now = call.now;
    if of_app(call).filter(|key| key.is_active(now)).count() >= ACTIVE_MAX {
        let message = format!("An app has at most {ACTIVE_MAX} active keys; revoke one first.");
        return Err(Refusal::conflict("key_limit_reached", message));
    }
    let body = &call.body;
    let kind = match body.get("key_type")?.unwrap_or_default() {
        NewKeyType::Runtime => "rk",
        NewKeyType::Agent => AGENT,
    };
    let (name, scopes) = (body.required("name")?, body.required("scopes")?);
    let mut stored = StoredKey::fresh(call.params.get("app"), kind, name, scopes, now);
    body.set("cidr_allowlist", &mut stored.key.cidr_allowlist)?;
    body.set("expires_at", &mut stored.key.expires_at)?;
    stored.key.limit(body.get("rate_limit_rpm")?);
    note(call, "key.minted", &stored.key);
    Ok(minted(call, stored, None))
}

fn minted(call: &mut Call<'_>, stored: StoredKey, rotated_from: Option<RotatedFrom>) -> Response {
    let body = Minted { key: &stored.key, api_key: &stored.plaintext, rotated_from };
    let answer = Response::json(201, &body).with_secret(&stored.plaintext);
    call.state.tables.of_mut().add(stored);
    answer
}

/// Replaces the key that the path names.
pub(crate) fn rotate(call: &mut Call<'_>) -> Outcome {
    let old = unrevoked(call)?;
    let (scopes, overlap) = (call.body.get("scopes")?, call.body.get("overlap_days")?);
    let no = |message: &str| Err(Refusal::new(400, "invalid_request", message));
    match () {
        () if old.key.kind == "dk" => {
            return no("A derived key cannot be rotated; derive another.");
        }
        () if old.key.deprecated_at.is_some() => {
            return no("This key was rotated already; rotate its successor.");
        }
        () if !old.is_active(call.now) => return no("This key has expired; mint another."),
        () => {}
    }
    let (now, successor) = (call.now, old.successor(scopes, call.now));
    let from = RotatedFrom {
        id: old.key.id.clone(),
        grace_until: now.plus_days(overlap.unwrap_or(OVERLAP_DEFAULT)),
    };
    call.state.tables.of_mut::<StoredKey>().change(&from.id, |old| {
        old.key.deprecated_at = Some(now);
        old.grace_until = Some(from.grace_until);
        let expiry = old.key.expires_at.map_or(from.grace_until, |at| at.min(from.grace_until));
        old.key.expires_at = Some(expiry);
    });
    // What was derived from it ends with it.
    for id in with_derived(call, &from.id).into_iter().skip(1) {
        call.state.tables.of_mut::<StoredKey>().change(&id, |derived| {
            let ends = [derived.key.expires_at, Some(from.grace_until)];
            derived.key.expires_at = ends.into_iter().flatten().min();
        });
    }
    note(call, "key.rotated", &successor.key);
    Ok(minted(call, successor, Some(from)))
}

fn rename(call: &mut Call<'_>) -> Outcome {
    let mut key = unrevoked(call)?.key.clone();
    key.name = call.body.required("name")?;
    let keys = call.state.tables.of_mut::<StoredKey>();
    keys.change(&key.id, |stored| stored.key.name.clone_from(&key.name));
    note(call, "key.renamed", &key);
    Ok(Response::json(200, &key))
}

/// Revokes the key that the path names, and all that was derived from it.
pub(crate) fn revoke(call: &mut Call<'_>) -> Outcome {
    let force = call.query.flag("force").unwrap_or(false);
    let stored = unrevoked(call)?;
    let going = with_derived(call, &stored.key.id);
    let stays = |key: &&StoredKey| {
        key.key.kind == AGENT && key.is_active(call.now) && !going.contains(&key.key.id)
    };
    let guarded = stored.key.kind == AGENT && stored.is_active(call.now);
    if guarded && !force && of_app(call).find(stays).is_none() {
        let message = "This is the agent's last active key; it would stop working. Repeat with --force if that is meant.";
        return Err(Refusal::conflict("last_active_key", message));
    }
    let now = call.now;
    for id in going {
        let keys = call.state.tables.of_mut::<StoredKey>();
        let revoked = keys.change(&id, |stored| stored.key.revoked_at = Some(now));
        if let Some(key) = revoked.map(|stored| stored.key.clone()) {
            note(call, "key.revoked", &key);
        }
    }
    show(call)
}

/// The key and every unrevoked one derived from it, however many steps down.
fn with_derived(call: &Call<'_>, id: &str) -> Vec<String> {
    let mut found = vec![id.to_owned()];
    let mut at = 0;
    while let Some(parent) = found.get(at).cloned() {
        let derived = of_app(call)
            .map(|stored| &stored.key)
            .filter(|key| key.parent_key_id.as_ref() == Some(&parent) && key.revoked_at.is_none());
        found.extend(derived.map(|key| key.id.clone()));
        at += 1;
    }
    found
}

/// Notes a change of a key in the journal.
pub(crate) fn note(call: &mut Call<'_>, action: &str, key: &Key) {
    let app_id = call.params.get("app").to_owned();
    let subject = Subject { kind: "key", id: &key.id, app_id: Some(&app_id) };
    call.note(action, subject, json!({ "name": key.name, "key_prefix": key.prefix }));
}
