//! A row of the audit log.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

/// A runtime call and its result.
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
    pub(crate) caller_key_prefix: Option<String>,
    /// What the agent or the key that called is named.
    pub(crate) caller: Option<String>,
    pub(crate) principal_user_id: Option<String>,
    pub(crate) tool_name: Option<String>,
    pub(crate) run_id: Option<String>,
    /// The provider's id, or the slug of a managed secret.
    pub(crate) provider_id: Option<String>,
    pub(crate) grant_id: Option<String>,
    /// `oauth` or `managed_secret`.
    pub(crate) grant_kind: Option<String>,
    pub(crate) action: String,
    pub(crate) method: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) response_status: Option<u16>,
    /// As text: the way a number is written is the portal's business, and clients must keep it.
    pub(crate) latency_ms: Option<Box<RawValue>>,
    /// `ALLOW`, `DENY` or `ERROR`.
    pub(crate) policy_decision: Option<String>,
    pub(crate) policy_error: Option<String>,
    /// `success`, `denied` or `error`.
    pub(crate) outcome: String,
    pub(crate) reason: Option<String>,
    /// Whose grant it is: `user`, `group`, `system` or `agent`.
    pub(crate) principal_type: Option<String>,
}

impl AuditEvent {
    /// Allowed, and answered below 400. No answer at all has the status 0.
    pub(crate) fn is_success(&self) -> bool {
        let allowed = self.policy_decision.as_deref().is_none_or(|decision| decision == "ALLOW");
        allowed && self.response_status.is_some_and(|status| (1..400).contains(&status))
    }
}

/// A row as it is kept: sealed with a hash over itself and the row of its app before it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Recorded {
    pub(crate) event: AuditEvent,
    pub(crate) hash: String,
}

impl Row for Recorded {
    const TABLE: &'static str = "audit_events";

    fn id(&self) -> &str {
        &self.event.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.event.app_id)
    }
}
