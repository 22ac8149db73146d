//! Proxy mode: the portal makes the call itself. It reaches its own provider and no other host, so that nothing of a
//! trial leaves this machine.

use std::time::Instant;

use alter::runtime::base64;
use alter::runtime::inject::{ProviderCall, ProviderRequest};
use alter::runtime::token::Token;
use alter::runtime::url::ProviderUrl;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::approvals;
use super::audit_rows::{self, CALLED};
use super::credential;
use super::policies::{self, Verdict};
use super::provider::{self, Got};
use super::resolution::{self, Address};
use super::signer::Signer;
use super::tokens::{self, refused};
use crate::audit::AuditEvent;
use crate::contract::call::{Call, Outcome};
use crate::contract::checks::{Checked, string, wrong};
use crate::contract::refusal::Refusal;
use crate::http::response::Response;
use crate::resources::grants::grant::Grant;
use crate::stamp::Stamp;

const MAX_BODY: usize = 1 << 20;

/// Headers that a caller may not set on a call the portal makes.
const FORBIDDEN: &[&str] = &[
    "host",
    "authorization",
    "proxy-authorization",
    "authentication",
    "cookie",
    "set-cookie",
    "x-api-key",
    "x-auth-token",
    "x-amz-security-token",
    "x-amz-date",
    "x-amz-content-sha256",
    "x-goog-authorization",
    "x-goog-iam-authorization-token",
    "x-stripe-account",
    "x-shopify-access-token",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

/// A call that is asked for, without any credential.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) method: String,
    pub(super) url: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
    /// Whether the address is the portal's own provider.
    own: bool,
}

/// Makes a call, or holds it for an approval.
pub(super) fn execute(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let (address, mut wanted, reason) = call.fields(|fields| {
        let address = Address::read(fields);
        let query = fields.nullable("query_params", query).unwrap_or_default();
        let url = fields.required("url", |value| tokens::url(value).map(Some));
        let url =
            url.map(|url| query.iter().fold(url, |url, (name, value)| url.with_query(name, value)));
        let wanted = Wanted {
            method: fields.required("method", resolution::method),
            url: url.map(|url| url.to_string()).unwrap_or_default(),
            headers: fields.nullable("headers", headers).unwrap_or_default(),
            body: fields.nullable("body", |value| Ok(value.clone())),
            own: false,
        };
        (address, wanted, fields.nullable("reason", string))
    })?;
    let grant = resolution::find(call, signer, &address)?;
    let mut event = audit_rows::draft(call, signer, CALLED, &grant);
    event.method = Some(wanted.method.clone());
    event.url = Some(wanted.url.clone());
    event.reason = reason;
    let outcome = permitted(call, signer, &grant, &mut wanted);
    let gates = match outcome {
        Ok(gates) => gates,
        Err(refusal) => {
            audit_rows::add(call, audit_rows::refused(event, &refusal));
            return Err(refusal);
        }
    };
    if !gates.is_empty() {
        return approvals::hold(call, signer, &grant, wanted, gates, event);
    }
    let result = run(call.now, &wanted, credential::of(&call.state.tables, &grant, call.now)?);
    tokens::used(call, &grant);
    record(call, event, &result);
    Ok(Response::json(result.as_ref().map_or_else(|refusal| refusal.code().0, |_| 200), &result?))
}

/// Adds the row of a call that was let pass.
pub(super) fn record(call: &mut Call<'_>, event: AuditEvent, result: &Result<Value, Refusal>) {
    audit_rows::add(call, completed(event, result));
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

/// Refuses a call that may not be made; gives the rules under which it waits for an approval.
fn permitted(
    call: &Call<'_>,
    signer: &Signer,
    grant: &Grant,
    wanted: &mut Wanted,
) -> Result<Vec<String>, Refusal> {
    resolution::stands(call, grant)?;
    resolution::allows_agent(call, signer, grant)?;
    let url = ProviderUrl::parse("url", &wanted.url)
        .map_err(|failure| Refusal::new(422, "invalid_request", failure.message()))?;
    wanted.own = provider::is_own(call, &url);
    if !wanted.own {
        resolution::admits_host(call, grant, url.origin().host(), true)?;
    }
    match policies::of(call, signer, grant, &wanted.method) {
        Verdict::Allow => Ok(Vec::new()),
        Verdict::Hold(gates) => Ok(gates),
        verdict => Err(refused(verdict)),
    }
}

/// Makes a call with a credential; gives what the provider answered.
pub(super) fn run(now: Stamp, wanted: &Wanted, credential: Value) -> Result<Value, Refusal> {
    let failed = |why: String| Refusal::new(502, "upstream_unreachable", why);
    if !wanted.own {
        let message = "This portal calls its own provider alone, at /provider/ID/….";
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

fn headers(value: &Value) -> Checked<Vec<(String, String)>> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    pairs(value)?
        .into_iter()
        .map(|(name, value)| {
            let plain = name.trim().to_ascii_lowercase();
            if FORBIDDEN.contains(&plain.as_str()) || plain.starts_with("x-alter-") {
                return wrong("header", format!("`{name}` is not a caller's to set"));
            }
            if name.is_empty() || !name.bytes().all(token) || value.contains(['\r', '\n', '\0']) {
                return wrong("header", "Input should be HTTP headers");
            }
            Ok((name, value))
        })
        .collect()
}

fn query(value: &Value) -> Checked<Vec<(String, String)>> {
    pairs(value)
}

/// An object of texts, numbers and truth values, as texts.
fn pairs(value: &Value) -> Checked<Vec<(String, String)>> {
    let Some(object) = value.as_object() else {
        return wrong("dict_type", "Input should be an object");
    };
    object
        .iter()
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name.clone(), text.clone())),
            Value::Number(_) | Value::Bool(_) => Ok((name.clone(), value.to_string())),
            _ => wrong("string_type", format!("`{name}` should be a string")),
        })
        .collect()
}
