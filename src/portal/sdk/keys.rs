//! Keys that manage keys: derived for a short time, rotated, revoked.

use serde_json::{Value, json};

use super::agents::in_runtime_words;
use super::scopes::hold;
use super::signer::Signer;
use crate::api::address::Range;
use crate::api::keys as api;
use crate::portal::catalogues::runtime_scopes;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{cidr, integer, list, object, text};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::manage::keys;
use crate::portal::manage::stored_key::{Key, StoredKey};

/// Seconds that a derived key may live, unless its organization says otherwise.
const MAX_LIFE: i64 = 86_400;
const MAX_NAME: usize = 120;
const MAX_METADATA: usize = 8192;

/// Derives a key that may do no more than its parent and dies with it.
pub(super) fn derive(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let (wanted, life, ranges, name) = call.fields(|fields| {
        fields.nullable("metadata", object(MAX_METADATA));
        (
            fields.required("scopes", list(runtime_scopes::scope)),
            fields.required("expires_in", integer(1, i64::MAX)),
            fields.nullable("cidr_allowlist", list(cidr)),
            fields.nullable("name", text(1, MAX_NAME)),
        )
    })?;
    let refuse = |code, message: String| Err(Refusal::new(400, code, message));
    if let Some(scope) = wanted.iter().find(|scope| *scope == "keys:derive" || *scope == "*") {
        let message = format!("A derived key cannot have {scope}.");
        return refuse("invalid_scope_for_derived_key", message);
    }
    if let Some(scope) = wanted.iter().find(|scope| !hold(&signer.scopes, scope)) {
        return refuse("scope_not_allowed", format!("The key does not have {scope} itself."));
    }
    let end = call.now.plus(life);
    let parent = call.state.tables.of::<StoredKey>().get(&signer.key_id);
    let Some(parent) = parent.cloned() else {
        let message = "An agent's key has no scopes that another could be given.".to_owned();
        return refuse("invalid_scope_for_derived_key", message);
    };
    if let Some(range) = ranges.as_ref().and_then(|ranges| outside(ranges, &parent.key)) {
        let message = format!("The key itself may not be used from all of {range}.");
        return refuse("constraint_not_narrowing", message);
    }
    let ends = [parent.key.expires_at, parent.grace_until];
    if life > MAX_LIFE || ends.into_iter().flatten().any(|parent_end| end > parent_end) {
        let message = format!(
            "A derived key lives for at most {MAX_LIFE} seconds, and not longer than its parent."
        );
        return Err(Refusal::new(422, "expires_in_too_long", message));
    }
    let stamp = call.now.to_string().replace(['-', ':', 'Z'], "").replace('T', "-");
    let name = name.unwrap_or_else(|| format!("derived-{stamp}"));
    let mut stored = StoredKey::fresh(&signer.app_id, "dk", name, wanted, call.now);
    stored.key.expires_at = Some(end);
    stored.key.derive_from(&parent.key);
    if let Some(ranges) = ranges {
        stored.key.cidr_allowlist = Some(ranges);
    }
    keys::note(call, "key.derived", &stored.key);
    let mut body = serde_json::to_value(&stored.key).unwrap_or_default();
    body["api_key"] = json!(stored.plaintext);
    let answer = Response::json(201, &body).with_secret(&stored.plaintext);
    call.state.tables.of_mut().add(stored);
    Ok(answer)
}

/// A range that the parent may not all be used from.
fn outside<'a>(ranges: &'a [String], parent: &Key) -> Option<&'a String> {
    let allowed = parent.cidr_allowlist.as_ref()?;
    let allowed: Vec<Range> = allowed.iter().filter_map(|range| Range::parse(range)).collect();
    let fits = |range: &Range| allowed.iter().any(|other| range.lies_in(other));
    ranges.iter().find(|range| !Range::parse(range).is_some_and(|range| fits(&range)))
}

pub(super) fn rotate(call: &mut Call<'_>, _: &Signer) -> Outcome {
    let asked: Value = serde_json::from_slice(&call.request.body).unwrap_or_default();
    if asked.get("scopes").is_some() {
        let msg = "Extra inputs are not permitted";
        return Err(Refusal::invalid("body", "scopes", "extra_forbidden", msg));
    }
    call.check_body(&api::ROTATE, None)?;
    keys::rotate(call).map_err(in_runtime_words)
}

pub(super) fn revoke(call: &mut Call<'_>, _: &Signer) -> Outcome {
    call.check_body(&api::REVOKE, None)?;
    keys::revoke(call).map_err(in_runtime_words)
}
