//! Traces: the events of one piece of work.

use serde::Serialize;

use super::event::AuditEvent;
use super::filter::Filter;
use super::grouped::Grouping;
use super::log::Log;
use super::synthetic::TRACE;
use crate::portal::page::{Page, Paged};
use crate::portal::timestamp::Stamp;

pub(super) const BY_TRACE: Grouping = Grouping { key: |event| Some(&event.trace_id), size: TRACE };

/// A trace in a list.
#[derive(Debug, Serialize)]
pub(crate) struct TraceSummary {
    trace_id: String,
    started_at: Stamp,
    ended_at: Stamp,
    event_count: usize,
    /// The outcome of the first event that failed, or `success`.
    status: String,
    actor_id: Option<String>,
    app_id: String,
}

/// A trace with all of its events.
#[derive(Debug, Serialize)]
pub(crate) struct Trace {
    #[serde(flatten)]
    summary: TraceSummary,
    events: Vec<AuditEvent>,
}

impl TraceSummary {
    /// Of its events, oldest first.
    fn of(events: &[&AuditEvent]) -> Self {
        let (first, last) = (events.first(), events.last());
        let failed = events.iter().find(|event| event.outcome != "success");
        Self {
            trace_id: first.map(|event| event.trace_id.clone()).unwrap_or_default(),
            started_at: first.map(|event| event.created_at).unwrap_or_default(),
            ended_at: last.map(|event| event.created_at).unwrap_or_default(),
            event_count: events.len(),
            status: failed.map_or("success", |event| &event.outcome).to_owned(),
            actor_id: events.iter().find_map(|event| event.actor_id.clone()),
            app_id: first.map(|event| event.app_id.clone()).unwrap_or_default(),
        }
    }
}

impl Trace {
    /// The trace of this id.
    pub(crate) fn find(log: Log<'_>, id: &str) -> Option<Self> {
        let recorded = log.recorded.iter().map(|row| &row.event);
        let mut events = log.computed.trace(id);
        events.extend(recorded.filter(|event| event.trace_id == id).cloned());
        (!events.is_empty()).then(|| Self::of(events))
    }

    /// The traces among events that are oldest first, the earliest first.
    pub(super) fn split(events: &[AuditEvent]) -> Vec<Self> {
        let groups = BY_TRACE.split(events.iter().rev());
        let traces = groups.into_iter().rev();
        traces.map(|group| Self::of(group.into_iter().cloned().collect())).collect()
    }

    fn of(events: Vec<AuditEvent>) -> Self {
        Self { summary: TraceSummary::of(&events.iter().collect::<Vec<_>>()), events }
    }
}

/// The traces of the events that pass; what is said of each is said of those events.
pub(crate) fn page(log: Log<'_>, filter: &Filter<'_>, page: Page) -> Paged<TraceSummary> {
    BY_TRACE.page(log, filter, page, TraceSummary::of)
}
