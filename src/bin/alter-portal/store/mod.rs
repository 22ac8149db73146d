//! Everything the portal knows, kept in memory and, where asked for, in a file.

mod collection;
mod file;
pub(crate) mod state;

use std::path::PathBuf;

pub(crate) use collection::{Collection, Row};
pub(crate) use file::load;

use crate::api::limiter::Limiter;
use crate::api::refusal::Refusal;
use state::State;

/// The state, where it is saved, and what is counted beside it.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) state: State,
    pub(crate) limiter: Limiter,
    file: Option<PathBuf>,
}

impl Store {
    /// Keeps a state, in a file or in memory only.
    pub(crate) fn new(state: State, limiter: Limiter, file: Option<PathBuf>) -> Self {
        Self {
            state,
            limiter,
            file,
        }
    }

    /// Saves what has changed. What could not be saved counts as changed until it is, so no later answer outruns the file.
    pub(crate) fn save(&mut self) -> Result<(), Refusal> {
        if !self.state.changed {
            return Ok(());
        }
        if let Some(path) = &self.file {
            file::save(path, &self.state).map_err(|error| {
                let message = format!("{} cannot be saved: {error}.", path.display());
                Refusal::new(500, "internal", message)
            })?;
        }
        self.state.changed = false;
        Ok(())
    }
}
