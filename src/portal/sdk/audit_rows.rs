//! Rows of the audit log: one for every credential that is asked for, and one for every call that is made with it.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::grants;
use super::signer::Signer;
use crate::portal::audit::{self, AuditEvent, Recorded};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{integer, string, text};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::random;

/// A credential was asked for.
pub(super) const RETRIEVED: &str = "token.retrieved";
/// A provider was called.
pub(super) const CALLED: &str = "provider.called";

/// Seconds after a credential was given out in which a call with it is the same piece of work.
const SAME_WORK: i64 = 300;
const MAX_URL: usize = 65_536;
const MAX_TEXT: usize = 100_000;

/// A row that says who did something with a grant, without its result yet.
pub(super) fn draft(call: &Call<'_>, signer: &Signer, action: &str, grant: &Grant) -> AuditEvent {
    let context = |name: &str| signer.context.get(name).and_then(Value::as_str).map(str::to_owned);
    let (actor_id, actor_name) = match (signer.agent(call), &signer.actor) {
        (Some(stored), _) => (Some(stored.agent.id.clone()), Some(stored.agent.name.clone())),
        (None, Some((id, name))) => (Some(id.clone()), Some(name.clone())),
        (None, None) => (None, None),
    };
    AuditEvent {
        id: random::uuid(),
        created_at: call.now,
        trace_id: signer.trace_id.clone(),
        thread_id: context("thread_id"),
        app_id: signer.app_id.clone(),
        caller: actor_name.clone().or_else(|| Some(signer.key_name.clone())),
        actor_id,
        actor_name,
        api_key_id: Some(signer.key_id.clone()),
        caller_key_prefix: Some(signer.key_prefix.clone()),
        principal_user_id: grants::user_behind(&call.state.tables, grant),
        tool_name: context("tool"),
        run_id: context("run_id"),
        provider_id: Some(grant.provider_id().to_owned()),
        grant_id: Some(grant.id.clone()),
        grant_kind: Some(grant.kind().to_owned()),
        action: action.to_owned(),
        principal_type: Some(grant.principal.kind().to_owned()),
        ..AuditEvent::default()
    }
}

/// Adds a row whose status says how it ended.
pub(super) fn add(call: &mut Call<'_>, event: AuditEvent) {
    audit::record(&mut call.state.tables, judged(event));
}

/// The row of a call that is refused.
pub(super) fn refused(mut event: AuditEvent, refusal: &Refusal) -> AuditEvent {
    let (status, code) = refusal.code();
    let by_rule = matches!(code, "policy_denied" | "policy_error");
    event.policy_decision = Some(if code == "policy_error" { "ERROR" } else { "DENY" }.to_owned());
    event.policy_error = Some(if by_rule { refusal.to_string() } else { code.to_owned() });
    event.reason = Some(refusal.to_string());
    event.response_status = Some(status);
    event
}

/// A row with its outcome.
pub(super) fn judged(mut event: AuditEvent) -> AuditEvent {
    let outcome = match (event.policy_decision.as_deref(), event.response_status) {
        (Some("DENY"), _) => "denied",
        (Some("ALLOW") | None, Some(1..=399)) => "success",
        _ => "error",
    };
    event.outcome = String::from(outcome);
    event
}

/// What a caller reports of a call that it made itself.
struct Report {
    grant_id: String,
    method: String,
    url: String,
    status: i64,
    latency: i64,
    reason: Option<String>,
}

/// Takes a report. It belongs to the piece of work that the credential was asked for in.
pub(super) fn report(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let anything = |_: &Value| Ok(());
    let report = call.fields(|fields| {
        for name in ["request_headers", "request_body", "response_headers", "context"] {
            fields.optional(name, anything);
        }
        fields.nullable("token_generation", text(1, 36));
        fields.optional("provider_id", text(0, 255));
        fields.nullable("response_body", text(0, MAX_TEXT));
        Report {
            grant_id: fields.required("grant_id", text(1, 200)),
            method: fields.required("method", text(1, 20)),
            url: fields.required("url", text(1, MAX_URL)),
            status: fields.required("response_status", integer(0, 999)),
            latency: fields.required("latency_ms", integer(0, i64::MAX)),
            reason: fields.nullable("reason", string),
        }
    })?;
    let grant = grants::reachable(call, signer, &report.grant_id)?.clone();
    let mut event = draft(call, signer, CALLED, &grant);
    if let Some(trace) = trace_of(call, signer, &report) {
        event.trace_id = trace;
    }
    event.method = Some(report.method);
    event.url = Some(report.url);
    event.response_status = u16::try_from(report.status).ok();
    event.latency_ms = RawValue::from_string(report.latency.to_string()).ok();
    event.policy_decision = Some("ALLOW".to_owned());
    event.reason = report.reason;
    let id = event.id.clone();
    add(call, event);
    Ok(Response::json(201, &json!({ "id": id })))
}

/// The trace in which the same key was given the credential for the same call.
fn trace_of(call: &Call<'_>, signer: &Signer, report: &Report) -> Option<String> {
    let rows = call.state.tables.of::<Recorded>().of_app(&signer.app_id).rev();
    let mut recent =
        rows.map(|row| &row.event).take_while(|event| event.created_at.plus(SAME_WORK) >= call.now);
    let asked = recent.find(|event| {
        event.action == RETRIEVED
            && event.api_key_id.as_deref() == Some(&signer.key_id)
            && event.grant_id.as_deref() == Some(&report.grant_id)
            && event.method.as_deref() == Some(&report.method)
    })?;
    Some(asked.trace_id.clone())
}
