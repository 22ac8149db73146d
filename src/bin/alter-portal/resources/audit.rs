//! Audit events: a row for every runtime call.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::api::call::{Call, Outcome};
use crate::api::page::has_more;
use crate::api::query::{self, Window};
use crate::api::refusal::Refusal;
use crate::api::routes::Route;
use crate::http::answer::Answer;
use crate::resources::computed::Computed;
use crate::stamp::Stamp;
use crate::store::Collection;

pub(crate) const ROUTES: &[Route] =
    &[
        Route::new("GET", "/audit/events", "dashboard_audit:read", list)
            .query(&[
                "app_id",
                "action",
                "actor",
                "provider",
                "policy_decision",
                "start",
                "end",
            ])
            .paged(1000, 100),
    ];

const POLICY_DECISIONS: &[&str] = &["ALLOW", "DENY", "ERROR"];

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

/// What a list of events is narrowed to.
#[derive(Debug, Default)]
pub(crate) struct Filter<'a> {
    pub(crate) window: Window,
    app_id: Option<&'a str>,
    action: Option<&'a str>,
    actor: Option<&'a str>,
    provider: Option<&'a str>,
    policy_decision: Option<&'a str>,
}

impl<'a> Filter<'a> {
    /// Everything of one app.
    pub(crate) fn of_app(id: &'a str) -> Self {
        Self {
            app_id: Some(id),
            ..Self::default()
        }
    }

    fn of_query(query: &'a query::Query) -> Result<Self, Refusal> {
        Ok(Self {
            window: query.window()?,
            app_id: query.text("app_id"),
            action: query.text("action"),
            actor: query.text("actor"),
            provider: query.text("provider"),
            policy_decision: query.one_of("policy_decision", POLICY_DECISIONS)?,
        })
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
    pub(crate) computed: &'a Computed,
}

impl<'a> Log<'a> {
    /// How many events pass.
    pub(crate) fn count(self, filter: &Filter<'_>) -> usize {
        self.passing(filter).count() + self.computed.select(filter).count()
    }

    /// The newest events.
    pub(crate) fn latest(self, limit: usize) -> Vec<AuditEvent> {
        #[derive(Deserialize)]
        struct Page {
            items: Vec<AuditEvent>,
        }
        let page = self.page(&Filter::default(), query::Page { limit, offset: 0 });
        serde_json::from_slice(&page).map_or_else(|_| Vec::new(), |page: Page| page.items)
    }

    /// A page object, written without a value for each of its rows: there may be millions to page through.
    fn page(self, filter: &Filter<'_>, page: query::Page) -> Vec<u8> {
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

fn list(call: &mut Call<'_>) -> Outcome {
    let filter = Filter::of_query(&call.query)?;
    let body = call.log().page(&filter, call.page);
    Ok(Answer::new(200, "application/json", body))
}
