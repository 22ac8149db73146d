//! The key that signed a request, an app's or an agent's.

use std::net::IpAddr;

use crate::protocol::sign::API_KEY;

use super::{scopes, signature};
use crate::portal::handler::call::Call;
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::request::Request;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::agents::keys::StoredAgentKey;
use crate::portal::manage::stored_key::StoredKey;
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

/// The limit of an agent that has none of its own.
const RATE_LIMIT: i64 = 600;

/// A key as the table that holds it has it.
#[derive(Clone)]
pub(super) enum Key {
    Apps(StoredKey),
    Agents(StoredAgentKey, StoredAgent),
}

impl Key {
    /// The key that a request brings.
    pub(super) fn find(tables: &Tables, request: &Request) -> Result<Self, Refusal> {
        let given = signature::header(request, API_KEY);
        let unknown = || {
            Refusal::new(401, "invalid_key", "There is no such key.")
                .also("hint", "Mint one: alter keys mint, or alter agents mint-key.")
        };
        if let Some(key) = tables.of::<StoredKey>().iter().find(|key| key.plaintext == given) {
            return Ok(Self::Apps(key.clone()));
        }
        let key = tables.of::<StoredAgentKey>().iter().find(|key| key.plaintext == given);
        key.and_then(|key| Self::of_agent(tables, key)).ok_or_else(unknown)
    }

    /// The key of this id.
    pub(super) fn of_id(tables: &Tables, id: &str) -> Option<Self> {
        if let Some(key) = tables.of::<StoredKey>().get(id) {
            return Some(Self::Apps(key.clone()));
        }
        Self::of_agent(tables, tables.of::<StoredAgentKey>().get(id)?)
    }

    /// The key that it was derived from.
    pub(super) fn parent(&self, tables: &Tables) -> Option<Self> {
        match self {
            Self::Apps(stored) => Self::of_id(tables, stored.key.parent_key_id.as_deref()?),
            Self::Agents(..) => None,
        }
    }

    /// The key whose minute it shares: the first of those that it was derived from, or itself.
    pub(super) fn root(self, tables: &Tables) -> Self {
        match self.parent(tables) {
            Some(parent) => parent.root(tables),
            None => self,
        }
    }

    fn of_agent(tables: &Tables, key: &StoredAgentKey) -> Option<Self> {
        let agent = tables.of::<StoredAgent>().get(&key.agent_id)?;
        Some(Self::Agents(key.clone(), agent.clone()))
    }

    /// Refuses a key that does not work, one derived from such a key, and the key of an agent that does not work.
    pub(super) fn check(
        &self,
        tables: &Tables,
        now: Stamp,
        paused_too: bool,
    ) -> Result<(), Refusal> {
        self.parent(tables).map_or(Ok(()), |parent| parent.check(tables, now, paused_too))?;
        let refuse = |code, message: &str| Err(Refusal::new(401, code, message));
        match self {
            Self::Apps(stored) => match () {
                () if stored.key.revoked_at.is_some() => {
                    refuse("key_revoked", "The key is revoked.")
                }
                // Rotation brings the end of the old key forward to that of its grace.
                () if stored.key.deprecated_at.is_some() && !stored.is_in_grace(now) => refuse(
                    "key_rotated_grace_expired",
                    "The key was rotated, and its time of grace is over.",
                ),
                () if stored.key.expires_at.is_some_and(|end| end <= now) => {
                    refuse("key_expired", "The key has expired.")
                }
                () => Ok(()),
            },
            Self::Agents(stored, agent) => match () {
                () if agent.agent.is_revoked() => refuse("agent_revoked", "The agent is revoked."),
                () if stored.key.revoked_at.is_some() => {
                    refuse("key_revoked", "The key is revoked.")
                }
                () if !agent.agent.is_active() && !paused_too => {
                    refuse("agent_inactive", "The agent is suspended.")
                }
                () => Ok(()),
            },
        }
    }

    /// Refuses an address that the key, or one that it was derived from, may not be used from.
    pub(super) fn admits(&self, tables: &Tables, client: IpAddr) -> Result<(), Refusal> {
        let Self::Apps(StoredKey { key, .. }) = self else {
            return Ok(());
        };
        self.parent(tables).map_or(Ok(()), |parent| parent.admits(tables, client))?;
        let Some(ranges) = &key.cidr_allowlist else {
            return Ok(());
        };
        let holds = |range: &String| {
            crate::api::address::Range::parse(range).is_some_and(|range| range.holds(client))
        };
        if ranges.iter().any(holds) {
            return Ok(());
        }
        let message = format!("The key may not be used from {client}.");
        Err(Refusal::new(403, "ip_not_allowed", message))
    }

    pub(super) fn touch(&self, call: &mut Call<'_>) {
        let now = call.now;
        match self {
            Self::Apps(stored) => {
                let keys = call.state.tables.of_mut::<StoredKey>();
                keys.touch(&stored.key.id, |stored| stored.key.last_used_at = Some(now));
            }
            Self::Agents(stored, agent) => {
                let keys = call.state.tables.of_mut::<StoredAgentKey>();
                keys.touch(&stored.key.key_id, |stored| stored.key.last_used_at = Some(now));
                let agents = call.state.tables.of_mut::<StoredAgent>();
                agents.touch(&agent.agent.id, |stored| stored.agent.last_used_at = Some(now));
            }
        }
    }

    pub(super) fn plaintext(&self) -> &str {
        match self {
            Self::Apps(stored) => &stored.plaintext,
            Self::Agents(stored, _) => &stored.plaintext,
        }
    }

    pub(super) fn id(&self) -> &str {
        match self {
            Self::Apps(stored) => &stored.key.id,
            Self::Agents(stored, _) => &stored.key.key_id,
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Apps(stored) => &stored.key.name,
            Self::Agents(_, agent) => &agent.agent.name,
        }
    }

    pub(super) fn prefix(&self) -> &str {
        match self {
            Self::Apps(stored) => &stored.key.prefix,
            Self::Agents(stored, _) => &stored.key.key_prefix,
        }
    }

    pub(super) fn app_id(&self) -> &str {
        match self {
            Self::Apps(stored) => &stored.app_id,
            Self::Agents(stored, _) => &stored.app_id,
        }
    }

    pub(super) fn agent_id(&self) -> Option<&str> {
        match self {
            Self::Apps(_) => None,
            Self::Agents(stored, _) => Some(&stored.agent_id),
        }
    }

    pub(super) fn scopes(&self) -> Vec<String> {
        match self {
            Self::Apps(stored) => stored.key.scopes.clone(),
            Self::Agents(..) => scopes::of_agents(),
        }
    }

    pub(super) fn limit(&self) -> usize {
        let limit = match self {
            Self::Apps(stored) => stored.key.effective_rate_limit_rpm,
            Self::Agents(_, agent) => agent.agent.rate_limit_per_minute,
        };
        usize::try_from(limit.unwrap_or(RATE_LIMIT)).unwrap_or(0)
    }

    pub(super) fn is_deprecated(&self) -> bool {
        match self {
            Self::Apps(stored) => stored.key.deprecated_at.is_some(),
            Self::Agents(stored, _) => stored.key.deprecated_at.is_some(),
        }
    }
}
