//! Audit events without end, computed from their index when they are asked for.
//!
//! Row `i` was made at 2026-01-01T00:00:00Z plus `i` seconds, and all else in it but its ids comes round again every
//! [`PERIOD`] rows. So a filter needs to look at one period only: how many rows pass, and which the k-th of them is,
//! is arithmetic, and ten million rows take no more memory than one. The same index gives the same bytes on every run.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::value::RawValue;

use super::{AuditEvent, Filter};
use crate::demo_ids::{APP_IDS, agent_id};
use crate::stamp::Stamp;

/// 2026-01-01T00:00:00Z.
const ANCHOR: i64 = 1_767_225_600;
const PERIOD: usize = 840;
/// Rows of one trace follow one another.
const TRACE: usize = 4;

const STEPS: [(&str, &str); TRACE] = [
    ("grant.resolved", "POST"),
    ("token.retrieved", "POST"),
    ("provider.called", "GET"),
    ("provider.called", "PATCH"),
];
const PROVIDERS: [&str; 5] = ["github", "google", "slack", "notion", "stripe"];
const ACTORS: [&str; 3] = ["billing-bot", "triage", "nightly-sync"];
/// Numbers as servers write them: a client that keeps rows as they are keeps each of these.
const LATENCIES: [&str; 7] = ["12.50", "8", "1e3", "137.0", "0.250", "2.5E+1", "43"];

/// The computed rows.
#[derive(Debug)]
pub(crate) struct SyntheticRows {
    rows: usize,
    grow: Option<Duration>,
    since: Instant,
    period: Vec<Template>,
}

#[derive(Debug)]
struct Template {
    event: AuditEvent,
    /// Its text from behind the trace id on.
    tail: Vec<u8>,
}

impl SyntheticRows {
    /// So many rows, and one more each time `grow` has passed.
    pub(crate) fn new(rows: usize, grow: Option<Duration>) -> Self {
        Self { rows, grow, since: Instant::now(), period: (0..PERIOD).map(template).collect() }
    }

    /// The rows that pass a filter.
    pub(crate) fn select(&self, filter: &Filter<'_>) -> Selection<'_> {
        let total = self.total();
        let passing = |at: &usize| filter.passes(&self.period[*at].event);
        let places: Vec<usize> = (0..PERIOD).filter(passing).collect();
        let index = |bound: Option<Stamp>, open| bound.map_or(open, |at| index_at(at).min(total));
        Selection {
            period: &self.period,
            from: rank(&places, index(filter.window.start, 0)),
            to: rank(&places, index(filter.window.end, total)),
            places,
        }
    }

    /// One event of each actor there is.
    pub(crate) fn actors(&self) -> impl Iterator<Item = &AuditEvent> {
        self.period.iter().step_by(TRACE).take(ACTORS.len()).map(|template| &template.event)
    }

    fn total(&self) -> usize {
        let grown = self
            .grow
            .map_or(0, |every| self.since.elapsed().as_millis() / every.as_millis().max(1));
        self.rows.saturating_add(usize::try_from(grown).unwrap_or(usize::MAX))
    }
}

/// Rows that pass a filter, by their rank among all that do.
#[derive(Debug)]
pub(crate) struct Selection<'a> {
    period: &'a [Template],
    /// Where in each period they stand.
    places: Vec<usize>,
    from: usize,
    to: usize,
}

impl Selection<'_> {
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.to.saturating_sub(self.from)
    }

    /// When the oldest and the newest were made.
    pub(crate) fn span(&self) -> Option<(Stamp, Stamp)> {
        let last = self.to.checked_sub(1).filter(|last| *last >= self.from)?;
        Some((self.made(self.from), self.made(last)))
    }

    fn made(&self, rank: usize) -> Stamp {
        Stamp(ANCHOR).plus(i64::try_from(self.index(rank)).unwrap_or(i64::MAX))
    }

    fn index(&self, rank: usize) -> usize {
        rank / self.places.len() * PERIOD + self.places[rank % self.places.len()]
    }

    /// Writes the one that has `newer` others before it, counted from the newest.
    pub(crate) fn write(&self, newer: usize, out: &mut Vec<u8>) {
        let rank = self.to - 1 - newer;
        let place = self.places[rank % self.places.len()];
        let index = rank / self.places.len() * PERIOD + place;
        let seconds = i64::try_from(index).unwrap_or(i64::MAX);
        // Writing to memory does not fail.
        let _ = write!(
            out,
            "{{\"id\":\"00000000-0000-4000-8000-{index:012x}\",\"created_at\":\"{}\",\"trace_id\":\"00000000-0000-4000-9000-{:012x}\",",
            Stamp(ANCHOR).plus(seconds),
            index / TRACE
        );
        out.extend_from_slice(&self.period[place].tail);
    }
}

/// How many of the passing rows have an index below this one.
fn rank(places: &[usize], index: usize) -> usize {
    index / PERIOD * places.len() + places.partition_point(|place| *place < index % PERIOD)
}

fn index_at(instant: Stamp) -> usize {
    usize::try_from(instant.0 - ANCHOR).unwrap_or(0)
}

fn template(at: usize) -> Template {
    let event = event(at);
    let text = serde_json::to_vec(&event).unwrap_or_default();
    let mark = b"\"thread_id\"";
    let head = text.windows(mark.len()).position(|part| part == mark);
    Template { tail: text[head.unwrap_or(0)..].to_vec(), event }
}

fn event(at: usize) -> AuditEvent {
    let trace = at / TRACE;
    let (action, method) = STEPS[at % TRACE];
    let (status, decision, outcome, reason) = verdict(trace);
    let provider = PROVIDERS[trace % PROVIDERS.len()];
    let actor = trace % ACTORS.len();
    AuditEvent {
        app_id: APP_IDS[trace % APP_IDS.len()].to_owned(),
        actor_id: Some(agent_id(actor)),
        actor_name: Some(ACTORS[actor].to_owned()),
        provider_id: Some(provider.to_owned()),
        action: action.to_owned(),
        method: Some(method.to_owned()),
        url: Some(format!("https://api.{provider}.example/v1/items/{at}")),
        response_status: Some(status),
        latency_ms: number(LATENCIES[at % LATENCIES.len()]),
        policy_decision: Some(decision.to_owned()),
        outcome: outcome.to_owned(),
        reason: reason.map(str::to_owned),
        principal_type: Some("agent".to_owned()),
        ..AuditEvent::default()
    }
}

/// Status, policy decision, outcome and reason.
pub(crate) fn verdict(trace: usize) -> (u16, &'static str, &'static str, Option<&'static str>) {
    match trace % 21 {
        7 => (403, "DENY", "denied", Some("policy_denied")),
        13 => (502, "ALLOW", "error", Some("provider_unreachable")),
        20 => (500, "ERROR", "error", Some("policy_error")),
        _ => (200, "ALLOW", "success", None),
    }
}

/// A number that keeps the way it is written.
pub(crate) fn number(text: &str) -> Option<Box<RawValue>> {
    RawValue::from_string(text.to_owned()).ok()
}
