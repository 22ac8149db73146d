//! The file of what changed since the snapshot: a line for each request, so that a request is there whole or not at all.
//! The first line names the generation of the snapshot that it goes on from. Each line begins with a checksum over itself
//! and all before it, so that one that is missing, doubled, swapped or changed is found.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files;
use super::tables::{Change, Tables};
use crate::protocol::digest::sha256_hex;

const RESTORE: &str = "fix: put a copy of it back, or remove it to go on without what is in it";
/// Characters of a checksum.
const SUM: usize = 16;
/// The first line as far as all are alike: `x` stands for a hexadecimal digit.
const FIRST_LINE: &str =
    "xxxxxxxxxxxxxxxx {\"journal_of\":\"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\"}";

/// What the first line says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    journal_of: String,
}

/// The checksum of all lines so far.
#[derive(Clone, Debug, Default)]
struct Chain(String);

impl Chain {
    /// The checksum after one more line.
    fn after(&self, text: &[u8]) -> Self {
        Self(sha256_hex(&[self.0.as_bytes(), text].concat())[..SUM].to_owned())
    }

    /// The text of a line that follows, and the chain with it; nothing where another line belongs there.
    fn read<'a>(&self, line: &'a [u8]) -> Option<(&'a [u8], Self)> {
        let (sum, text) = line.split_at_checked(SUM)?;
        let text = text.strip_prefix(b" ")?;
        let after = self.after(text);
        (after.0.as_bytes() == sum).then_some((text, after))
    }
}

/// A journal that is added to.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    generation: String,
    /// Made with the first change.
    file: Option<File>,
    chain: Chain,
    /// How much of the file counts: what follows is left of a change that failed.
    size: u64,
    torn: bool,
}

impl Journal {
    /// One without changes, beside a snapshot of this generation.
    pub(super) fn after(snapshot: &Path, generation: String) -> Self {
        let path = beside(snapshot);
        Self { path, generation, file: None, chain: Chain::default(), size: 0, torn: false }
    }

    /// How much of the file counts.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Adds the changes of one request. Once this returns, they survive a crash of the machine.
    pub(super) fn append(&mut self, changes: &[Change]) -> io::Result<()> {
        let file = match self.file.take() {
            Some(file) => file,
            None => self.begin()?,
        };
        let (line, chain) = line(&self.chain, changes)?;
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
        self.chain = chain;
        self.size += line.len() as u64;
        Ok(())
    }

    /// Takes the file away, once a snapshot has all that is in it. One that stays is of no generation that counts.
    pub(super) fn end(&mut self) {
        let _ = fs::remove_file(&self.path);
    }

    fn begin(&mut self) -> io::Result<File> {
        let file = files::make(&self.path)?;
        let header = Header { journal_of: self.generation.clone() };
        let (line, chain) = line(&Chain::default(), &header)?;
        add(&file, 0, &line)?;
        files::sync_folder(&self.path)?;
        self.size = line.len() as u64;
        self.chain = chain;
        Ok(file)
    }
}

/// The path of the journal of a snapshot.
pub(super) fn beside(snapshot: &Path) -> PathBuf {
    files::beside(snapshot, ".journal")
}

fn line(chain: &Chain, content: &(impl Serialize + ?Sized)) -> io::Result<(Vec<u8>, Chain)> {
    let text = serde_json::to_vec(content)?;
    let after = chain.after(&text);
    Ok(([after.0.as_bytes(), b" ", &text, b"\n"].concat(), after))
}

fn add(file: &File, at: u64, bytes: &[u8]) -> io::Result<()> {
    file.write_all_at(bytes, at)?;
    file.sync_data()
}

/// Refuses to begin anew beside a journal whose snapshot is gone.
pub(super) fn refuse_alone(snapshot: &Path) -> Result<(), String> {
    let path = beside(snapshot);
    if fs::symlink_metadata(&path).is_err() {
        return Ok(());
    }
    Err(format!(
        "{} goes on from {}, which is not there\nfix: put a copy of that back, or remove the journal to begin anew",
        path.display(),
        snapshot.display()
    ))
}

/// Makes the changes of a journal again, if it goes on from a snapshot of this generation. A last line that was not
/// written to its end is of a request that was never answered; one that lacks only the line break was.
pub(super) fn replay(path: &Path, generation: &str, tables: &mut Tables) -> Result<(), String> {
    let bytes = files::read(path)?.unwrap_or_default();
    let mut chain = Chain::default();
    for (at, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let damaged = |why: &str| {
            format!("{} is damaged in line {}: {why}\n{RESTORE}", path.display(), at + 1)
        };
        let whole = line.strip_suffix(b"\n");
        let Some((text, after)) = chain.read(whole.unwrap_or(line)) else {
            if whole.is_none() && (at > 0 || begins_first_line(line)) {
                return Ok(());
            }
            return Err(damaged("it is not the line that was written there"));
        };
        chain = after;
        if at == 0 {
            let header: Header =
                serde_json::from_slice(text).map_err(|error| damaged(&error.to_string()))?;
            // Another generation was folded in before the portal was killed.
            if header.journal_of != generation {
                return Ok(());
            }
            continue;
        }
        serde_json::from_slice::<Vec<Change>>(text)
            .and_then(|changes| changes.iter().try_for_each(|change| tables.replay(change)))
            .map_err(|error| damaged(&error.to_string()))?;
    }
    Ok(())
}

/// Whether a line was to become the first one of a journal.
fn begins_first_line(line: &[u8]) -> bool {
    let fits = |(byte, form): (&u8, u8)| match form {
        b'x' => byte.is_ascii_hexdigit(),
        form => *byte == form,
    };
    line.len() <= FIRST_LINE.len() && line.iter().zip(FIRST_LINE.bytes()).all(fits)
}
