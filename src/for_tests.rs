//! The pieces of both programs that the tests in `tests/` call: clocks, signatures and escapes that they compare with.

use crate::api::method::Method;
use crate::base::{origin, random, time};
use crate::http::request::Request;
use crate::input::check;
use crate::output::escape;
use crate::protocol::key::signing_key;
use crate::protocol::sign::{Actor, Signed};
use crate::protocol::{base64, digest};

/// Returns the seconds since 1970.
pub fn now() -> i64 {
    time::now()
}

/// Returns an instant as `YYYY-MM-DDTHH:MM:SSZ`.
pub fn format_time(instant: i64) -> String {
    time::format(instant)
}

/// Returns an instant as an HTTP date.
pub fn format_http_time(instant: i64) -> String {
    time::format_http(instant)
}

/// Reads an ISO 8601 time.
pub fn parse_time(text: &str) -> Option<i64> {
    time::parse(text)
}

/// Returns true for a character that must never reach a terminal raw.
pub fn is_unsafe(letter: char) -> bool {
    escape::is_unsafe(letter)
}

/// Reads a form-encoded query.
pub fn form(query: &str) -> Option<Vec<(String, String)>> {
    origin::form(query)
}

/// Returns the command that shows whether a request did its work; none where it only reads.
pub fn check_command(method: &str, path: String) -> Option<String> {
    let methods = [Method::Post, Method::Put, Method::Patch, Method::Delete];
    let method = methods.into_iter().find(|known| known.name() == method)?;
    let request = Request::to(method, path);
    request.changes().then(|| request.look())
}

/// Returns 32 random hexadecimal digits; none without random numbers.
pub fn nonce() -> Option<String> {
    random::bytes::<16>().ok().map(|bytes| check::hex(&bytes))
}

/// Returns `bytes` in base64url without padding.
pub fn base64_url(bytes: &[u8]) -> String {
    base64::url(bytes)
}

/// Returns the SHA-256 of `bytes` in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    digest::sha256_hex(bytes)
}

/// Signs a runtime request, whose body is given by its hash, as `key` does.
pub fn signature(key: &str, request: &Unsigned<'_>) -> String {
    let actor = Actor { id: request.actor_id, caller: request.caller, ..Actor::default() };
    Signed {
        method: request.method,
        target: request.target,
        timestamp: request.timestamp,
        nonce: request.nonce,
        content_hash: request.content_hash,
        actor,
        ..Signed::default()
    }
    .signature(&signing_key(key))
}

/// A runtime request before it is signed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unsigned<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path with the query.
    pub target: &'a str,
    /// Seconds since 1970, in decimal.
    pub timestamp: &'a str,
    /// 32 hexadecimal digits.
    pub nonce: &'a str,
    /// The SHA-256 of the body, in hexadecimal.
    pub content_hash: &'a str,
    /// `X-Alter-Actor-ID`, or empty.
    pub actor_id: &'a str,
    /// `X-Alter-Caller`, or empty.
    pub caller: &'a str,
}
