//! The state: a collection for each resource.

use serde::{Deserialize, Serialize};

use super::Collection;
use crate::api::idempotency::Records;
use crate::resources::apps::App;
use crate::resources::audit::AuditEvent;
use crate::resources::key::StoredKey;
use crate::resources::pats::{StoredPat, User};
use crate::resources::portal_actions::{Named, PortalAction};

/// All that outlives a request.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) organization: Named,
    pub(crate) user: User,
    #[serde(default)]
    pub(crate) pats: Collection<StoredPat>,
    #[serde(default)]
    pub(crate) apps: Collection<App>,
    #[serde(default)]
    pub(crate) keys: Collection<StoredKey>,
    #[serde(default)]
    pub(crate) audit_events: Collection<AuditEvent>,
    #[serde(default)]
    pub(crate) portal_actions: Collection<PortalAction>,
    #[serde(default)]
    pub(crate) idempotency: Records,
    /// Whether something has to be saved before the next answer.
    #[serde(skip)]
    pub(crate) changed: bool,
}

impl State {
    /// Nothing yet but the organization and its one person.
    pub(crate) fn empty(organization: Named, user: User) -> Self {
        Self {
            organization,
            user,
            pats: Collection::default(),
            apps: Collection::default(),
            keys: Collection::default(),
            audit_events: Collection::default(),
            portal_actions: Collection::default(),
            idempotency: Records::default(),
            changed: true,
        }
    }

    /// Takes everything of an app away with it.
    pub(crate) fn delete_app(&mut self, id: &str) {
        self.apps.retain(|app| app.id != id);
        self.keys.retain(|key| key.app_id != id);
        self.audit_events.retain(|event| event.app_id != id);
        self.changed = true;
    }
}
