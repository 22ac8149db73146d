//! A provider of the portal's own, for trying runtime calls without the internet. It answers any call with what it got,
//! credentials replaced by their kind and a hash of them.

use std::io::{self, Write};
use std::time::Duration;

use crate::protocol::digest::sha256_hex;
use crate::protocol::url::ProviderUrl;
use serde_json::{Map, Value, json};

use crate::portal::http::form::Pairs;
use crate::portal::http::request::Request;
use crate::portal::http::response::{Response, Rest};

const PATH: &str = "/provider/";
const MAX_BYTES: usize = 1 << 30;
const MAX_PAUSE: u64 = 60_000;
/// Headers that may hold a credential, beside those whose name says so.
const CREDENTIALS: &[&str] = &["authorization", "cookie"];
const TELLING: &[&str] = &["key", "token", "secret", "password", "auth"];
const HASH_LENGTH: usize = 16;

/// Whether an address is the portal's own, on whatever name of this machine.
pub(super) fn is_here(port: u16, url: &ProviderUrl) -> bool {
    let authority = url.authority();
    let given = authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    !url.origin().is_https() && given.unwrap_or(80) == port
}

/// Whether it is this provider's.
pub(super) fn is_own(port: u16, url: &ProviderUrl) -> bool {
    is_here(port, url) && url.path().starts_with(PATH)
}

/// Answers a call. `path` is what follows `/provider/`.
pub(crate) fn answer(request: &Request, path: &str) -> Response {
    let asked = Pairs::parse(&request.query);
    let number = |name| asked.get(name).and_then(|text| text.parse::<u64>().ok());
    request.pause(Duration::from_millis(number("slow").unwrap_or(0).min(MAX_PAUSE)));
    let status = number("status").and_then(|status| u16::try_from(status).ok());
    let status = status.filter(|status| (200..600).contains(status)).unwrap_or(200);
    if matches!(status, 204 | 304) {
        return Response::new(status, "application/json", Vec::new());
    }
    if let Some(bytes) = number("bytes").and_then(|bytes| usize::try_from(bytes).ok()) {
        return Response::new(status, "application/octet-stream", Vec::new())
            .followed_by(Dots(bytes.min(MAX_BYTES)));
    }
    let answer = Response::json(status, &echo(request, path));
    match (status, asked.get("missing")) {
        (301..=308, _) => answer.with("Location", "https://elsewhere.example/"),
        (403, Some(scope)) => {
            let scope = scope.replace(['"', '\\'], "");
            let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
            answer.with("WWW-Authenticate", challenge)
        }
        _ => answer,
    }
}

/// A body of so many bytes.
#[derive(Debug)]
struct Dots(usize);

impl Rest for Dots {
    fn length(&self) -> usize {
        self.0
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let piece = [b'.'; 16 << 10];
        let mut left = self.0;
        while left > 0 {
            let count = left.min(piece.len());
            out.write_all(&piece[..count])?;
            left -= count;
        }
        Ok(())
    }
}

fn echo(request: &Request, path: &str) -> Value {
    let (mut headers, mut credentials) = (Map::new(), Vec::new());
    for (name, value) in
        request.headers().filter(|(name, _)| !matches!(*name, "host" | "connection"))
    {
        if is_credential(name) {
            credentials.push(described(name, value));
        } else {
            headers.insert(name.to_owned(), json!(value));
        }
    }
    let mut query = Map::new();
    let pairs = Pairs::parse(&request.query);
    for name in pairs.names() {
        let value = pairs.get(name).unwrap_or_default();
        if is_credential(name) {
            credentials.push(described(&format!("query:{name}"), value));
        } else {
            query.insert(name.to_owned(), json!(value));
        }
    }
    json!({
        "method": request.method, "path": format!("{PATH}{path}"), "query": query, "headers": headers,
        "credentials": credentials,
        "body": serde_json::from_slice::<Value>(&request.body)
            .unwrap_or_else(|_| json!(String::from_utf8_lossy(&request.body))),
    })
}

fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    CREDENTIALS.contains(&name.as_str()) || TELLING.iter().any(|part| name.contains(part))
}

/// Where a credential stood, of which kind it is, and a hash that is the same for the same one.
fn described(place: &str, value: &str) -> Value {
    let (kind, credential) = match value.split_once(' ') {
        Some((scheme, rest)) if place == "authorization" => (scheme.to_ascii_lowercase(), rest),
        _ => ("plain".to_owned(), value),
    };
    let hash = &sha256_hex(credential.as_bytes())[..HASH_LENGTH];
    json!({ "in": place, "kind": kind, "sha256": hash })
}
