//! Grant events: a row for every change of a grant, be it of an OAuth connection or of a managed secret.

use serde::{Deserialize, Serialize};

use super::grant::Grant;
use crate::portal::portal_actions::Principal;
use crate::portal::random;
use crate::portal::store::Row;
use crate::portal::store::state::State;
use crate::portal::timestamp::Stamp;

/// What happened to a grant, and who did it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GrantEvent {
    pub(crate) id: String,
    pub(crate) created_at: Stamp,
    /// `grant.created`, `grant.updated` or `grant.revoked`.
    pub(crate) event: String,
    pub(crate) grant_id: String,
    /// `oauth` or `managed_secret`.
    pub(crate) grant_type: String,
    /// The provider's id, or the slug of a managed secret.
    pub(crate) provider_id: Option<String>,
    pub(crate) app_id: String,
    /// What the principal is called.
    pub(crate) actor: String,
    /// `pat`, `portal`, `sdk` or `system`.
    pub(crate) actor_source: String,
    pub(crate) reason: Option<String>,
}

impl Row for GrantEvent {
    const TABLE: &'static str = "grant_events";

    fn id(&self) -> &str {
        &self.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

/// Notes a change of a grant.
pub(crate) fn note(
    state: &mut State,
    now: Stamp,
    event: &str,
    by: &Principal,
    grant: &Grant,
    reason: Option<&str>,
) {
    state.tables.of_mut().add(GrantEvent {
        id: random::uuid(),
        created_at: now,
        event: event.to_owned(),
        grant_id: grant.id.clone(),
        grant_type: grant.kind().to_owned(),
        provider_id: Some(grant.provider_id().to_owned()),
        app_id: grant.app_id.clone(),
        actor: by.name().to_owned(),
        actor_source: by.kind().to_owned(),
        reason: reason.map(str::to_owned),
    });
}
