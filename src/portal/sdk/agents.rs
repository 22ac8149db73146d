//! Agents and their keys, as an app's key manages them, and an agent as it sees itself.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::scopes;
use super::signer::Signer;
use crate::api::agents as api;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::idempotency::{self, Claim, Records};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::manage::agents::agent::{Agent, StoredAgent};
use crate::portal::manage::agents::{self, keys};
use crate::portal::store::{Row, Tables};
use crate::portal::timestamp::Stamp;

pub(super) const MAX_GRACE: i64 = 604_800;
const GRACE: i64 = 86_400;

/// Scopes that an agent is to be narrowed to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Narrowing {
    agent_id: String,
    app_id: String,
    scopes: Map<String, Value>,
    applies_at: Stamp,
    /// The scopes that it has until then. A later change of them ends the narrowing.
    #[serde(default)]
    until_then: Map<String, Value>,
}

impl Row for Narrowing {
    const TABLE: &'static str = "runtime_narrowings";

    fn id(&self) -> &str {
        &self.agent_id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl Narrowing {
    fn is_of(&self, agent: &Agent) -> bool {
        self.agent_id == agent.id && self.until_then == agent.scopes
    }
}

/// Narrows the agents whose time has come.
pub(super) fn settle(tables: &mut Tables, now: Stamp) {
    let due = tables.of::<Narrowing>().iter().filter(|narrowing| narrowing.applies_at <= now);
    for narrowing in due.cloned().collect::<Vec<_>>() {
        let stored = tables.of::<StoredAgent>().get(&narrowing.agent_id);
        if stored.is_some_and(|stored| narrowing.is_of(&stored.agent)) {
            tables.of_mut::<StoredAgent>().change(&narrowing.agent_id, |stored| {
                stored.agent.scopes.clone_from(&narrowing.scopes);
            });
        }
        tables.of_mut::<Narrowing>().remove(&narrowing.agent_id);
    }
}

/// An agent as the SDK reads it.
fn shown(call: &Call<'_>, agent: &Agent) -> Value {
    let narrowing = call.state.tables.of::<Narrowing>().get(&agent.id);
    let narrowing = narrowing.filter(|narrowing| narrowing.is_of(agent));
    let mut shown = serde_json::to_value(agent).unwrap_or_default();
    shown["scopes_pending"] = json!(narrowing.map(|narrowing| &narrowing.scopes));
    shown["scopes_applies_at"] = json!(narrowing.map(|narrowing| narrowing.applies_at));
    shown["parent_agent_id"] = Value::Null;
    shown["stored_legacy_managed_secret_names"] = json!([]);
    shown
}

/// The agent that the path names.
fn named(call: &Call<'_>) -> Outcome {
    Ok(Response::json(200, &shown(call, &call.row::<StoredAgent>()?.agent)))
}

/// Refuses an agent's own key, and a key of the app without the scope.
fn operates(signer: &Signer, scope: &str) -> Result<(), Refusal> {
    if !signer.is_agents {
        return scopes::require(&signer.scopes, &[scope]);
    }
    let (code, message) = match scope {
        "agents:read" => {
            ("agent_cannot_read_peer_agents", "An agent can read only itself: /sdk/agents/me.")
        }
        _ => ("agent_cannot_mint_subagents", "An agent manages no agents; use a key of the app."),
    };
    Err(Refusal::new(403, code, message))
}

pub(super) fn me(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    match signer.agent(call) {
        Some(stored) => Ok(Response::json(200, &shown(call, &stored.agent))),
        None => Err(Refusal::new(403, "me_requires_agent_key", "Only an agent's key has a self.")),
    }
}

pub(super) fn list(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    operates(signer, "agents:read")?;
    let revoked = call.query.flag("include_revoked").unwrap_or(false);
    let name = call.query.text("name");
    let all = call.state.tables.of::<StoredAgent>().of_app(&signer.app_id).rev();
    let agents = all.map(|stored| &stored.agent).filter(|agent| {
        (revoked || !agent.is_revoked()) && name.is_none_or(|name| agent.name == name)
    });
    Ok(call.paged(agents.map(|agent| shown(call, agent))))
}

pub(super) fn show(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    operates(signer, "agents:read")?;
    named(call)
}

/// The key of the answer is shown once: a repeated request gets the same answer without it.
pub(super) fn create(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    operates(signer, "agents:write")?;
    let given = call.request.header("idempotency-key");
    let claim = given.map(|key| Claim::new(&signer.key_id, key, "POST /sdk/agents")).transpose()?;
    if let Some(claim) = &claim {
        let records: &Records = call.state.tables.of();
        let body = &call.request.body;
        if let Some(answer) = idempotency::replay(records, claim, body, call.now, true)? {
            return repeated(call, answer);
        }
    }
    call.check_body(&api::CREATE, None)?;
    let (stored, key) = agents::make(call)?;
    let mut body = shown(call, &stored.agent);
    body["api_key"] = json!(key.plaintext);
    body["key_id"] = json!(key.key.key_id);
    let answer = Response::json(201, &body).with_secret(&key.plaintext);
    if let Some(claim) = claim {
        idempotency::keep(call.state.tables.of_mut(), claim, &call.request.body, call.now, &answer);
    }
    Ok(answer)
}

/// An answer given again, unless its agent has changed too much for it to be true.
fn repeated(call: &Call<'_>, answer: Response) -> Outcome {
    let made: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let id = made["id"].as_str().unwrap_or_default();
    let agent = call.state.tables.of::<StoredAgent>().get(id).map(|stored| &stored.agent);
    let refuse = |code, message: &str| Err(Refusal::conflict(code, message));
    match agent {
        Some(agent) if agent.is_revoked() => {
            refuse("idempotency_key_agent_revoked", "The agent of this Idempotency-Key is revoked.")
        }
        Some(agent) if !agent.is_active() => refuse(
            "idempotency_key_agent_inactive",
            "The agent of this Idempotency-Key is suspended.",
        ),
        _ => Ok(answer),
    }
}

/// What a body says of scopes, and nothing of the rest.
#[derive(Deserialize)]
struct Asked {
    scopes: Option<Map<String, Value>>,
}

/// More scopes count at once; fewer after a time of grace.
pub(super) fn update(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    operates(signer, "agents:write")?;
    let (grace, expected) =
        (call.query.number("grace_seconds"), call.query.number("expected_version"));
    let agent = agents::unrevoked(call)?.clone();
    if call.request.body.is_empty() || call.request.body == b"{}" {
        return named(call);
    }
    let asked: Option<Asked> = serde_json::from_slice(&call.request.body).ok();
    let wanted = asked.and_then(|asked| asked.scopes);
    if expected.is_some_and(|version| u32::try_from(version).ok() != Some(agent.version)) {
        let message = format!("The agent is at version {}.", agent.version);
        return Err(Refusal::conflict("agent_concurrent_update", message)
            .also("current_version", agent.version));
    }
    if wanted.is_some() && expected.is_none() {
        let msg = "A change of scopes says which version it expects";
        return Err(Refusal::invalid("query", "expected_version", "missing", msg));
    }
    call.check_body(&api::UPDATE, None)?;
    agents::update(call)?;
    if let Some(wanted) = wanted {
        let grace = grace.and_then(|seconds| i64::try_from(seconds).ok()).unwrap_or(GRACE);
        narrow(call, &agent, &wanted, grace);
    }
    named(call)
}

/// Gives back what a change of scopes takes away, until the grace is over.
fn narrow(call: &mut Call<'_>, before: &Agent, wanted: &Map<String, Value>, grace: i64) {
    let words = |scopes: &Map<String, Value>, provider: &str| -> BTreeSet<String> {
        let list = scopes.get(provider).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let providers: BTreeSet<&String> = before.scopes.keys().chain(wanted.keys()).collect();
    let both = providers.iter().map(|provider| {
        let all: BTreeSet<String> =
            words(&before.scopes, provider).union(&words(wanted, provider)).cloned().collect();
        ((*provider).clone(), json!(all))
    });
    let both: Map<String, Value> = both.collect();
    let same = both.iter().all(|(provider, _)| words(&both, provider) == words(wanted, provider));
    call.state.tables.of_mut::<Narrowing>().remove(&before.id);
    if same || grace == 0 {
        return;
    }
    let (agent_id, app_id) = (before.id.clone(), call.params.get("app").to_owned());
    let applies_at = call.now.plus(grace);
    let agents = call.state.tables.of_mut::<StoredAgent>();
    agents.change(&agent_id, |stored| stored.agent.scopes.clone_from(&both));
    let (scopes, until_then) = (wanted.clone(), both);
    call.state.tables.of_mut().add(Narrowing { agent_id, app_id, scopes, applies_at, until_then });
}

pub(super) fn revoke(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    operates(signer, "agents:write")?;
    call.check_body(&api::REVOKE, None)?;
    agents::revoke(call)?;
    named(call)
}

pub(super) fn list_keys(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    operates(signer, "agents:read")?;
    call.row::<StoredAgent>()?;
    let keys: Vec<_> = keys::of_agent(call).map(|stored| &stored.key).collect();
    Ok(Response::json(200, &json!({ "items": keys })))
}

pub(super) fn mint_key(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    operates(signer, "agents:write")?;
    call.check_body(&api::MINT_KEY, None)?;
    keys::mint(call)
}

pub(super) fn deprecate_key(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    operates(signer, "agents:write")?;
    call.check_body(&api::DEPRECATE_KEY, None)?;
    keys::deprecate(call).map_err(in_runtime_words)
}

pub(super) fn restore_key(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    operates(signer, "agents:write")?;
    call.check_body(&api::UNDEPRECATE_KEY, None)?;
    keys::restore(call).map_err(in_runtime_words)
}

pub(super) fn revoke_key(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    operates(signer, "agents:write")?;
    call.check_body(&api::REVOKE_KEY, None)?;
    keys::revoke(call).map_err(in_runtime_words)
}

/// The management side calls it by another name.
pub(super) fn in_runtime_words(refusal: Refusal) -> Refusal {
    refusal
        .recoded("key_already_revoked", "key_revoked")
        .recoded("grant_already_revoked", "grant_revoked")
        .recoded("label_in_use", "sibling_label_conflict")
}
