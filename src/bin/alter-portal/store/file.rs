//! The state file: replaced whole, so that a killed portal finds either the old state or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::state::State;
use super::tables::Reader;

/// Reads a state file; `None` where there is none yet.
pub(crate) fn load(path: &Path, readers: &[Reader]) -> Result<Option<State>, String> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
    };
    State::read(&text, readers)
        .map(Some)
        .map_err(|error| format!("{} is not a state file: {error}", path.display()))
}

/// Writes a state file that survives a crash of the machine once this returns.
pub(super) fn save(path: &Path, state: &State) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut options = OpenOptions::new();
    // It holds plaintext keys and PATs.
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = BufWriter::new(options.open(&beside)?);
    serde_json::to_writer(&mut file, state)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    fs::rename(&beside, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
