//! Instants as they are written in answers and in the state file.

use std::fmt;

use crate::base::time;
use crate::portal::clock;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const DAY: i64 = 86_400;
/// 0001-01-01T00:00:00Z: there was no year 0.
const FIRST: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z.
const LAST: i64 = 253_402_300_799;

/// Seconds since 1970, written as RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp(pub(crate) i64);

impl Stamp {
    /// The present, by the portal's own clock.
    pub(crate) fn now() -> Self {
        Self(clock::now())
    }

    /// The present, by the machine's clock: the one that clients sign by.
    pub(crate) fn of_machine() -> Self {
        Self(time::now())
    }

    /// This instant moved by whole days, back where they are negative.
    pub(crate) fn plus_days(self, days: i64) -> Self {
        self.plus(days.saturating_mul(DAY))
    }

    /// This instant moved by seconds, as far as years of four digits go: others are written in no way that is read again.
    pub(crate) fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds).clamp(FIRST, LAST))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&time::format(self.0))
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        time::parse(&text).map(Self).ok_or_else(|| de::Error::custom("not an RFC 3339 instant"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instant_is_read_as_it_is_written() {
        let now = Stamp(1_767_225_600);
        for seconds in [i64::MIN, -1, 0, 1, i64::MAX] {
            let moved = now.plus(seconds);
            assert_eq!(time::parse(&moved.to_string()), Some(moved.0), "{seconds}");
        }
    }
}
