//! An agent's keys: minted, deprecated and back, revoked.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::agent::{Agent, StoredAgent};
use super::unrevoked;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::resource::Resource;
use crate::portal::http::response::Response;
use crate::portal::manage::plaintext;
use crate::portal::random;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

const PREFIX: &str = "alter_key_";

/// A key as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AgentKey {
    pub(crate) key_id: String,
    pub(crate) key_prefix: String,
    pub(crate) name: String,
    created_at: Stamp,
    pub(crate) deprecated_at: Option<Stamp>,
    pub(crate) revoked_at: Option<Stamp>,
    pub(crate) last_used_at: Option<Stamp>,
}

/// A key as it is kept. Its callers sign with the plaintext, so checking them needs the plaintext too.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredAgentKey {
    pub(crate) app_id: String,
    pub(crate) agent_id: String,
    pub(crate) plaintext: String,
    pub(crate) key: AgentKey,
}

#[derive(Serialize)]
struct Minted<'a> {
    #[serde(flatten)]
    key: &'a AgentKey,
    api_key: &'a str,
}

impl Row for StoredAgentKey {
    const TABLE: &'static str = "agent_keys";

    fn id(&self) -> &str {
        &self.key.key_id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl Resource for StoredAgentKey {
    const KIND: &'static str = "agent_key";
    const PARAM: &'static str = "key";
    const NOT_FOUND: &'static str = "key_not_found";

    fn shown<'a>(&'a self, _call: &'a Call<'_>) -> impl Serialize {
        &self.key
    }

    fn name(&self) -> &str {
        &self.key.name
    }
}

impl AgentKey {
    /// One word for its state.
    pub(crate) fn status(&self) -> &'static str {
        match (self.revoked_at, self.deprecated_at) {
            (Some(_), _) => "revoked",
            (None, Some(_)) => "deprecated",
            (None, None) => "active",
        }
    }
}

impl StoredAgentKey {
    /// The agent's key of this number.
    pub(crate) fn fresh(of: &StoredAgent, number: usize, now: Stamp) -> Self {
        let plaintext = format!("{PREFIX}{}", random::alphanumeric(40));
        let key = AgentKey {
            key_id: random::uuid(),
            key_prefix: plaintext::prefix(&plaintext),
            name: format!("{}-{number}", of.agent.name),
            created_at: now,
            deprecated_at: None,
            revoked_at: None,
            last_used_at: None,
        };
        let (app_id, agent_id) = (of.app_id.clone(), of.agent.id.clone());
        Self { app_id, agent_id, plaintext, key }
    }

    /// Notes a change of it in the journal.
    pub(super) fn record(&self, call: &mut Call<'_>, verb: &str) {
        let details = json!({ "name": self.key.name, "key_prefix": self.key.key_prefix });
        call.record(self, verb, details);
    }
}

/// The keys of the agent that the path names.
pub(crate) fn of_agent<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a StoredAgentKey> {
    let (app, agent) = (call.params.get("app"), call.params.get("agent"));
    call.state.tables.of::<StoredAgentKey>().of_app(app).filter(move |key| key.agent_id == agent)
}

/// The key that the path names, which must be one of the agent's.
pub(crate) fn named<'a>(call: &'a Call<'_>) -> Result<&'a StoredAgentKey, Refusal> {
    let agent: &Agent = &call.row::<StoredAgent>()?.agent;
    let key: &StoredAgentKey = call.row()?;
    if key.agent_id == agent.id {
        return Ok(key);
    }
    let message = format!("There is no key {} of the agent {}.", key.key.key_id, agent.name);
    Err(Refusal::not_found("key_not_found", message))
}

fn usable<'a>(call: &'a Call<'_>) -> Result<&'a StoredAgentKey, Refusal> {
    let key = named(call)?;
    if key.key.revoked_at.is_none() {
        return Ok(key);
    }
    let message = format!("The key {} is revoked.", key.key.name);
    Err(Refusal::conflict("key_already_revoked", message))
}

/// Lists the keys of the agent that the path names.
pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    call.row::<StoredAgent>()?;
    let keys: Vec<&AgentKey> = of_agent(call).map(|stored| &stored.key).collect();
    Ok(Response::json(200, &keys))
}

/// Mints a key of the agent that the path names.
pub(crate) fn mint(call: &mut Call<'_>) -> Outcome {
    unrevoked(call)?;
    let number = of_agent(call).count() + 1;
    let key = StoredAgentKey::fresh(call.row::<StoredAgent>()?, number, call.now);
    key.record(call, "minted");
    let minted = Minted { key: &key.key, api_key: &key.plaintext };
    let answer = Response::json(201, &minted).with_secret(&key.plaintext);
    call.state.tables.of_mut().add(key);
    Ok(answer)
}

/// Revokes the key that the path names.
pub(crate) fn revoke(call: &mut Call<'_>) -> Outcome {
    let force = call.query.flag("force").unwrap_or(false);
    let id = usable(call)?.key.key_id.clone();
    let stays = |key: &StoredAgentKey| key.key.revoked_at.is_none() && key.key.key_id != id;
    if !force && !of_agent(call).any(stays) {
        let message = "This is the agent's last active key; it would stop working. Repeat with --force if that is meant.";
        return Err(Refusal::conflict("last_active_key", message));
    }
    call.change("revoked", |stored: &mut StoredAgentKey, now| {
        stored.key.revoked_at = Some(now);
        Ok(json!({ "name": stored.key.name, "key_prefix": stored.key.key_prefix }))
    })
}

/// Revokes whatever works of the agent that the path names.
pub(super) fn revoke_all(call: &mut Call<'_>) {
    let working = of_agent(call).filter(|stored| stored.key.revoked_at.is_none());
    let going: Vec<StoredAgentKey> = working.cloned().collect();
    let now = call.now;
    for stored in going {
        stored.record(call, "revoked");
        let keys = call.state.tables.of_mut::<StoredAgentKey>();
        keys.change(stored.id(), |stored| stored.key.revoked_at = Some(now));
    }
}

/// Marks the key that the path names as one to move away from.
pub(crate) fn deprecate(call: &mut Call<'_>) -> Outcome {
    mark(call, "deprecated", |key, now| key.deprecated_at = key.deprecated_at.or(Some(now)))
}

/// Takes that back.
pub(crate) fn restore(call: &mut Call<'_>) -> Outcome {
    mark(call, "undeprecated", |key, _| key.deprecated_at = None)
}

fn mark(call: &mut Call<'_>, verb: &str, edit: fn(&mut AgentKey, Stamp)) -> Outcome {
    usable(call)?;
    call.change(verb, |stored: &mut StoredAgentKey, now| {
        edit(&mut stored.key, now);
        Ok(json!({ "name": stored.key.name, "key_prefix": stored.key.key_prefix }))
    })
}
