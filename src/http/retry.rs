//! When a request is tried again, and after how long.

use std::time::Duration;

use super::request::Request;
use crate::api::method::Method;
use crate::base::random;
use crate::base::time;

/// Tries after the first.
pub(crate) const MAX_RETRIES: u32 = 3;

/// A portal that asks for more patience than this is not waited for.
pub(crate) const MAX_WAIT: u64 = 60;

/// Whether trying a request again can do no harm.
pub(crate) fn is_safe(request: &Request) -> bool {
    match request.method {
        Method::Get | Method::Put | Method::Delete => true,
        Method::Post | Method::Patch => {
            request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"))
        }
    }
}

/// Whether a status may be gone the next time.
pub(crate) fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// The pause before try `number` (1 for the first retry): 0.5 s, 1 s, 2 s, each ±20 %.
pub(crate) fn pause(number: u32) -> Duration {
    // Without randomness the pause is exact, which only costs evenness.
    let [byte] = random::bytes().unwrap_or([128]);
    let base = 500 << (number - 1);
    Duration::from_millis(base * 4 / 5 + base * 2 / 5 * u64::from(byte) / 255)
}

/// Seconds that a `Retry-After` header asks for: a number, or an HTTP date.
pub(crate) fn seconds(header: &str, now: i64) -> Option<u64> {
    let header = header.trim();
    header
        .parse()
        .ok()
        .or_else(|| Some(u64::try_from(time::parse_http(header)? - now).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_jitter() {
        for (number, least, most) in [(1, 400, 600), (2, 800, 1200), (3, 1600, 2400)] {
            for _ in 0..50 {
                let pause = pause(number).as_millis();
                assert!((least..=most).contains(&pause), "{pause}");
            }
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(seconds(" 7 ", 0), Some(7));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_770), Some(7));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_999), Some(0));
        assert_eq!(seconds("soon", 0), None);
    }
}
