//! Portal actions: who changed what, a row for every change.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::call::{Call, Outcome};
use crate::api::routes::Route;
use crate::random;
use crate::stamp::Stamp;
use crate::store::state::State;

pub(crate) const ROUTES: &[Route] =
    &[
        Route::new("GET", "/audit/portal-actions", "dashboard_audit:read", list)
            .query(&[
                "principal_kind",
                "resource_type",
                "action",
                "app_id",
                "start",
                "end",
            ])
            .paged(1000, 100),
    ];

const PRINCIPAL_KINDS: &[&str] = &["portal", "sdk", "system", "pat"];

/// A change, and who made it.
#[derive(Debug, Serialize, Deserialize)]
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

/// An id and what people call it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: String,
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

/// Notes a change, which also makes sure that it is saved.
pub(crate) fn note(
    state: &mut State,
    now: Stamp,
    action: &str,
    principal: Principal,
    subject: Subject<'_>,
    details: Value,
) {
    state.changed = true;
    state.portal_actions.add(PortalAction {
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

fn list(call: &mut Call<'_>) -> Outcome {
    let query = &call.query;
    let kind = query.one_of("principal_kind", PRINCIPAL_KINDS)?;
    let window = query.window()?;
    let is = |wanted: Option<&str>, value: &str| wanted.is_none_or(|wanted| wanted == value);
    let rows = call.state.portal_actions.iter().rev().filter(|row| {
        is(kind, &row.principal_kind)
            && is(query.text("resource_type"), &row.resource_type)
            && is(query.text("action"), &row.action)
            && is(
                query.text("app_id"),
                row.app_id.as_deref().unwrap_or_default(),
            )
            && window.holds(row.created_at)
    });
    Ok(call.paged(rows))
}
