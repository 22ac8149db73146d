//! Audit events: a row for every runtime call.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::api::call::{Call, Outcome};
use crate::api::page::has_more;
use crate::api::query::Window;
use crate::api::refusal::Refusal;
use crate::api::routes::Route;
use crate::http::answer::Answer;
use crate::stamp::Stamp;

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

    fn of_query(call: &'a Call<'_>) -> Result<Self, Refusal> {
        let query = &call.query;
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

fn recorded<'a>(call: &'a Call<'_>, filter: &Filter<'_>) -> impl Iterator<Item = &'a AuditEvent> {
    let events = call.state.audit_events.iter().rev();
    events.filter(|event| filter.window.holds(event.created_at) && filter.passes(event))
}

/// How many events pass.
pub(crate) fn count(call: &Call<'_>, filter: &Filter<'_>) -> usize {
    recorded(call, filter).count() + call.computed.select(filter).count()
}

fn list(call: &mut Call<'_>) -> Outcome {
    let filter = Filter::of_query(call)?;
    let recorded: Vec<&AuditEvent> = recorded(call, &filter).collect();
    let computed = call.computed.select(&filter);
    let total = recorded.len() + computed.count();
    let page = call.page;
    let mut body = b"{\"items\":[".to_vec();
    // The recorded events come first: they are newer than any computed one.
    for at in page.offset..total.min(page.offset.saturating_add(page.limit)) {
        if at > page.offset {
            body.push(b',');
        }
        match recorded.get(at) {
            Some(event) => serde_json::to_writer(&mut body, event).map_err(|_| unwritable())?,
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
    Ok(Answer::new(200, "application/json", body))
}

fn unwritable() -> Refusal {
    Refusal::new(500, "internal", "An audit event could not be written.")
}
