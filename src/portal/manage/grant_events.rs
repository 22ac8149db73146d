//! The list of grant events.

use crate::api::audit;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::route::Route;
use crate::portal::manage::grants::events::GrantEvent;

pub(crate) const ROUTES: &[Route] = &[Route::new(&audit::GRANT_EVENTS, list)];

fn list(call: &mut Call<'_>) -> Outcome {
    let query = &call.query;
    let kind = query.text("grant_type");
    let (window, provider, app) = (query.window(), query.text("provider"), query.text("app_id"));
    let rows = call.state.tables.of::<GrantEvent>().iter().rev().filter(|row| {
        kind.is_none_or(|kind| kind == row.grant_type)
            && (provider.is_none() || provider == row.provider_id.as_deref())
            && app.is_none_or(|app| app == row.app_id)
            && window.holds(row.created_at)
    });
    Ok(call.paged(rows))
}
