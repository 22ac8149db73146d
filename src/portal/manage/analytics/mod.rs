//! What the audit log adds up to over a window of time: aggregates only.

mod buckets;
mod calls;
mod dashboard;
mod errors;
mod latency;
mod policy;

use serde::Serialize;

use crate::api::analytics;
use crate::portal::audit::{AuditEvent, Filter, Log, Tally};
use crate::portal::catalogues::providers;
use crate::portal::handler::call::Call;
use crate::portal::handler::route::Route;
use crate::portal::manage::apps::App;
use crate::portal::page::Window;
use crate::portal::timestamp::Stamp;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(&analytics::API_CALLS, calls::series),
    Route::new(&analytics::BY_PROVIDER, calls::by_provider),
    Route::new(&analytics::BY_APP, calls::by_app),
    Route::new(&analytics::SUMMARY, calls::summary),
    Route::new(&analytics::POLICY, policy::show),
    Route::new(&analytics::LATENCY, latency::show),
    Route::new(&analytics::ERRORS, errors::show),
    Route::new(&analytics::DASHBOARD, dashboard::show),
];

const DEFAULT_DAYS: i64 = 30;

/// The window that is asked about.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: Stamp,
    end: Stamp,
}

/// Calls, and how they ended.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Calls {
    total: usize,
    success: usize,
    failure: usize,
}

/// A provider, or the slug of a managed secret, and a number of events.
#[derive(Debug, Serialize)]
struct ProviderCount {
    provider_id: Option<String>,
    name: Option<String>,
    count: usize,
}

impl Span {
    /// From `start` on, or the last 30 days; up to `end`, or to this second.
    fn of(call: &Call<'_>) -> Self {
        let Window { start, end } = call.query.window();
        // The end is not included, and what happened this second is.
        let end = end.unwrap_or(call.now.plus(1).max(start.unwrap_or_default()));
        Self { start: start.unwrap_or(end.plus_days(-DEFAULT_DAYS)), end }
    }

    fn window(self) -> Window {
        Window { start: Some(self.start), end: Some(self.end) }
    }
}

impl Calls {
    fn add(&mut self, success: bool, count: usize) {
        self.total += count;
        *(if success { &mut self.success } else { &mut self.failure }) += count;
    }
}

impl ProviderCount {
    /// The one with the most first.
    fn sorted(counts: impl Iterator<Item = (Option<String>, usize)>) -> Vec<Self> {
        let mut rows: Vec<Self> = counts
            .map(|(provider_id, count)| Self {
                name: name(provider_id.as_deref()),
                provider_id,
                count,
            })
            .collect();
        rows.sort_by(|one, other| {
            other.count.cmp(&one.count).then_with(|| one.provider_id.cmp(&other.provider_id))
        });
        rows
    }
}

/// The events of the app and the provider that the query names, by kind.
fn tally<'a, K: Ord>(call: &'a Call<'_>, kind: impl Fn(&AuditEvent) -> Option<K>) -> Tally<'a, K> {
    let filter = Filter {
        app_id: call.query.text("app_id"),
        provider: call.query.text("provider"),
        ..Filter::default()
    };
    Tally::of(Log::of(&call.state.tables, call.computed), &filter, kind)
}

/// What people call a provider; the slug, where it is a managed secret.
fn name(provider_id: Option<&str>) -> Option<String> {
    let id = provider_id?;
    Some(providers::find(id).map_or(id, |provider| &provider.name).to_owned())
}

/// What people call an app; its id, where it is gone.
fn app_name(call: &Call<'_>, id: &str) -> String {
    let app = call.state.tables.of::<App>().get(id);
    app.map_or_else(|| id.to_owned(), |app| app.name.clone())
}

/// A count as a number to divide.
fn float(count: usize) -> f64 {
    let [high, low] =
        [count >> 32, count & 0xffff_ffff].map(|half| u32::try_from(half).unwrap_or(u32::MAX));
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// To so many digits behind the point as anybody reads.
fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
