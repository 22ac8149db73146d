//! Who signed a request: the key, what it may do, and the principal it acts for.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::portal::handler::call::Call;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::memory::Budget;
use crate::portal::policy::StoredRule;

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

impl Signer {
    /// The agent that acts, where one does.
    pub(super) fn agent<'a>(&self, call: &'a Call<'_>) -> Option<&'a StoredAgent> {
        call.state.tables.of::<StoredAgent>().get(self.agent_id.as_deref()?)
    }
}
