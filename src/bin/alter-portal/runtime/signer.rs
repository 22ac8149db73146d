//! Who signed a request: the key, what it may do, and whom it acts for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use alter::runtime::sign::{API_KEY, CONSTRAINTS};
use serde_json::{Map, Value};

use super::{actors, agents, approvals, request_rule, scopes, signature};
use crate::contract::call::Call;
use crate::contract::refusal::Refusal;
use crate::journal::Principal;
use crate::memory::{Budget, WINDOW};
use crate::policy::StoredRule;
use crate::resources::agents::agent::StoredAgent;
use crate::resources::agents::keys::StoredAgentKey;
use crate::resources::apps::App;
use crate::resources::stored_key::StoredKey;
use crate::stamp::Stamp;

/// The limit of an agent that has none of its own.
const RATE_LIMIT: i64 = 600;

/// A key that signed, and what its request says of itself.
#[derive(Debug)]
pub(super) struct Signer {
    pub(super) app_id: String,
    pub(super) key_id: String,
    pub(super) key_name: String,
    pub(super) key_prefix: String,
    /// What the key may do, and this request with it.
    pub(super) scopes: Vec<String>,
    /// The agent that acts: the key's own, or one that an app's key calls for.
    pub(super) agent_id: Option<String>,
    /// Whether the key is an agent's.
    pub(super) is_agents: bool,
    /// The caller's row, and its name.
    pub(super) actor: Option<(String, String)>,
    /// What the request is about.
    pub(super) context: Map<String, Value>,
    /// The rule that the request puts on itself.
    pub(super) rule: Option<StoredRule>,
    pub(super) trace_id: String,
    pub(super) client_ip: IpAddr,
    /// Whether the key was rotated and works on for a while.
    pub(super) is_deprecated: bool,
    pub(super) budget: Budget,
}

/// A key as the table that holds it has it.
enum Key {
    Apps(StoredKey),
    Agents(StoredAgentKey, StoredAgent),
}

impl Signer {
    /// Finds out who signed a request. A paused agent may only look at itself and tell what it did.
    pub(super) fn of(call: &mut Call<'_>, paused_too: bool) -> Result<Self, Refusal> {
        agents::settle(&mut call.state.tables, call.now);
        approvals::settle(&mut call.state.tables, call.now);
        let key = Key::find(call)?;
        signature::verify(call.request, key.plaintext())?;
        signature::is_new(call.request, key.id(), call.runtime, call.now)?;
        key.check(call.now, paused_too)?;
        let app_id = key.app_id().to_owned();
        call.params.put("app", app_id.clone());
        call.principal = Principal::sdk(key.id(), key.name());
        let app = call.state.tables.of::<App>().get(&app_id);
        if app.is_none_or(|app| app.archived_at.is_some()) {
            let message = "The app is archived; nothing of it can be used.";
            return Err(Refusal::new(403, "app_archived", message));
        }
        let client_ip = client_ip(call);
        key.admits(client_ip)?;
        let budget = call.runtime.count(key.id(), key.limit(), call.now);
        check(budget, call.now)?;
        key.touch(call);
        let granted = key.scopes();
        let constraints = signature::header(call.request, CONSTRAINTS);
        let scopes = match constraints {
            "" => granted,
            constraints => scopes::narrowed(&granted, constraints)?,
        };
        let actor = actors::of(call, key.agent_id())?;
        Ok(Self {
            app_id,
            key_id: key.id().to_owned(),
            key_name: key.name().to_owned(),
            key_prefix: key.prefix().to_owned(),
            scopes,
            agent_id: actor.agent_id.or_else(|| key.agent_id().map(str::to_owned)),
            is_agents: key.agent_id().is_some(),
            actor: actor.row,
            context: actor.context,
            rule: request_rule::of(call)?,
            trace_id: actors::trace_id(call.request),
            client_ip,
            is_deprecated: key.is_deprecated(),
            budget,
        })
    }

    /// The agent that acts, where one does.
    pub(super) fn agent<'a>(&self, call: &'a Call<'_>) -> Option<&'a StoredAgent> {
        call.state.tables.of::<StoredAgent>().get(self.agent_id.as_deref()?)
    }
}

impl Key {
    fn find(call: &Call<'_>) -> Result<Self, Refusal> {
        let given = signature::header(call.request, API_KEY);
        let tables = &call.state.tables;
        let unknown = || {
            Refusal::new(401, "invalid_key", "There is no such key.")
                .also("hint", "Mint one: alter keys mint, or alter agents mint-key.")
        };
        if let Some(key) = tables.of::<StoredKey>().iter().find(|key| key.plaintext == given) {
            return Ok(Self::Apps(key.clone()));
        }
        let key = tables.of::<StoredAgentKey>().iter().find(|key| key.plaintext == given);
        let key = key.ok_or_else(unknown)?;
        let agent = tables.of::<StoredAgent>().get(&key.agent_id).ok_or_else(unknown)?;
        Ok(Self::Agents(key.clone(), agent.clone()))
    }

    /// Refuses a key that does not work, and the key of an agent that does not.
    fn check(&self, now: Stamp, paused_too: bool) -> Result<(), Refusal> {
        let refuse = |code, message: &str| Err(Refusal::new(401, code, message));
        match self {
            Self::Apps(stored) => match () {
                () if stored.key.revoked_at.is_some() => {
                    refuse("key_revoked", "The key is revoked.")
                }
                () if stored.key.expires_at.is_some_and(|end| end <= now) => {
                    refuse("key_expired", "The key has expired.")
                }
                () if stored.key.deprecated_at.is_some() && !stored.is_in_grace(now) => refuse(
                    "key_rotated_grace_expired",
                    "The key was rotated, and its time of grace is over.",
                ),
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

    /// Refuses an address that the key may not be used from.
    fn admits(&self, client: IpAddr) -> Result<(), Refusal> {
        let Self::Apps(StoredKey { key, .. }) = self else {
            return Ok(());
        };
        let Some(ranges) = &key.cidr_allowlist else {
            return Ok(());
        };
        let holds = |range: &String| {
            alter::input::rule_body::Range::parse(range).is_some_and(|range| range.holds(client))
        };
        if ranges.iter().any(holds) {
            return Ok(());
        }
        let message = format!("The key may not be used from {client}.");
        Err(Refusal::new(403, "ip_not_allowed", message))
    }

    fn touch(&self, call: &mut Call<'_>) {
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

    fn plaintext(&self) -> &str {
        match self {
            Self::Apps(stored) => &stored.plaintext,
            Self::Agents(stored, _) => &stored.plaintext,
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Apps(stored) => &stored.key.id,
            Self::Agents(stored, _) => &stored.key.key_id,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Apps(stored) => &stored.key.name,
            Self::Agents(_, agent) => &agent.agent.name,
        }
    }

    fn prefix(&self) -> &str {
        match self {
            Self::Apps(stored) => &stored.key.prefix,
            Self::Agents(stored, _) => &stored.key.key_prefix,
        }
    }

    fn app_id(&self) -> &str {
        match self {
            Self::Apps(stored) => &stored.app_id,
            Self::Agents(stored, _) => &stored.app_id,
        }
    }

    fn agent_id(&self) -> Option<&str> {
        match self {
            Self::Apps(_) => None,
            Self::Agents(stored, _) => Some(&stored.agent_id),
        }
    }

    fn scopes(&self) -> Vec<String> {
        match self {
            Self::Apps(stored) => stored.key.scopes.clone(),
            Self::Agents(..) => scopes::of_agents(),
        }
    }

    fn limit(&self) -> usize {
        let limit = match self {
            Self::Apps(stored) => stored.key.effective_rate_limit_rpm,
            Self::Agents(_, agent) => agent.agent.rate_limit_per_minute,
        };
        usize::try_from(limit.unwrap_or(RATE_LIMIT)).unwrap_or(0)
    }

    fn is_deprecated(&self) -> bool {
        match self {
            Self::Apps(stored) => stored.key.deprecated_at.is_some(),
            Self::Agents(stored, _) => stored.key.deprecated_at.is_some(),
        }
    }
}

/// The portal hears this machine alone: the client's address is the one that it found the portal at.
fn client_ip(call: &Call<'_>) -> IpAddr {
    let host = call.request.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    match name.parse() {
        Ok(IpAddr::V6(_)) => Ipv6Addr::LOCALHOST.into(),
        Ok(address) => address,
        Err(_) => Ipv4Addr::LOCALHOST.into(),
    }
}

fn check(budget: Budget, now: Stamp) -> Result<(), Refusal> {
    if !budget.exhausted {
        return Ok(());
    }
    let wait = (budget.reset.0 - now.0).max(1);
    let message = format!("The key may make {} requests a minute.", budget.limit);
    Err(Refusal::new(429, "rate_limit_exceeded", message)
        .also("scope", "api_key")
        .also("limit", budget.limit)
        .also("window_seconds", WINDOW)
        .also("retry_after", wait)
        .header("Retry-After", wait.to_string())
        .header("X-Alter-Rate-Limited-Scope", "api_key")
        .header("X-RateLimit-Limit", budget.limit.to_string())
        .header("X-RateLimit-Remaining", "0")
        .header("X-RateLimit-Reset", budget.reset.0.to_string()))
}
