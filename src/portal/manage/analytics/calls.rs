//! How many calls there were, and how many of them went well.

use std::collections::BTreeMap;

use serde::Serialize;

use super::buckets::Granularity;
use super::{Calls, Span, app_name, float, name, rounded, tally};
use crate::portal::audit::AuditEvent;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::timestamp::Stamp;

/// Fifty years of days, or three of hours.
const MAX_BUCKETS: usize = 27_000;

#[derive(Serialize)]
struct ApiCalls {
    start: Stamp,
    end: Stamp,
    granularity: Granularity,
    series: Vec<Bucket>,
    totals: Calls,
}

#[derive(Serialize)]
struct Bucket {
    bucket: Stamp,
    #[serde(flatten)]
    calls: Calls,
}

#[derive(Serialize)]
struct Table<T> {
    start: Stamp,
    end: Stamp,
    rows: Vec<T>,
}

#[derive(Serialize)]
struct OfProvider {
    provider_id: Option<String>,
    name: Option<String>,
    #[serde(flatten)]
    calls: Calls,
}

#[derive(Serialize)]
struct OfApp {
    app_id: String,
    name: String,
    #[serde(flatten)]
    calls: Calls,
}

#[derive(Serialize)]
struct Summary {
    total_calls: usize,
    /// From 0 to 1; nothing where nobody called.
    success_rate: Option<f64>,
    busiest_provider: Option<String>,
    busiest_app: Option<String>,
    active_apps: usize,
}

/// `api-calls`.
pub(super) fn series(call: &mut Call<'_>) -> Outcome {
    let span = Span::of(call);
    let granularity = call.query.word("granularity").unwrap_or(Granularity::Day);
    if granularity.cut(span).nth(MAX_BUCKETS).is_some() {
        let msg = format!("The window has more than {MAX_BUCKETS} of these; take longer ones");
        return Err(Refusal::invalid("query", "granularity", "too_many_buckets", msg));
    }
    let found = tally(call, |event| Some(event.is_success()));
    let count = |span: Span| {
        let mut calls = Calls::default();
        found.counts(span.window()).for_each(|(success, count)| calls.add(*success, count));
        calls
    };
    let buckets = granularity.cut(span).map(|(bucket, held)| Bucket { bucket, calls: count(held) });
    Ok(Response::json(
        200,
        &ApiCalls {
            start: span.start,
            end: span.end,
            granularity,
            series: buckets.collect(),
            totals: count(span),
        },
    ))
}

/// `by-provider`.
pub(super) fn by_provider(call: &mut Call<'_>) -> Outcome {
    let span = Span::of(call);
    let rows = grouped(call, span, |event| event.provider_id.clone()).into_iter();
    let rows = rows.map(|(provider_id, calls)| {
        let name = name(provider_id.as_deref());
        OfProvider { provider_id, name, calls }
    });
    Ok(Response::json(200, &Table { start: span.start, end: span.end, rows: rows.collect() }))
}

/// `by-app`.
pub(super) fn by_app(call: &mut Call<'_>) -> Outcome {
    let span = Span::of(call);
    let rows = grouped(call, span, |event| event.app_id.clone()).into_iter();
    let rows = rows.map(|(app_id, calls)| {
        let name = app_name(call, &app_id);
        OfApp { app_id, name, calls }
    });
    Ok(Response::json(200, &Table { start: span.start, end: span.end, rows: rows.collect() }))
}

/// `summary`.
pub(super) fn summary(call: &mut Call<'_>) -> Outcome {
    let span = Span::of(call);
    let apps = grouped(call, span, |event| event.app_id.clone());
    let providers = grouped(call, span, |event| event.provider_id.clone());
    let (total, success) = apps.iter().fold((0, 0), |(total, success), (_, calls)| {
        (total + calls.total, success + calls.success)
    });
    Ok(Response::json(
        200,
        &Summary {
            total_calls: total,
            success_rate: (total > 0).then(|| rounded(float(success) / float(total))),
            busiest_provider: providers.into_iter().find_map(|(provider, _)| provider),
            active_apps: apps.len(),
            busiest_app: apps.into_iter().next().map(|(app, _)| app),
        },
    ))
}

/// Calls by a part of their events, the most first.
pub(super) fn grouped<K: Ord + Clone>(
    call: &Call<'_>,
    span: Span,
    part: impl Fn(&AuditEvent) -> K,
) -> Vec<(K, Calls)> {
    let found = tally(call, |event| Some((part(event), event.is_success())));
    let mut groups: BTreeMap<K, Calls> = BTreeMap::new();
    for ((part, success), count) in found.counts(span.window()) {
        groups.entry(part.clone()).or_default().add(*success, count);
    }
    let mut rows: Vec<(K, Calls)> = groups.into_iter().collect();
    rows.sort_by_key(|(_, calls)| std::cmp::Reverse(calls.total));
    rows
}
