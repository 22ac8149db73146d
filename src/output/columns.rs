//! The columns that are shown of a list: the table's own, or those that `--fields` chooses.

use std::borrow::Cow;

use super::json::{self, Elements, Object};
use super::table::{self, Column, Fit, Table};
use super::{csv, escape};
use crate::base::failure::Failure;

/// Names that the message on an unknown field lists.
const MAX_NAMES: usize = 50;

/// The columns of a list, left to right.
#[derive(Debug)]
pub(crate) struct Columns {
    chosen: Vec<Chosen>,
    /// The top-level keys of a row that the columns are made of.
    keys: Vec<String>,
    /// The places of the columns that go first on a narrow terminal.
    least: Vec<usize>,
}

#[derive(Debug)]
enum Chosen {
    Own(&'static Column),
    Key(String),
}

impl Columns {
    /// Returns the table's own columns, or the ones that `fields` names, by a column's name or path or by a key of the
    /// rows. Refuses a name that no row has.
    pub(crate) fn choose(
        table: &'static Table,
        fields: Option<&[String]>,
        rows: &Elements,
    ) -> Result<Self, Failure> {
        let Some(fields) = fields else {
            return Ok(Self::of_table(table));
        };
        let chosen = fields.iter().map(|field| column(table, field)).collect();
        let columns = Self::new(chosen, Vec::new());
        for chosen in &columns.chosen {
            if let Chosen::Key(key) = chosen {
                let names = table.columns.iter().map(Column::name);
                check_field(key, names, rows.clone().map(|row| row.text))?;
            }
        }
        Ok(columns)
    }

    fn of_table(table: &'static Table) -> Self {
        let place =
            |heading: &&str| table.columns.iter().position(|column| column.heading() == *heading);
        let least = table.least.iter().filter_map(place).collect();
        Self::new(table.columns.iter().map(Chosen::Own).collect(), least)
    }

    /// Returns a column for each of these keys.
    pub(crate) fn of_keys(keys: Vec<String>) -> Self {
        Self::new(keys.into_iter().map(Chosen::Key).collect(), Vec::new())
    }

    fn new(chosen: Vec<Chosen>, least: Vec<usize>) -> Self {
        let keys = chosen.iter().flat_map(|chosen| match chosen {
            Chosen::Own(column) => column.keys().into_iter().map(str::to_owned).collect(),
            Chosen::Key(key) => vec![key.clone()],
        });
        let keys = keys.collect();
        Self { chosen, keys, least }
    }

    /// Returns the headings of the table.
    pub(crate) fn headings(&self) -> Vec<Cow<'static, str>> {
        let heading = |chosen: &Chosen| match chosen {
            Chosen::Own(column) => column.heading().into(),
            Chosen::Key(key) => heading(key).into(),
        };
        self.chosen.iter().map(heading).collect()
    }

    /// Returns the names in the first line of a CSV file: keys of the rows, and a column's name where it is worked out.
    pub(crate) fn csv_names(&self) -> Vec<Cow<'static, str>> {
        let name = |chosen: &Chosen| match chosen {
            Chosen::Own(column) => {
                column.path().map_or_else(|| column.name().into(), Cow::Borrowed)
            }
            Chosen::Key(key) => csv::guarded(key.clone().into()),
        };
        self.chosen.iter().map(name).collect()
    }

    /// Returns how each column behaves where the terminal is too narrow.
    pub(crate) fn fits(&self) -> Vec<Fit> {
        let fit = |chosen: &Chosen| match chosen {
            Chosen::Own(column) => column.fit(),
            Chosen::Key(key) if key == "name" || key.ends_with("_name") => Fit::Shrinks,
            Chosen::Key(_) => Fit::Whole,
        };
        self.chosen.iter().map(fit).collect()
    }

    /// Returns the places of the columns that matter least, the first to go first.
    pub(crate) fn least(&self) -> &[usize] {
        &self.least
    }

    /// Returns the cells of one row, harmless for a terminal; `None` when the row is not an object.
    pub(crate) fn cells<'a>(&self, row: &'a str) -> Option<Vec<Cow<'a, str>>> {
        let row = Object::with_keys(row, &self.keys)?;
        let cell = |chosen: &Chosen| match chosen {
            Chosen::Own(column) => column.cell(&row),
            Chosen::Key(key) => table::of_any(row.get(key).unwrap_or("null")),
        };
        Some(self.chosen.iter().map(cell).collect())
    }

    /// Returns one row as a line of a CSV file; `None` when the row is not an object.
    pub(crate) fn csv_line(&self, row: &str) -> Option<String> {
        let row = Object::with_keys(row, &self.keys)?;
        Some(csv::line(self.chosen.iter().map(|chosen| match chosen {
            Chosen::Own(column) => column.csv(&row),
            Chosen::Key(key) => row.get(key).map_or(Cow::Borrowed(""), csv::value),
        })))
    }
}

/// Returns the table's column of this name, path or key; else a column for the key.
fn column(table: &'static Table, field: &str) -> Chosen {
    let find = |named: &dyn Fn(&Column) -> bool| table.columns.iter().find(|column| named(column));
    let column = find(&|column| column.name() == field)
        .or_else(|| find(&|column| column.path() == Some(field)));
    column.map_or_else(|| Chosen::Key(field.to_owned()), Chosen::Own)
}

/// Returns `PROVIDER ID` for `provider_id`.
fn heading(key: &str) -> String {
    escape::text(&key.replace('_', " ").to_uppercase()).into_owned()
}

/// Refuses a name that is neither among `names` nor a key of a row, and lists those that are. Without rows nothing is
/// known of their keys, and any name is taken.
pub(crate) fn check_field<'a>(
    field: &str,
    names: impl Iterator<Item = String>,
    rows: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Failure> {
    let mut keys = rows.clone().flat_map(|row| json::entries(row).into_iter().flatten());
    if rows.clone().next().is_none() || keys.clone().any(|(key, _)| key == field) {
        return Ok(());
    }
    let mut known: Vec<String> = names.collect();
    while known.len() < MAX_NAMES
        && let Some((key, _)) = keys.next()
    {
        if !known.iter().any(|name| *name == key) {
            known.push(key.into_owned());
        }
    }
    Err(Failure::usage("--fields", format!("there is no `{field}`"))
        .fix(format!("choose from {}", known.join(", "))))
}
