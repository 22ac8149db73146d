//! What is reported of a provider call afterwards, for the audit log.

use serde_json::Value;
use serde_json::value::RawValue;

use super::inject::{ProviderCall, ProviderRequest};
use super::token::RetrievedToken;
use crate::api::method::Method;
use crate::base::redact::credentials;
use crate::http::request::{Body, Request};

/// Bodies over this many bytes are named by their length.
pub(crate) const MAX_BODY: usize = 10_000;

/// Headers that are never reported.
const SENSITIVE: &[&str] = &[
    "authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
    "x-auth-token",
    "x-amz-date",
    "x-amz-content-sha256",
    "x-amz-security-token",
];

/// What came of a provider call.
#[derive(Debug, Default)]
pub(crate) struct Came {
    /// The status; 0 for no answer.
    pub(crate) status: u16,
    /// The headers of the answer; `None` for no answer.
    pub(crate) headers: Option<Vec<(String, String)>>,
    /// The body of the answer, or what stands for it.
    pub(crate) body: String,
    /// How long it took.
    pub(crate) latency_ms: u64,
}

/// The request that records a call. A provider may send the credential back, in any spelling: it is kept out of the log.
pub(crate) fn request(
    call: &ProviderCall,
    sent: &ProviderRequest,
    token: &RetrievedToken,
    came: &Came,
) -> Request {
    let injected = |name: &str| sent.injected.iter().any(|put| put.eq_ignore_ascii_case(name));
    let headers = sent.headers.iter().filter(|(name, _)| !injected(name));
    let body = Body::object()
        .with("grant_id", &token.grant_id)
        .with("provider_id", &token.provider_id)
        .with("token_generation", &token.token_generation)
        .with("method", &call.method)
        .with("url", credentials(&call.url.to_string()))
        .with("request_headers", header_object(headers))
        .with("request_body", sent_body(call))
        .with("response_status", came.status)
        .with(
            "response_headers",
            came.headers.as_ref().map(|headers| header_object(headers.iter())),
        )
        .with("response_body", credentials(&came.body))
        .with("latency_ms", came.latency_ms)
        .with("reason", Value::Null)
        .with("context", Value::Null);
    Request::to(Method::Post, "/sdk/oauth/audit/api-call".into()).body(body)
}

fn header_object<'h>(headers: impl Iterator<Item = &'h (String, String)>) -> Value {
    let sensitive = |name: &str| SENSITIVE.iter().any(|known| known.eq_ignore_ascii_case(name));
    let mut object = serde_json::Map::new();
    for (name, value) in headers.filter(|(name, _)| !sensitive(name)) {
        let value = match object.get(name).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value.clone(),
        };
        let value = credentials(&value).into_owned();
        object.insert(name.clone(), value.into());
    }
    object.into()
}

fn sent_body(call: &ProviderCall) -> Option<Box<RawValue>> {
    let body = call.body.as_deref()?;
    if body.len() > MAX_BODY {
        let placeholder = format!("<request too large: {} bytes>", body.len());
        return serde_json::value::to_raw_value(&placeholder).ok();
    }
    serde_json::from_str(&credentials(body)).ok()
}

/// What stands for an answer's body: itself, or its length where it is long or no text.
pub(crate) fn response_body(beginning: &[u8], length: u64) -> String {
    if length > MAX_BODY as u64 {
        return format!("<response too large: {length} bytes>");
    }
    match std::str::from_utf8(beginning) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("<binary response: {length} bytes>"),
    }
}
