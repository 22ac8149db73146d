//! `--debug`: what went over the wire, without its credentials.

use std::time::Duration;

use super::request::{Request, redact};
use super::response::Response;
use crate::output::streams::Streams;
use crate::redact::credentials;

/// Shows one exchange: a line of its own, then headers and bodies.
pub fn exchange(
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
    let ms = took.as_millis();
    let mut lines = vec![format!("debug: {} {url} {status} {ms} ms {id}", request.method.name())];
    if signed_in {
        lines.push("  > authorization: Bearer [redacted]".into());
    }
    lines.extend(request.headers.iter().map(|(name, value)| format!("  > {name}: {value}")));
    lines.extend(request.body_text().map(|body| format!("  > {}", redact(body))));
    if let Some(response) = response {
        lines.extend(response.headers().iter().map(|(name, value)| header(name, value)));
        lines.push(format!("  < {}", redact(&String::from_utf8_lossy(&response.body))));
    }
    for line in lines {
        streams.raw_note(credentials(&line).as_bytes());
    }
}

fn header(name: &str, value: &str) -> String {
    let shown =
        if matches!(name, "set-cookie" | "www-authenticate") { "[redacted]" } else { value };
    format!("  < {name}: {shown}")
}
