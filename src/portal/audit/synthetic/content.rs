//! The content of the computed rows, but for their ids and instants.

use serde_json::value::RawValue;

use super::{AuditEvent, THREAD, TRACE};
use crate::portal::demo_ids::{APP_IDS, agent_id};

const STEPS: [(&str, &str); TRACE] = [
    ("grant.resolved", "POST"),
    ("token.retrieved", "POST"),
    ("provider.called", "GET"),
    ("provider.called", "PATCH"),
];
/// A provider, and what a call of it is for.
const PROVIDERS: [(&str, &str); 5] = [
    ("github", "list_issues"),
    ("google", "read_mail"),
    ("slack", "post_message"),
    ("notion", "find_page"),
    ("stripe", "list_invoices"),
];
/// The one that is reached with a managed secret.
const MANAGED_SECRET: usize = 4;
/// Who works for each app: agents of the demo, and one that is not registered.
const ACTORS: [[(usize, &str); 3]; 2] = [
    [(0, "support-bot"), (2, "triage"), (3, "night-watch")],
    [(1, "invoice-bot"), (9, "nightly-sync"), (9, "nightly-sync")],
];
/// One thread in so many has no actor, only a key.
const WITHOUT_ACTOR: usize = 7;
const KEYS_OF_APP: usize = 3;
const USERS: usize = 7;
/// Numbers as servers write them: a client that keeps rows as they are keeps each of these.
const LATENCIES: [&str; 7] = ["12.50", "8", "1e3", "137.0", "0.250", "2.5E+1", "43"];

/// The content of the row at this place of the period.
pub(super) fn event(at: usize) -> AuditEvent {
    let (trace, thread) = (at / TRACE, at / THREAD);
    let (action, method) = STEPS[at % TRACE];
    let (status, decision, outcome, reason) = verdict(trace);
    let (provider, tool) = PROVIDERS[trace % PROVIDERS.len()];
    let app = thread % APP_IDS.len();
    let key = thread / APP_IDS.len() % KEYS_OF_APP;
    let actors = ACTORS[app];
    let actor = actors[thread / APP_IDS.len() % actors.len()];
    let actor = (thread % WITHOUT_ACTOR != WITHOUT_ACTOR - 1).then_some(actor);
    let key_name = format!("backend-{}", key + 1);
    let (user, secret) = (trace % USERS, trace % PROVIDERS.len() == MANAGED_SECRET);
    AuditEvent {
        app_id: APP_IDS[app].to_owned(),
        actor_id: actor.map(|(number, _)| agent_id(number)),
        actor_name: actor.map(|(_, name)| name.to_owned()),
        api_key_id: Some(format!("4e700000-0001-4000-8000-{:012x}", app * KEYS_OF_APP + key)),
        caller_key_prefix: Some(format!("alter_rk_{app}{key}")),
        caller: Some(actor.map_or(key_name, |(_, name)| name.to_owned())),
        principal_user_id: (!secret).then(|| format!("05e20000-0001-4000-8000-{user:012x}")),
        tool_name: (action == "provider.called").then(|| format!("{provider}.{tool}")),
        provider_id: Some(provider.to_owned()),
        grant_id: Some(format!("94a27000-0001-4000-8000-{:012x}", trace % PROVIDERS.len())),
        grant_kind: Some(if secret { "managed_secret" } else { "oauth" }.to_owned()),
        action: action.to_owned(),
        method: Some(method.to_owned()),
        url: Some(format!("https://api.{provider}.example/v1/items/{at}")),
        response_status: Some(status),
        latency_ms: number(LATENCIES[at % LATENCIES.len()]),
        policy_decision: Some(decision.to_owned()),
        policy_error: (decision == "ERROR").then(|| "unknown_timezone".to_owned()),
        outcome: outcome.to_owned(),
        reason: reason.map(str::to_owned),
        principal_type: Some(if secret { "system" } else { "user" }.to_owned()),
        ..AuditEvent::default()
    }
}

/// Status, policy decision, outcome and reason of a trace: most go well, and some fail in each way there is.
pub(crate) fn verdict(trace: usize) -> (u16, &'static str, &'static str, Option<&'static str>) {
    match (trace % 21, trace % 210) {
        (7, _) => (403, "DENY", "denied", Some("policy_denied")),
        (13, _) => (502, "ALLOW", "error", Some("provider_unreachable")),
        (20, _) => (500, "ERROR", "error", Some("policy_error")),
        (_, 1) => (403, "ALLOW", "error", Some("scope_mismatch")),
        (_, 23) => (401, "ALLOW", "error", Some("provider_refused_credential")),
        (_, 45) => (429, "ALLOW", "error", Some("provider_rate_limited")),
        (_, 67) => (422, "ALLOW", "error", Some("provider_refused_request")),
        (_, 89) => (403, "ALLOW", "error", Some("grant_revoked")),
        (_, 111) => (403, "ALLOW", "error", Some("grant_expired")),
        (_, 131) => (403, "ALLOW", "error", Some("credential_revoked")),
        (_, 136) => (0, "ALLOW", "error", Some("no_answer")),
        _ => (200, "ALLOW", "success", None),
    }
}

/// A number that keeps the way it is written.
pub(crate) fn number(text: &str) -> Option<Box<RawValue>> {
    RawValue::from_string(text.to_owned()).ok()
}
