//! What went wrong, and the exit code it means.

use std::io;
use std::path::Path;

use serde::Serialize;

use crate::base::redact;

/// The exit codes of the contract, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Standard output was closed by its reader, who has seen enough.
    Closed,
    /// Anything without a code of its own: network, TLS, 5xx, an answer that breaks the contract.
    Error,
    /// A bad flag, argument or input, found here or by the portal.
    Usage,
    /// Not signed in, or the portal does not accept the PAT.
    Auth,
    /// The thing named does not exist.
    NotFound,
    /// The thing named is in a state that forbids the change.
    Conflict,
    /// Too many requests, after every retry.
    RateLimit,
    /// The PAT lacks a scope.
    Forbidden,
    /// The person said no.
    Cancelled,
}

impl Kind {
    /// Every failure a person can meet, for the help topic and the README.
    pub(crate) const ALL: [(Kind, &'static str); 8] = [
        (
            Kind::Error,
            "anything uncategorised: network, TLS, 5xx, an answer that is not what the contract says",
        ),
        (Kind::Usage, "bad flag, argument or input, found here or by the portal (400, 422)"),
        (Kind::Auth, "not signed in, or the portal answered 401"),
        (Kind::NotFound, "404, or a named local file is missing"),
        (Kind::Conflict, "409: the state of the thing forbids the change"),
        (Kind::RateLimit, "429, after the retries"),
        (Kind::Forbidden, "403: the PAT lacks a scope"),
        (Kind::Cancelled, "you said no at a prompt, or typed the wrong name"),
    ];

    /// The process exit code.
    pub(crate) const fn exit(self) -> u8 {
        match self {
            Kind::Closed => 0,
            Kind::Error => 1,
            Kind::Usage => 2,
            Kind::Auth => 3,
            Kind::NotFound => 4,
            Kind::Conflict => 5,
            Kind::RateLimit => 6,
            Kind::Forbidden => 7,
            Kind::Cancelled => 8,
        }
    }

    /// The name that the JSON form of a failure carries.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Kind::Closed => "OK",
            Kind::Error => "ERROR",
            Kind::Usage => "USAGE",
            Kind::Auth => "AUTH",
            Kind::NotFound => "NOT_FOUND",
            Kind::Conflict => "CONFLICT",
            Kind::RateLimit => "RATE_LIMIT",
            Kind::Forbidden => "FORBIDDEN",
            Kind::Cancelled => "CANCELLED",
        }
    }
}

/// A failed command, in the order a person needs it: what failed, why, what to do.
#[derive(Debug)]
pub(crate) struct Failure(Box<Details>);

#[derive(Debug)]
struct Details {
    kind: Kind,
    what: String,
    why: String,
    fix: Option<String>,
    portal_code: Option<String>,
    request_id: Option<String>,
    retry_after: Option<u64>,
}

/// The JSON form of a failure, as scripts read it.
#[derive(Serialize)]
struct Report {
    error: ReportBody,
}

#[derive(Serialize)]
struct ReportBody {
    code: &'static str,
    exit: u8,
    message: String,
    portal_code: Option<String>,
    request_id: Option<String>,
    retry_after: Option<u64>,
    fix: Option<String>,
}

/// Characters of a text that a failure shows: a portal may send megabytes.
const MAX_TEXT: usize = 2_000;

/// A text without credentials and of bounded length. Half a credential would no longer be known for one, so they go
/// first.
fn bounded(text: &str) -> String {
    let text = redact::credentials(text);
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.into_owned(),
    }
}

/// The system's own sentence for an error, without its number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((sentence, _)) => sentence.to_owned(),
        None => text,
    }
}

/// How the advice begins where a change may have been made.
const MAYBE: &str = "it may have been done all the same: before you repeat it, look with";

impl Failure {
    /// A failure of any kind: `what` failed, `why`.
    pub(crate) fn new(kind: Kind, what: impl Into<String>, why: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            what: what.into(),
            why: why.into(),
            fix: None,
            portal_code: None,
            request_id: None,
            retry_after: None,
        }))
    }

    /// Uncategorised: exit 1.
    pub(crate) fn error(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(Kind::Error, what, why)
    }

    /// A file or folder that cannot be used: exit 1.
    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        Self::error(path.display().to_string(), reason(error))
    }

    /// Bad input, `what` being the flag, argument, variable or file: exit 2.
    pub(crate) fn usage(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(Kind::Usage, what, why)
    }

    /// Standard output has no reader any more.
    pub(crate) fn closed() -> Self {
        Self::new(Kind::Closed, "", "")
    }

    /// Says that the change which failed may have been made all the same, and how to look. A fix that is there already
    /// stays.
    #[must_use]
    pub(crate) fn in_doubt(mut self, look: &str) -> Self {
        self.0.fix = Some(match self.0.fix.take() {
            None => format!("{MAYBE} {look}"),
            Some(fix) if fix.starts_with(MAYBE) => fix,
            Some(fix) => format!("{MAYBE} {look}; {fix}"),
        });
        self
    }

    /// Returns true where the change that failed may have been made all the same.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.0.fix.as_ref().is_some_and(|fix| fix.starts_with(MAYBE))
    }

    /// Says which part of a larger piece of work it is about.
    #[must_use]
    pub(crate) fn about(mut self, part: &str) -> Self {
        if self.0.what != part {
            self.0.what = format!("{part}: {}", self.0.what);
        }
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.0.fix = Some(fix.into());
        self
    }

    /// Adds what the portal said of itself: its error code and the request's id.
    #[must_use]
    pub(crate) fn portal(mut self, code: Option<String>, request_id: Option<String>) -> Self {
        self.0.portal_code = code;
        self.0.request_id = request_id;
        self
    }

    /// Says after how many seconds another try makes sense.
    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: Option<u64>) -> Self {
        self.0.retry_after = seconds;
        self
    }

    /// What sort of failure it is.
    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The portal's own code, such as `app_not_found`.
    pub(crate) fn portal_code(&self) -> Option<&str> {
        self.0.portal_code.as_deref()
    }

    /// What to do about it.
    pub(crate) fn advice(&self) -> Option<String> {
        self.0.fix.as_deref().map(bounded)
    }

    /// Returns the reason alone.
    pub(crate) fn why(&self) -> &str {
        &self.0.why
    }

    /// One sentence: what failed and why.
    pub(crate) fn message(&self) -> String {
        match (self.0.what.as_str(), self.0.why.as_str()) {
            (what, "") => bounded(what),
            (what, why) => bounded(&format!("{what}: {why}")),
        }
    }

    /// The lines under the message: the fix, then the request id.
    pub(crate) fn details(&self) -> Vec<String> {
        let fix = self.0.fix.iter().map(|fix| format!("fix: {}", bounded(fix)));
        let id = self.0.request_id.iter().map(|id| format!("request id: {}", bounded(id)));
        fix.chain(id).collect()
    }

    /// The failure as one line of JSON.
    pub(crate) fn to_json(&self) -> String {
        let report = Report {
            error: ReportBody {
                code: self.0.kind.name(),
                exit: self.0.kind.exit(),
                message: self.message(),
                portal_code: self.0.portal_code.as_deref().map(bounded),
                request_id: self.0.request_id.as_deref().map(bounded),
                retry_after: self.0.retry_after,
                fix: self.0.fix.as_deref().map(bounded),
            },
        };
        serde_json::to_string(&report).unwrap_or_default()
    }
}
