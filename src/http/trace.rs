//! `--debug`: what went over the wire, without its credentials.

use std::time::Duration;

use super::answer::Answer;
use super::request::{Request, redact};
use crate::out::redact::credentials;
use crate::out::streams::Streams;

/// Shows one exchange: a line of its own, then headers and bodies.
pub fn exchange(
    streams: &Streams,
    request: &Request,
    url: &str,
    signed_in: bool,
    answer: Option<&Answer>,
    took: Duration,
) {
    let status = answer.map_or_else(|| "no answer".into(), |answer| answer.status.to_string());
    let id = answer.and_then(Answer::request_id).unwrap_or_else(|| "-".into());
    let ms = took.as_millis();
    let mut lines = vec![format!("debug: {} {url} {status} {ms} ms {id}", request.method.name())];
    if signed_in {
        lines.push("  > authorization: Bearer [redacted]".into());
    }
    lines.extend(request.headers.iter().map(|(name, value)| format!("  > {name}: {value}")));
    lines.extend(request.body_text().map(|body| format!("  > {}", redact(body))));
    if let Some(answer) = answer {
        lines.extend(answer.headers().iter().map(|(name, value)| header(name, value)));
        lines.push(format!("  < {}", redact(&String::from_utf8_lossy(&answer.body))));
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
