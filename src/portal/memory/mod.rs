//! The state of the runtime side that lasts until the portal ends: nonces, call counts, the signing key.

mod issuer;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::portal::timestamp::Stamp;
use issuer::Issuer;

/// Seconds that a timestamp may be off.
pub(crate) const MAX_SKEW: i64 = 300;
/// Seconds that a rate limit counts over.
pub(crate) const WINDOW: i64 = 60;

/// The memory of the runtime side.
#[derive(Debug)]
pub(crate) struct Runtime {
    /// Whether pages that wait for a person complete themselves.
    pub(crate) auto_approve: bool,
    /// What signs the tokens of users and identities.
    pub(crate) issuer: Issuer,
    nonces: Mutex<Nonces>,
    calls: Mutex<HashMap<String, VecDeque<Stamp>>>,
}

/// The nonces in use, and the order in which they expire: a look through all of them with every request would cost the
/// square of their number.
#[derive(Debug, Default)]
struct Nonces {
    used: HashSet<String>,
    ends: VecDeque<(Stamp, String)>,
}

/// What a key has left of its limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) limit: usize,
    pub(crate) remaining: usize,
    /// When the oldest call that counts does so no more.
    pub(crate) reset: Stamp,
    pub(crate) exhausted: bool,
}

impl Runtime {
    /// An empty memory.
    pub(crate) fn new(auto_approve: bool) -> Result<Self, String> {
        let issuer = Issuer::new()?;
        Ok(Self { auto_approve, issuer, nonces: Mutex::default(), calls: Mutex::default() })
    }

    /// Whether a key has not used this nonce before. One is remembered for as long as its timestamp could still pass.
    pub(crate) fn is_fresh(&self, key_id: &str, nonce: &str, now: Stamp) -> bool {
        let mut nonces = lock(&self.nonces);
        while nonces.ends.front().is_some_and(|(end, _)| *end <= now) {
            if let Some((_, old)) = nonces.ends.pop_front() {
                nonces.used.remove(&old);
            }
        }
        let name = format!("{key_id}/{nonce}");
        let is_fresh = nonces.used.insert(name.clone());
        if is_fresh {
            nonces.ends.push_back((now.plus(2 * MAX_SKEW + 1), name));
        }
        is_fresh
    }

    /// Counts a call of a key that may make so many a minute.
    pub(crate) fn count(&self, key_id: &str, limit: usize, now: Stamp) -> Budget {
        let mut calls = lock(&self.calls);
        let calls = calls.entry(key_id.to_owned()).or_default();
        while calls.front().is_some_and(|at| at.plus(WINDOW) <= now) {
            calls.pop_front();
        }
        let exhausted = calls.len() >= limit;
        if !exhausted {
            calls.push_back(now);
        }
        let oldest = calls.front().copied().unwrap_or(now);
        // The limit may have been lowered meanwhile.
        let remaining = limit.saturating_sub(calls.len());
        Budget { limit, remaining, reset: oldest.plus(WINDOW), exhausted }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_used_once_by_each_key() {
        let runtime = Runtime::new(false).unwrap();
        assert!(runtime.is_fresh("a", "n", Stamp(0)));
        assert!(!runtime.is_fresh("a", "n", Stamp(600)));
        assert!(runtime.is_fresh("b", "n", Stamp(0)));
        assert!(runtime.is_fresh("a", "n", Stamp(1300)));
        assert_eq!(lock(&runtime.nonces).used.len(), 1);
    }

    #[test]
    fn the_minute_slides() {
        let runtime = Runtime::new(false).unwrap();
        let passes = |at| !runtime.count("k", 2, Stamp(at)).exhausted;
        assert!(passes(0) && passes(30));
        assert!(!passes(59));
        assert!(passes(60));
        assert!(!passes(61));
        assert_eq!(runtime.count("k", 2, Stamp(90)).remaining, 0);
    }
}
