//! Requests to a real portal, signed here, and spoilt where a test wants it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use ::alter::for_tests::{self, Unsigned, sha256_hex, signature};
use serde_json::Value;

use crate::support::Portal;

/// A request before it is signed.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) body: String,
    pub(crate) key: String,
    /// Seconds that the clock is off.
    pub(crate) skew: i64,
    pub(crate) nonce: String,
    pub(crate) caller: &'static str,
}

/// `POST` of a body, with a key and a nonce of its own.
pub(crate) fn post(key: &str, target: &str, body: &Value) -> Wanted {
    Wanted {
        method: "POST".into(),
        target: target.into(),
        body: body.to_string(),
        key: key.into(),
        skew: 0,
        nonce: nonce(),
        caller: "",
    }
}

/// 32 hexadecimal digits that no other request has.
pub(crate) fn nonce() -> String {
    for_tests::nonce().expect("random bytes")
}

/// A signed request as it goes over the wire: its line, its headers, its body.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Wanted {
    /// Signs it.
    pub(crate) fn sign(&self) -> Message {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
        let timestamp =
            (i64::try_from(now).expect("a year before 292 billion") + self.skew).to_string();
        let hash = sha256_hex(self.body.as_bytes());
        let unsigned = Unsigned {
            method: &self.method,
            target: &self.target,
            timestamp: &timestamp,
            nonce: &self.nonce,
            content_hash: &hash,
            actor_id: "",
            caller: self.caller,
        };
        let signature = signature(&self.key, &unsigned);
        let mut headers = vec![
            ("x-api-key".to_owned(), self.key.clone()),
            ("X-Alter-Timestamp".to_owned(), timestamp),
            ("X-Alter-Nonce".to_owned(), self.nonce.clone()),
            ("X-Alter-Content-SHA256".to_owned(), hash),
            ("X-Alter-Signature".to_owned(), signature.clone()),
        ];
        if !self.caller.is_empty() {
            headers.push(("X-Alter-Caller".to_owned(), self.caller.to_owned()));
            headers.push(("X-Alter-Signature-V2".to_owned(), signature));
        }
        let line = format!("{} {} HTTP/1.1", self.method, self.target);
        Message { line, headers, body: self.body.clone() }
    }
}

/// What the portal said: status, headers, and the body as JSON.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Said {
    /// The status and the code of a refusal.
    pub(crate) fn code(&self) -> (u16, &str) {
        (self.status, self.body["error"].as_str().unwrap_or_default())
    }
}

impl Message {
    /// Sets or replaces a header, after the signature was made.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(found, _)| !found.eq_ignore_ascii_case(name));
        if !value.is_empty() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Sends it.
    pub(crate) fn send(&self, portal: &Portal) -> Said {
        let text = self.exchange(portal);
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let status = head[9..12].parse().expect("a status");
        let body = serde_json::from_str(body).unwrap_or_default();
        Said { status, head: head.to_owned(), body }
    }

    /// Sends it, and gives back the answer as it came.
    pub(crate) fn exchange(&self, portal: &Portal) -> String {
        let address = portal.base_url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("a connection");
        let headers: String = self
            .headers
            .iter()
            .fold(String::new(), |text, (name, value)| text + name + ": " + value + "\r\n");
        write!(
            stream,
            "{}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{}",
            self.line,
            self.body.len(),
            self.body
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }
}
