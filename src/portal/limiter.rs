//! So many requests a minute for each PAT.

use std::collections::HashMap;

use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::timestamp::Stamp;

const MINUTE: i64 = 60;

/// Counts requests by PAT, in windows of a minute that begin with the first request.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: Option<u32>,
    windows: HashMap<String, Spent>,
}

#[derive(Clone, Copy, Debug)]
struct Spent {
    since: Stamp,
    count: u32,
}

/// What is left of a PAT's minute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    limit: u32,
    remaining: u32,
    reset: Stamp,
    exhausted: bool,
}

impl Limiter {
    /// With a limit, or none.
    pub(crate) fn new(limit: Option<u32>) -> Self {
        Self { limit, windows: HashMap::new() }
    }

    /// Forgets what was counted.
    pub(crate) fn forget(&mut self) {
        self.windows.clear();
    }

    /// Takes one request off a PAT's budget, where there is one.
    pub(crate) fn take(&mut self, pat_id: &str, now: Stamp) -> Option<Budget> {
        let limit = self.limit?;
        let fresh = Spent { since: now, count: 0 };
        let spent = self.windows.entry(pat_id.to_owned()).or_insert(fresh);
        if now >= spent.since.plus(MINUTE) {
            *spent = fresh;
        }
        spent.count = spent.count.saturating_add(1);
        Some(Budget {
            limit,
            remaining: limit.saturating_sub(spent.count),
            reset: spent.since.plus(MINUTE),
            exhausted: spent.count > limit,
        })
    }
}

impl Budget {
    /// Refuses the request that is one too many.
    pub(crate) fn check(self, now: Stamp) -> Result<(), Refusal> {
        if !self.exhausted {
            return Ok(());
        }
        let message = format!("This PAT may make {} requests a minute.", self.limit);
        let wait = (self.reset.0 - now.0).max(1);
        Err(Refusal::new(429, "rate_limited", message).header("Retry-After", wait.to_string()))
    }

    /// Adds the rate limit headers to an answer.
    pub(crate) fn label(self, answer: Response) -> Response {
        answer
            .with("X-RateLimit-Limit", self.limit.to_string())
            .with("X-RateLimit-Remaining", self.remaining.to_string())
            .with("X-RateLimit-Reset", self.reset.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_begins_with_the_first_request() {
        let mut limiter = Limiter::new(Some(2));
        let mut allowed =
            |pat: &str, at| limiter.take(pat, Stamp(at)).unwrap().check(Stamp(at)).is_ok();
        assert!(allowed("a", 100) && allowed("a", 159));
        assert!(!allowed("a", 159));
        assert!(allowed("b", 159));
        assert!(allowed("a", 160));
        assert!(Limiter::new(None).take("a", Stamp(0)).is_none());
    }
}
