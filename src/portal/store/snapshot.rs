//! The state file: replaced whole, so that a killed portal finds either the old one or the new one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::files::{self, OTHER_FILE};
use super::state::{Named, State, User};
use super::tables::{Reader, Tables};

/// What every state file begins with.
const BEGIN: &[u8] = b"{\"generation\":\"";

#[derive(Serialize)]
struct Written<'a> {
    generation: &'a str,
    organization: &'a Named,
    user: &'a User,
    tables: &'a Tables,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    generation: String,
    organization: Named,
    user: User,
    tables: BTreeMap<String, Box<RawValue>>,
}

/// Reads a state file, and which generation of it this is; `None` where there is none yet.
pub(super) fn load(path: &Path, readers: &[Reader]) -> Result<Option<(State, String)>, String> {
    let Some(text) = files::read(path)? else {
        return Ok(None);
    };
    let not_ours = |error| format!("{} is not a state file: {error}\n{OTHER_FILE}", path.display());
    let stored: Stored = serde_json::from_slice(&text).map_err(not_ours)?;
    let tables = Tables::read(stored.tables, readers).map_err(not_ours)?;
    let state = State { organization: stored.organization, user: stored.user, tables };
    Ok(Some((state, stored.generation)))
}

/// Writes a state file that survives a crash of the machine once this returns; gives its size.
pub(super) fn save(path: &Path, state: &State, generation: &str) -> io::Result<u64> {
    let beside = files::beside(path, ".new");
    files::refuse_foreign(&beside, |begin| {
        let known = BEGIN.len().min(begin.len());
        begin[..known] == BEGIN[..known]
    })?;
    let written = write(&beside, state, generation)
        .and_then(|size| fs::rename(&beside, path).map(|()| size))
        .inspect_err(|_| {
            // What is there of it takes up space that may have been the reason.
            let _ = fs::remove_file(&beside);
        })?;
    // It is in its place now: what follows goes by its generation, however the folder is.
    let _ = files::sync_folder(path);
    Ok(written)
}

fn write(path: &Path, state: &State, generation: &str) -> io::Result<u64> {
    let mut file = BufWriter::new(files::make(path)?);
    let State { organization, user, tables } = state;
    serde_json::to_writer(&mut file, &Written { generation, organization, user, tables })?;
    file.flush()?;
    file.get_ref().sync_all()?;
    Ok(file.get_ref().metadata()?.len())
}
