//! How long calls took.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Span, float, name, rounded, tally};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::http::response::Response;

#[derive(Serialize)]
struct Latency {
    #[serde(flatten)]
    all: Measured,
    by_provider: Vec<OfProvider>,
}

#[derive(Serialize)]
struct OfProvider {
    provider_id: Option<String>,
    name: Option<String>,
    count: usize,
    #[serde(flatten)]
    measured: Measured,
}

/// Nothing where there was no call.
#[derive(Serialize)]
struct Measured {
    #[serde(rename = "avg_ms")]
    average: Option<f64>,
    #[serde(rename = "p50_ms")]
    median: Option<f64>,
    #[serde(rename = "p95_ms")]
    p95: Option<f64>,
    #[serde(rename = "p99_ms")]
    p99: Option<f64>,
}

/// Durations, and how many calls took each.
type Durations = Vec<(f64, usize)>;

/// `latency`.
pub(super) fn show(call: &mut Call<'_>) -> Outcome {
    let window = Span::of(call).window();
    // By its text, for a number of this kind cannot be sorted.
    let found = tally(call, |event| {
        let duration = event.latency_ms.as_ref()?.get().to_owned();
        Some((event.provider_id.clone(), duration))
    });
    let mut all: Durations = Vec::new();
    let mut providers: BTreeMap<Option<String>, Durations> = BTreeMap::new();
    for ((provider, duration), count) in found.counts(window) {
        let duration: f64 = duration.parse().unwrap_or_default();
        all.push((duration, count));
        providers.entry(provider.clone()).or_default().push((duration, count));
    }
    let by_provider = providers.into_iter().map(|(provider_id, durations)| OfProvider {
        name: name(provider_id.as_deref()),
        provider_id,
        count: durations.iter().map(|(_, count)| count).sum(),
        measured: Measured::of(durations),
    });
    let latency = Latency { by_provider: by_provider.collect(), all: Measured::of(all) };
    Ok(Response::json(200, &latency))
}

impl Measured {
    fn of(mut durations: Durations) -> Self {
        durations.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let total: usize = durations.iter().map(|(_, count)| count).sum();
        let sum: f64 = durations.iter().map(|(duration, count)| duration * float(*count)).sum();
        // The least duration that so many of a hundred calls do not exceed.
        let percentile = |percent: usize| {
            let wanted = total.saturating_mul(percent).div_ceil(100);
            let mut seen = 0;
            let reached = durations.iter().find(|(_, count)| {
                seen += count;
                seen >= wanted
            });
            reached.map(|(duration, _)| rounded(*duration))
        };
        Self {
            average: (total > 0).then(|| rounded(sum / float(total))),
            median: percentile(50),
            p95: percentile(95),
            p99: percentile(99),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let measured = |durations: &[(f64, usize)]| {
            let Measured { average, median, p95, p99 } = Measured::of(durations.to_vec());
            [average, median, p95, p99]
        };
        assert_eq!(measured(&[]), [None; 4]);
        assert_eq!(measured(&[(7.0, 1)]), [Some(7.0); 4]);
        let spread = [(100.0, 5), (10.0, 90), (1000.0, 4), (5000.0, 1)];
        assert_eq!(measured(&spread), [Some(104.0), Some(10.0), Some(100.0), Some(1000.0)]);
    }
}
