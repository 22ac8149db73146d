//! What was done to an agent: the portal actions on it and on its keys.

use std::collections::HashSet;

use super::agent::StoredAgent;
use super::keys::StoredAgentKey;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::resource::Resource;
use crate::portal::portal_actions::PortalAction;

/// Lists them, the newest first.
pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    let agent = &call.row::<StoredAgent>()?.agent.id;
    let keys = call.state.tables.of::<StoredAgentKey>().of_app(call.params.get("app"));
    let keys: HashSet<&str> =
        keys.filter(|key| key.agent_id == *agent).map(|key| key.key.key_id.as_str()).collect();
    let about = |row: &&PortalAction| match row.resource_type.as_str() {
        StoredAgent::KIND => row.resource_id == *agent,
        StoredAgentKey::KIND => keys.contains(row.resource_id.as_str()),
        _ => false,
    };
    Ok(call.paged(call.state.tables.of::<PortalAction>().iter().rev().filter(about)))
}
