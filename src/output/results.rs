//! Results in the three formats: a single object, rows, and pages of rows that stream.

use std::borrow::Cow;

use serde::Serialize;

use super::json::{self, Element, Elements, Object};
use super::layout::Layout;
use super::streams::{Output, Streams};
use super::table::{self, Table};
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

    /// The format of a list.
    pub(crate) fn for_rows(&self) -> Format {
        let default = if self.fields.is_some() { Format::Json } else { Format::Table };
        self.format.unwrap_or(default)
    }

    /// The format of a single object, which has no use for lines.
    pub(crate) fn for_object(&self) -> Format {
        match self.format {
            Some(Format::Table) => Format::Table,
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
        let keys = rows.clone().flat_map(|row| json::entries(row).into_iter().flatten());
        let keys = keys.map(|(key, _)| key);
        let mut unknown: Vec<&String> = self.fields.iter().flatten().collect();
        let mut seen = keys.clone();
        while !unknown.is_empty()
            && let Some(key) = seen.next()
        {
            unknown.retain(|field| **field != key);
        }
        let (Some(unknown), Some(_)) = (unknown.first(), rows.clone().next()) else {
            return Ok(());
        };
        let mut names = Vec::new();
        for key in keys {
            if !names.contains(&key) {
                names.push(key);
            }
            if names.len() == MAX_NAMES {
                break;
            }
        }
        Err(Failure::usage("--fields", format!("there is no `{unknown}`"))
            .fix(format!("choose from {}", names.join(", "))))
    }
}

/// Names that the message on an unknown field lists.
const MAX_NAMES: usize = 50;

fn no_object() -> Failure {
    Failure::error("the portal's answer", "a row in it is not a JSON object")
}

/// Prints a single object.
pub(crate) fn object(streams: &Streams, shape: &Shape, document: &str) -> Result<(), Failure> {
    let mut out = streams.result()?;
    if shape.for_object() == Format::Table {
        let rows = json::entries(document).ok_or_else(no_object)?;
        let rows = rows.map(|(name, value)| table::of_entry(name, value));
        // Never cut: a value may be a secret that is shown only once.
        let layout = Layout::new(rows.clone(), &[], None, false);
        for row in rows {
            out.text(&layout.line(&row))?;
            out.text("\n")?;
        }
    } else {
        shape.check_fields(std::iter::once(document))?;
        laid_out(&mut out, &shape.narrowed(document)?, 0)?;
        out.text("\n")?;
    }
    out.flush()
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
    table: &Table,
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
    table: &Table,
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
    table: &'a Table,
    keys: Vec<&'static str>,
    width: Option<usize>,
    streams: &'a Streams,
    layout: Option<Layout>,
    written: u64,
}

impl<'a> Rows<'a> {
    /// Opens standard output for the rows of a list.
    pub(crate) fn new(
        streams: &'a Streams,
        shape: &'a Shape,
        table: &'a Table,
    ) -> Result<Self, Failure> {
        Ok(Self {
            out: streams.result()?,
            shape,
            table,
            keys: table.keys(),
            width: streams.width(),
            streams,
            layout: None,
            written: 0,
        })
    }

    /// How many rows have been written.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Writes the rows of one page and hands them on.
    pub(crate) fn page(&mut self, rows: Elements) -> Result<(), Failure> {
        let format = self.shape.for_rows();
        if self.written == 0 && format != Format::Table {
            self.shape.check_fields(rows.clone().map(|row| row.text))?;
        }
        if format == Format::Table && self.layout.is_none() {
            self.begin_table(rows.clone())?;
        }
        for row in rows {
            self.row(row, format)?;
        }
        self.out.flush()
    }

    fn row(&mut self, row: Element, format: Format) -> Result<(), Failure> {
        match format {
            Format::Table => {
                let cells = self.cells(row)?;
                let line = self.layout.as_ref().map(|layout| layout.line(&cells));
                self.out.text(&line.unwrap_or_default())?;
                self.out.text("\n")?;
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

    fn cells<'r>(&self, row: Element<'r>) -> Result<Vec<Cow<'r, str>>, Failure> {
        self.table.cells(row.text, &self.keys).ok_or_else(no_object)
    }

    /// Sizes the columns to the first page and writes the headings.
    fn begin_table(&mut self, rows: Elements) -> Result<(), Failure> {
        let headings = self.table.headings();
        // A row that is no object is reported when it is written.
        let cells = rows.filter_map(|row| self.cells(row).ok());
        let cells = std::iter::once(headings.clone()).chain(cells);
        let layout = Layout::new(cells, &self.table.fits(), self.width, self.out.colour());
        layout.note_left_out(&headings, self.streams);
        self.out.heading(&layout.line(&headings))?;
        self.layout = Some(layout);
        self.out.text("\n")
    }

    /// Ends the list, saying so when it has no rows at all.
    pub(crate) fn end(mut self, streams: &Streams) -> Result<(), Failure> {
        match self.shape.for_rows() {
            Format::Table if self.layout.is_none() => self.begin_table(Elements::default())?,
            Format::Json if self.written == 0 => self.out.text("[]\n")?,
            Format::Json => self.out.text("\n]\n")?,
            _ => {}
        }
        self.out.flush()?;
        if self.written == 0 && self.shape.for_rows() == Format::Table {
            streams.note(&format!("No {}.", self.table.noun));
        }
        Ok(())
    }
}
