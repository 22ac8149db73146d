//! The list of portal actions.

use crate::api::audit;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::route::Route;
use crate::portal::portal_actions::PortalAction;

pub(crate) const ROUTES: &[Route] = &[Route::new(&audit::PORTAL_ACTIONS, list)];

fn list(call: &mut Call<'_>) -> Outcome {
    let query = &call.query;
    let window = query.window();
    let is = |wanted: Option<&str>, value: &str| wanted.is_none_or(|wanted| wanted == value);
    let rows = call.state.tables.of::<PortalAction>().iter().rev().filter(|row| {
        is(query.text("principal_kind"), &row.principal_kind)
            && is(query.text("resource_type"), &row.resource_type)
            && is(query.text("action"), &row.action)
            && is(query.text("app_id"), row.app_id.as_deref().unwrap_or_default())
            && window.holds(row.created_at)
    });
    Ok(call.paged(rows))
}
