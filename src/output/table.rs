//! Plain tables, sized by what a terminal will show.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::escape;
use super::json::{self, Object};
use crate::time;

/// A column narrower than this is never cut.
const MIN_CUT: usize = 12;
const GAP: &str = "  ";

/// How the rows of a list are shown, and what they are called.
#[derive(Debug)]
pub struct Table {
    /// The plural for `No apps.`
    pub noun: &'static str,
    /// The columns, left to right.
    pub columns: &'static [Column],
}

/// A heading and where its text comes from.
#[derive(Debug)]
pub struct Column {
    heading: &'static str,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Path(&'static str),
    Time(&'static str),
    Derived(fn(&Object) -> String),
}

/// A column that shows the value at a path such as `stats.keys`.
pub const fn column(heading: &'static str, path: &'static str) -> Column {
    Column { heading, source: Source::Path(path) }
}

/// A column that shows an instant.
pub const fn time(heading: &'static str, path: &'static str) -> Column {
    Column { heading, source: Source::Time(path) }
}

/// A column that is worked out from the whole row.
pub const fn derived(heading: &'static str, from: fn(&Object) -> String) -> Column {
    Column { heading, source: Source::Derived(from) }
}

impl Column {
    fn cell(&self, row: &Object) -> String {
        match self.source {
            Source::Derived(from) => escape::text(&from(row)).into_owned(),
            Source::Path(path) => row.path(path).map_or_else(missing, |value| cell(value.get())),
            Source::Time(path) => row.string(path).map_or_else(missing, |text| instant(&text)),
        }
    }
}

fn missing() -> String {
    "-".into()
}

/// An instant as `2026-11-23 10:04Z`; anything else as it came.
fn instant(text: &str) -> String {
    match time::parse(text).map(time::format) {
        Some(utc) => format!("{} {}Z", &utc[..10], &utc[11..16]),
        None => escape::text(text).into_owned(),
    }
}

/// A JSON value as the text of a cell.
pub fn cell(value: &str) -> String {
    if value.starts_with('[') { list(value) } else { scalar(value) }
}

fn scalar(value: &str) -> String {
    match value {
        "null" => missing(),
        "true" => "yes".into(),
        "false" => "no".into(),
        _ if value.starts_with('"') => {
            escape::text(&serde_json::from_str::<String>(value).unwrap_or_default()).into_owned()
        }
        _ => escape::text(&json::compact(value)).into_owned(),
    }
}

/// A list inside a list stays JSON: the portal sends none, and depth must not be the sender's choice.
fn list(value: &str) -> String {
    let elements = json::array(value).unwrap_or_default();
    if elements.is_empty() {
        return missing();
    }
    let cells: Vec<String> = elements.iter().map(|element| scalar(element.get())).collect();
    cells.join(",")
}

/// The two columns of a single object: its keys and its values.
pub fn of_object(object: &Object) -> Vec<Vec<String>> {
    let shown = |value: &str| match serde_json::from_str::<String>(value) {
        Ok(text) if looks_like_instant(&text) => instant(&text),
        _ => cell(value),
    };
    object
        .entries()
        .map(|(name, value)| vec![escape::text(name).into_owned(), shown(value.get())])
        .collect()
}

fn looks_like_instant(text: &str) -> bool {
    text.len() >= 20 && text.as_bytes()[10] == b'T' && time::parse(text).is_some()
}

impl Table {
    /// The headings.
    pub fn headings(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.heading.to_owned()).collect()
    }

    /// One row of cells.
    pub fn cells(&self, row: &Object) -> Vec<String> {
        self.columns.iter().map(|column| column.cell(row)).collect()
    }
}

/// The widths of the columns, fixed once so that later pages line up with the first.
#[derive(Debug)]
pub struct Layout {
    widths: Vec<usize>,
    cut: bool,
}

impl Layout {
    /// Sizes the columns to the rows; where the terminal is too narrow the last wide columns give way.
    pub fn new(rows: &[Vec<String>], terminal: Option<usize>) -> Self {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![0; columns];
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        if let Some(terminal) = terminal {
            let gaps = GAP.len() * columns.saturating_sub(1);
            let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(terminal);
            for width in widths.iter_mut().rev().filter(|width| **width > MIN_CUT) {
                let given = over.min(*width - MIN_CUT);
                *width -= given;
                over -= given;
            }
        }
        Self { widths, cut: terminal.is_some() }
    }

    /// One line, without blanks at its end.
    pub fn line(&self, cells: &[String]) -> String {
        let mut line = String::new();
        for (width, cell) in self.widths.iter().zip(cells) {
            let shown = if self.cut { cut(cell, *width) } else { cell.clone() };
            let padding = width.saturating_sub(shown.width()) + GAP.len();
            line.push_str(&shown);
            // Not by a format width: those end at 65,535, and how long a cell is the portal decides.
            line.extend(std::iter::repeat_n(' ', padding));
        }
        line.truncate(line.trim_end().len());
        line
    }
}

fn cut(cell: &str, width: usize) -> String {
    if cell.width() <= width {
        return cell.to_owned();
    }
    let mut kept = String::new();
    let mut used = 3;
    // Marks of no width have a limit too: a terminal would pile all of them on one letter.
    for c in cell.chars().take(width.saturating_mul(4)) {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept + "..."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|&cell| cell.to_owned()).collect()
    }

    #[test]
    fn lines_up_wide_characters() {
        let rows = [row(&["NAME", "N"]), row(&["猫猫", "1"]), row(&["a", "22"])];
        let layout = Layout::new(&rows, None);
        let lines: Vec<_> = rows.iter().map(|row| layout.line(row)).collect();
        assert_eq!(lines, ["NAME  N", "猫猫  1", "a     22"]);
    }

    #[test]
    fn cuts_the_last_wide_column_on_a_terminal() {
        let rows = [row(&["id", "a long text that goes on", "on"])];
        assert_eq!(Layout::new(&rows, Some(24)).line(&rows[0]), "id  a long text t...  on");
    }

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
        assert_eq!(instant("2026-11-23T10:04:31Z"), "2026-11-23 10:04Z");
    }
}
