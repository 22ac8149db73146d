//! Results in the four formats: a single object, rows, and pages of rows that stream.

use std::borrow::Cow;

use serde::Serialize;

use super::columns::{Columns, check_field};
use super::json::{self, Element, Elements, Object};
use super::layout::Layout;
use super::streams::{Output, Streams};
use super::table::{self, Table};
use super::{csv, layout};
use crate::base::failure::Failure;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Columns of plain text.
    Table,
    /// One document, laid out.
    Json,
    /// One compact object a line.
    Jsonl,
    /// Comma-separated values.
    Csv,
}

/// What `--output` and `--fields` ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    /// The format, when one was asked for.
    pub(crate) format: Option<Format>,
    /// The top-level keys to keep, when not all.
    pub(crate) fields: Option<Vec<String>>,
}

impl Shape {
    /// Whether failures are JSON too.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.format, Some(Format::Json | Format::Jsonl))
    }

    /// Returns whether columns were asked for, as a table or as CSV.
    pub(crate) fn is_tabular(&self) -> bool {
        matches!(self.format, Some(Format::Table | Format::Csv))
    }

    /// The format of a list.
    pub(crate) fn for_rows(&self) -> Format {
        let default = if self.fields.is_some() { Format::Json } else { Format::Table };
        self.format.unwrap_or(default)
    }

    /// The format of a single object, which has no use for lines.
    pub(crate) fn for_object(&self) -> Format {
        match self.format {
            Some(format @ (Format::Table | Format::Csv)) => format,
            _ => Format::Json,
        }
    }

    fn narrowed<'a>(&self, document: &'a str) -> Result<Cow<'a, str>, Failure> {
        let Some(fields) = &self.fields else {
            return Ok(Cow::Borrowed(document));
        };
        json::only(document, fields).map(Cow::Owned).ok_or_else(no_object)
    }

    /// The same shape without the fields that an object does not have.
    #[must_use]
    pub(crate) fn known_to(&self, object: &Object) -> Self {
        let fields = self.fields.as_ref();
        let fields =
            fields.map(|fields| fields.iter().filter(|field| object.has(field)).cloned().collect());
        Self { format: self.format, fields }
    }

    /// Refuses a name that none of the rows has, listing those there are.
    pub(crate) fn check_fields<'a>(
        &self,
        rows: impl Iterator<Item = &'a str> + Clone,
    ) -> Result<(), Failure> {
        let fields = self.fields.iter().flatten();
        fields
            .into_iter()
            .try_for_each(|field| check_field(field, std::iter::empty(), rows.clone()))
    }

    /// Returns an object with the keys that were asked for alone, in the order in which they were.
    fn chosen<'a>(&self, document: &'a str) -> Result<Cow<'a, str>, Failure> {
        let Some(fields) = &self.fields else {
            return Ok(Cow::Borrowed(document));
        };
        self.check_fields(std::iter::once(document))?;
        let object = Object::with_keys(document, fields).ok_or_else(no_object)?;
        let entry = |field: &String| Some(format!("{}:{}", json::quote(field), object.get(field)?));
        let entries: Vec<_> = fields.iter().filter_map(entry).collect();
        Ok(format!("{{{}}}", entries.join(",")).into())
    }
}

fn no_object() -> Failure {
    Failure::error("the portal's answer", "a row in it is not a JSON object")
}

/// Prints a single object.
pub(crate) fn object(streams: &Streams, shape: &Shape, document: &str) -> Result<(), Failure> {
    let mut out = streams.result()?;
    match shape.for_object() {
        Format::Table => {
            let document = shape.chosen(document)?;
            let rows = json::entries(&document).ok_or_else(no_object)?;
            let rows = rows.map(|(name, value)| table::of_entry(name, value));
            // Never cut: a value may be a secret that is shown only once.
            let layout = Layout::new(rows.clone(), &[], &[], layout::Room::default());
            for row in rows {
                out.text(&layout.line(&row))?;
                out.text("\n")?;
            }
        }
        Format::Csv => {
            let document = shape.chosen(document)?;
            let entries = json::entries(&document).ok_or_else(no_object)?;
            csv_line(&mut out, &csv::line(entries.clone().map(|(name, _)| csv::guarded(name))))?;
            csv_line(&mut out, &csv::line(entries.map(|(_, value)| csv::value(value))))?;
        }
        _ => {
            shape.check_fields(std::iter::once(document))?;
            laid_out(&mut out, &shape.narrowed(document)?, 0)?;
            out.text("\n")?;
        }
    }
    out.flush()
}

fn csv_line(out: &mut Output, line: &str) -> Result<(), Failure> {
    out.raw(line.as_bytes())?;
    out.text(csv::END)
}

/// Prints a page object whose rows are under `items`, as the portal sent it.
pub(crate) fn page_object(streams: &Streams, shape: &Shape, document: &str) -> Result<(), Failure> {
    let page = json::entries(document).ok_or_else(no_object)?;
    let mut out = streams.result()?;
    if shape.fields.is_none() {
        laid_out(&mut out, document, 0)?;
        out.text("\n")?;
        return out.flush();
    }
    let items = page.clone().find(|(key, _)| key == "items");
    let items = items.and_then(|(_, value)| json::elements(value)).unwrap_or_default();
    shape.check_fields(items.map(|item| item.text))?;
    out.text("{")?;
    for (at, (key, value)) in page.enumerate() {
        out.text(if at == 0 { "\n  " } else { ",\n  " })?;
        out.json(&json::quote(&key))?;
        out.text(": ")?;
        match json::elements(value).filter(|_| key == "items") {
            Some(items) => narrowed_items(&mut out, shape, items)?,
            None => laid_out(&mut out, value, 1)?,
        }
    }
    out.text("\n}\n")?;
    out.flush()
}

fn narrowed_items(out: &mut Output, shape: &Shape, items: Elements) -> Result<(), Failure> {
    let mut opening = "[\n    ";
    for item in items {
        out.text(std::mem::replace(&mut opening, ",\n    "))?;
        laid_out(out, &shape.narrowed(item.text)?, 2)?;
    }
    out.text(if opening.starts_with('[') { "[]" } else { "\n  ]" })
}

fn laid_out(out: &mut Output, document: &str, depth: usize) -> Result<(), Failure> {
    json::pretty(document, depth).try_for_each(|piece| out.json(piece))
}

/// Prints a list whose rows are all there.
pub(crate) fn rows(
    streams: &Streams,
    shape: &Shape,
    table: &'static Table,
    rows: Elements,
) -> Result<(), Failure> {
    let mut out = Rows::new(streams, shape, table)?;
    out.page(rows)?;
    out.end(streams)
}

/// Prints a list that was made here.
pub(crate) fn list(
    streams: &Streams,
    shape: &Shape,
    table: &'static Table,
    list: &[impl Serialize],
) -> Result<(), Failure> {
    let list = serde_json::to_string(list);
    let list = list.map_err(|error| Failure::error(table.noun, error.to_string()))?;
    rows(streams, shape, table, json::elements(&list).ok_or_else(no_object)?)
}

/// Rows on their way out, page by page, in constant memory.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    out: Output,
    shape: &'a Shape,
    table: &'static Table,
    streams: &'a Streams,
    /// Known from the first page on.
    columns: Option<Columns>,
    layout: Option<Layout>,
    begun: bool,
    written: u64,
}

impl<'a> Rows<'a> {
    /// Opens standard output for the rows of a list.
    pub(crate) fn new(
        streams: &'a Streams,
        shape: &'a Shape,
        table: &'static Table,
    ) -> Result<Self, Failure> {
        let out = streams.result()?;
        Ok(Self {
            out,
            shape,
            table,
            streams,
            columns: None,
            layout: None,
            begun: false,
            written: 0,
        })
    }

    /// Shows these keys of the rows instead of the table's columns.
    #[must_use]
    pub(crate) fn with_columns(self, columns: Columns) -> Self {
        Self { columns: Some(columns), ..self }
    }

    /// How many rows have been written.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Writes the rows of one page and hands them on.
    pub(crate) fn page(&mut self, rows: Elements) -> Result<(), Failure> {
        let format = self.shape.for_rows();
        if self.written == 0 {
            self.begin(format, &rows)?;
        }
        for row in rows {
            self.row(row, format)?;
        }
        self.out.flush()
    }

    fn row(&mut self, row: Element, format: Format) -> Result<(), Failure> {
        match format {
            Format::Table => {
                let cells = self.columns.as_ref().and_then(|columns| columns.cells(row.text));
                let cells = cells.ok_or_else(no_object)?;
                let line = self.layout.as_ref().map(|layout| layout.line(&cells));
                self.out.text(&line.unwrap_or_default())?;
                self.out.text("\n")?;
            }
            Format::Csv => {
                let line = self.columns.as_ref().and_then(|columns| columns.csv_line(row.text));
                csv_line(&mut self.out, &line.ok_or_else(no_object)?)?;
            }
            Format::Json => {
                self.out.text(if self.written == 0 { "[\n  " } else { ",\n  " })?;
                laid_out(&mut self.out, &self.shape.narrowed(row.text)?, 1)?;
            }
            Format::Jsonl => {
                if self.shape.fields.is_some() {
                    self.out.json(&self.shape.narrowed(row.text)?)?;
                } else {
                    self.out.json(&json::compact(row.text))?;
                }
                self.out.text("\n")?;
            }
        }
        self.written += 1;
        Ok(())
    }

    /// Checks the fields against the first page. Chooses the columns of a table, sizes them to that page, and writes the
    /// headings, once.
    fn begin(&mut self, format: Format, rows: &Elements) -> Result<(), Failure> {
        if !matches!(format, Format::Table | Format::Csv) {
            return self.shape.check_fields(rows.clone().map(|row| row.text));
        }
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        let columns = match self.columns.take() {
            Some(columns) => columns,
            None => Columns::choose(self.table, self.shape.fields.as_deref(), rows)?,
        };
        let begun = match format {
            Format::Csv => csv_line(&mut self.out, &csv::line(columns.csv_names().into_iter())),
            _ => self.begin_table(&columns, rows),
        };
        self.columns = Some(columns);
        begun
    }

    fn begin_table(&mut self, columns: &Columns, rows: &Elements) -> Result<(), Failure> {
        let headings = columns.headings();
        // A row that is not an object is reported when it is written.
        let cells = rows.clone().filter_map(|row| columns.cells(row.text));
        let cells = std::iter::once(headings.clone()).chain(cells);
        let layout = Layout::new(cells, &columns.fits(), columns.least(), self.streams.room());
        layout.note_left_out(&headings, self.streams);
        self.out.heading(&layout.line(&headings))?;
        self.layout = Some(layout);
        self.out.text("\n")
    }

    /// Ends the list, saying so when it has no rows at all.
    pub(crate) fn end(mut self, streams: &Streams) -> Result<(), Failure> {
        let format = self.shape.for_rows();
        match format {
            Format::Table | Format::Csv => self.begin(format, &Elements::default())?,
            Format::Json if self.written == 0 => self.out.text("[]\n")?,
            Format::Json => self.out.text("\n]\n")?,
            Format::Jsonl => {}
        }
        self.out.flush()?;
        if self.written == 0 && format == Format::Table {
            streams.note(&format!("No {}.", self.table.noun));
            if !self.table.first.is_empty() {
                streams.note(&format!("  to make one: {}", self.table.first));
            }
        }
        Ok(())
    }
}
