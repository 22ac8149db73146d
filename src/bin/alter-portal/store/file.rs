//! The state file: replaced whole, so that a killed portal finds either the old state or the new one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::state::State;
use super::tables::Reader;

/// Keeps other portals off a state file for as long as it is held. The lock is a file beside it, since the state file
/// itself is replaced at every change.
pub(crate) fn lock(path: &Path) -> Result<File, String> {
    let beside = beside(path, ".lock");
    let failed = |error: io::Error| format!("{} cannot be locked: {error}", beside.display());
    let mut options = no_link();
    let mut file =
        options.read(true).write(true).create(true).mode(0o600).open(&beside).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Whoever holds it wrote its number there; without it the sentence is shorter.
            let _ = (&file).take(20).read_to_string(&mut holder);
            let holder = holder.trim().parse::<u32>().map(|pid| format!(" (process {pid})"));
            return Err(format!(
                "{} is in use by another alter-portal{}: end that one, or give another --state",
                path.display(),
                holder.unwrap_or_default()
            ));
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed)?;
    Ok(file)
}

/// Reads a state file; `None` where there is none yet.
pub(crate) fn load(path: &Path, readers: &[Reader]) -> Result<Option<State>, String> {
    let mut text = Vec::new();
    match no_link().read(true).open(path).and_then(|mut file| file.read_to_end(&mut text)) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
    }
    State::read(&text, readers)
        .map(Some)
        .map_err(|error| format!("{} is not a state file: {error}", path.display()))
}

/// Writes a state file that survives a crash of the machine once this returns.
pub(super) fn save(path: &Path, state: &State) -> io::Result<()> {
    let beside = beside(path, ".new");
    // What a killed portal left there, or somebody laid there, is not written through.
    if let Err(error) = fs::remove_file(&beside)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut options = no_link();
    // It holds plaintext keys and PATs.
    options.write(true).create_new(true).mode(0o600);
    let mut file = BufWriter::new(options.open(&beside)?);
    serde_json::to_writer(&mut file, state)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    fs::rename(&beside, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Opens no link, and does not wait for the other end of a FIFO.
fn no_link() -> OpenOptions {
    let mut options = OpenOptions::new();
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    options.custom_flags(flags.cast_signed());
    options
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
