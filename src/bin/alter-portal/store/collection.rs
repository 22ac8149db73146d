//! The one kind of table there is.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A row of a table.
pub(crate) trait Row: Clone + Debug + Serialize + DeserializeOwned + Send + 'static {
    /// What its table is called in the state file.
    const TABLE: &'static str;

    /// What it is found by.
    fn id(&self) -> &str;

    /// The app it goes away with, if any.
    fn app_id(&self) -> Option<&str> {
        None
    }
}

/// Rows in the order they were made, which is the order that instants of whole seconds could not give back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Collection<T>(Vec<T>);

impl<T> Default for Collection<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Collection<T> {
    /// None yet.
    pub(super) const EMPTY: Self = Self(Vec::new());

    /// Adds a row after all others and gives it back.
    pub(crate) fn add(&mut self, row: T) -> &mut T {
        let at = self.0.len();
        self.0.push(row);
        &mut self.0[at]
    }

    /// Keeps the rows that pass.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }

    /// Oldest first, and newest first when reversed.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// Oldest first, to change them.
    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.0.iter_mut()
    }
}

impl<T: Row> Collection<T> {
    /// The row of this id.
    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.0.iter().find(|row| row.id() == id)
    }

    /// The row of this id, to change it.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.0.iter_mut().find(|row| row.id() == id)
    }
}
