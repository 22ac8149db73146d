//! Threads: the traces of one conversation.

use serde::Serialize;

use super::event::AuditEvent;
use super::filter::Filter;
use super::grouped::Grouping;
use super::log::Log;
use super::synthetic::THREAD;
use super::traces::{BY_TRACE, Trace};
use crate::portal::page::{Page, Paged};
use crate::portal::timestamp::Stamp;

pub(super) const BY_THREAD: Grouping =
    Grouping { key: |event| event.thread_id.as_deref(), size: THREAD };

/// A thread in a list.
#[derive(Debug, Serialize)]
pub(crate) struct ThreadSummary {
    thread_id: String,
    last_activity_at: Stamp,
    trace_count: usize,
    event_count: usize,
}

/// A thread with its traces, and these with their events.
#[derive(Debug, Serialize)]
pub(crate) struct Thread {
    #[serde(flatten)]
    summary: ThreadSummary,
    traces: Vec<Trace>,
}

impl ThreadSummary {
    /// Of its events, oldest first.
    fn of(events: &[&AuditEvent]) -> Self {
        let last = events.last();
        Self {
            thread_id: last.and_then(|event| event.thread_id.clone()).unwrap_or_default(),
            last_activity_at: last.map(|event| event.created_at).unwrap_or_default(),
            trace_count: BY_TRACE.split(events.iter().copied()).len(),
            event_count: events.len(),
        }
    }
}

impl Thread {
    /// The thread of this id.
    pub(crate) fn find(log: Log<'_>, id: &str) -> Option<Self> {
        let recorded = log.recorded.iter().map(|row| &row.event);
        let mut events = log.computed.thread(id);
        events.extend(recorded.filter(|event| event.thread_id.as_deref() == Some(id)).cloned());
        let summary = ThreadSummary::of(&events.iter().collect::<Vec<_>>());
        (!events.is_empty()).then(|| Self { summary, traces: Trace::split(&events) })
    }
}

/// The threads of the events that pass; what is said of each is said of those events.
pub(crate) fn page(log: Log<'_>, filter: &Filter<'_>, page: Page) -> Paged<ThreadSummary> {
    BY_THREAD.page(log, filter, page, ThreadSummary::of)
}
