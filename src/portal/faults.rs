//! Faults on demand, for testing clients.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::base::origin::is_web_url;
use crate::base::time;

use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::{Delivery, Reply, Response};
use crate::portal::timestamp::Stamp;

/// What a fault says may be done in a minute.
const LIMIT: &str = "60";

/// One `--fault`: what goes wrong, and for which requests.
#[derive(Debug)]
pub(crate) struct Fault {
    act: Act,
    every: u64,
    path: Option<String>,
    method: Option<String>,
    seen: AtomicU64,
}

#[derive(Debug, PartialEq)]
enum Act {
    Status(u16),
    Drop,
    DropAfter,
    ReplayNull,
    Truncate,
    Slow(Duration),
    Garbage,
    Redirect(String),
    RetryAfter(u64),
}

/// What the faults have in store for one request.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Given in place of doing anything.
    pub(crate) instead: Option<Reply>,
    /// How the answer of what was done arrives.
    pub(crate) delivery: Delivery,
    /// Whether an idempotent replay has lost its secret.
    pub(crate) forget_secret: bool,
}

/// Adds the faults up for a request to `path`, below `/api/v1`, or to one below `/sdk`.
pub(crate) fn plan(faults: &[Fault], method: &str, path: &str) -> Plan {
    let mut plan = Plan { instead: None, delivery: Delivery::Whole, forget_secret: false };
    // Every fault counts every request it matches, also where another one strikes first.
    for fault in faults.iter().filter(|fault| fault.strikes(method, path)) {
        match fault.act {
            Act::DropAfter => plan.delivery = Delivery::Nothing,
            Act::Truncate => plan.delivery = Delivery::Half,
            Act::Slow(pause) => plan.delivery = Delivery::Dripped(pause),
            Act::ReplayNull => plan.forget_secret = true,
            _ => plan.instead = plan.instead.take().or_else(|| fault.act.reply(codes(path))),
        }
    }
    plan
}

impl Fault {
    /// Counts from the first request again.
    pub(crate) fn forget(&self) {
        self.seen.store(0, Ordering::Relaxed);
    }

    fn strikes(&self, method: &str, path: &str) -> bool {
        let applies = self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.path.as_deref().is_none_or(|wanted| has_segments(path, wanted));
        // The count goes on from 1, so `every=3` lets two requests pass first.
        applies && (self.seen.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(self.every)
    }
}

/// Whether `path` has these whole segments in it.
fn has_segments(path: &str, wanted: &str) -> bool {
    format!("{path}/").contains(&format!("{}/", wanted.trim_end_matches('/')))
}

impl Act {
    fn reply(&self, code: fn(u16) -> &'static str) -> Option<Reply> {
        let answer = match self {
            Self::Drop => {
                return Some(Reply {
                    answer: Response::new(500, "text/plain", Vec::new()),
                    delivery: Delivery::Nothing,
                });
            }
            Self::Status(429) => spent(1, code).into_answer(),
            Self::Status(status) => failure(*status, code).into_answer(),
            Self::RetryAfter(wait) => spent(*wait, code).into_answer(),
            Self::Redirect(to) => Response::new(302, "text/plain", Vec::new()).with("Location", to),
            Self::Garbage => Response::html(200, "<html><body>Welcome to the café Wi-Fi".into()),
            Self::DropAfter | Self::ReplayNull | Self::Truncate | Self::Slow(_) => return None,
        };
        Some(answer.into())
    }
}

/// Too many requests, for so many seconds.
fn spent(wait: u64, code: fn(u16) -> &'static str) -> Refusal {
    let reset = Stamp::now().plus(i64::try_from(wait).unwrap_or(i64::MAX));
    failure(429, code)
        .also("retry_after", wait)
        .header("Retry-After", wait.to_string())
        .header("X-RateLimit-Limit", LIMIT)
        .header("X-RateLimit-Remaining", "0")
        .header("X-RateLimit-Reset", reset.0.to_string())
}

fn failure(status: u16, code: fn(u16) -> &'static str) -> Refusal {
    let refusal = Refusal::new(status, code(status), "A fault that was asked for with --fault.");
    match status {
        504 => refusal.also("timeout_reason", "upstream_timeout"),
        _ => refusal,
    }
}

/// The codes of the side that a path is on.
fn codes(path: &str) -> fn(u16) -> &'static str {
    if path.starts_with("/sdk/") { of_runtime } else { of_management }
}

fn of_management(status: u16) -> &'static str {
    match status {
        400 => "invalid_request",
        401 => "pat_invalid",
        403 => "insufficient_scope",
        404 => "route_not_found",
        405 => "method_not_allowed",
        409 => "idempotency_key_body_mismatch",
        413 => "payload_too_large",
        429 => "rate_limited",
        502 => "bad_gateway",
        503 => "unavailable",
        504 => "timeout",
        _ => "internal",
    }
}

fn of_runtime(status: u16) -> &'static str {
    match status {
        401 => "invalid_key",
        403 => "policy_denied",
        404 => "grant_not_found",
        409 => "token_refresh_in_progress",
        410 => "grant_revoked",
        429 => "rate_limit_exceeded",
        503 => "service_unavailable",
        other => of_management(other),
    }
}

impl std::str::FromStr for Fault {
    type Err = String;

    fn from_str(spec: &str) -> Result<Self, String> {
        let mut parts = spec.split(',');
        let mut fault = Self {
            act: act(parts.next().unwrap_or_default())?,
            every: 1,
            path: None,
            method: None,
            seen: AtomicU64::new(0),
        };
        for part in parts {
            match part.split_once('=') {
                Some(("every", count)) => fault.every = number(part, count, 1)?,
                Some(("path", path)) if path.starts_with('/') => fault.path = Some(path.to_owned()),
                Some(("method", method)) if !method.is_empty() => {
                    fault.method = Some(method.to_ascii_uppercase());
                }
                _ => {
                    return Err(format!("`{part}` is not every=N, path=/PATH or method=METHOD"));
                }
            }
        }
        Ok(fault)
    }
}

fn act(part: &str) -> Result<Act, String> {
    Ok(match part.split_once('=').unwrap_or((part, "")) {
        ("drop", "") => Act::Drop,
        ("drop-after", "") => Act::DropAfter,
        ("replay-null", "") => Act::ReplayNull,
        ("truncate", "") => Act::Truncate,
        ("garbage", "") => Act::Garbage,
        ("status", status) => match status.parse() {
            Ok(status @ 400..=599) => Act::Status(status),
            _ => return Err(format!("`{part}` is not a status from 400 to 599")),
        },
        ("slow", pause) => Act::Slow(
            duration(pause)
                .ok_or_else(|| format!("`{part}` is not a pause such as slow=200ms or slow=1s"))?,
        ),
        ("redirect", url) if is_web_url(url) => Act::Redirect(url.to_owned()),
        ("redirect", _) => {
            return Err(format!("`{part}` needs an http:// or https:// address"));
        }
        ("retry-after", wait) => Act::RetryAfter(number(part, wait, 0)?),
        _ => {
            return Err(format!(
                "`{part}` is not one of status=N, drop, drop-after, replay-null, truncate, slow=MSms, \
                 garbage, redirect=URL, retry-after=SECONDS"
            ));
        }
    })
}

fn number(part: &str, text: &str, min: u64) -> Result<u64, String> {
    match text.parse() {
        Ok(number) if number >= min => Ok(number),
        _ => Err(format!("`{part}` needs a whole number from {min} on")),
    }
}

fn duration(text: &str) -> Option<Duration> {
    match text.strip_suffix("ms") {
        Some(count) => count.parse().ok().map(Duration::from_millis),
        None => time::duration(text)
            .and_then(|seconds| u64::try_from(seconds).ok())
            .map(Duration::from_secs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strikes_every_nth_match() {
        let fault: Fault = "status=503,every=3,path=/apps,method=post".parse().unwrap();
        let struck: Vec<bool> = (0..6).map(|_| fault.strikes("POST", "/apps")).collect();
        assert_eq!(struck, [false, false, true, false, false, true]);
        for (method, path) in [("GET", "/apps"), ("POST", "/pats/me"), ("POST", "/appsx")] {
            for _ in 0..3 {
                assert!(!fault.strikes(method, path), "{method} {path}");
            }
        }
        let keys: Fault = "drop,path=/keys".parse().unwrap();
        assert!(keys.strikes("GET", "/apps/1/keys/2"));
    }

    #[test]
    fn refuses_bad_specs() {
        for spec in [
            "",
            "drop=1",
            "status=200",
            "status=x",
            "slow=2",
            "redirect=",
            "redirect=here",
            "redirect=http://@/",
            "redirect=http://a:b",
            "retry-after=soon",
            "drop,every=0",
            "drop,path=apps",
            "drop,when=now",
            "explode",
        ] {
            assert!(spec.parse::<Fault>().is_err(), "{spec}");
        }
        for spec in ["slow=200ms", "slow=1s", "retry-after=0", "redirect=HTTPS://h/x?y=1,every=2"] {
            assert!(spec.parse::<Fault>().is_ok(), "{spec}");
        }
    }
}
