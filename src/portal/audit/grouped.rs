//! Events that belong together, as lists show them: recorded ones first, computed ones behind them.

use std::collections::HashMap;

use super::event::AuditEvent;
use super::filter::Filter;
use super::log::Log;
use super::synthetic::Groups;
use crate::portal::page::{Page, Paged};

/// A way to put events together.
pub(super) struct Grouping {
    /// What the events of one group share; an event without it is in none.
    pub(super) key: fn(&AuditEvent) -> Option<&str>,
    /// How many computed rows make a group.
    pub(super) size: usize,
}

impl Grouping {
    /// A page of what is said of each group, the one with the latest event first.
    pub(super) fn page<T>(
        &self,
        log: Log<'_>,
        filter: &Filter<'_>,
        page: Page,
        summary: impl Fn(&[&AuditEvent]) -> T,
    ) -> Paged<T> {
        let recorded = self.split(log.passing(filter));
        let selection = log.computed.select(filter);
        let computed = Groups::new(&selection, self.size);
        let total = recorded.len() + computed.count();
        let wanted = page.offset.min(total)..page.offset.saturating_add(page.limit).min(total);
        let items = wanted.map(|at| {
            if let Some(events) = recorded.get(at) {
                return summary(events);
            }
            let events = computed.rows(at - recorded.len());
            summary(&events.iter().collect::<Vec<_>>())
        });
        Paged::cut(items.collect(), total, page)
    }

    /// The groups among events that come newest first, in the order of their latest events; each oldest first.
    pub(super) fn split<'a>(
        &self,
        newest_first: impl Iterator<Item = &'a AuditEvent>,
    ) -> Vec<Vec<&'a AuditEvent>> {
        let mut places = HashMap::new();
        let mut groups: Vec<Vec<&AuditEvent>> = Vec::new();
        for event in newest_first {
            let Some(key) = (self.key)(event) else {
                continue;
            };
            let place = *places.entry(key).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.push(event),
                None => groups.push(vec![event]),
            }
        }
        for group in &mut groups {
            group.reverse();
        }
        groups
    }
}
