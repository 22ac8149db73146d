//! The calls that the portal makes itself: to its own provider and no other host, so that nothing of a trial leaves this
//! machine.

use std::time::Instant;

use alter::runtime::base64;
use alter::runtime::inject::{ProviderCall, ProviderRequest};
use alter::runtime::token::Token;
use alter::runtime::url::ProviderUrl;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::provider::{self, Got};
use crate::audit::AuditEvent;
use crate::contract::refusal::Refusal;
use crate::http::response::Response;
use crate::stamp::Stamp;

const MAX_BODY: usize = 1 << 20;

/// A call that is asked for, without any credential.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Value>,
    /// Whether the address is the portal's own provider.
    pub(super) own: bool,
}

/// Makes a call with a credential; gives what the provider answered.
pub(super) fn run(now: Stamp, wanted: &Wanted, credential: Value) -> Result<Value, Refusal> {
    let failed = |why: String| Refusal::new(502, "upstream_unreachable", why);
    if !wanted.own {
        let message = "This portal calls only its own provider, at /provider/ID/….";
        return Err(failed(message.to_owned()));
    }
    let token = Token::parse(credential.to_string().as_bytes())
        .map_err(|why| failed(format!("The credential cannot be used: {why}.")))?;
    let call = ProviderCall {
        method: wanted.method.clone(),
        url: ProviderUrl::parse("url", &wanted.url).map_err(|failure| failed(failure.message()))?,
        headers: wanted.headers.clone(),
        body: wanted.body.as_ref().map(Value::to_string),
    };
    let sent =
        ProviderRequest::new(&call, &token, now.0).map_err(|failure| failed(failure.message()))?;
    let begun = Instant::now();
    let answer = provider::reply(&Got {
        method: &call.method,
        path: sent.url.path().trim_start_matches(provider::PATH),
        query: sent.url.query(),
        headers: sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        body: call.body.as_deref().unwrap_or_default().as_bytes(),
        most: MAX_BODY + 1,
    });
    let body = &answer.body[..answer.body.len().min(MAX_BODY)];
    Ok(json!({
        "approval_id": null, "status_code": answer.status, "headers": headers_of(&answer),
        "body_b64": base64::standard(body), "body_truncated": body.len() < answer.body.len(),
        "duration_ms": u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        "credential_hint": null,
    }))
}

fn headers_of(answer: &Response) -> Map<String, Value> {
    answer.headers().map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect()
}

/// The row of a call that was let pass, with what came of it.
pub(super) fn completed(mut event: AuditEvent, result: &Result<Value, Refusal>) -> AuditEvent {
    let number = |name: &str| result.as_ref().ok().and_then(|result| result[name].as_u64());
    event.policy_decision = Some("ALLOW".to_owned());
    event.response_status =
        Some(number("status_code").and_then(|status| u16::try_from(status).ok()).unwrap_or(0));
    event.latency_ms =
        number("duration_ms").and_then(|ms| RawValue::from_string(ms.to_string()).ok());
    event
}
