//! A provider call that has its credential: made, printed while it arrives, recorded, judged.

use crate::api::method::Method;
use crate::base::failure::{Failure, Kind};
use crate::base::interrupt::on_interrupt;
use crate::base::origin::segment;
use crate::base::random;
use crate::base::redact;
use crate::cli::context::Context;
use crate::http::request::{Body, Request};
use crate::http::trace;
use crate::input::check::hex;
use crate::output::streams::{Output, Streams};
use crate::protocol::audit_row::{self, Came};
use crate::protocol::backend::Backend;
use crate::protocol::challenge;
use crate::protocol::inject::{ProviderCall, ProviderRequest};
use crate::protocol::provider::{self, Answer, Unanswered};
use crate::protocol::token::RetrievedToken;

const MAX_ENDPOINT: usize = 2048;
const MAX_CHALLENGE: usize = 4096;
const MAX_SCOPE: usize = 256;
const MAX_SCOPES: usize = 50;

/// A call about to be made.
pub(super) struct Exchange<'a> {
    pub(super) context: &'a Context,
    pub(super) backend: &'a Backend<'a>,
    pub(super) call: &'a ProviderCall,
    pub(super) token: &'a RetrievedToken,
    pub(super) sent: &'a ProviderRequest,
}

impl Exchange<'_> {
    /// Makes it.
    pub(super) fn run(&self) -> Result<(), Failure> {
        let streams = &self.context.streams;
        let pending = on_interrupt(self.interrupted());
        let answer = provider::send(self.call, self.sent, self.context.timeout()?);
        if self.context.debug()? {
            let status = answer.as_ref().ok().map(|answer| answer.status);
            let (call, headers) = (self.call, &self.sent.headers);
            let (url, body) = (call.url.to_string(), call.body.as_deref());
            trace::provider(streams, &call.method, &url, headers, body, status);
        }
        let answer = answer.map_err(|lost| self.lost(lost))?;
        show_head(streams, &answer);
        if let Some(coding) =
            answer.header("content-encoding").filter(|coding| *coding != "identity")
        {
            streams.note(&format!("The body is compressed ({coding}), which was not asked for."));
        }
        let verdict = Verdict::of(&answer);
        let mut printer = Printer::new(streams)?;
        let (came, shown) =
            answer.read(|part| printer.part(part)).map_err(|lost| self.lost(lost))?;
        let shown = shown.and_then(|()| printer.end());
        self.record(&came);
        drop(pending);
        if let Some(challenge) = &verdict.challenge {
            self.report_scope_mismatch(challenge);
        }
        shown?;
        verdict.result(self.token.scope_mismatch)
    }

    /// What is done when the person ends it before the call is recorded. The audit log could keep them waiting.
    fn interrupted(&self) -> impl FnOnce() + Send + 'static {
        let (streams, as_json) = (self.context.streams.clone(), self.context.shape.is_json());
        let why = "the provider may have done what was asked, and the audit log may lack the call";
        let failure = Failure::error("interrupted", why);
        move || streams.failure(&failure, as_json)
    }

    fn lost(&self, lost: Unanswered) -> Failure {
        self.record(&lost.came);
        lost.failure
    }

    /// Reports to the audit log. The call succeeded even when that fails.
    fn record(&self, came: &Came) {
        let row = audit_row::request(self.call, self.sent, self.token, came);
        let Err(failure) = self.backend.send(&row) else {
            return;
        };
        let why = match failure.kind() {
            Kind::Forbidden if failure.portal_code() == Some("insufficient_scope") => {
                "the key has no audit:emit".into()
            }
            _ => failure.message(),
        };
        self.context
            .streams
            .warn(&format!("the call was made, but is not in the audit log: {why}"));
    }

    /// Tells the portal that the grant lacks scopes, so that the account can be connected again.
    fn report_scope_mismatch(&self, challenge: &Challenge) {
        let Ok(id) = random::bytes::<16>() else { return };
        let cut = |text: &str, most| text.chars().take(most).collect::<String>();
        let scopes = challenge.missing.iter().take(MAX_SCOPES);
        let missing: Vec<String> = scopes.map(|scope| cut(scope, MAX_SCOPE)).collect();
        let body = Body::object()
            .with("provider_status_code", 403)
            .with("provider_error_code", "insufficient_scope")
            .with("missing_scopes", (!missing.is_empty()).then_some(missing))
            .with("raw_www_authenticate", cut(&challenge.raw, MAX_CHALLENGE))
            .with("api_endpoint", cut(&self.call.url.to_string(), MAX_ENDPOINT))
            .with("detection_source", "www_authenticate_rfc6750")
            .with("sdk_correlation_id", hex(&id));
        let grant = segment(&self.token.grant_id);
        let request =
            Request::to(Method::Post, format!("/sdk/grants/{grant}/report-scope-mismatch"));
        if let Err(failure) = self.backend.report(&request.body(body)) {
            let why = failure.message();
            self.context
                .streams
                .warn(&format!("the missing scope was not reported to the portal: {why}"));
        }
    }
}

/// Status line and headers, for the person; a credential that the provider sends back is taken out.
fn show_head(streams: &Streams, answer: &Answer) {
    let mut lines = vec![answer.status_line.clone()];
    lines.extend(answer.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    for line in lines {
        streams.raw_note(redact::credentials(&line).as_bytes());
    }
}

/// What a status means for the command.
struct Verdict {
    status: u16,
    line: String,
    challenge: Option<Challenge>,
}

/// What a provider says when the credential lacks scopes.
struct Challenge {
    raw: String,
    missing: Vec<String>,
}

impl Verdict {
    fn of(answer: &Answer) -> Self {
        let raw = answer.header("www-authenticate").unwrap_or_default();
        let missing = challenge::insufficient_scope(raw).filter(|_| answer.status == 403);
        Self {
            status: answer.status,
            line: answer
                .status_line
                .split_once(' ')
                .map_or_else(String::new, |(_, rest)| rest.to_owned()),
            challenge: missing.map(|missing| Challenge { raw: raw.to_owned(), missing }),
        }
    }

    fn result(&self, scope_mismatch: bool) -> Result<(), Failure> {
        const RECONNECT: &str = "connect the account again with the scopes this call needs";
        let what = format!("the provider answered {}", self.line);
        match (self.status, &self.challenge) {
            (..=399, _) => Ok(()),
            (_, Some(challenge)) if !challenge.missing.is_empty() => {
                let why = format!("the grant lacks the scope {}", challenge.missing.join(", "));
                Err(Failure::error(what, why).fix(RECONNECT))
            }
            (_, Some(_)) => Err(Failure::error(what, "the grant lacks a scope").fix(RECONNECT)),
            (403, None) if scope_mismatch => {
                Err(Failure::error(what, "the grant is known to lack scopes").fix(RECONNECT))
            }
            (401, None) => Err(Failure::error(what, "it does not accept the credential")
                .fix("connect the account again, or store the secret again")),
            _ => Err(Failure::error(what, "")),
        }
    }
}

/// Prints a body as it arrives.
struct Printer {
    out: Output,
    terminal: bool,
    /// The beginning of a character whose rest is still to come.
    held: Vec<u8>,
    line_ended: bool,
}

impl Printer {
    fn new(streams: &Streams) -> Result<Self, Failure> {
        let (out, terminal) = (streams.result()?, streams.stdout_is_terminal());
        Ok(Self { out, terminal, held: Vec::new(), line_ended: true })
    }

    fn part(&mut self, part: &[u8]) -> Result<(), Failure> {
        if !self.terminal {
            self.out.raw(part)?;
            return self.out.flush();
        }
        self.held.extend_from_slice(part);
        let rest = self.held.split_off(self.held.len() - unfinished(&self.held));
        let whole = std::mem::replace(&mut self.held, rest);
        self.show(&whole)
    }

    /// Ends the last line for a person.
    fn end(&mut self) -> Result<(), Failure> {
        let rest = std::mem::take(&mut self.held);
        self.show(&rest)?;
        if self.terminal && !self.line_ended {
            self.out.text("\n")?;
        }
        self.out.flush()
    }

    fn show(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.line_ended = bytes.last().map_or(self.line_ended, |last| *last == b'\n');
        self.out.raw(bytes)?;
        self.out.flush()
    }
}

/// How many bytes at the end begin a character without ending it.
fn unfinished(bytes: &[u8]) -> usize {
    let wanted = |first: u8| match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 1,
    };
    (1..=3.min(bytes.len())).find(|back| wanted(bytes[bytes.len() - back]) > *back).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_waits_for_its_rest() {
        for (bytes, waiting) in [
            (&b""[..], 0),
            (b"a", 0),
            (b"a\xc3", 1),
            ("é".as_bytes(), 0),
            (b"\xe2\x82", 2),
            (b"\xf0\x9f\x98", 3),
            ("😀".as_bytes(), 0),
            (b"\x80\x80\x80", 0),
        ] {
            assert_eq!(unfinished(bytes), waiting, "{bytes:?}");
        }
    }
}
