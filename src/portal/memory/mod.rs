//! The state of the runtime side that lasts until the portal ends: nonces, call counts, the signing key.

mod issuer;
mod nonces;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::portal::timestamp::Stamp;
use issuer::Issuer;
use nonces::Nonces;
pub(crate) use nonces::{MAX_SKEW, Nonce};

/// Seconds that a rate limit counts over.
pub(crate) const WINDOW: i64 = 60;

/// What becomes of a page that waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Completion {
    /// A person decides.
    ByPerson,
    /// It is approved at once.
    Approved,
    /// It is denied at once.
    Denied,
}

impl Completion {
    /// The answer that is given for the person, if one is.
    pub(crate) fn answer(self) -> Option<bool> {
        match self {
            Self::ByPerson => None,
            Self::Approved => Some(true),
            Self::Denied => Some(false),
        }
    }
}

/// The memory of the runtime side.
#[derive(Debug)]
pub(crate) struct Runtime {
    pub(crate) completion: Completion,
    /// The port that the portal listens on.
    pub(crate) port: u16,
    /// What signs the tokens of users and identities.
    pub(crate) issuer: Issuer,
    nonces: Mutex<Nonces>,
    calls: Mutex<HashMap<String, VecDeque<Stamp>>>,
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
    pub(crate) fn new(completion: Completion, port: u16) -> Result<Self, String> {
        let issuer = Issuer::new()?;
        Ok(Self { completion, port, issuer, nonces: Mutex::default(), calls: Mutex::default() })
    }

    /// The nonces in use.
    pub(crate) fn nonces(&self) -> MutexGuard<'_, Nonces> {
        lock(&self.nonces)
    }

    /// Forgets how often keys were used.
    pub(crate) fn forget_calls(&self) {
        lock(&self.calls).clear();
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
    fn the_minute_slides() {
        let runtime = Runtime::new(Completion::ByPerson, 1).unwrap();
        let passes = |at| !runtime.count("k", 2, Stamp(at)).exhausted;
        assert!(passes(0) && passes(30));
        assert!(!passes(59));
        assert!(passes(60));
        assert!(!passes(61));
        assert_eq!(runtime.count("k", 2, Stamp(90)).remaining, 0);
    }
}
