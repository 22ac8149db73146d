//! The rows of an analysis as a table whose columns are read off the rows, with bars that compare them at a glance.

use unicode_width::UnicodeWidthStr;

use super::columns::{Columns, check_field};
use super::json::{self, Elements, Object};
use super::layout::Layout;
use super::results::{Format, Rows, Shape};
use super::streams::Streams;
use super::table::ANY_ROWS;
use crate::base::failure::Failure;

/// The width where there is no terminal.
const WIDTH: usize = 80;
/// Shorter bars tell nothing apart.
const MIN_BAR: usize = 10;
const GAP: &str = "  ";

/// What of an analysis is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Series {
    /// The keys of a row, for the headings of a series without rows.
    pub(crate) keys: &'static [&'static str],
    /// The number that a bar shows, as long as it is great.
    pub(crate) bars: Option<&'static str>,
}

/// The main series of an analysis: `series`, `rows`, else the first list in it.
pub(crate) fn main(document: &str) -> Option<Elements<'_>> {
    let analysis = Object::parse(document)?;
    let named = ["series", "rows"].into_iter().find_map(|name| analysis.get(name));
    let named = named.and_then(json::elements);
    named.or_else(|| analysis.entries().find_map(|(_, value)| json::elements(value)))
}

/// Prints a series as a table, as wide as the terminal where it has bars, or as CSV.
pub(crate) fn print(
    streams: &Streams,
    shape: &Shape,
    series: Series,
    rows: Elements,
) -> Result<(), Failure> {
    let columns = Columns::of_keys(keys(shape, series, &rows)?);
    if shape.for_object() == Format::Table && series.bars.is_some() {
        return print_bars(streams, series, &columns, rows);
    }
    let mut out = Rows::new(streams, shape, &ANY_ROWS)?.with_columns(columns);
    out.page(rows)?;
    out.end(streams)
}

fn print_bars(
    streams: &Streams,
    series: Series,
    columns: &Columns,
    rows: Elements,
) -> Result<(), Failure> {
    let headings = columns.headings();
    let cells = |row| columns.cells(row).unwrap_or_default();
    let lines = std::iter::once(headings.clone()).chain(rows.clone().map(|row| cells(row.text)));
    let layout = Layout::new(lines.clone(), &columns.fits(), columns.least(), streams.room());
    layout.note_left_out(&headings, streams);
    let widest = lines.map(|line| layout.line(&line).width()).max().unwrap_or(0);
    let bars = Bars::new(series, rows.clone(), streams.width().unwrap_or(WIDTH), widest);
    let mut out = streams.result()?;
    out.heading(&layout.line(&headings))?;
    out.text("\n")?;
    let mut count = 0;
    for row in rows {
        let line = layout.line(&cells(row.text));
        let bar = bars.of(row.text);
        let blanks = if bar.is_empty() { 0 } else { widest - line.width() + GAP.len() };
        out.text(&format!("{line}{}{bar}\n", " ".repeat(blanks)))?;
        count += 1;
    }
    out.flush()?;
    if count == 0 {
        streams.note("No rows.");
    }
    Ok(())
}

/// Returns the keys that are asked for, else those of the first row, which the others share.
fn keys(shape: &Shape, series: Series, rows: &Elements) -> Result<Vec<String>, Failure> {
    if let Some(fields) = &shape.fields {
        for field in fields {
            check_field(field, std::iter::empty(), rows.clone().map(|row| row.text))?;
        }
        return Ok(fields.clone());
    }
    let first = rows.clone().next().and_then(|row| json::entries(row.text));
    let found: Vec<String> = first.into_iter().flatten().map(|(key, _)| key.into_owned()).collect();
    let known = || series.keys.iter().map(|&key| key.to_owned()).collect();
    Ok(if found.is_empty() { known() } else { found })
}

/// Bars of `#`, the longest as long as the room beside the table.
struct Bars {
    key: Option<&'static str>,
    room: usize,
    greatest: u64,
}

impl Bars {
    fn new(series: Series, rows: Elements, width: usize, table: usize) -> Self {
        let room = width.saturating_sub(table + GAP.len());
        let key = series.bars.filter(|_| room >= MIN_BAR);
        let values = rows.filter_map(|row| number(row.text, key?));
        Self { key, room, greatest: values.max().unwrap_or(0) }
    }

    /// The bar of a row. What is not nothing can be seen, however little it is.
    fn of(&self, row: &str) -> String {
        let value = self.key.and_then(|key| number(row, key)).unwrap_or(0);
        if value == 0 {
            return String::new();
        }
        let room = u128::try_from(self.room).unwrap_or(0);
        let length = u128::from(value) * room / u128::from(self.greatest.max(1));
        "#".repeat(usize::try_from(length).unwrap_or(0).max(1))
    }
}

fn number(row: &str, key: &str) -> Option<u64> {
    Object::parse(row)?.get(key)?.parse().ok()
}
