//! The tables, found by the type of their rows: nothing here knows which there are.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::de::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::collection::{Collection, Row};

/// One table for each kind of row.
#[derive(Debug, Default)]
pub(crate) struct Tables(BTreeMap<TypeId, Box<dyn Table>>);

/// A row as it is after a change, or nothing where it is gone.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    table: String,
    id: String,
    row: Option<Box<RawValue>>,
}

trait Table: Any + Debug + Send {
    fn name(&self) -> &'static str;
    fn written(&self) -> serde_json::Result<Box<RawValue>>;
    fn remove_app(&mut self, id: &str);
    fn is_changed(&self) -> bool;
    fn changes(&self) -> serde_json::Result<Vec<Change>>;
    fn commit(&mut self);
    fn roll_back(&mut self);
    fn replay(&mut self, change: &Change) -> serde_json::Result<()>;
}

impl<R: Row> Table for Collection<R> {
    fn name(&self) -> &'static str {
        R::TABLE
    }

    fn written(&self) -> serde_json::Result<Box<RawValue>> {
        to_raw_value(self)
    }

    fn remove_app(&mut self, id: &str) {
        self.remove_app(id);
    }

    fn is_changed(&self) -> bool {
        self.is_changed()
    }

    fn changes(&self) -> serde_json::Result<Vec<Change>> {
        let change = |(id, row): (&str, Option<&R>)| {
            let (table, id) = (R::TABLE.to_owned(), id.to_owned());
            Ok(Change { table, id, row: row.map(to_raw_value).transpose()? })
        };
        self.changes().map(change).collect()
    }

    fn commit(&mut self) {
        self.commit();
    }

    fn roll_back(&mut self) {
        self.roll_back();
    }

    fn replay(&mut self, change: &Change) -> serde_json::Result<()> {
        let row = change.row.as_ref().map(|row| serde_json::from_str(row.get())).transpose()?;
        self.replay(&change.id, row);
        Ok(())
    }
}

/// Reads a table of the state file; without a text it is an empty one.
#[derive(Clone, Copy)]
pub(crate) struct Reader {
    name: &'static str,
    read: fn(&mut Tables, Option<&RawValue>) -> serde_json::Result<()>,
}

/// How the table of this kind of row is read.
pub(crate) const fn reader<R: Row>() -> Reader {
    Reader {
        name: R::TABLE,
        read: |tables, text| {
            if let Some(text) = text {
                *tables.of_mut::<R>() = serde_json::from_str(text.get())?;
            } else {
                tables.of_mut::<R>();
            }
            Ok(())
        },
    }
}

impl Tables {
    /// The rows of this kind.
    pub(crate) fn of<R: Row>(&self) -> &Collection<R> {
        let table = self.0.get(&TypeId::of::<R>());
        let rows = table.and_then(|table| (table.as_ref() as &dyn Any).downcast_ref());
        rows.unwrap_or(const { &Collection::EMPTY })
    }

    /// The rows of this kind, to change them.
    pub(crate) fn of_mut<R: Row>(&mut self) -> &mut Collection<R> {
        let new = || Box::new(Collection::<R>::default()) as Box<dyn Table>;
        let table = self.0.entry(TypeId::of::<R>()).or_insert_with(new);
        match (table.as_mut() as &mut dyn Any).downcast_mut() {
            Some(rows) => rows,
            None => unreachable!("a table is kept under the type of its rows"),
        }
    }

    /// Takes the rows of this kind over from another state.
    pub(crate) fn take_over<R: Row>(&mut self, other: &Self) {
        let rows = self.of_mut::<R>();
        other.of::<R>().iter().for_each(|row| rows.add(row.clone()));
    }

    /// Takes an app and everything of it away.
    pub(crate) fn remove_app(&mut self, id: &str) {
        self.0.values_mut().for_each(|table| table.remove_app(id));
    }

    /// Whether anything happened since the last commit.
    pub(super) fn is_changed(&self) -> bool {
        self.0.values().any(|table| table.is_changed())
    }

    /// Every row touched since the last commit.
    pub(super) fn changes(&self) -> serde_json::Result<Vec<Change>> {
        let changes: Result<Vec<_>, _> = self.0.values().map(|table| table.changes()).collect();
        Ok(changes?.into_iter().flatten().collect())
    }

    /// Keeps every change.
    pub(super) fn commit(&mut self) {
        self.0.values_mut().for_each(|table| table.commit());
    }

    /// Takes everything back that happened since the last commit.
    pub(crate) fn roll_back(&mut self) {
        self.0.values_mut().for_each(|table| table.roll_back());
    }

    /// Makes a saved change again.
    pub(super) fn replay(&mut self, change: &Change) -> serde_json::Result<()> {
        let mut tables = self.0.values_mut();
        match tables.find(|table| table.name() == change.table) {
            Some(table) => table.replay(change),
            None => Err(no_table(&change.table)),
        }
    }

    /// Reads the tables that there are readers for; one without is an error, for saving would drop it.
    pub(super) fn read(
        mut stored: BTreeMap<String, Box<RawValue>>,
        readers: &[Reader],
    ) -> serde_json::Result<Self> {
        let mut all = Self::default();
        for reader in readers {
            (reader.read)(&mut all, stored.remove(reader.name).as_deref())?;
        }
        match stored.keys().next() {
            Some(name) => Err(no_table(name)),
            None => Ok(all),
        }
    }
}

fn no_table(name: &str) -> serde_json::Error {
    serde_json::Error::custom(format!("there is no table `{name}`"))
}

impl Serialize for Tables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let write = |table: &dyn Table| table.written().map_err(serde::ser::Error::custom);
        let tables = self.0.values();
        let all: Result<BTreeMap<_, _>, _> =
            tables.map(|table| Ok((table.name(), write(table.as_ref())?))).collect();
        all?.serialize(serializer)
    }
}
