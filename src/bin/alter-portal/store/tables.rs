//! The tables, found by the type of their rows: nothing here knows which there are.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::de::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::collection::{Collection, Row};

/// One table for each kind of row. A table is read from the state file when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct Tables(BTreeMap<String, Box<dyn Table>>);

trait Table: Any + Debug + Send {
    fn forget_app(&mut self, id: &str);
    fn written(&self) -> serde_json::Result<Box<RawValue>>;
}

impl<R: Row> Table for Collection<R> {
    fn forget_app(&mut self, id: &str) {
        self.retain(|row| row.app_id() != Some(id));
    }

    fn written(&self) -> serde_json::Result<Box<RawValue>> {
        to_raw_value(self)
    }
}

/// Reads a table of the state file.
pub(crate) type Reader = (&'static str, fn(&RawValue) -> serde_json::Result<Tables>);

/// How the table of this kind of row is read.
pub(crate) const fn reader<R: Row>() -> Reader {
    (R::TABLE, |text| {
        let rows: Collection<R> = serde_json::from_str(text.get())?;
        let mut tables = Tables::default();
        tables.0.insert(R::TABLE.to_owned(), Box::new(rows));
        Ok(tables)
    })
}

impl Tables {
    /// The rows of this kind.
    pub(crate) fn of<R: Row>(&self) -> &Collection<R> {
        let table = self.0.get(R::TABLE);
        let rows = table.and_then(|table| (table.as_ref() as &dyn Any).downcast_ref());
        rows.unwrap_or(const { &Collection::EMPTY })
    }

    /// The rows of this kind, to change them.
    pub(crate) fn of_mut<R: Row>(&mut self) -> &mut Collection<R> {
        let new = || Box::new(Collection::<R>::default()) as Box<dyn Table>;
        let table = self.0.entry(R::TABLE.to_owned()).or_insert_with(new);
        let rows = (table.as_mut() as &mut dyn Any).downcast_mut();
        rows.expect("two kinds of rows have one TABLE")
    }

    /// Takes an app and everything of it away.
    pub(crate) fn forget_app(&mut self, id: &str) {
        self.0.values_mut().for_each(|table| table.forget_app(id));
    }

    /// Reads the tables that there are readers for; one without is an error, for saving would drop it.
    pub(super) fn read(
        kept: BTreeMap<String, Box<RawValue>>,
        readers: &[Reader],
    ) -> serde_json::Result<Self> {
        let mut all = Self::default();
        for (name, text) in kept {
            let mut readers = readers.iter().filter(|(table, _)| *table == name);
            let Some((_, read)) = readers.next() else {
                return Err(serde_json::Error::custom(format!("there is no table `{name}`")));
            };
            all.0.extend(read(&text)?.0);
        }
        Ok(all)
    }
}

impl Serialize for Tables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let write = |table: &dyn Table| table.written().map_err(serde::ser::Error::custom);
        let all: Result<BTreeMap<_, _>, _> =
            self.0.iter().map(|(name, table)| Ok((name, write(table.as_ref())?))).collect();
        all?.serialize(serializer)
    }
}
