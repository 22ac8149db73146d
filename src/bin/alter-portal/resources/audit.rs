//! The list of audit events.

use crate::audit::{Filter, Log};
use crate::contract::call::{Call, Outcome};
use crate::contract::query::Query;
use crate::contract::refusal::Refusal;
use crate::contract::route::Route;
use crate::http::response::Response;

pub(crate) const ROUTES: &[Route] =
    &[Route::new("GET", "/audit/events", "dashboard_audit:read", list)
        .query(&["app_id", "action", "actor", "provider", "policy_decision", "start", "end"])
        .paged(1000, 100)];

const POLICY_DECISIONS: &[&str] = &["ALLOW", "DENY", "ERROR"];

fn list(call: &mut Call<'_>) -> Outcome {
    let filter = filter(&call.query)?;
    let body = Log::of(&call.state.tables, call.computed).page(&filter, call.page);
    Ok(Response::new(200, "application/json", body))
}

fn filter(query: &Query) -> Result<Filter<'_>, Refusal> {
    Ok(Filter {
        window: query.window()?,
        app_id: query.text("app_id"),
        action: query.text("action"),
        actor: query.text("actor"),
        provider: query.text("provider"),
        policy_decision: query.one_of("policy_decision", POLICY_DECISIONS)?,
    })
}
