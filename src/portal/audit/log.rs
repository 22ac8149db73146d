//! Every audit event there is, and pages of them.

use std::sync::Arc;

use super::computed_page::ComputedPage;
use super::event::{AuditEvent, Recorded};
use super::filter::Filter;
use super::synthetic::SyntheticRows;
use crate::portal::http::response::Response;
use crate::portal::page::{Page, has_more};
use crate::portal::store::{Collection, Tables};

/// The events recorded, and, older than those, the events computed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log<'a> {
    pub(crate) recorded: &'a Collection<Recorded>,
    pub(crate) computed: &'a Arc<SyntheticRows>,
}

impl<'a> Log<'a> {
    /// The log of these tables.
    pub(crate) fn of(tables: &'a Tables, computed: &'a Arc<SyntheticRows>) -> Self {
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

    /// A page object, made without a value for each of its rows: there may be millions to page through.
    pub(crate) fn page(self, filter: &Filter<'_>, page: Page) -> Response {
        let recorded: Vec<&AuditEvent> = self.passing(filter).collect();
        let computed = self.computed.select(filter);
        let total = recorded.len() + computed.count();
        let end = total.min(page.offset.saturating_add(page.limit));
        let mut body = b"{\"items\":[".to_vec();
        for (at, event) in recorded.iter().enumerate().take(end).skip(page.offset) {
            if at > page.offset {
                body.push(b',');
            }
            body.extend(serde_json::to_vec(event).unwrap_or_default());
        }
        let first = recorded.len().max(page.offset);
        let rest = ComputedPage {
            rows: Arc::clone(self.computed),
            indices: (first..end).map(|at| computed.index(at - recorded.len())).collect(),
            follows: first > page.offset,
            end: format!(
                "],\"total\":{total},\"limit\":{},\"offset\":{},\"has_more\":{}}}",
                page.limit,
                page.offset,
                has_more(page, total)
            ),
        };
        Response::new(200, "application/json", body).followed_by(rest)
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
