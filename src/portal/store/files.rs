//! The files of a state: locked, opened without following a link, and readable by nobody else.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

/// How long a portal that was killed may take to be gone, all its threads and their files with it.
const ENDING: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// What a lock says before the number of the process that holds it.
const LOCK_OF: &str = "alter-portal";
/// Bytes that are read to see whose a file is.
const LOCK_MAX: u64 = 64;

/// What to do where a file cannot be used.
pub(super) const OTHER_FILE: &str =
    "fix: give --state a file of your own, in a folder that you may write to";

/// What to do where there is no room for a file.
const NO_ROOM: &str = "fix: make room on its disk, or give --state a file on another one";

/// Whether a file could be written if there were more room for it.
pub(super) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), FileTooLarge | QuotaExceeded | StorageFull)
}

/// The message that a state file cannot be written, and what to do about it.
pub(super) fn unsaved(path: &Path, error: &io::Error) -> String {
    let fix = if is_full(error) { NO_ROOM } else { OTHER_FILE };
    format!("{} cannot be saved: {error}\n{fix}", path.display())
}

/// Refuses a folder before anything is put beside it.
pub(super) fn refuse_folder(path: &Path) -> Result<(), String> {
    if path.is_dir() {
        return Err(format!("{} cannot be read: it is a folder\n{OTHER_FILE}", path.display()));
    }
    Ok(())
}

/// Keeps other portals off a state file for as long as it is held. The lock is a file beside it, since the state file
/// itself is replaced now and then.
pub(super) fn lock(path: &Path) -> Result<File, String> {
    let beside = beside(path, ".lock");
    let failed =
        |error: io::Error| format!("{} cannot be locked: {error}\n{OTHER_FILE}", beside.display());
    let mut options = no_link();
    let file =
        options.read(true).write(true).create(true).mode(0o600).open(&beside).map_err(failed)?;
    let mut content = String::new();
    // What is no text is not ours.
    let read = (&file).take(LOCK_MAX).read_to_string(&mut content);
    let holder = content.strip_prefix(LOCK_OF).map(str::trim);
    if read.is_err() || holder.is_none() && !content.is_empty() {
        return Err(format!(
            "{} is the file of another program, and the lock of {} would be there\n{OTHER_FILE}",
            beside.display(),
            path.display()
        ));
    }
    match try_lock(&file) {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            // Whoever holds it wrote its number there; without it the sentence is shorter.
            let holder = holder.and_then(|pid| pid.parse::<u32>().ok());
            let holder = holder.map(|pid| format!(" (process {pid})"));
            return Err(format!(
                "{} is in use by another alter-portal{}\nfix: end that one, or give another --state",
                path.display(),
                holder.unwrap_or_default()
            ));
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // On a full disk the number is missing, and the sentence above is shorter. It is as long as the one that it replaces.
    let _ = file.write_all_at(format!("{LOCK_OF}{:>10}\n", std::process::id()).as_bytes(), 0);
    Ok(file)
}

/// Takes a lock, and waits a moment for a portal that is just ending to release it.
fn try_lock(file: &File) -> Result<(), TryLockError> {
    let end = Instant::now() + ENDING;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < end => thread::sleep(PAUSE),
            result => return result,
        }
    }
}

/// Refuses to take the place of a file that does not begin as ours do; a link is replaced without being followed.
pub(super) fn refuse_foreign(path: &Path, begins_as_ours: fn(&[u8]) -> bool) -> io::Result<()> {
    let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    let mut begin = Vec::new();
    if is_file {
        no_link().read(true).open(path)?.take(LOCK_MAX).read_to_end(&mut begin)?;
    }
    if begins_as_ours(&begin) {
        return Ok(());
    }
    let message = format!("{} is the file of another program", path.display());
    Err(io::Error::new(io::ErrorKind::AlreadyExists, message))
}

/// Makes a file that was not there before, for this user alone: it holds plaintext keys and PATs. What a killed portal
/// left in its place, or another user put there, is not written through.
pub(super) fn make(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => no_link().write(true).create_new(true).mode(0o600).open(path),
    }
}

/// The bytes of a file; `None` where there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let mut bytes = Vec::new();
    match no_link().read(true).open(path).and_then(|mut file| file.read_to_end(&mut bytes)) {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{} cannot be read: {error}\n{OTHER_FILE}", path.display())),
    }
}

/// Sees to it that a file made or renamed is still there after a crash of the machine.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// The path with an ending put behind it.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Opens no link, and does not wait for the other end of a FIFO.
fn no_link() -> OpenOptions {
    let mut options = OpenOptions::new();
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    options.custom_flags(flags.cast_signed());
    options
}
