//! The journal: who changed what, a row for every change.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::portal::random;
use crate::portal::store::Row;
use crate::portal::store::state::{Named, State};
use crate::portal::timestamp::Stamp;

/// A change, and who made it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PortalAction {
    pub(crate) id: String,
    pub(crate) created_at: Stamp,
    pub(crate) action: String,
    pub(crate) principal_kind: String,
    pub(crate) principal: Named,
    pub(crate) resource_type: String,
    pub(crate) resource_id: String,
    pub(crate) app_id: Option<String>,
    details: Value,
}

/// It outlives the app it is about.
impl Row for PortalAction {
    const TABLE: &'static str = "portal_actions";

    fn id(&self) -> &str {
        &self.id
    }
}

/// Who acts.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    kind: &'static str,
    named: Named,
}

impl Principal {
    /// A program with a PAT.
    pub(crate) fn pat(id: &str, name: &str) -> Self {
        Self::new("pat", id, name)
    }

    /// A person in the dashboard.
    pub(crate) fn person(id: &str, email: &str) -> Self {
        Self::new("portal", id, email)
    }

    /// A program with a runtime key.
    pub(crate) fn sdk(id: &str, name: &str) -> Self {
        Self::new("sdk", id, name)
    }

    /// `pat`, `portal`, `sdk` or `system`.
    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        &self.named.name
    }

    fn new(kind: &'static str, id: &str, name: &str) -> Self {
        let (id, name) = (id.to_owned(), name.to_owned());
        let named = Named { id, name };
        Self { kind, named }
    }
}

/// What is acted on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) kind: &'a str,
    pub(crate) id: &'a str,
    pub(crate) app_id: Option<&'a str>,
}

/// Notes a change.
pub(crate) fn note(
    state: &mut State,
    now: Stamp,
    action: &str,
    principal: Principal,
    subject: Subject<'_>,
    details: Value,
) {
    state.tables.of_mut().add(PortalAction {
        id: random::uuid(),
        created_at: now,
        action: action.to_owned(),
        principal_kind: principal.kind.to_owned(),
        principal: principal.named,
        resource_type: subject.kind.to_owned(),
        resource_id: subject.id.to_owned(),
        app_id: subject.app_id.map(str::to_owned),
        details,
    });
}
