//! Plain tables, sized by what a terminal will show.

use std::borrow::Cow;

use super::json::{self, Object};
use super::{csv, escape};
use crate::base::time;

/// How the rows of a list are shown, and what they are called.
#[derive(Debug)]
pub(crate) struct Table {
    /// The plural for `No apps.`
    pub(crate) noun: &'static str,
    /// The columns, left to right.
    pub(crate) columns: &'static [Column],
    /// The headings of the columns that matter least. Where the terminal is too narrow the first of them goes first.
    pub(crate) least: &'static [&'static str],
    /// The command that makes the first row of an empty list; empty where no command does.
    pub(crate) first: &'static str,
}

/// Rows of any keys: they have no columns, and are only written as JSON.
pub(crate) const ANY_ROWS: Table = Table { noun: "rows", columns: &[], least: &[], first: "" };

/// A heading and where its text comes from.
#[derive(Debug)]
pub(crate) struct Column {
    heading: &'static str,
    source: Source,
    fit: Fit,
}

/// What a column does where the terminal is too narrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// An id, a time, a number or a word of a fixed vocabulary: never cut.
    Whole,
    /// A name, a list or other text: cut where dropping columns is not enough.
    Shrinks,
    /// A state: never cut, and coloured as its meaning is.
    State,
}

#[derive(Debug)]
enum Source {
    Path(&'static str),
    Time(&'static str, Precision),
    Derived(&'static [&'static str], fn(&Object) -> String),
}

#[derive(Clone, Copy, Debug)]
enum Precision {
    Minutes,
    Seconds,
}

/// A column that shows the value at a path such as `stats.keys`.
pub(crate) const fn column(heading: &'static str, path: &'static str) -> Column {
    Column { heading, source: Source::Path(path), fit: Fit::Whole }
}

/// A column that shows an instant.
pub(crate) const fn time(heading: &'static str, path: &'static str) -> Column {
    Column { heading, source: Source::Time(path, Precision::Minutes), fit: Fit::Whole }
}

/// A column that shows an instant of a feed, whose rows come within a minute.
pub(crate) const fn seconds(heading: &'static str, path: &'static str) -> Column {
    Column { heading, source: Source::Time(path, Precision::Seconds), fit: Fit::Whole }
}

/// A column that is worked out from these top-level keys.
pub(crate) const fn derived(
    heading: &'static str,
    keys: &'static [&'static str],
    from: fn(&Object) -> String,
) -> Column {
    Column { heading, source: Source::Derived(keys, from), fit: Fit::Whole }
}

impl Column {
    /// Lets the column be cut where the terminal is too narrow.
    #[must_use]
    pub(crate) const fn shrinks(mut self) -> Self {
        self.fit = Fit::Shrinks;
        self
    }

    /// Makes it a column of states.
    #[must_use]
    pub(crate) const fn state(mut self) -> Self {
        self.fit = Fit::State;
        self
    }

    /// Returns the heading.
    pub(crate) fn heading(&self) -> &'static str {
        self.heading
    }

    /// Returns the heading as `--fields` takes it, in small letters and without blanks.
    pub(crate) fn name(&self) -> String {
        self.heading.to_lowercase().replace(' ', "_")
    }

    /// Returns the path of the value that it shows; a column that is worked out from the row has none.
    pub(crate) fn path(&self) -> Option<&'static str> {
        match self.source {
            Source::Path(path) | Source::Time(path, _) => Some(path),
            Source::Derived(..) => None,
        }
    }

    /// Returns how the column behaves where the terminal is too narrow.
    pub(crate) fn fit(&self) -> Fit {
        self.fit
    }

    /// The top-level key that it shows; of a column that is worked out from the whole row there is none.
    pub(crate) fn key(&self) -> Option<&'static str> {
        self.path().and_then(|path| path.split('.').next())
    }

    /// Returns the text of a cell, made harmless for a terminal.
    pub(crate) fn cell<'a>(&self, row: &Object<'a>) -> Cow<'a, str> {
        match self.source {
            Source::Derived(_, from) => escape::owned(from(row).into()),
            Source::Path(path) => row.path(path).map_or(MISSING, cell),
            Source::Time(path, precision) => {
                row.text(path).map_or(MISSING, |text| instant(text, precision))
            }
        }
    }

    /// Returns the value of a cell of a CSV file, as the portal sent it.
    pub(crate) fn csv<'a>(&self, row: &Object<'a>) -> Cow<'a, str> {
        match self.source {
            Source::Derived(_, from) => csv::guarded(from(row).into()),
            Source::Path(path) | Source::Time(path, _) => {
                row.path(path).map_or(Cow::Borrowed(""), csv::value)
            }
        }
    }

    /// The top-level keys that it is made of.
    pub(crate) fn keys(&self) -> Vec<&'static str> {
        match self.source {
            Source::Derived(keys, _) => keys.to_vec(),
            Source::Path(_) | Source::Time(..) => self.key().into_iter().collect(),
        }
    }
}

const MISSING: Cow<'static, str> = Cow::Borrowed("-");

/// An instant as `2026-11-23 10:04Z`; anything else as it came.
fn instant(text: Cow<'_, str>, precision: Precision) -> Cow<'_, str> {
    let Some(instant) = time::parse(&text) else {
        return escape::owned(text);
    };
    let utc = if time::is_utc(&text) { text } else { time::format(instant).into() };
    let clock = match precision {
        Precision::Minutes => 11..16,
        Precision::Seconds => 11..19,
    };
    match (utc.get(..10), utc.get(clock)) {
        (Some(date), Some(clock)) => [date, " ", clock, "Z"].concat().into(),
        _ => utc,
    }
}

/// An instant to the minute, as tables show it.
pub(crate) fn minutes(text: &str) -> String {
    instant(text.into(), Precision::Minutes).into_owned()
}

/// A JSON value as the text of a cell.
pub(crate) fn cell(value: &str) -> Cow<'_, str> {
    if value.as_bytes().first() == Some(&b'[') { list(value).into() } else { scalar(value) }
}

fn scalar(value: &str) -> Cow<'_, str> {
    match value {
        "null" => MISSING,
        "true" => "yes".into(),
        "false" => "no".into(),
        _ if value.as_bytes().first() == Some(&b'"') => {
            escape::owned(json::text(value).unwrap_or_default())
        }
        _ => escape::owned(json::compact(value)),
    }
}

/// A list inside a list stays JSON: the portal sends none, and depth must not be the sender's choice.
fn list(value: &str) -> String {
    let mut cells = String::new();
    for (at, element) in json::elements(value).into_iter().flatten().enumerate() {
        if at > 0 {
            cells.push(',');
        }
        cells.push_str(&scalar(element.text));
    }
    if cells.is_empty() { MISSING.into_owned() } else { cells }
}

/// A row of the two columns of a single object: a key and its value.
pub(crate) fn of_entry<'a>(name: Cow<'a, str>, value: &'a str) -> Vec<Cow<'a, str>> {
    vec![escape::owned(name), of_any(value)]
}

/// A value of which nothing is known as the text of a cell: what looks like an instant is shown as one.
pub(crate) fn of_any(value: &str) -> Cow<'_, str> {
    match json::text(value) {
        Some(text) if looks_like_instant(&text) => instant(text, Precision::Minutes),
        _ => cell(value),
    }
}

fn looks_like_instant(text: &str) -> bool {
    text.len() >= 20 && text.as_bytes()[10] == b'T' && time::parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_values_plainly() {
        for (value, shown) in [
            ("null", "-"),
            ("true", "yes"),
            ("1E5", "1E5"),
            ("[]", "-"),
            ("[\"a\", 2]", "a,2"),
            ("[[ 1], null]", "[1],-"),
            ("{\"a\": 1}", "{\"a\":1}"),
            ("\"\\u001b[1m\"", "\\u{1b}[1m"),
        ] {
            assert_eq!(cell(value), shown);
        }
        assert_eq!(instant("2026-11-23T10:04:31Z".into(), Precision::Minutes), "2026-11-23 10:04Z");
    }
}
