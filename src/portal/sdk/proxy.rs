//! Proxy mode: the portal makes the call itself.

use crate::protocol::inject::is_reserved;
use crate::protocol::url::ProviderUrl;
use serde_json::Value;

use super::approvals;
use super::audit_rows::{self, CALLED};
use super::decision::{Mode, Question};
use super::policies::Asker;
use super::resolution::{self, Address};
use super::signer::Signer;
use super::tokens;
use super::upstream::{Outgoing, Wanted};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{Checked, string, wrong};
use crate::portal::handler::refusal::Refusal;

/// Headers that a caller may not set on a call the portal makes, beside those that no caller may set anywhere.
const FORBIDDEN: &[&str] = &[
    "authentication",
    "cookie",
    "set-cookie",
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

/// Makes a call, or holds it for an approval.
pub(super) fn execute(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let (address, wanted, reason) = call.fields(|fields| {
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
        };
        (address, wanted, fields.nullable("reason", string))
    })?;
    let url = ProviderUrl::parse("url", &wanted.url)
        .map_err(|failure| Refusal::new(422, "invalid_request", failure.message()))?;
    let (grant, user_id) = resolution::find(call, signer, &address)?;
    let asker = Asker::of(signer, user_id);
    let mut event = audit_rows::draft(call, signer, CALLED, &grant);
    event.method = Some(wanted.method.clone());
    event.url = Some(wanted.url.clone());
    event.reason = reason;
    let question = Question {
        tables: &call.state.tables,
        asker: &asker,
        grant: &grant,
        method: &wanted.method,
        url: &url,
        mode: Mode::Proxy,
        port: call.runtime.port,
        now: call.now,
    };
    let gates = match question.decide() {
        Ok(gates) => gates,
        Err(refusal) => {
            audit_rows::add(call, audit_rows::refused(event, &refusal));
            return Err(refusal);
        }
    };
    if !gates.is_empty() {
        return approvals::hold(call, asker, &grant, wanted, gates, event);
    }
    let outgoing = Outgoing::new(&call.state.tables, &grant, wanted, event, call.now);
    Ok(call.answered_later(outgoing))
}

fn headers(value: &Value) -> Checked<Vec<(String, String)>> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    pairs(value)?
        .into_iter()
        .map(|(name, value)| {
            let plain = name.trim().to_ascii_lowercase();
            if is_reserved(&plain) || FORBIDDEN.contains(&plain.as_str()) {
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
