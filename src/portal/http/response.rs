//! An answer, and the way it is put on the wire.

use std::fmt::{Debug, Write as _};
use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use crate::base::time;
use crate::portal::random;
use crate::portal::timestamp::Stamp;

/// What is sent back.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// What follows the body, if it is long.
    pub(crate) rest: Option<Box<dyn Rest>>,
    /// The plaintext in the body that will never be shown again.
    pub(crate) secret: Option<String>,
    content_type: &'static str,
    headers: Vec<(&'static str, String)>,
}

/// The end of a long body, made only while it is sent.
pub(crate) trait Rest: Debug + Send {
    /// Its bytes.
    fn length(&self) -> usize;

    /// Makes and writes it.
    fn write(&self, out: &mut dyn Write) -> io::Result<()>;
}

/// How much of an answer reaches the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    /// The connection closes without a byte.
    Nothing,
    /// The head promises more than is sent.
    Half,
    /// A byte at a time.
    Dripped(Duration),
}

/// An answer and how it is delivered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) answer: Response,
    pub(crate) delivery: Delivery,
}

impl Response {
    /// JSON.
    pub(crate) fn json<T: Serialize + ?Sized>(status: u16, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => Self::new(status, "application/json", body),
            Err(_) => Self::new(500, "application/json", br#"{"error":"internal"}"#.to_vec()),
        }
    }

    /// A page.
    pub(crate) fn html(status: u16, page: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", page.into_bytes())
    }

    /// Anything.
    pub(crate) fn new(status: u16, content_type: &'static str, body: Vec<u8>) -> Self {
        Self { status, body, rest: None, secret: None, content_type, headers: Vec::new() }
    }

    /// Has the body go on with what is made while it is sent.
    pub(crate) fn followed_by(mut self, rest: impl Rest + 'static) -> Self {
        self.rest = Some(Box::new(rest));
        self
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with the headers of another beside its own.
    pub(crate) fn with_headers_of(mut self, other: Self) -> Self {
        self.headers.extend(other.headers);
        self
    }

    /// Says which part of the body is shown once.
    pub(crate) fn with_secret(mut self, secret: &str) -> Self {
        self.secret = Some(secret.to_owned());
        self
    }

    /// The status line and headers, ending with the blank line.
    pub(crate) fn head(&self, keep_alive: bool) -> String {
        let mut head = format!(
            "HTTP/1.1 {} {}\r\nDate: {}\r\nX-Request-Id: req_{}\r\n",
            self.status,
            phrase(self.status),
            time::format_http(Stamp::now().0),
            random::alphanumeric(20),
        );
        // An answer of nothing has no length either.
        if self.status != 204 {
            let length = self.body.len() + self.rest.as_ref().map_or(0, |rest| rest.length());
            let _ =
                write!(head, "Content-Type: {}\r\nContent-Length: {length}\r\n", self.content_type);
        }
        for (name, value) in &self.headers {
            // A line break in a value would be a header of its own.
            let value = value.replace(['\r', '\n'], " ");
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str(if keep_alive { "\r\n" } else { "Connection: close\r\n\r\n" });
        head
    }
}

impl From<Response> for Reply {
    fn from(answer: Response) -> Self {
        Self { answer, delivery: Delivery::Whole }
    }
}

fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
