//! The calls that the portal makes itself, to servers of this machine alone, so that nothing of a trial leaves it.

use std::time::{Duration, Instant};

use crate::base::failure::Failure;
use crate::protocol::base64;
use crate::protocol::inject::{ProviderCall, ProviderRequest};
use crate::protocol::provider::{self as wire, Unanswered};
use crate::protocol::token::RetrievedToken;
use crate::protocol::url::{LOOPBACK, ProviderUrl};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{audit_rows, credential, provider, tokens};
use crate::portal::audit::{self, AuditEvent};
use crate::portal::deferred::Later;
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::secret::Sealed;
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

/// What is kept of an answer.
const MAX_BODY: usize = 1 << 20;
/// For each wait for the provider.
const PATIENCE: Duration = Duration::from_secs(30);
/// For all of them together.
pub(super) const BUDGET: Duration = Duration::from_secs(90);

/// A call that is asked for, without any credential.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Value>,
}

/// A call with all that is needed to make it while the state is not locked.
#[derive(Debug)]
pub(super) struct Outgoing {
    wanted: Wanted,
    credential: Sealed,
    grant_id: String,
    /// Its row of the audit log.
    event: AuditEvent,
    result: Option<Result<Value, Refusal>>,
}

impl Outgoing {
    /// A call with the credential of a grant.
    pub(super) fn new(
        tables: &Tables,
        grant: &Grant,
        wanted: Wanted,
        event: AuditEvent,
        now: Stamp,
    ) -> Self {
        let (credential, result) = match credential::of(tables, grant, now) {
            Ok(credential) => (credential.to_string(), None),
            Err(refusal) => (String::new(), Some(Err(refusal))),
        };
        let (credential, grant_id) = (Sealed::new(credential), grant.id.clone());
        Self { wanted, credential, grant_id, event, result }
    }

    /// Adds the row of the call to the audit log; gives what the provider answered.
    pub(super) fn record(mut self, tables: &mut Tables) -> Result<Value, Refusal> {
        let result =
            self.result.take().unwrap_or_else(|| Err(failed("The call was not made.".into())));
        let now = Stamp::now();
        tokens::used(tables, &self.grant_id, now);
        self.event.created_at = now;
        audit::record(tables, audit_rows::judged(completed(self.event, &result)));
        result
    }
}

impl Later for Outgoing {
    fn run(&mut self) {
        if self.result.is_none() {
            self.result = Some(send(&self.wanted, &self.credential));
        }
    }

    fn finish(self: Box<Self>, tables: &mut Tables, answer: Response) -> Response {
        let result = self.record(tables).map(|body| Response::json(200, &body));
        result.unwrap_or_else(Refusal::into_answer).with_headers_of(answer)
    }
}

/// Refuses an address that this portal does not call.
pub(super) fn admits(port: u16, url: &ProviderUrl) -> Result<(), Refusal> {
    let host = url.origin().host();
    let message = if !LOOPBACK.contains(&host) {
        format!(
            "{host} is not on this machine, and this portal calls no other: localhost, 127.0.0.1 and [::1] alone."
        )
    } else if provider::is_here(port, url) && !provider::is_own(port, url) {
        "Of this portal itself, only its provider is called, at /provider/ID/….".to_owned()
    } else {
        return Ok(());
    };
    Err(Refusal::new(422, "blocked_destination", message))
}

fn failed(why: String) -> Refusal {
    Refusal::new(502, "upstream_unreachable", why)
}

fn too_slow(limit: Duration) -> Refusal {
    let message = format!("The provider took longer than {} s.", limit.as_secs());
    Refusal::new(504, "timeout", message).also("timeout_reason", "upstream_timeout")
}

/// Makes a call; gives what the provider answered.
fn send(wanted: &Wanted, credential: &Sealed) -> Result<Value, Refusal> {
    let unwritten = |failure: Failure| failed(failure.message());
    let token = RetrievedToken::parse(credential.expose().as_bytes())
        .map_err(|why| failed(format!("The credential cannot be used: {why}.")))?;
    let mut call = ProviderCall {
        method: wanted.method.clone(),
        url: ProviderUrl::parse("url", &wanted.url).map_err(unwritten)?,
        headers: wanted.headers.clone(),
        body: wanted.body.as_ref().map(Value::to_string),
    };
    if !call.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("user-agent")) {
        let agent = concat!("alter-portal/", env!("CARGO_PKG_VERSION"));
        call.headers.push(("User-Agent".to_owned(), agent.to_owned()));
    }
    let sent = ProviderRequest::new(&call, &token, Stamp::now().0).map_err(unwritten)?;
    let lost = |lost: Unanswered| {
        if lost.timed_out { too_slow(PATIENCE) } else { failed(lost.failure.message()) }
    };
    let begun = Instant::now();
    let answer = wire::send(&call, &sent, PATIENCE).map_err(lost)?;
    let (status, headers) = (answer.status, headers_of(&answer.headers));
    let mut body = Vec::new();
    let (came, read) = answer
        .read(|part| {
            body.extend_from_slice(part);
            let enough = body.len() > MAX_BODY || begun.elapsed() > BUDGET;
            if enough { Err(Failure::error("the answer", "is not read further")) } else { Ok(()) }
        })
        .map_err(lost)?;
    let is_cut = body.len() > MAX_BODY;
    if read.is_err() && !is_cut {
        return Err(too_slow(BUDGET));
    }
    body.truncate(MAX_BODY);
    Ok(json!({
        "approval_id": null, "status_code": status, "headers": headers,
        "body_b64": base64::standard(&body), "body_truncated": is_cut,
        "duration_ms": came.latency_ms, "credential_hint": null,
    }))
}

fn headers_of(headers: &[(String, String)]) -> Map<String, Value> {
    headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
}

/// The row of a call that was allowed, with its result.
fn completed(mut event: AuditEvent, result: &Result<Value, Refusal>) -> AuditEvent {
    let number = |name: &str| result.as_ref().ok().and_then(|result| result[name].as_u64());
    event.policy_decision = Some("ALLOW".to_owned());
    event.response_status =
        Some(number("status_code").and_then(|status| u16::try_from(status).ok()).unwrap_or(0));
    event.latency_ms =
        number("duration_ms").and_then(|ms| RawValue::from_string(ms.to_string()).ok());
    event
}
