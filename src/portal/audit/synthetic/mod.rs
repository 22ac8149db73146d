//! Audit events without end, computed from their index when they are asked for.
//!
//! Row `i` was made at 2026-01-01T00:00:00Z plus `i` seconds, and all else in it but its ids comes round again every
//! [`PERIOD`] rows. So a filter needs to look at one period only: how many rows pass, and which the k-th of them is,
//! is arithmetic, and ten million rows take no more memory than one. The same index gives the same bytes on every run.

mod content;
mod deleted_app;
mod groups;
mod selection;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::event::AuditEvent;
use super::filter::Filter;
use crate::portal::clock::Moment;
use crate::portal::demo_ids::APP_IDS;
use crate::portal::page::Window;
use crate::portal::timestamp::Stamp;

pub(crate) use content::{number, verdict};
pub(crate) use deleted_app::DeletedApp;
pub(crate) use groups::Groups;
pub(crate) use selection::Selection;
pub(super) use selection::rank;

/// 2026-01-01T00:00:00Z.
const ANCHOR: i64 = 1_767_225_600;
/// After so many rows the content begins again.
const PERIOD: usize = 840;
/// Rows of one trace follow one another, and so do the traces of one thread.
pub(super) const TRACE: usize = 4;
/// Rows of one chain of hashes.
const CHAIN: usize = 3600;
/// Five traces.
pub(super) const THREAD: usize = 20;

/// The computed rows.
#[derive(Debug)]
pub(crate) struct SyntheticRows {
    rows: usize,
    grow: Option<Duration>,
    since: Moment,
    /// The row that is not what it was sealed as.
    tampered: Option<usize>,
    period: Vec<Template>,
    /// Bytes of a row before its content: its ids and its instant are of the same length in all.
    head: usize,
    /// Which of the demo apps have gone, and their rows with them.
    gone: [AtomicBool; APP_IDS.len()],
}

/// The content of a row, without what its index says.
#[derive(Debug)]
struct Template {
    event: AuditEvent,
    /// Its text from behind the thread id on.
    tail: Vec<u8>,
}

impl SyntheticRows {
    /// So many rows, and one more each time `grow` has passed.
    pub(crate) fn new(rows: usize, grow: Option<Duration>) -> Self {
        let period = (0..PERIOD).map(|at| Template::of(content::event(at))).collect();
        let gone = APP_IDS.map(|_| AtomicBool::new(false));
        let mut all =
            Self { rows, grow, since: Moment::now(), tampered: None, period, head: 0, gone };
        let mut first = Vec::new();
        all.write_sealed(0, &mut first);
        all.head = first.len() - all.period[0].tail.len();
        all
    }

    /// The same, with a row that is not what it was sealed as.
    pub(crate) fn tampered(mut self, index: Option<usize>) -> Self {
        self.tampered = index;
        self
    }

    /// Leaves out the rows of apps that have gone.
    pub(crate) fn leave_out(&self, is_gone: impl Fn(&str) -> bool) {
        for (id, gone) in APP_IDS.iter().zip(&self.gone) {
            gone.store(is_gone(id), Ordering::Relaxed);
        }
    }

    /// Whether the app of an event has gone.
    pub(super) fn is_gone(&self, event: &AuditEvent) -> bool {
        let mut apps = APP_IDS.iter().zip(&self.gone);
        apps.any(|(id, gone)| gone.load(Ordering::Relaxed) && event.app_id == *id)
    }

    /// The rows that pass a filter.
    pub(crate) fn select(&self, filter: &Filter<'_>) -> Selection<'_> {
        self.select_where(filter.window, |event| filter.passes(event))
    }

    /// The rows of a window whose content passes.
    pub(super) fn select_where(
        &self,
        window: Window,
        passes: impl Fn(&AuditEvent) -> bool,
    ) -> Selection<'_> {
        let places = self.contents().filter(|(_, event)| passes(event)).map(|(place, _)| place);
        let places = places.collect();
        Selection::new(self, places, self.indices(window))
    }

    /// Every content that comes round, and at which places of the period: without ids and instants.
    pub(super) fn contents(&self) -> impl Iterator<Item = (usize, &AuditEvent)> {
        let all = self.period.iter().map(|template| &template.event).enumerate();
        all.filter(|(_, event)| !self.is_gone(event))
    }

    /// One event of each actor there is, without its ids and its instant.
    pub(crate) fn actors(&self) -> impl Iterator<Item = &AuditEvent> {
        let mut seen = BTreeSet::new();
        let events = self.contents().map(|(_, event)| event);
        events.filter(move |event| seen.insert(event.actor_id.as_deref()))
    }

    /// The rows of a window, by their index.
    pub(super) fn indices(&self, window: Window) -> Range<usize> {
        let total = self.total();
        let index = |bound: Option<Stamp>, open| bound.map_or(open, |at| index_at(at).min(total));
        index(window.start, 0)..index(window.end, total)
    }

    /// One row.
    pub(super) fn event(&self, index: usize) -> AuditEvent {
        let ids = Ids::of(index);
        let mut content = self.content_at(index).clone();
        if self.is_tampered(index) {
            content.url = content.url.map(|url| url.replace("/v1/", "/v0/"));
        }
        AuditEvent {
            id: ids.id,
            created_at: ids.created_at,
            trace_id: ids.trace_id,
            thread_id: Some(ids.thread_id),
            ..content
        }
    }

    /// Writes one row.
    pub(super) fn write(&self, index: usize, out: &mut Vec<u8>) {
        if self.is_tampered(index) {
            out.extend(serde_json::to_vec(&self.event(index)).unwrap_or_default());
        } else {
            self.write_sealed(index, out);
        }
    }

    /// How long a row is when it is written.
    pub(super) fn length(&self, index: usize) -> usize {
        if self.is_tampered(index) {
            let mut row = Vec::new();
            self.write(index, &mut row);
            return row.len();
        }
        self.head + self.period[index % PERIOD].tail.len()
    }

    /// Writes one row as it was sealed.
    pub(super) fn write_sealed(&self, index: usize, out: &mut Vec<u8>) {
        use std::io::Write as _;

        let Ids { id, created_at, trace_id, thread_id } = Ids::of(index);
        // Writing to memory does not fail.
        let _ = write!(
            out,
            "{{\"id\":\"{id}\",\"created_at\":\"{created_at}\",\"trace_id\":\"{trace_id}\",\"thread_id\":\"{thread_id}\","
        );
        out.extend_from_slice(&self.period[index % PERIOD].tail);
    }

    /// Where the chain of hashes that a row is in begins: one for each hour, so that a late row can be checked without
    /// all before it.
    pub(super) fn start_of_chain(index: usize) -> usize {
        index - index % CHAIN
    }

    /// Whether a row is not what it was sealed as.
    pub(super) fn is_tampered(&self, index: usize) -> bool {
        self.tampered == Some(index)
    }

    /// A row without its ids and its instant.
    pub(super) fn content_at(&self, index: usize) -> &AuditEvent {
        &self.period[index % PERIOD].event
    }

    /// The rows of this trace; none where its id is not of a computed one.
    pub(super) fn trace(&self, id: &str) -> Vec<AuditEvent> {
        self.stretch(id.strip_prefix(TRACE_IDS), TRACE)
    }

    /// The rows of this thread; none where its id is not of a computed one.
    pub(super) fn thread(&self, id: &str) -> Vec<AuditEvent> {
        self.stretch(id.strip_prefix(THREAD_IDS), THREAD)
    }

    fn stretch(&self, number: Option<&str>, size: usize) -> Vec<AuditEvent> {
        let written = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
        let number = number.filter(|text| text.len() == 12 && text.bytes().all(written));
        let Some(number) = number.and_then(|text| usize::from_str_radix(text, 16).ok()) else {
            return Vec::new();
        };
        let end = (number + 1).saturating_mul(size).min(self.total());
        let rows = (number.saturating_mul(size)..end).map(|index| self.event(index));
        rows.filter(|event| !self.is_gone(event)).collect()
    }

    fn total(&self) -> usize {
        let grown = self
            .grow
            .map_or(0, |every| self.since.elapsed().as_millis() / every.as_millis().max(1));
        self.rows.saturating_add(usize::try_from(grown).unwrap_or(usize::MAX))
    }
}

impl Template {
    fn of(event: AuditEvent) -> Self {
        let text = serde_json::to_vec(&event).unwrap_or_default();
        let mark = b"\"app_id\"";
        let tail = text.windows(mark.len()).position(|part| part == mark);
        Self { tail: text[tail.unwrap_or(0)..].to_vec(), event }
    }
}

/// What the index of a row says.
struct Ids {
    id: String,
    created_at: Stamp,
    trace_id: String,
    thread_id: String,
}

impl Ids {
    fn of(index: usize) -> Self {
        Self {
            id: format!("00000000-0000-4000-8000-{index:012x}"),
            created_at: Stamp(ANCHOR).plus(i64::try_from(index).unwrap_or(i64::MAX)),
            trace_id: format!("{TRACE_IDS}{:012x}", index / TRACE),
            thread_id: format!("{THREAD_IDS}{:012x}", index / THREAD),
        }
    }
}

/// What the ids of traces and threads begin with.
const TRACE_IDS: &str = "00000000-0000-4000-9000-";
const THREAD_IDS: &str = "00000000-0000-4000-a000-";

fn index_at(instant: Stamp) -> usize {
    usize::try_from(instant.0 - ANCHOR).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_written_as_it_is() {
        let rows = SyntheticRows::new(1_000_000, None);
        for index in (0..2 * PERIOD).chain([999_999]) {
            let mut text = Vec::new();
            rows.write(index, &mut text);
            assert_eq!(text, serde_json::to_vec(&rows.event(index)).unwrap());
            assert_eq!(text.len(), rows.length(index));
        }
    }

    #[test]
    fn a_thread_is_of_one_app_and_one_actor() {
        let rows = SyntheticRows::new(PERIOD, None);
        let contents: Vec<_> = rows.contents().map(|(_, event)| event).collect();
        for thread in contents.chunks(THREAD) {
            let who = |event: &AuditEvent| (event.app_id.clone(), event.actor_id.clone());
            assert!(thread.iter().all(|event| who(event) == who(thread[0])));
        }
    }
}
