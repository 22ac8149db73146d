//! `--debug`: what went over the wire. What is shown is what is known to be harmless; all else is left out.

use std::time::Duration;

use super::request::Request;
use super::response::Response;
use crate::base::redact::{SECRET_KEYS, credentials};
use crate::output::json;
use crate::output::streams::Streams;

const HIDDEN: &str = "[redacted]";

/// Headers whose values are shown.
const HEADERS: &[&str] = &[
    "accept",
    "allow",
    "connection",
    "content-length",
    "content-type",
    "date",
    "idempotency-key",
    "idempotency-replayed",
    "retry-after",
    "server",
    "transfer-encoding",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
];

/// Keys of bodies whose values are shown, beside those that end as `KEY_ENDINGS` do.
const KEYS: &[&str] = &[
    "action",
    "category",
    "code",
    "deleted",
    "enabled",
    "error",
    "event",
    "has_more",
    "id",
    "kind",
    "limit",
    "loc",
    "message",
    "method",
    "missing",
    "msg",
    "name",
    "offset",
    "outcome",
    "policy_decision",
    "required",
    "scopes",
    "slug",
    "status",
    "total",
    "type",
];
const KEY_ENDINGS: &[&str] = &["_at", "_count", "_id", "_ms", "_status", "_type"];

/// Nothing of the contract nests deeper; what does is hidden whole.
const MAX_DEPTH: usize = 32;

/// Bytes of a body that are shown: an answer may have megabytes.
const MAX_SHOWN: usize = 32 << 10;

/// Shows one exchange: a line of its own, then headers and bodies.
pub(crate) fn exchange(
    streams: &Streams,
    request: &Request,
    url: &str,
    signed_in: bool,
    response: Option<&Response>,
    took: Duration,
) {
    let status =
        response.map_or_else(|| "no answer".into(), |response| response.status.to_string());
    let id = response.and_then(Response::request_id).unwrap_or_else(|| "-".into());
    let (url, ms) = (without_values(url), took.as_millis());
    let mut lines = vec![format!("debug: {} {url} {status} {ms} ms {id}", request.method.name())];
    if signed_in {
        lines.push(format!("  > authorization: Bearer {HIDDEN}"));
    }
    lines.extend(request.headers.iter().map(|(name, value)| header('>', name, value)));
    lines.extend(request.body_text().map(|text| format!("  > {}", body(text))));
    if let Some(response) = response {
        lines.extend(response.headers().iter().map(|(name, value)| header('<', name, value)));
        lines.push(format!("  < {}", body(&String::from_utf8_lossy(&response.body))));
    }
    for line in lines {
        streams.raw_note(credentials(&line).as_bytes());
    }
}

/// Shows a provider call; the credential is in headers and parameters whose values are hidden.
pub(crate) fn provider(
    streams: &Streams,
    method: &str,
    url: &str,
    headers: &[(String, String)],
    content: Option<&str>,
    status: Option<u16>,
) {
    let status = status.map_or_else(|| "no answer".into(), |status| status.to_string());
    let mut lines = vec![format!("debug: {method} {} {status}", without_values(url))];
    lines.extend(headers.iter().map(|(name, value)| header('>', name, value)));
    lines.extend(content.map(|text| format!("  > {}", body(text))));
    for line in lines {
        streams.raw_note(credentials(&line).as_bytes());
    }
}

/// A URL with the names of its query only.
fn without_values(url: &str) -> String {
    let Some((path, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    let shown: Vec<String> = names.map(|name| format!("{name}={HIDDEN}")).collect();
    format!("{path}?{}", shown.join("&"))
}

fn header(direction: char, name: &str, value: &str) -> String {
    let name = name.to_ascii_lowercase();
    let shown = if HEADERS.contains(&name.as_str()) { value } else { HIDDEN };
    format!("  {direction} {name}: {shown}")
}

fn body(text: &str) -> String {
    let Ok(document) = serde_json::from_str::<&serde_json::value::RawValue>(text) else {
        return format!("({} bytes that are not JSON)", text.len());
    };
    let mut shown = String::new();
    value(&mut shown, document.get(), false, 0);
    if shown.len() > MAX_SHOWN {
        let mut end = MAX_SHOWN;
        while !shown.is_char_boundary(end) {
            end -= 1;
        }
        return format!("{}... (cut; the body has {} bytes)", &shown[..end], text.len());
    }
    shown
}

/// Writes a value of JSON, shown where its key is harmless, and stops where enough is shown.
fn value(shown: &mut String, document: &str, harmless: bool, depth: usize) {
    let deep = depth > MAX_DEPTH;
    if let Some(entries) = json::entries(document).filter(|_| !deep) {
        shown.push('{');
        for (at, (key, inner)) in entries.enumerate() {
            if shown.len() > MAX_SHOWN {
                return;
            }
            shown.push_str(if at == 0 { "" } else { "," });
            shown.push_str(&json::quote(&key));
            shown.push(':');
            // A part of a credential may have the most harmless of names.
            if SECRET_KEYS.contains(&key.as_ref()) && inner != "null" {
                shown.push_str(&json::quote(HIDDEN));
            } else {
                value(shown, inner, is_harmless(&key), depth + 1);
            }
        }
        shown.push('}');
    } else if let Some(elements) = json::elements(document).filter(|_| !deep) {
        shown.push('[');
        for (at, element) in elements.enumerate() {
            if shown.len() > MAX_SHOWN {
                return;
            }
            shown.push_str(if at == 0 { "" } else { "," });
            value(shown, element.text, harmless, depth + 1);
        }
        shown.push(']');
    } else if matches!(document, "null" | "true" | "false") || (harmless && !deep) {
        // A credential that is cut would no longer be known for one.
        shown.push_str(&credentials(&json::compact(document)));
    } else {
        shown.push_str(&json::quote(HIDDEN));
    }
}

fn is_harmless(key: &str) -> bool {
    KEYS.contains(&key) || KEY_ENDINGS.iter().any(|ending| key.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_harmless_is_shown() {
        assert_eq!(
            body(
                r#"{"id":1,"items":[{"api_key":"s","name":"n","odd":["x",true]}],"created_at":"t"}"#
            ),
            r#"{"id":1,"items":[{"api_key":"[redacted]","name":"n","odd":["[redacted]",true]}],"created_at":"t"}"#
        );
        assert_eq!(
            body(r#"{"additional_credentials":{"access_key_id":"s"},"secret":null}"#),
            r#"{"additional_credentials":"[redacted]","secret":null}"#
        );
        assert_eq!(without_values("https://a/b?c=d&e"), "https://a/b?c=[redacted]&e=[redacted]");
        assert_eq!(header('<', "X-Odd", "v"), "  < x-odd: [redacted]");
        assert_eq!(body("<html>"), "(6 bytes that are not JSON)");
        let deep = format!("{}1{}", "[".repeat(9999), "]".repeat(9999));
        assert!(body(&deep).len() < 200);
        let long = format!("[0{}]", ",0".repeat(1 << 20));
        let shown = body(&long);
        assert!(shown.len() < MAX_SHOWN + 100, "{}", shown.len());
        assert!(
            shown.ends_with("... (cut; the body has 2097155 bytes)"),
            "{}",
            &shown[MAX_SHOWN..]
        );
    }
}
