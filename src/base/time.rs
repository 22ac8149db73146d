//! Instants and durations as the portal writes them, on whole seconds.
//!
//! Instants are seconds since 1970-01-01T00:00:00Z, which is all the portal's contract asks for:
//! RFC 3339 in, `YYYY-MM-DDTHH:MM:SSZ` out.

use crate::base::failure::Failure;

use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 86_400;
/// 0001-01-01T00:00:00Z
const FIRST: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z
const LAST: i64 = 253_402_300_799;

/// The present, in seconds since 1970.
pub(crate) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// Reads an ISO 8601 date (midnight UTC), or a date-time with `Z` or an offset; fractions are dropped.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let days = civil_date(text.get(..10)?)?;
    let Some(rest) = text.get(10..).filter(|rest| !rest.is_empty()) else {
        return writable(days * DAY);
    };
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (hour, minute) = (digits(rest.get(..2)?)?, digits(rest.get(3..5)?)?);
    if rest.as_bytes()[2] != b':' || hour > 23 || minute > 59 {
        return None;
    }
    let (second, zone) = match rest.get(5..)?.strip_prefix(':') {
        Some(tail) => (digits(tail.get(..2)?)?, without_fraction(tail.get(2..)?)?),
        None => (0, rest.get(5..)?),
    };
    // 60 is a leap second, which the count of seconds folds into the next minute.
    if second > 60 {
        return None;
    }
    writable(days * DAY + hour * 3600 + minute * 60 + second - offset(zone)?)
}

/// An offset can carry an instant out of the four-digit years, which nothing here could write; there was no year 0.
fn writable(instant: i64) -> Option<i64> {
    (FIRST..=LAST).contains(&instant).then_some(instant)
}

/// Whether the text of an instant is written as `format` writes it.
pub(crate) fn is_utc(instant: &str) -> bool {
    instant.len() == 20 && instant.as_bytes()[10] == b'T' && instant.ends_with('Z')
}

/// Writes an instant as `YYYY-MM-DDTHH:MM:SSZ`.
pub(crate) fn format(instant: i64) -> String {
    let (year, month, day) = civil(instant.div_euclid(DAY));
    let second = instant.rem_euclid(DAY);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// Reads `<n>[smhdw]`, n at least 1, into seconds.
pub(crate) fn duration(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => DAY,
        'w' => 7 * DAY,
        _ => return None,
    };
    digits(&text[..text.len() - 1]).filter(|count| *count > 0)?.checked_mul(unit)
}

/// Reads the `Date` and `Retry-After` form of RFC 9110: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn parse_http(text: &str) -> Option<i64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let (_, rest) = text.trim().strip_suffix(" GMT")?.split_once(", ")?;
    let mut words = rest.split(' ');
    let (day, month, year, clock) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let month = MONTHS.find(month).filter(|at| at % 3 == 0)? / 3 + 1;
    parse(&format!("{year}-{month:02}-{day}T{clock}Z"))
}

#[cfg(feature = "portal")]
/// Writes an instant in the form of RFC 9110, for `Date`.
pub(crate) fn format_http(instant: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = civil(instant.div_euclid(DAY));
    let weekday = usize::try_from(instant.div_euclid(DAY).rem_euclid(7)).unwrap_or(0);
    let month = usize::try_from(month - 1).unwrap_or(0);
    let clock = &format(instant)[11..19];
    format!("{}, {day:02} {} {year:04} {clock} GMT", DAYS[weekday], MONTHS[month])
}

fn digits(text: &str) -> Option<i64> {
    let digit = |number: i64, byte: u8| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    };
    text.bytes().try_fold(0, digit).filter(|_| !text.is_empty())
}

fn civil_date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let date = (digits(text.get(..4)?)?, digits(text.get(5..7)?)?, digits(text.get(8..)?)?);
    let days = days(date.0, date.1, date.2);
    // A day that the month does not have comes back as another date.
    (civil(days) == date).then_some(days)
}

fn without_fraction(text: &str) -> Option<&str> {
    let Some(fraction) = text.strip_prefix('.') else {
        return Some(text);
    };
    let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
    (zone.len() < fraction.len()).then_some(zone)
}

/// Seconds east of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if zone.strip_prefix('-').is_some() { -1 } else { 1 };
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    let (hours, minutes) = (
        digits(hours).filter(|h| hours.len() == 2 && *h < 24)?,
        digits(minutes).filter(|m| minutes.len() == 2 && *m < 60)?,
    );
    Some(sign * (hours * 3600 + minutes * 60))
}

/// Days since 1970 of a date in the proleptic Gregorian calendar, by Howard Hinnant's `days_from_civil`.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of a day since 1970, by Howard Hinnant's `civil_from_days`.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// An ISO 8601 date or date-time as seconds.
pub(crate) fn read(flag: &str, text: &str) -> Result<i64, Failure> {
    parse(text).ok_or_else(|| {
        Failure::usage(
            flag,
            "wants ISO 8601: 2026-11-23, or 2026-11-23T10:04:05Z, or with an offset",
        )
    })
}

fn span(flag: &str, text: &str) -> Result<i64, Failure> {
    // A thousand centuries either way still has four-digit neighbours that can be written.
    const MAX_LENGTH: i64 = 1000 * 366 * 86_400;
    duration(text)
        .filter(|seconds| *seconds <= MAX_LENGTH)
        .ok_or_else(|| Failure::usage(flag, "wants a number and a unit: 30s, 5m, 12h, 30d, 2w"))
}

/// The instant that lies a span ahead.
pub(crate) fn from_now(flag: &str, text: &str) -> Result<String, Failure> {
    Ok(format(now() + span(flag, text)?))
}

/// An instant that has not passed.
pub(crate) fn to_come(flag: &str, text: &str) -> Result<String, Failure> {
    let at = read(flag, text)?;
    if at <= now() {
        return Err(Failure::usage(flag, "is in the past"));
    }
    Ok(format(at))
}

/// The two ends of a window; either may be open.
#[derive(Debug)]
pub(crate) struct Window {
    /// Where it begins.
    pub(crate) start: Option<String>,
    /// Where it ends.
    pub(crate) end: Option<String>,
}

/// Reads `--since` or `--start`, and `--end`.
pub(crate) fn window(
    since: Option<&str>,
    start: Option<&str>,
    end: Option<&str>,
) -> Result<Window, Failure> {
    let start = match (since, start) {
        (Some(_), Some(_)) => {
            return Err(Failure::usage("--since", "cannot be combined with --start"));
        }
        (Some(text), None) => Some(now() - span("--since", text)?),
        (None, Some(text)) => Some(read("--start", text)?),
        (None, None) => None,
    };
    let end = end.map(|text| read("--end", text)).transpose()?;
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        return Err(Failure::usage("--end", "is before the start"));
    }
    Ok(Window { start: start.map(format), end: end.map(format) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_instants() {
        for (text, instant) in [
            ("1970-01-01", 0),
            ("2026-11-23T10:04:05Z", 1_795_428_245),
            ("2026-11-23T10:04:05.999Z", 1_795_428_245),
            ("2026-11-23T12:04:05+02:00", 1_795_428_245),
            ("2026-11-23T10:04Z", 1_795_428_240),
            ("2024-02-29T00:00:00Z", 1_709_164_800),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(parse(text), Some(instant), "{text}");
        }
        assert_eq!(format(1_795_428_245), "2026-11-23T10:04:05Z");
        assert_eq!(format(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn refuses_what_is_no_instant() {
        for text in [
            "",
            "2026",
            "2026-02-30",
            "2025-02-29",
            "2026-11-23T10:04:05",
            "2026-11-23T24:00:00Z",
            "2026-11-23T10:04:05.Z",
            "2026-11-23T10:04:05+2:00",
            "2026-11-23 ",
            "é026-11-23",
            "2026-11-23T10:04:05Zx",
            "2026-1é-23",
            "2026-11-23T1é:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn reads_durations() {
        assert_eq!(duration("30s"), Some(30));
        assert_eq!(duration("2w"), Some(1_209_600));
        for text in ["", "5", "h", "0d", "-1h", "1.5h", "99999999999999999w", "1é"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn reads_and_writes_http_dates() {
        assert_eq!(parse_http("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(format_http(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(parse_http("tomorrow"), None);
    }
}
