//! The errors that a caller gets.

use serde::Serialize;
use serde_json::{Map, Value};

use super::response::Response;

/// A request refused, in one of the two shapes of the contract.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// `{"error", "message", "details"?}`.
    Coded(Box<Coded>),
    /// 422: `{"detail": [...]}`.
    Invalid(Vec<Issue>),
}

/// The error envelope, and the headers that go with it.
#[derive(Debug, Serialize)]
pub(crate) struct Coded {
    error: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Value>,
    #[serde(flatten)]
    more: Map<String, Value>,
    #[serde(skip)]
    status: u16,
    #[serde(skip)]
    headers: Vec<(&'static str, String)>,
}

/// One thing wrong with a query parameter or a key of the body.
#[derive(Debug, Serialize)]
pub(crate) struct Issue {
    loc: Vec<String>,
    msg: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Issue {
    /// At `place` (`body` or `query`), in the part of this name.
    pub(crate) fn new(place: &str, name: &str, kind: &'static str, msg: impl Into<String>) -> Self {
        let parts = [place, name].into_iter().filter(|part| !part.is_empty());
        Self { loc: parts.map(str::to_owned).collect(), msg: msg.into(), kind }
    }

    /// Returns whether it is about the same part of the request as the other, or about something within that.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self.loc.starts_with(&other.loc)
    }

    /// Further in.
    pub(crate) fn within(mut self, path: impl Iterator<Item = String>) -> Self {
        self.loc.extend(path);
        self
    }
}

impl Refusal {
    /// With a code of the contract.
    pub(crate) fn new(status: u16, error: &'static str, message: impl Into<String>) -> Self {
        Self::Coded(Box::new(Coded {
            error,
            message: message.into(),
            details: None,
            more: Map::new(),
            status,
            headers: Vec::new(),
        }))
    }

    /// A change that the present state does not allow.
    pub(crate) fn conflict(error: &'static str, message: impl Into<String>) -> Self {
        Self::new(409, error, message)
    }

    /// Something that is not there, or not for this caller.
    pub(crate) fn not_found(error: &'static str, message: impl Into<String>) -> Self {
        Self::new(404, error, message)
    }

    /// 422 for one part of the request.
    pub(crate) fn invalid(
        place: &str,
        name: &str,
        kind: &'static str,
        msg: impl Into<String>,
    ) -> Self {
        Self::Invalid(vec![Issue::new(place, name, kind, msg)])
    }

    /// 431.
    pub(crate) fn head_too_large() -> Self {
        Self::new(431, "invalid_request", "The request's head is at most 64 KiB.")
    }

    /// Adds machine-readable details.
    pub(crate) fn details(mut self, details: Value) -> Self {
        if let Self::Coded(coded) = &mut self {
            coded.details = Some(details);
        }
        self
    }

    /// Adds a key beside the code and the message.
    pub(crate) fn also(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Self::Coded(coded) = &mut self {
            coded.more.insert(name.to_owned(), value.into());
        }
        self
    }

    /// The same refusal under another code, where it has this one.
    pub(crate) fn recoded(mut self, from: &str, to: &'static str) -> Self {
        if let Self::Coded(coded) = &mut self
            && coded.error == from
        {
            coded.error = to;
        }
        self
    }

    /// Its status and its code.
    pub(crate) fn code(&self) -> (u16, &'static str) {
        match self {
            Self::Coded(coded) => (coded.status, coded.error),
            Self::Invalid(_) => (422, "invalid_request"),
        }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Coded(coded) = &mut self {
            coded.headers.push((name, value.into()));
        }
        self
    }

    /// The refusal as it is sent.
    pub(crate) fn into_answer(self) -> Response {
        match self {
            Self::Coded(coded) => {
                let answer = Response::json(coded.status, &*coded);
                let headers = coded.headers.into_iter();
                headers.fold(answer, |answer, (name, value)| answer.with(name, value))
            }
            Self::Invalid(detail) => {
                #[derive(Serialize)]
                struct Invalid {
                    detail: Vec<Issue>,
                }
                Response::json(422, &Invalid { detail })
            }
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Coded(coded) => f.write_str(&coded.message),
            Self::Invalid(issues) => write!(f, "{} parts of the request are invalid", issues.len()),
        }
    }
}
