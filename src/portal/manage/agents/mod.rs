//! Agents: programs that act on their own, with keys of their own.

pub(crate) mod agent;
pub(crate) mod audit;
pub(crate) mod keys;
pub(crate) mod registry;

use serde::Serialize;
use serde_json::json;

use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::form::{Mode, fill};
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::resource::Resource;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use agent::{Agent, CHANGE, NEW, StoredAgent};
use keys::StoredAgentKey;

pub(super) const READ: &str = "dashboard_agents:read";
pub(super) const WRITE: &str = "dashboard_agents:write";
pub(super) const ADMIN: &str = "dashboard_agents:admin";

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "/apps/{app}/agents", READ, list)
        .query(&["status", "type", "provider", "search"])
        .paged(1000, 50),
    Route::new("POST", "/apps/{app}/agents", WRITE, create),
    Route::new("GET", "/apps/{app}/agents/{agent}", READ, |call| call.show::<StoredAgent>()),
    Route::new("PATCH", "/apps/{app}/agents/{agent}", WRITE, update),
    Route::new("DELETE", "/apps/{app}/agents/{agent}", ADMIN, revoke),
];

const STATUSES: &[&str] = &["active", "inactive", "revoked"];

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

fn list(call: &mut Call<'_>) -> Outcome {
    let query = &call.query;
    let statuses = query.words("status", STATUSES)?;
    let kind = query.one_of("type", &["agent", "service"])?;
    let provider = query.text("provider");
    let search = query.text("search").map(str::to_lowercase);
    let named = |agent: &Agent, part: &str| {
        let names = [Some(&agent.name), agent.display_name.as_ref()];
        names.into_iter().flatten().any(|name| name.to_lowercase().contains(part))
    };
    let wanted = |agent: &&Agent| {
        (statuses.is_empty() || statuses.contains(&agent.status.as_str()))
            && kind.is_none_or(|kind| agent.kind == kind)
            && provider.is_none_or(|provider| agent.scopes.contains_key(provider))
            && search.as_ref().is_none_or(|part| named(agent, part))
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
    fill(NEW, Mode::Create, &call.request.body, &mut stored)?;
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
    call.update(CHANGE)
}

/// Revoking twice is revoking once.
pub(crate) fn revoke(call: &mut Call<'_>) -> Outcome {
    call.no_fields()?;
    if unrevoked(call).is_err() {
        return call.show::<StoredAgent>();
    }
    keys::revoke_all(call);
    call.change("revoked", |stored: &mut StoredAgent, _| {
        "revoked".clone_into(&mut stored.agent.status);
        Ok(json!({ "name": stored.name() }))
    })
}
