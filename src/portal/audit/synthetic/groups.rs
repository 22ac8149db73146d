//! Stretches of computed rows that belong together: traces, threads.

use std::ops::Range;

use super::selection::Selection;
use super::{AuditEvent, PERIOD};

/// The stretches of so many rows in which any row passes, counted from the newest.
///
/// A window may cut the first and the last of them, which are looked at row by row. In those between, whether any row
/// passes comes round with the period.
#[derive(Debug)]
pub(crate) struct Groups<'a> {
    rows: &'a Selection<'a>,
    size: usize,
    /// Which stretches of a period have a row that passes.
    slots: Vec<usize>,
    /// The stretch that the window's end cuts, where a row of it passes.
    newest: Option<usize>,
    /// The stretches that the window holds whole.
    whole: Range<usize>,
    /// The stretch that the window's start cuts, where a row of it passes.
    oldest: Option<usize>,
}

impl<'a> Groups<'a> {
    /// Those of `size` rows.
    pub(crate) fn new(rows: &'a Selection<'a>, size: usize) -> Self {
        let mut slots: Vec<usize> = rows.places().iter().map(|place| place / size).collect();
        slots.dedup();
        let indices = rows.indices();
        let cut = |index: usize| Some(index / size).filter(|_| !index.is_multiple_of(size));
        let (first, last) = (cut(indices.start), cut(indices.end));
        let start = indices.start.div_ceil(size);
        let whole = start..(indices.end / size).max(start);
        let passes = |group: &usize| rows.within(stretch(*group, size)).next().is_some();
        // One stretch can hold both ends of a window.
        let oldest = first.filter(passes);
        let newest = last.filter(|group| first != Some(*group)).filter(passes);
        Self { rows, size, slots, newest, whole, oldest }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        usize::from(self.newest.is_some()) + self.whole_ones() + usize::from(self.oldest.is_some())
    }

    /// The rows that pass of the stretch that has `newer` others before it, oldest first.
    pub(crate) fn rows(&self, newer: usize) -> Vec<AuditEvent> {
        let behind = newer.checked_sub(usize::from(self.newest.is_some()));
        let number = match behind {
            None => self.newest.unwrap_or(0),
            Some(at) if at < self.whole_ones() => {
                let rank = self.rank(self.whole.end) - 1 - at;
                let slots = self.slots.len();
                rank / slots * (PERIOD / self.size) + self.slots[rank % slots]
            }
            Some(_) => self.oldest.unwrap_or(0),
        };
        self.rows.within(stretch(number, self.size)).collect()
    }

    fn whole_ones(&self) -> usize {
        self.rank(self.whole.end).saturating_sub(self.rank(self.whole.start))
    }

    /// How many of the passing stretches come before this one.
    fn rank(&self, group: usize) -> usize {
        let period = PERIOD / self.size;
        let within = self.slots.partition_point(|slot| *slot < group % period);
        group / period * self.slots.len() + within
    }
}

fn stretch(number: usize, size: usize) -> Range<usize> {
    number * size..(number + 1) * size
}

#[cfg(test)]
mod tests {
    use super::super::{SyntheticRows, THREAD, TRACE};
    use super::*;
    use crate::portal::audit::filter::Filter;
    use crate::portal::page::Window;
    use crate::portal::timestamp::Stamp;

    fn ids(events: &[AuditEvent]) -> Vec<String> {
        events.iter().map(|event| event.id.clone()).collect()
    }

    /// By looking at every row.
    fn obvious(rows: &[AuditEvent], size: usize) -> Vec<Vec<String>> {
        let mut groups: Vec<Vec<AuditEvent>> = Vec::new();
        let number =
            |event: &AuditEvent| usize::from_str_radix(&event.id[24..], 16).unwrap() / size;
        for event in rows {
            match groups.last_mut() {
                Some(group) if number(&group[0]) == number(event) => group.insert(0, event.clone()),
                _ => groups.push(vec![event.clone()]),
            }
        }
        groups.iter().map(|group| ids(group)).collect()
    }

    #[test]
    fn arithmetic_finds_what_looking_at_every_row_finds() {
        let rows = SyntheticRows::new(2_345, None);
        let start = 1_767_225_600;
        let windows =
            [None, Some(0), Some(1), Some(4), Some(83), Some(840), Some(841), Some(2_340)];
        let filters = [
            Filter::default(),
            Filter { policy_decision: Some("DENY"), ..Filter::default() },
            Filter { actor: Some("triage"), provider: Some("slack"), ..Filter::default() },
            Filter { action: Some("nothing"), ..Filter::default() },
        ];
        for (from, to) in windows.iter().flat_map(|from| windows.map(|to| (*from, to))) {
            let stamp = |at: Option<i64>| at.map(|at| Stamp(start + at));
            let window = Window { start: stamp(from), end: stamp(to) };
            for filter in filters {
                let selection = rows.select(&Filter { window, ..filter });
                let all: Vec<_> = (0..selection.count()).map(|at| selection.event(at)).collect();
                for size in [TRACE, THREAD] {
                    let groups = Groups::new(&selection, size);
                    let found = (0..groups.count()).map(|at| ids(&groups.rows(at)));
                    assert_eq!(found.collect::<Vec<_>>(), obvious(&all, size), "{from:?} {to:?}");
                }
            }
        }
    }
}
