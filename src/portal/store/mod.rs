//! Everything the portal knows, kept in memory and, where asked for, in files.

mod collection;
mod files;
mod journal;
mod snapshot;
pub(crate) mod state;
mod tables;

use std::fs::File;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};

pub(crate) use collection::{Collection, Row};
pub(crate) use tables::{Reader, Tables, reader};

use crate::portal::random;
use journal::Journal;
use state::State;

/// Below this a journal is not worth folding into the snapshot.
const MIN_COMPACTED: u64 = 64 << 10;

/// The state, and where it is saved.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) state: State,
    /// Rises each time the whole state is replaced.
    pub(crate) epoch: u64,
    saved: Option<Saved>,
}

/// A snapshot of the state, and the journal of what changed since.
#[derive(Debug)]
struct Saved {
    snapshot: PathBuf,
    journal: Journal,
    /// The size of the journal at which the snapshot is written again.
    outgrown_at: u64,
    /// What is said of a disk that had no room for the snapshot at the start.
    full: Option<String>,
    /// Held for as long as the portal runs.
    _lock: File,
}

impl Store {
    /// A state in memory only.
    pub(crate) fn in_memory(mut state: State) -> Self {
        state.tables.commit();
        Self { state, epoch: 0, saved: None }
    }

    /// The state that a file holds, or a new one where there is no file yet.
    pub(crate) fn open(
        path: &Path,
        readers: &[Reader],
        new: impl FnOnce() -> Result<State, String>,
    ) -> Result<Self, String> {
        files::refuse_folder(path)?;
        let lock = files::lock(path)?;
        let (mut state, is_new) = match snapshot::load(path, readers)? {
            Some((mut state, generation)) => {
                journal::replay(&journal::beside(path), &generation, &mut state.tables)?;
                (state, false)
            }
            None => (journal::refuse_alone(path).and_then(|()| new())?, true),
        };
        let journal = Journal::after(path, String::new());
        let mut saved =
            Saved { snapshot: path.to_owned(), journal, outgrown_at: 0, full: None, _lock: lock };
        match saved.compact(&state) {
            // All of it is in the files as they are.
            Err(error) if files::is_full(&error) && !is_new => {
                saved.full = Some(files::unsaved(path, &error));
            }
            compacted => compacted.map_err(|error| files::unsaved(path, &error))?,
        }
        state.tables.commit();
        Ok(Self { state, epoch: 0, saved: Some(saved) })
    }

    /// Why nothing can be saved for now, though all that was saved before is there.
    pub(crate) fn full(&self) -> Option<&str> {
        self.saved.as_ref()?.full.as_deref()
    }

    /// Takes another state in the place of this one, in the files too.
    pub(crate) fn replace(&mut self, state: State) -> Result<(), String> {
        let before = mem::replace(&mut self.state, state);
        if let Some(saved) = &mut self.saved
            && let Err(error) = saved.compact(&self.state)
        {
            self.state = before;
            return Err(files::unsaved(&saved.snapshot, &error));
        }
        self.state.tables.commit();
        self.epoch += 1;
        Ok(())
    }

    /// Saves what has changed. What cannot be saved is taken back, so that no answer outruns the files.
    pub(crate) fn save(&mut self) -> Result<(), String> {
        let is_changed = self.state.tables.is_changed();
        if let Some(saved) = self.saved.as_mut().filter(|_| is_changed) {
            let written = match self.state.tables.changes() {
                // The old journal is not gone on with: the change is saved with all that was there before.
                Ok(_) if saved.full.is_some() => saved.compact(&self.state),
                Ok(changes) => saved.journal.append(&changes),
                Err(error) => Err(error.into()),
            };
            if let Err(error) = written {
                self.state.tables.roll_back();
                let path = saved.snapshot.display();
                return Err(format!("Nothing was changed: {path} cannot be saved: {error}."));
            }
        }
        self.state.tables.commit();
        if let Some(saved) = self.saved.as_mut().filter(|saved| saved.is_outgrown())
            && saved.compact(&self.state).is_err()
        {
            // The change is safe in the journal; there may be more space later.
            saved.outgrown_at = saved.journal.size().saturating_mul(2);
        }
        Ok(())
    }
}

impl Saved {
    fn is_outgrown(&self) -> bool {
        self.journal.size() > self.outgrown_at
    }

    /// Writes the snapshot again and begins a new journal. Killed before the snapshot is replaced, the old pair counts;
    /// killed after, the old journal is of another generation than the snapshot, and counts no more.
    fn compact(&mut self, state: &State) -> io::Result<()> {
        let generation = random::uuid();
        let size = snapshot::save(&self.snapshot, state, &generation)?;
        self.full = None;
        self.journal.end();
        self.journal = Journal::after(&self.snapshot, generation);
        self.outgrown_at = size.max(MIN_COMPACTED);
        Ok(())
    }
}
