//! Instants and spans as flags give them, turned into the UTC text the portal takes.

use super::time;
use crate::failure::Failure;

/// An ISO 8601 date or date-time as seconds.
pub fn read(flag: &str, text: &str) -> Result<i64, Failure> {
    time::parse(text).ok_or_else(|| {
        Failure::usage(
            flag,
            "wants ISO 8601: 2026-11-23, or 2026-11-23T10:04:05Z, or with an offset",
        )
    })
}

fn span(flag: &str, text: &str) -> Result<i64, Failure> {
    // A thousand centuries either way still has four-digit neighbours that can be written.
    const LONGEST: i64 = 1000 * 366 * 86_400;
    time::duration(text)
        .filter(|seconds| *seconds <= LONGEST)
        .ok_or_else(|| Failure::usage(flag, "wants a number and a unit: 30s, 5m, 12h, 30d, 2w"))
}

/// The instant that lies a span ahead.
pub fn from_now(flag: &str, text: &str) -> Result<String, Failure> {
    Ok(time::format(time::now() + span(flag, text)?))
}

/// An instant that has not passed.
pub fn to_come(flag: &str, text: &str) -> Result<String, Failure> {
    let at = read(flag, text)?;
    if at <= time::now() {
        return Err(Failure::usage(flag, "lies in the past"));
    }
    Ok(time::format(at))
}

/// The two ends of a window; either may be open.
#[derive(Debug)]
pub struct Window {
    /// Where it begins.
    pub start: Option<String>,
    /// Where it ends.
    pub end: Option<String>,
}

/// Reads `--since` or `--start`, and `--end`.
pub fn window(
    since: Option<&str>,
    start: Option<&str>,
    end: Option<&str>,
) -> Result<Window, Failure> {
    let start = match (since, start) {
        (Some(_), Some(_)) => return Err(Failure::usage("--since", "goes without --start")),
        (Some(text), None) => Some(time::now() - span("--since", text)?),
        (None, Some(text)) => Some(read("--start", text)?),
        (None, None) => None,
    };
    let end = end.map(|text| read("--end", text)).transpose()?;
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        return Err(Failure::usage("--end", "lies before the start"));
    }
    Ok(Window { start: start.map(time::format), end: end.map(time::format) })
}
