//! The calls that failed.

use std::cmp::Reverse;

use serde::Serialize;

use super::{ProviderCount, Span, tally};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::http::response::Response;

#[derive(Serialize)]
struct Errors {
    total: usize,
    by_status: Vec<StatusCount>,
    by_provider: Vec<ProviderCount>,
}

#[derive(Serialize)]
struct StatusCount {
    /// Nothing where no call was made, and 0 where it was not answered.
    status: Option<u16>,
    count: usize,
}

/// `errors`.
pub(super) fn show(call: &mut Call<'_>) -> Outcome {
    let window = Span::of(call).window();
    let statuses = tally(call, |event| (!event.is_success()).then_some(event.response_status));
    let mut by_status: Vec<StatusCount> = statuses
        .counts(window)
        .map(|(status, count)| StatusCount { status: *status, count })
        .collect();
    by_status.sort_by_key(|row| Reverse(row.count));
    let providers = tally(call, |event| (!event.is_success()).then(|| event.provider_id.clone()));
    let providers = providers.counts(window).map(|(provider, count)| (provider.clone(), count));
    let errors = Errors {
        total: by_status.iter().map(|row| row.count).sum(),
        by_status,
        by_provider: ProviderCount::sorted(providers),
    };
    Ok(Response::json(200, &errors))
}
