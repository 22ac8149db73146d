//! Time zones, read from the database of the machine (`/usr/share/zoneinfo`), which is kept up to date there. A machine
//! without one knows UTC alone.

mod posix;
mod tzif;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use posix::Rule;
use tzif::Transitions;

const DATABASE: &str = "/usr/share/zoneinfo";
/// A larger file is no time zone.
const MAX_BYTES: u64 = 64 * 1024;

/// How far local time is ahead of UTC, at every instant.
#[derive(Debug, Default)]
pub(super) struct Zone {
    /// Up to and including the last change that the database lists.
    listed: Transitions,
    /// From then on.
    rule: Option<Rule>,
}

/// Whether there is a time zone of this name here.
pub(crate) fn is_known(name: &str) -> bool {
    Zone::load(name).is_some()
}

impl Zone {
    /// The zone of this name, which has been checked to be a name.
    pub(super) fn load(name: &str) -> Option<Self> {
        if name == "UTC" {
            return Some(Self::default());
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-/".contains(&byte);
        if name.starts_with('/') || !name.bytes().all(plain) {
            return None;
        }
        let file = File::open(Path::new(DATABASE).join(name)).ok()?;
        let mut bytes = Vec::new();
        file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
        Self::parse(&bytes)
    }

    /// Seconds that local time is ahead of UTC.
    pub(super) fn offset(&self, instant: i64) -> i64 {
        match &self.rule {
            Some(rule) if self.listed.last().is_none_or(|last| instant >= last) => {
                rule.offset(instant)
            }
            _ => self.listed.offset(instant),
        }
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (listed, footer) = tzif::parse(bytes)?;
        let rule = if footer.is_empty() { None } else { Some(Rule::parse(footer)?) };
        Some(Self { listed, rule })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time;

    #[test]
    fn offsets_are_those_of_the_clocks_there() {
        for (name, instant, hours) in [
            ("UTC", "2026-07-01T00:00:00Z", 0.0),
            ("Europe/Berlin", "2026-03-29T00:59:59Z", 1.0),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", 2.0),
            ("Europe/Berlin", "2026-10-25T00:59:59Z", 2.0),
            ("Europe/Berlin", "2026-10-25T01:00:00Z", 1.0),
            ("Europe/Berlin", "1945-05-30T00:00:00Z", 3.0),
            ("Europe/Berlin", "2199-07-01T00:00:00Z", 2.0),
            ("America/New_York", "2026-03-08T06:59:59Z", -5.0),
            ("America/New_York", "2026-03-08T07:00:00Z", -4.0),
            ("America/New_York", "2040-11-04T05:59:59Z", -4.0),
            ("America/New_York", "2040-11-04T06:00:00Z", -5.0),
            ("Australia/Lord_Howe", "2026-01-01T00:00:00Z", 11.0),
            ("Australia/Lord_Howe", "2026-07-01T00:00:00Z", 10.5),
            ("Australia/Sydney", "2045-01-01T00:00:00Z", 11.0),
            ("Australia/Sydney", "2045-07-01T00:00:00Z", 10.0),
            ("Europe/Dublin", "2050-01-01T00:00:00Z", 0.0),
            ("Europe/Dublin", "2050-07-01T00:00:00Z", 1.0),
            ("America/Nuuk", "2050-03-26T23:59:59Z", -2.0),
            ("America/Nuuk", "2050-03-27T01:00:00Z", -1.0),
            ("Asia/Kolkata", "2026-01-01T00:00:00Z", 5.5),
            ("Pacific/Kiritimati", "2026-01-01T00:00:00Z", 14.0),
            ("Pacific/Apia", "2011-12-30T09:59:59Z", -10.0),
            ("Pacific/Apia", "2011-12-30T10:00:00Z", 14.0),
            ("Etc/GMT+12", "2026-01-01T00:00:00Z", -12.0),
        ] {
            let zone = Zone::load(name).unwrap_or_else(|| panic!("{name}: install tzdata"));
            let seconds = zone.offset(time::parse(instant).unwrap());
            assert!(
                (hours * 3600.0 - f64::from(i32::try_from(seconds).unwrap())).abs() < 0.5,
                "{name} {instant} {seconds}"
            );
        }
    }

    #[test]
    fn what_is_no_zone_is_unknown() {
        for name in ["Europe/Atlantis", "Europe", "zone.tab", "../../etc/passwd", "/etc/passwd", ""]
        {
            assert!(!is_known(name), "{name}");
        }
    }

    #[test]
    fn a_broken_file_is_no_zone() {
        let whole = std::fs::read(Path::new(DATABASE).join("Europe/Berlin")).unwrap();
        assert!(Zone::parse(&whole).is_some());
        for length in 0..whole.len() {
            // Whatever the outcome, it is one.
            let _ = Zone::parse(&whole[..length]);
        }
        assert!(Zone::parse(&whole[..whole.len() - 30]).is_none());
        for at in 0..100 {
            let mut broken = whole.clone();
            broken[at] ^= 0xff;
            let _ = Zone::parse(&broken).map(|zone| zone.offset(0));
        }
    }
}
