//! The audit log: a row for every runtime call, recorded or computed.

pub(crate) mod synthetic;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::contract::page::{Page, Window, has_more};
use crate::stamp::Stamp;
use crate::store::{Collection, Row, Tables};
use synthetic::SyntheticRows;

/// A runtime call and what became of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct AuditEvent {
    pub(crate) id: String,
    pub(crate) created_at: Stamp,
    pub(crate) trace_id: String,
    pub(crate) thread_id: Option<String>,
    pub(crate) app_id: String,
    pub(crate) actor_id: Option<String>,
    pub(crate) actor_name: Option<String>,
    pub(crate) api_key_id: Option<String>,
    pub(crate) key_prefix: Option<String>,
    pub(crate) provider_id: Option<String>,
    pub(crate) grant_id: Option<String>,
    pub(crate) grant_kind: Option<String>,
    pub(crate) action: String,
    pub(crate) method: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) response_status: Option<u16>,
    /// As text: the way a number is written is the portal's business, and clients must keep it.
    pub(crate) latency_ms: Option<Box<RawValue>>,
    pub(crate) policy_decision: Option<String>,
    pub(crate) policy_error: Option<String>,
    pub(crate) outcome: String,
    pub(crate) reason: Option<String>,
    pub(crate) principal_type: Option<String>,
}

impl Row for AuditEvent {
    const TABLE: &'static str = "audit_events";

    fn id(&self) -> &str {
        &self.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

/// What a list of events is narrowed to.
#[derive(Debug, Default)]
pub(crate) struct Filter<'a> {
    pub(crate) window: Window,
    pub(crate) app_id: Option<&'a str>,
    pub(crate) action: Option<&'a str>,
    pub(crate) actor: Option<&'a str>,
    pub(crate) provider: Option<&'a str>,
    pub(crate) policy_decision: Option<&'a str>,
}

impl<'a> Filter<'a> {
    /// Everything of one app.
    pub(crate) fn of_app(id: &'a str) -> Self {
        Self { app_id: Some(id), ..Self::default() }
    }

    /// Whether an event passes, whenever it was.
    pub(crate) fn passes(&self, event: &AuditEvent) -> bool {
        let actor =
            |wanted| [event.actor_id.as_deref(), event.actor_name.as_deref()].contains(&wanted);
        self.app_id.is_none_or(|wanted| wanted == event.app_id)
            && self.action.is_none_or(|wanted| wanted == event.action)
            && self.actor.is_none_or(|wanted| actor(Some(wanted)))
            && (self.provider.is_none() || self.provider == event.provider_id.as_deref())
            && (self.policy_decision.is_none()
                || self.policy_decision == event.policy_decision.as_deref())
    }
}

/// Every audit event there is: those recorded, and, older than those, those computed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log<'a> {
    pub(crate) recorded: &'a Collection<AuditEvent>,
    pub(crate) computed: &'a SyntheticRows,
}

impl<'a> Log<'a> {
    /// The newest events.
    pub(crate) fn latest(self, limit: usize) -> Vec<AuditEvent> {
        #[derive(Deserialize)]
        struct Rows {
            items: Vec<AuditEvent>,
        }
        let page = self.page(&Filter::default(), Page { limit, offset: 0 });
        serde_json::from_slice(&page).map_or_else(|_| Vec::new(), |page: Rows| page.items)
    }

    /// The log of these tables.
    pub(crate) fn of(tables: &'a Tables, computed: &'a SyntheticRows) -> Self {
        Self { recorded: tables.of(), computed }
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

    fn passing(self, filter: &Filter<'_>) -> impl Iterator<Item = &'a AuditEvent> {
        let newest_first = self.recorded.iter().rev();
        newest_first.filter(|event| filter.window.holds(event.created_at) && filter.passes(event))
    }
}
