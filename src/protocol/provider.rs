//! The one exchange with a provider, whose answer is handed on while it arrives.

use std::io::Read;
use std::time::{Duration, Instant};

use ureq::http;

use super::audit_row::{self, Came};
use super::inject::{ProviderCall, ProviderRequest};
use crate::base::failure::Failure;
use crate::http::agent::{self, Timeouts};
use crate::http::client::headers;
use crate::http::error::{Advice, ExchangeError};
use crate::http::observed::Observed;

const CHUNK: usize = 64 << 10;

const ADVICE: Advice = Advice { unreachable: "check the network and --url", barred: "check --url" };

/// An answer whose body is still to come.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// `HTTP/1.1 200 OK`
    pub(crate) status_line: String,
    /// The headers, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    body: ureq::Body,
    begun: Instant,
    timeout: Duration,
}

/// Why a call came to no whole answer, and what is reported to the audit log.
#[derive(Debug)]
pub(crate) struct Unanswered {
    /// The failure.
    pub(crate) failure: Failure,
    /// Whether it is that the provider took too long.
    #[cfg(feature = "portal")]
    pub(crate) timed_out: bool,
    /// For the audit log.
    pub(crate) came: Came,
}

/// Sends a call once; redirects are not followed.
pub(crate) fn send(
    call: &ProviderCall,
    sent: &ProviderRequest,
    timeout: Duration,
) -> Result<Answer, Unanswered> {
    let begun = Instant::now();
    run(call, sent, timeout)
        .map(|response| {
            let (parts, body) = response.into_parts();
            Answer {
                status: parts.status.as_u16(),
                status_line: format!("{:?} {}", parts.version, parts.status).trim_end().to_owned(),
                headers: headers(&parts.headers),
                body,
                begun,
                timeout,
            }
        })
        .map_err(|(failure, timed_out)| unanswered(failure, timed_out, begun))
}

type Lost = (Failure, bool);

fn run(
    call: &ProviderCall,
    sent: &ProviderRequest,
    timeout: Duration,
) -> Result<http::Response<ureq::Body>, Lost> {
    let observed = Observed::default();
    let agent = agent::new(sent.url.origin(), Timeouts::EachWait(timeout), &observed)
        .map_err(|failure| (failure, false))?;
    let mut builder =
        http::Request::builder().method(call.method.as_str()).uri(sent.url.to_string());
    for (name, value) in &sent.headers {
        // Letters beyond ASCII go as the bytes they are.
        builder = builder.header(name, value.as_bytes());
    }
    if call.body.is_some() && !sent.has("content-type") {
        builder = builder.header("Content-Type", "application/json");
    }
    // The message could repeat a header, and with it the credential.
    let sent = agent::send(&agent, builder, call.body.as_deref()).map_err(|_| {
        (
            Failure::error(
                "the provider call",
                "cannot be written as HTTP: the credential has a character that no header takes",
            ),
            false,
        )
    })?;
    sent.map_err(|error| {
        let timed_out = matches!(error, ureq::Error::Timeout(_));
        let what = format!("{} {}", call.method, call.url);
        let error = ExchangeError::of(error, timeout, &observed);
        (error.explained(what, ADVICE.of(&agent)), timed_out)
    })
}

fn unanswered(failure: Failure, timed_out: bool, begun: Instant) -> Unanswered {
    let latency_ms = elapsed(begun);
    let body = if timed_out {
        format!("<transport error: timeout after {latency_ms}ms>")
    } else {
        "<transport error: network>".into()
    };
    Unanswered {
        failure,
        #[cfg(feature = "portal")]
        timed_out,
        came: Came { body, latency_ms, ..Came::default() },
    }
}

fn elapsed(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Reads the body to its end and hands it on piece by piece; `take` may end it early. Gives back what the audit
    /// log is told, and what `take` failed with.
    pub(crate) fn read(
        self,
        mut take: impl FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(Came, Result<(), Failure>), Unanswered> {
        let Self { status, headers, body, begun, timeout, .. } = self;
        let mut reader = body.into_with_config().limit(u64::MAX).reader();
        let (mut chunk, mut length, mut beginning) = (vec![0; CHUNK], 0_u64, Vec::new());
        let came = |body| Came { status, headers: Some(headers), body, latency_ms: elapsed(begun) };
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => {
                    return Ok((came(audit_row::response_body(&beginning, length)), Ok(())));
                }
                Ok(count) => count,
                Err(error) => {
                    let timed_out = is_timeout(&error);
                    let why = ExchangeError::while_reading(&error, timeout);
                    let failure = Failure::error("the provider's answer", why);
                    return Err(unanswered(failure, timed_out, begun));
                }
            };
            let part = &chunk[..count];
            length += count as u64;
            let room = (audit_row::MAX_BODY + 1).saturating_sub(beginning.len());
            beginning.extend_from_slice(&part[..count.min(room)]);
            if let Err(failure) = take(part) {
                let placeholder = format!("<response not read to its end: {length} bytes>");
                return Ok((came(placeholder), Err(failure)));
            }
        }
    }
}

fn is_timeout(error: &std::io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>());
    matches!(inner, Some(ureq::Error::Timeout(_)))
}
