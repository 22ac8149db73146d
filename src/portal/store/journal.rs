//! The file of what changed since the snapshot: a line for each request, so that a request is there whole or not at all.
//! The first line names the generation of the snapshot that it goes on from.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::files;
use super::tables::{Change, Tables};

const RESTORE: &str = "fix: put a copy of it back, or remove it to go on without what is in it";

/// A journal that is added to.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    generation: String,
    /// Made with the first change.
    file: Option<File>,
    /// How much of the file counts: what follows is left of a change that failed.
    size: u64,
    torn: bool,
}

impl Journal {
    /// One without changes, beside a snapshot of this generation.
    pub(super) fn after(snapshot: &Path, generation: String) -> Self {
        let path = files::beside(snapshot, ".journal");
        Self { path, generation, file: None, size: 0, torn: false }
    }

    /// How much of the file counts.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Adds the changes of one request. Once this returns, they survive a crash of the machine.
    pub(super) fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        let mut line = serde_json::to_vec(changes)?;
        line.push(b'\n');
        let file = match self.file.take() {
            Some(file) => file,
            None => self.begin()?,
        };
        let file = self.file.insert(file);
        if self.torn {
            file.set_len(self.size)?;
        }
        self.torn = true;
        if let Err(error) = add(file, self.size, &line) {
            // Nobody is to find it after a crash; where that fails too, the next change tries again.
            self.torn = file.set_len(self.size).is_err();
            return Err(error);
        }
        self.torn = false;
        self.size += line.len() as u64;
        Ok(())
    }

    /// Takes the file away, once a snapshot has all that is in it. One that stays is of no generation that counts.
    pub(super) fn end(&mut self) {
        let _ = fs::remove_file(&self.path);
    }

    fn begin(&mut self) -> io::Result<File> {
        let file = files::make(&self.path)?;
        let header = format!("{}\n", self.generation);
        add(&file, 0, header.as_bytes())?;
        files::sync_folder(&self.path)?;
        self.size = header.len() as u64;
        Ok(file)
    }
}

fn add(file: &File, at: u64, bytes: &[u8]) -> io::Result<()> {
    file.write_all_at(bytes, at)?;
    file.sync_data()
}

/// Makes the changes of a journal again, if it goes on from a snapshot of this generation. A last line that was not
/// written to its end is of a request that was never answered.
pub(super) fn replay(path: &Path, generation: &str, tables: &mut Tables) -> Result<(), String> {
    let bytes = files::read(path)?.unwrap_or_default();
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
    let header = format!("{generation}\n");
    if lines.next().is_none_or(|(_, line)| line != header.as_bytes()) {
        return Ok(());
    }
    while let Some((at, line)) = lines.next() {
        let done = match serde_json::from_slice::<Vec<Change>>(line) {
            Ok(changes) if line.ends_with(b"\n") => {
                changes.iter().try_for_each(|change| tables.replay(change))
            }
            Err(error) if lines.peek().is_some() => Err(error),
            _ => Ok(()),
        };
        done.map_err(|error| {
            format!("{} is damaged in line {}: {error}\n{RESTORE}", path.display(), at + 1)
        })?;
    }
    Ok(())
}
