//! Everything the portal knows, kept in memory and, where asked for, in a file.

mod collection;
mod file;
pub(crate) mod state;
mod tables;

use std::fs::File;
use std::path::PathBuf;

pub(crate) use collection::{Collection, Row};
pub(crate) use file::{load, lock};
pub(crate) use tables::{Reader, Tables, reader};

use state::State;

/// The state, and where it is saved.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) state: State,
    file: Option<PathBuf>,
    /// Held for as long as the portal runs.
    _lock: Option<File>,
}

impl Store {
    /// Keeps a state, in a file or in memory only.
    pub(crate) fn new(state: State, file: Option<PathBuf>, lock: Option<File>) -> Self {
        Self { state, file, _lock: lock }
    }

    /// Saves what has changed. What could not be saved counts as changed until it is, so no later answer outruns the file.
    pub(crate) fn save(&mut self) -> Result<(), String> {
        if !self.state.tables.is_changed() {
            return Ok(());
        }
        if let Some(path) = &self.file {
            file::save(path, &self.state)
                .map_err(|error| format!("{} cannot be saved: {error}.", path.display()))?;
        }
        self.state.tables.commit();
        Ok(())
    }
}
