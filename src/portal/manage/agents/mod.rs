//! Agents: programs that act on their own, with keys of their own.

pub(crate) mod agent;
pub(crate) mod audit;
pub(crate) mod keys;
pub(crate) mod registry;

use serde::Serialize;
use serde_json::json;

use crate::api::agents as api;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::resource::Resource;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use agent::{Agent, StoredAgent};
use keys::StoredAgentKey;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(&api::LIST, list),
    Route::new(&api::CREATE, create),
    Route::new(&api::SHOW, |call| call.show::<StoredAgent>()),
    Route::new(&api::UPDATE, update),
    Route::new(&api::REVOKE, revoke),
    Route::new(&api::AUDIT, audit::list),
    Route::new(&api::REGISTRY_LIST, registry::list),
    Route::new(&api::REGISTRY_SHOW, registry::show),
    Route::new(&api::LIST_KEYS, keys::list),
    Route::new(&api::MINT_KEY, keys::mint),
    Route::new(&api::REVOKE_KEY, keys::revoke),
    Route::new(&api::DEPRECATE_KEY, keys::deprecate),
    Route::new(&api::UNDEPRECATE_KEY, keys::restore),
];

/// An agent with its first key, whose plaintext is shown this once.
#[derive(Serialize)]
struct Created<'a> {
    #[serde(flatten)]
    agent: &'a Agent,
    api_key: &'a str,
    key_id: &'a str,
}

fn of_app<'a>(call: &'a Call<'_>) -> impl DoubleEndedIterator<Item = &'a Agent> {
    let all = call.state.tables.of::<StoredAgent>().of_app(call.params.get("app"));
    all.map(|stored| &stored.agent)
}

/// The agent that the path names, unless it is gone for good.
pub(crate) fn unrevoked<'a>(call: &'a Call<'_>) -> Result<&'a Agent, Refusal> {
    let agent = &call.row::<StoredAgent>()?.agent;
    if !agent.is_revoked() {
        return Ok(agent);
    }
    let message = format!("The agent {} is revoked; create another.", agent.name);
    Err(Refusal::conflict("agent_revoked", message))
}

/// Returns whether the agent has a key that was not revoked.
fn has_keys(call: &Call<'_>, agent: &Agent) -> bool {
    let mut keys = call.state.tables.of::<keys::StoredAgentKey>().of_app(call.params.get("app"));
    keys.any(|stored| stored.agent_id == agent.id && stored.key.revoked_at.is_none())
}

fn list(call: &mut Call<'_>) -> Outcome {
    let query = &call.query;
    let statuses = query.words("status");
    let kind = query.text("type");
    let provider = query.text("provider");
    let search = query.text("search").map(str::to_lowercase);
    let without_keys = query.flag("without_keys").unwrap_or(false);
    let named = |agent: &Agent, part: &str| {
        let names = [Some(&agent.name), agent.display_name.as_ref()];
        names.into_iter().flatten().any(|name| name.to_lowercase().contains(part))
    };
    let wanted = |agent: &&Agent| {
        (statuses.is_empty() || statuses.contains(&agent.status.as_str()))
            && kind.is_none_or(|kind| agent.kind == kind)
            && provider.is_none_or(|provider| agent.scopes.contains_key(provider))
            && search.as_ref().is_none_or(|part| named(agent, part))
            && !(without_keys && has_keys(call, agent))
    };
    Ok(call.paged(of_app(call).rev().filter(wanted)))
}

fn create(call: &mut Call<'_>) -> Outcome {
    let (stored, key) = make(call)?;
    let created =
        Created { agent: &stored.agent, api_key: &key.plaintext, key_id: &key.key.key_id };
    Ok(Response::json(201, &created).with_secret(&key.plaintext))
}

/// Makes the agent that a body describes, with its first key.
pub(crate) fn make(call: &mut Call<'_>) -> Result<(StoredAgent, StoredAgentKey), Refusal> {
    let mut stored = StoredAgent::blank(call.params.get("app"), call.now);
    stored.fill(&call.body)?;
    let name = &stored.agent.name;
    if of_app(call).any(|agent| agent.name == *name && !agent.is_revoked()) {
        let message = format!("There is an agent {name} already; take another name, or revoke it.");
        return Err(Refusal::conflict("agent_name_exists", message));
    }
    let key = StoredAgentKey::fresh(&stored, 1, call.now);
    call.record(&stored, "created", json!({ "name": name }));
    key.record(call, "minted");
    call.state.tables.of_mut().add(key.clone());
    call.state.tables.of_mut().add(stored.clone());
    Ok((stored, key))
}

/// Changes the agent that the path names as the body says.
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    unrevoked(call)?;
    call.update::<StoredAgent>()
}

/// Revoking twice is revoking once.
pub(crate) fn revoke(call: &mut Call<'_>) -> Outcome {
    if unrevoked(call).is_err() {
        return call.show::<StoredAgent>();
    }
    keys::revoke_all(call);
    call.change("revoked", |stored: &mut StoredAgent, _| {
        "revoked".clone_into(&mut stored.agent.status);
        Ok(json!({ "name": stored.name() }))
    })
}
