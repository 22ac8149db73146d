//! What the first page of a dashboard shows.

use serde::Serialize;

use super::{Calls, ProviderCount, Span, calls, tally};
use crate::contract::call::{Call, Outcome};
use crate::http::response::Response;
use crate::resources::apps::App;

const MAX_PROVIDERS: usize = 5;

#[derive(Serialize)]
struct Dashboard {
    apps: Apps,
    popular_providers: Vec<ProviderCount>,
    api_usage: Calls,
}

#[derive(Serialize)]
struct Apps {
    total: usize,
    active: usize,
    archived: usize,
}

/// `dashboard`.
pub(super) fn show(call: &mut Call<'_>) -> Outcome {
    let span = Span::of(call)?;
    let total = call.state.tables.of::<App>().iter().count();
    let archived = call.state.tables.of::<App>().iter().filter(|app| app.archived_at.is_some());
    let archived = archived.count();
    let mut api_usage = Calls::default();
    let usage = tally(call, |event| Some(event.is_success()));
    usage.counts(span.window()).for_each(|(success, count)| api_usage.add(*success, count));
    let providers = calls::grouped(call, span, |event| event.provider_id.clone());
    let providers = providers.into_iter().map(|(provider, calls)| (provider, calls.total));
    let mut popular_providers = ProviderCount::sorted(providers.filter(|(id, _)| id.is_some()));
    popular_providers.truncate(MAX_PROVIDERS);
    Ok(Response::json(
        200,
        &Dashboard {
            apps: Apps { total, active: total - archived, archived },
            popular_providers,
            api_usage,
        },
    ))
}
