//! A request, read and checked as far as HTTP goes.

use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::clients::pause;
use super::refusal::Refusal;

const HEADER_LIMIT: usize = 100;

/// What a client asked.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Still percent-encoded.
    pub(crate) path: String,
    /// What follows the question mark.
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
    /// The connection that it came by.
    pub(super) client: Option<Arc<TcpStream>>,
    /// Whether another request may follow on this connection.
    pub(crate) keep_alive: bool,
    headers: Vec<(String, String)>,
}

/// How the end of a body is found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    Length(u64),
    Chunked,
}

impl Request {
    /// Reads the request line and headers; `None` where `head` is not whole yet.
    pub(crate) fn parse(head: &[u8]) -> Result<Option<(usize, Self)>, Refusal> {
        let mut headers = [httparse::EMPTY_HEADER; HEADER_LIMIT];
        let mut parsed = httparse::Request::new(&mut headers);
        let used = match parsed.parse(head) {
            Ok(httparse::Status::Complete(used)) => used,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(httparse::Error::TooManyHeaders) => return Err(Refusal::head_too_large()),
            Err(_) => return Err(malformed("The request is not HTTP/1.1.")),
        };
        let target = parsed.path.unwrap_or_default();
        if !target.starts_with('/') {
            return Err(malformed("The request target must be a path."));
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Self {
            method: parsed.method.unwrap_or_default().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            body: Vec::new(),
            client: None,
            keep_alive: parsed.version == Some(1),
            headers: parsed.headers.iter().map(owned).collect(),
        };
        request.check(parsed.version == Some(0))?;
        if request.names("connection", "close") {
            request.keep_alive = false;
        }
        Ok(Some((used, request)))
    }

    /// Refuses what two programs could take for two different requests.
    fn check(&self, is_old: bool) -> Result<(), Refusal> {
        for name in ["host", "authorization", "transfer-encoding"] {
            if self.all(name).nth(1).is_some() {
                return Err(malformed(&format!("The header {name} is given twice.")));
            }
        }
        if is_old && self.header("transfer-encoding").is_some() {
            return Err(malformed("HTTP/1.0 has no Transfer-Encoding."));
        }
        Ok(())
    }

    /// Waits for so long, or until the client is found to be gone; whether it is still there.
    pub(crate) fn pause(&self, time: Duration) -> bool {
        if let Some(client) = &self.client {
            return pause(client, time);
        }
        thread::sleep(time);
        true
    }

    /// The first header of this name, which is given in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every header, names in lower case.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether the client waits for `100 Continue` before it sends the body.
    pub(crate) fn expects_continue(&self) -> bool {
        self.names("expect", "100-continue")
    }

    /// How the body is framed; anything ambiguous is refused, for it is how requests are smuggled.
    pub(crate) fn framing(&self) -> Result<Framing, Refusal> {
        let mut lengths = self.all("content-length");
        let length = lengths.next();
        if lengths.any(|other| Some(other) != length) {
            return Err(malformed("Content-Length is given twice."));
        }
        match (self.header("transfer-encoding"), length) {
            (Some(_), Some(_)) => Err(malformed("Content-Length excludes Transfer-Encoding.")),
            (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => Ok(Framing::Chunked),
            (Some(_), None) => Err(malformed("Only the chunked transfer coding is known.")),
            (None, None) => Ok(Framing::Length(0)),
            (None, Some(length)) => content_length(length),
        }
    }

    fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        let named = self.headers.iter().filter(move |(key, _)| key == name);
        named.map(|(_, value)| value.as_str())
    }

    fn names(&self, header: &str, token: &str) -> bool {
        self.all(header)
            .flat_map(|value| value.split(','))
            .any(|word| word.trim().eq_ignore_ascii_case(token))
    }
}

fn content_length(text: &str) -> Result<Framing, Refusal> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed("Content-Length is not a number."));
    }
    // Digits that overflow are a length all the same, and one beyond every limit.
    Ok(Framing::Length(text.parse().unwrap_or(u64::MAX)))
}

fn owned(header: &httparse::Header<'_>) -> (String, String) {
    let value = String::from_utf8_lossy(header.value);
    (header.name.to_ascii_lowercase(), value.trim().to_owned())
}

fn malformed(message: &str) -> Refusal {
    Refusal::new(400, "invalid_request", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(head: &str) -> Request {
        Request::parse(head.as_bytes()).unwrap().unwrap().1
    }

    #[test]
    fn reads_a_head() {
        let request = parse("GET /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n");
        assert_eq!(request.path, "/a%20b");
        assert_eq!(request.query, "x=1");
        assert_eq!(request.header("host"), Some("h"));
        assert!(!request.keep_alive);
        assert!(!parse("GET / HTTP/1.0\r\n\r\n").keep_alive);
        assert!(Request::parse(b"GET / HT").unwrap().is_none());
    }

    #[test]
    fn refuses_rubbish() {
        for head in [
            "\u{1}\r\n\r\n",
            "GET x HTTP/1.1\r\n\r\n",
            "GET / HTTP/9\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nAuthorization: a\r\nauthorization: b\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            assert!(Request::parse(head.as_bytes()).is_err(), "{head:?}");
        }
    }

    #[test]
    fn frames_bodies() {
        for (header, expected) in [
            ("", Some(Framing::Length(0))),
            ("Content-Length: 12\r\n", Some(Framing::Length(12))),
            ("Content-Length: 99999999999999999999\r\n", Some(Framing::Length(u64::MAX))),
            ("Transfer-Encoding: chunked\r\n", Some(Framing::Chunked)),
            ("Transfer-Encoding: gzip, chunked\r\n", None),
            ("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", None),
            ("Content-Length: 1\r\nContent-Length: 2\r\n", None),
            ("Content-Length: -1\r\n", None),
            ("Content-Length: +1\r\n", None),
        ] {
            let request = parse(&format!("POST / HTTP/1.1\r\n{header}\r\n"));
            assert_eq!(request.framing().ok(), expected, "{header}");
        }
    }
}
