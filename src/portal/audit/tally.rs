//! Events counted by what they are and when they were, without looking at each of them.

use std::collections::BTreeMap;

use super::event::AuditEvent;
use super::filter::Filter;
use super::log::Log;
use super::synthetic::{SyntheticRows, rank};
use crate::portal::page::Window;
use crate::portal::timestamp::Stamp;

/// The events that pass a filter, by kind.
#[derive(Debug)]
pub(crate) struct Tally<'a, K> {
    computed: &'a SyntheticRows,
    kinds: BTreeMap<K, Found>,
}

/// The events of one kind.
#[derive(Debug, Default)]
struct Found {
    /// When each recorded one was, oldest first.
    recorded: Vec<Stamp>,
    /// Where in each period computed ones are.
    places: Vec<usize>,
}

impl<'a, K: Ord> Tally<'a, K> {
    /// Sorts the events that pass, whenever they were; what is of no kind is left out.
    pub(crate) fn of(
        log: Log<'a>,
        filter: &Filter<'_>,
        kind: impl Fn(&AuditEvent) -> Option<K>,
    ) -> Self {
        let mut kinds: BTreeMap<K, Found> = BTreeMap::new();
        for event in log.recorded.iter().map(|row| &row.event) {
            if let Some(kind) = kind(event).filter(|_| filter.passes(event)) {
                kinds.entry(kind).or_default().recorded.push(event.created_at);
            }
        }
        for (place, event) in log.computed.contents() {
            if let Some(kind) = kind(event).filter(|_| filter.passes(event)) {
                kinds.entry(kind).or_default().places.push(place);
            }
        }
        for found in kinds.values_mut() {
            found.recorded.sort_unstable();
        }
        Self { computed: log.computed, kinds }
    }

    /// How many of each kind there are in a window, kinds without any left out.
    pub(crate) fn counts(&self, window: Window) -> impl Iterator<Item = (&K, usize)> {
        let indices = self.computed.indices(window);
        let counted = self.kinds.iter().map(move |(kind, found)| {
            let before = |at: Stamp| found.recorded.partition_point(|stamp| *stamp < at);
            let from = window.start.map_or(0, before);
            let to = window.end.map_or(found.recorded.len(), before);
            let (first, last) =
                (rank(&found.places, indices.start), rank(&found.places, indices.end));
            (kind, to.saturating_sub(from) + last.saturating_sub(first))
        });
        counted.filter(|(_, count)| *count > 0)
    }
}
