//! Results in the three formats: a single object, rows, and pages of rows that stream.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::json::{self, Object};
use super::layout::Layout;
use super::streams::{Output, Streams};
use super::table::{self, Column, Table};
use crate::failure::Failure;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Columns of plain text.
    Table,
    /// One document, laid out.
    Json,
    /// One compact object a line.
    Jsonl,
}

/// What `--output` and `--fields` ask for.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// The format, when one was asked for.
    pub format: Option<Format>,
    /// The top-level keys to keep, when not all.
    pub fields: Option<Vec<String>>,
}

impl Shape {
    /// The format of a list.
    pub fn for_rows(&self) -> Format {
        let default = if self.fields.is_some() { Format::Json } else { Format::Table };
        self.format.unwrap_or(default)
    }

    /// The format of a single object, which has no use for lines.
    pub fn for_object(&self) -> Format {
        match self.format {
            Some(Format::Table) => Format::Table,
            _ => Format::Json,
        }
    }

    fn narrowed<'a>(&self, document: &'a str) -> Result<Cow<'a, str>, Failure> {
        let Some(fields) = &self.fields else {
            return Ok(Cow::Borrowed(document));
        };
        let object = Object::parse(document).ok_or_else(no_object)?;
        Ok(Cow::Owned(object.only(fields)))
    }

    /// The same shape without the fields that an object does not have.
    #[must_use]
    pub fn known_to(&self, object: &Object) -> Self {
        let known = |field: &String| object.keys().any(|key| key == field);
        let fields = self.fields.as_ref();
        let fields =
            fields.map(|fields| fields.iter().filter(|field| known(field)).cloned().collect());
        Self { format: self.format, fields }
    }

    /// Refuses a name that none of the rows has, listing those there are.
    pub fn check_fields(&self, rows: &[&str]) -> Result<(), Failure> {
        let mut names: Vec<String> = Vec::new();
        for row in rows {
            let object = Object::parse(row).ok_or_else(no_object)?;
            for key in object.keys() {
                if !names.iter().any(|name| name == key) {
                    names.push(key.to_owned());
                }
            }
        }
        let fields = self.fields.as_deref().unwrap_or_default();
        match fields.iter().find(|field| !rows.is_empty() && !names.contains(field)) {
            Some(unknown) => Err(Failure::usage("--fields", format!("there is no `{unknown}`"))
                .fix(format!("choose from {}", names.join(", ")))),
            None => Ok(()),
        }
    }
}

fn no_object() -> Failure {
    Failure::error("the portal's answer", "a row in it is not a JSON object")
}

/// Prints a single object.
pub fn object(streams: &Streams, shape: &Shape, document: &str) -> Result<(), Failure> {
    let mut out = streams.result()?;
    if shape.for_object() == Format::Table {
        let object = Object::parse(document).ok_or_else(no_object)?;
        let rows = table::of_object(&object);
        // Never cut: a value may be a secret that is shown only once.
        let layout = Layout::new(&rows, &[], None, false);
        for row in &rows {
            out.text(&(layout.line(row) + "\n"))?;
        }
    } else {
        if shape.fields.is_some() {
            shape.check_fields(&[document])?;
        }
        out.json(&(json::pretty(&shape.narrowed(document)?) + "\n"))?;
    }
    out.flush()
}

/// Prints a page object whose rows are under `items`, as the portal sent it.
pub fn page_object(streams: &Streams, shape: &Shape, document: &str) -> Result<(), Failure> {
    let mut out = streams.result()?;
    let Some(_) = &shape.fields else {
        out.json(&(json::pretty(document) + "\n"))?;
        return out.flush();
    };
    let page = Object::parse(document).ok_or_else(no_object)?;
    let items = page.get("items").and_then(|items| json::array(items.get())).unwrap_or_default();
    let items: Vec<&str> = items.iter().map(|item| item.get()).collect();
    shape.check_fields(&items)?;
    let narrowed: Vec<_> =
        items.iter().map(|item| shape.narrowed(item)).collect::<Result<_, _>>()?;
    let page = page.with("items", &format!("[{}]", narrowed.join(",")));
    out.json(&(json::pretty(&page) + "\n"))?;
    out.flush()
}

/// Prints a list whose rows are all there.
pub fn rows(
    streams: &Streams,
    shape: &Shape,
    table: &Table,
    rows: &[&RawValue],
) -> Result<(), Failure> {
    let mut out = Rows::new(streams, shape, table)?;
    out.page(rows)?;
    out.end(streams)
}

/// Prints a list that was made here.
pub fn list(
    streams: &Streams,
    shape: &Shape,
    table: &Table,
    list: &[impl Serialize],
) -> Result<(), Failure> {
    let documents: Vec<_> = list
        .iter()
        .map(to_raw_value)
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::error(table.noun, error.to_string()))?;
    let documents: Vec<_> = documents.iter().map(AsRef::as_ref).collect();
    rows(streams, shape, table, &documents)
}

/// Rows on their way out, page by page, in constant memory.
#[derive(Debug)]
pub struct Rows<'a> {
    out: Output,
    shape: &'a Shape,
    table: &'a Table,
    width: Option<usize>,
    streams: &'a Streams,
    layout: Option<Layout>,
    written: u64,
}

impl<'a> Rows<'a> {
    /// Opens standard output for the rows of a list.
    pub fn new(streams: &'a Streams, shape: &'a Shape, table: &'a Table) -> Result<Self, Failure> {
        Ok(Self {
            out: streams.result()?,
            shape,
            table,
            width: streams.width(),
            streams,
            layout: None,
            written: 0,
        })
    }

    /// How many rows have been written.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Writes the rows of one page and hands them on.
    pub fn page(&mut self, rows: &[&RawValue]) -> Result<(), Failure> {
        if self.shape.fields.is_some()
            && self.written == 0
            && self.shape.for_rows() != Format::Table
        {
            let documents: Vec<&str> = rows.iter().map(|row| row.get()).collect();
            self.shape.check_fields(&documents)?;
        }
        match self.shape.for_rows() {
            Format::Table => self.table_page(rows)?,
            Format::Json => self.json_page(rows)?,
            Format::Jsonl => self.jsonl_page(rows)?,
        }
        self.out.flush()
    }

    /// Ends the list, saying so when it has no rows at all.
    pub fn end(mut self, streams: &Streams) -> Result<(), Failure> {
        match self.shape.for_rows() {
            Format::Table if self.layout.is_none() => self.table_page(&[])?,
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

    fn table_page(&mut self, rows: &[&RawValue]) -> Result<(), Failure> {
        let mut lines = Vec::with_capacity(rows.len() + 1);
        if self.layout.is_none() {
            lines.push(self.table.headings());
        }
        for row in rows {
            lines.push(self.table.cells(&Object::parse(row.get()).ok_or_else(no_object)?));
        }
        let first = self.layout.is_none();
        let layout = self.layout.get_or_insert_with(|| {
            let layout = Layout::new(&lines, &self.table.fits(), self.width, self.out.colour());
            let left_out = self.table.columns.get(layout.shown()..).unwrap_or_default();
            if !left_out.is_empty() {
                let names: Vec<_> = left_out.iter().map(Column::heading).collect();
                let names = names.join(", ");
                self.streams.note(&format!("no room for {names}: widen the terminal, or pipe"));
            }
            layout
        });
        for (at, line) in lines.iter().enumerate() {
            let line = layout.line(line);
            if first && at == 0 {
                self.out.heading(&line)?;
            } else {
                self.out.text(&line)?;
            }
            self.out.text("\n")?;
        }
        self.written += rows.len() as u64;
        Ok(())
    }

    fn json_page(&mut self, rows: &[&RawValue]) -> Result<(), Failure> {
        let mut text = String::new();
        for row in rows {
            text.clear();
            text.push_str(if self.written == 0 { "[\n  " } else { ",\n  " });
            json::pretty_at(&self.shape.narrowed(row.get())?, 1, &mut text);
            self.out.json(&text)?;
            self.written += 1;
        }
        Ok(())
    }

    fn jsonl_page(&mut self, rows: &[&RawValue]) -> Result<(), Failure> {
        for row in rows {
            self.out.json(&json::compact(&self.shape.narrowed(row.get())?))?;
            self.out.text("\n")?;
            self.written += 1;
        }
        Ok(())
    }
}
