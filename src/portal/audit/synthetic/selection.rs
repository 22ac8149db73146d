//! The computed rows that pass a filter, found by arithmetic.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{AuditEvent, PERIOD, SyntheticRows};
use crate::portal::timestamp::Stamp;

/// Rows that pass a filter, by their rank among all that do.
#[derive(Debug)]
pub(crate) struct Selection<'a> {
    rows: &'a SyntheticRows,
    /// Where in each period they are.
    places: Vec<usize>,
    /// The indices of the window.
    indices: Range<usize>,
    from: usize,
    to: usize,
}

impl<'a> Selection<'a> {
    pub(super) fn new(rows: &'a SyntheticRows, places: Vec<usize>, indices: Range<usize>) -> Self {
        let (from, to) = (rank(&places, indices.start), rank(&places, indices.end));
        Self { rows, places, indices, from, to }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.to.saturating_sub(self.from)
    }

    /// When the oldest and the newest were made.
    pub(crate) fn span(&self) -> Option<(Stamp, Stamp)> {
        let oldest = self.count().checked_sub(1)?;
        Some((self.event(oldest).created_at, self.event(0).created_at))
    }

    /// The one that has `newer` others before it, counted from the newest.
    pub(crate) fn event(&self, newer: usize) -> AuditEvent {
        self.rows.event(self.index(newer))
    }

    /// How many there are of each kind.
    pub(crate) fn tally<K: Ord>(&self, kind: impl Fn(&AuditEvent) -> K) -> BTreeMap<K, usize> {
        let mut places: BTreeMap<K, Vec<usize>> = BTreeMap::new();
        for place in &self.places {
            places.entry(kind(self.rows.content_at(*place))).or_default().push(*place);
        }
        let Range { start, end } = self.indices;
        let counted = places
            .into_iter()
            .map(|(kind, places)| (kind, rank(&places, end).saturating_sub(rank(&places, start))));
        counted.filter(|(_, count)| *count > 0).collect()
    }

    /// Those of a stretch of rows, oldest first.
    pub(super) fn within(&self, stretch: Range<usize>) -> impl Iterator<Item = AuditEvent> {
        let shared = stretch.start.max(self.indices.start)..stretch.end.min(self.indices.end);
        let passing = shared.filter(|index| self.places.binary_search(&(index % PERIOD)).is_ok());
        passing.map(|index| self.rows.event(index))
    }

    pub(super) fn places(&self) -> &[usize] {
        &self.places
    }

    pub(super) fn indices(&self) -> Range<usize> {
        self.indices.clone()
    }

    /// The index of the one that has `newer` others before it, counted from the newest.
    pub(in crate::portal::audit) fn index(&self, newer: usize) -> usize {
        let rank = self.to - 1 - newer;
        rank / self.places.len() * PERIOD + self.places[rank % self.places.len()]
    }
}

/// How many of the passing rows have an index below this one.
pub(in crate::portal::audit) fn rank(places: &[usize], index: usize) -> usize {
    index / PERIOD * places.len() + places.partition_point(|place| *place < index % PERIOD)
}
