//! The portal's own clock. It never goes back: a machine whose clock is set back would otherwise keep keys and PATs waiting
//! for a minute that does not end. It can be moved forward, so that expiries can be tried.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::base::time;

static CLOCK: Mutex<Clock> = Mutex::new(Clock { advanced: 0, anchor: None });

#[derive(Debug)]
struct Clock {
    /// Seconds that it was moved forward by.
    advanced: i64,
    /// What it showed, and when on the clock that only ever counts up.
    anchor: Option<(i64, Instant)>,
}

impl Clock {
    /// Goes by the machine's clock, and on from where it was while that one is behind.
    fn read(&mut self, machine: i64, tick: Instant) -> i64 {
        let moved = machine.saturating_add(self.advanced);
        let counted = self.anchor.map(|(shown, since)| {
            let passed = tick.saturating_duration_since(since).as_secs();
            shown.saturating_add(i64::try_from(passed).unwrap_or(i64::MAX))
        });
        match counted {
            Some(counted) if counted >= moved => counted,
            _ => {
                self.anchor = Some((moved, tick));
                moved
            }
        }
    }

    fn advance(&mut self, seconds: i64) {
        self.advanced = self.advanced.saturating_add(seconds);
        if let Some((shown, _)) = &mut self.anchor {
            *shown = shown.saturating_add(seconds);
        }
    }
}

fn clock() -> MutexGuard<'static, Clock> {
    CLOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the seconds since 1970 that the portal's clock shows.
pub(crate) fn now() -> i64 {
    clock().read(time::now(), Instant::now())
}

/// Moves the portal's clock forward.
pub(crate) fn advance(seconds: i64) {
    clock().advance(seconds);
}

/// Returns the seconds that the portal's clock was moved forward by.
pub(crate) fn advanced() -> i64 {
    clock().advanced
}

/// A moment that time is counted from, to parts of a second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    tick: Instant,
    advanced: i64,
}

impl Moment {
    /// Begins to count.
    pub(crate) fn now() -> Self {
        Self { tick: Instant::now(), advanced: advanced() }
    }

    /// Returns how long it has been, by the portal's clock.
    pub(crate) fn elapsed(self) -> Duration {
        let moved = advanced().saturating_sub(self.advanced);
        self.tick.elapsed() + Duration::from_secs(u64::try_from(moved).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_while_the_machine_is_behind_and_never_back() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let mut clock = Clock { advanced: 0, anchor: None };
        assert_eq!(clock.read(1000, at(0)), 1000);
        assert_eq!(clock.read(1010, at(10)), 1010);
        // Set back by an hour.
        assert_eq!(clock.read(-2580, at(20)), 1020);
        assert_eq!(clock.read(-2579, at(21)), 1021);
        clock.advance(60);
        assert_eq!(clock.read(-2579, at(21)), 1081);
        // Set right again, and slept through.
        assert_eq!(clock.read(5000, at(22)), 5060);
        assert_eq!(clock.read(5001, at(23)), 5061);
    }
}
