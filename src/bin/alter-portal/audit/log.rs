//! Every audit event there is, and pages of them.

use super::event::{AuditEvent, Recorded};
use super::filter::Filter;
use super::synthetic::SyntheticRows;
use crate::contract::page::{Page, has_more};
use crate::store::{Collection, Tables};

/// The events recorded, and, older than those, the events computed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log<'a> {
    pub(crate) recorded: &'a Collection<Recorded>,
    pub(crate) computed: &'a SyntheticRows,
}

impl<'a> Log<'a> {
    /// The log of these tables.
    pub(crate) fn of(tables: &'a Tables, computed: &'a SyntheticRows) -> Self {
        Self { recorded: tables.of(), computed }
    }

    /// The newest events.
    pub(crate) fn latest(self, limit: usize) -> Vec<AuditEvent> {
        let everything = Filter::default();
        let recorded = self.passing(&everything).take(limit).cloned();
        let mut events: Vec<AuditEvent> = recorded.collect();
        let computed = self.computed.select(&everything);
        let rest = computed.count().min(limit - events.len());
        events.extend((0..rest).map(|newer| computed.event(newer)));
        events
    }

    /// A page object, written without a value for each of its rows: there may be millions to page through.
    pub(crate) fn page(self, filter: &Filter<'_>, page: Page) -> Vec<u8> {
        let recorded: Vec<&AuditEvent> = self.passing(filter).collect();
        let computed = self.computed.select(filter);
        let total = recorded.len() + computed.count();
        let mut body = b"{\"items\":[".to_vec();
        for at in page.offset..total.min(page.offset.saturating_add(page.limit)) {
            if at > page.offset {
                body.push(b',');
            }
            match recorded.get(at) {
                Some(event) => body.extend(serde_json::to_vec(event).unwrap_or_default()),
                None => computed.write(at - recorded.len(), &mut body),
            }
        }
        let rest = format!(
            "],\"total\":{total},\"limit\":{},\"offset\":{},\"has_more\":{}}}",
            page.limit,
            page.offset,
            has_more(page, total)
        );
        body.extend_from_slice(rest.as_bytes());
        body
    }

    /// The recorded events that pass, newest first.
    pub(super) fn passing(
        self,
        filter: &Filter<'_>,
    ) -> impl DoubleEndedIterator<Item = &'a AuditEvent> {
        let newest_first = self.recorded.iter().rev().map(|row| &row.event);
        newest_first.filter(|event| filter.window.holds(event.created_at) && filter.passes(event))
    }
}
