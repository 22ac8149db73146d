//! `auth.toml`: sign-ins in plain text, for machines without a keychain.
//!
//! Everything is checked on open handles, so that nothing can be swapped between the check and the use. Reading
//! takes no lock and writes nothing: a reader sees the old file or the new one, for it is replaced whole.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, Mode, OFlags, fchmod, renameat, unlinkat};
use rustix::io::Errno;

use super::account::Account;
use super::auth_file_text::{self, SignIn};
use super::config_dir::{self, ELSEWHERE, check, open_file, refused};
use crate::base::failure::{self, Failure};
use crate::base::lock::{self, LockError};
use crate::base::nofollow;
use crate::base::random;
use crate::base::secret::Pat;

const NAME: &str = "auth.toml";
const NEW: &str = "new";
const LOCK: &str = "auth.lock";

/// Nobody has so many sign-ins; a file that is larger is something else.
const MAX_BYTES: u64 = 1 << 20;

/// Returns where the file is, or would be; `None` on a system without a home folder.
pub(super) fn path() -> Result<Option<PathBuf>, Failure> {
    Ok(config_dir::path()?.map(|folder| folder.join(NAME)))
}

/// Everything that is kept.
pub(super) fn all() -> Result<Vec<SignIn>, Failure> {
    let Some(path) = config_dir::path()? else {
        return Ok(Vec::new());
    };
    config_dir::open(&path)?.map_or(Ok(Vec::new()), |folder| read(&folder, &path.join(NAME)))
}

/// Refuses a folder that nothing can be kept in.
pub(super) fn check_writable() -> Result<(), Failure> {
    let path = folder()?;
    let folder = config_dir::create(&path)?;
    lock(&folder, &path.join(LOCK)).map(|_| ())
}

fn folder() -> Result<PathBuf, Failure> {
    config_dir::path()?.ok_or_else(|| {
        Failure::usage("no config folder", "there is no home folder to store it in")
            .fix("set ALTER_CONFIG_DIR, or use the PAT through ALTER_PAT")
    })
}

/// Keeps a PAT for an account, in the place of the one that was kept before; gives the file.
pub(super) fn save(account: &Account, pat: &Pat) -> Result<PathBuf, Failure> {
    let path = folder()?;
    let folder = config_dir::create(&path)?;
    change(&folder, &path, |stored| {
        stored.retain(|earlier| earlier.account != *account);
        stored.push(SignIn { account: account.clone(), pat: pat.clone() });
    })?;
    Ok(path.join(NAME))
}

/// Forgets the PAT of an account; says whether there was one.
pub(super) fn forget(account: &Account) -> Result<bool, Failure> {
    let Some(path) = config_dir::path()? else {
        return Ok(false);
    };
    let Some(folder) = config_dir::open(&path)? else {
        return Ok(false);
    };
    // Looked up before anything is locked: where nothing is kept, nothing needs to be writable.
    let stored = read(&folder, &path.join(NAME))?;
    if !stored.iter().any(|stored| stored.account == *account) {
        return sweep(&folder, &path).map(|()| false);
    }
    change(&folder, &path, |stored| {
        stored.retain(|stored| stored.account != *account);
    })?;
    Ok(true)
}

fn read(folder: &File, path: &Path) -> Result<Vec<SignIn>, Failure> {
    let mut file = match open_file(folder, NAME, OFlags::RDONLY) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(Vec::new()),
        Err(Errno::LOOP | Errno::MLINK) => return Err(refused(path, "is a symlink")),
        Err(error) => return Err(refused(path, failure::reason(&error.into()))),
    };
    let unreadable = |error: io::Error| refused(path, failure::reason(&error));
    let found = file.metadata().map_err(unreadable)?;
    if !found.is_file() {
        return Err(refused(path, "is not a regular file"));
    }
    check(path, &found, 0o077, "600")?;
    if found.nlink() > 1 {
        return Err(refused(path, "has a second hard link, which others may be able to reach")
            .fix("remove the file and sign in again with alter auth login"));
    }
    let mut bytes = Vec::new();
    (&mut file).take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(refused(path, "is larger than 1 MiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| refused(path, "is not UTF-8"))?;
    auth_file_text::read(&text).map_err(|malformed| {
        refused(path, format!("line {} {}", malformed.line, malformed.why))
            .fix("correct that line, or remove the file and sign in again with alter auth login")
    })
}

/// Reads, changes and replaces the file while no other sign-in can.
fn change(folder: &File, path: &Path, edit: impl FnOnce(&mut Vec<SignIn>)) -> Result<(), Failure> {
    let file = path.join(NAME);
    let failed = |error: io::Error| Failure::io(&file, &error);
    let _lock = lock(folder, &path.join(LOCK))?;
    let mut stored = read(folder, &file)?;
    edit(&mut stored);
    for left in left_behind(folder) {
        remove(folder, &left).map_err(failed)?;
    }
    if stored.is_empty() {
        remove(folder, NAME).map_err(failed)?;
    } else {
        replace(folder, path, &auth_file_text::write(&stored))?;
    }
    nofollow::sync(folder).map_err(failed)
}

/// Removes what a sign-in that was killed left half written: a PAT may be in it.
fn sweep(folder: &File, path: &Path) -> Result<(), Failure> {
    if left_behind(folder).is_empty() {
        return Ok(());
    }
    let _lock = lock(folder, &path.join(LOCK))?;
    // Listed again: what was there before may have belonged to one that was still at work.
    left_behind(folder).into_iter().try_for_each(|left| {
        remove(folder, &left).map_err(|error| Failure::io(&path.join(left), &error))
    })
}

/// Returns the names of new files that never took the place of the old one. They have a form that nobody else's have.
fn left_behind(folder: &File) -> Vec<String> {
    let entries = Dir::read_from(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().to_str().ok().map(str::to_owned));
    names.filter(|name| random::is_beside(name, NAME, &[NEW])).collect()
}

fn lock(folder: &File, path: &Path) -> Result<File, Failure> {
    let failed = |error: io::Error| config_dir::unusable(path, &error);
    let file = open_file(folder, LOCK, OFlags::RDWR | OFlags::CREATE)
        .map_err(|error| failed(error.into()))?;
    let refused = |why| Failure::error(path.display().to_string(), why);
    lock::wait(&file).map(|()| file).map_err(|error| match error {
        LockError::Held => refused("another alter has held the lock for too long"),
        LockError::Unsupported => {
            refused("this file system has no locks, without which two sign-ins could lose one")
                .fix(ELSEWHERE)
        }
        LockError::Failed(error) => failed(error),
    })
}

fn replace(folder: &File, path: &Path, text: &str) -> Result<(), Failure> {
    let new = random::beside(NAME, NEW)?;
    let how = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
    let written = open_file(folder, &new, how)
        .map_err(|error| Failure::io(&path.join(&new), &error.into()))
        .and_then(|file| fill(&file, path, text))
        .and_then(|()| {
            renameat(folder, &new, folder, NAME)
                .map_err(|error| Failure::io(&path.join(NAME), &error.into()))
        });
    written.inspect_err(|_| {
        // What cannot be removed is removed by the next sign-in.
        let _ = remove(folder, &new);
    })
}

/// Writes the text, once the file is seen to be for its owner alone.
fn fill(mut file: &File, path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::io(&path.join(NAME), &error);
    // A file system that has no modes may refuse to set one.
    let set = fchmod(file, Mode::RUSR | Mode::WUSR);
    if file.metadata().map_err(failed)?.mode() & 0o077 != 0 {
        return Err(config_dir::keeps_no_modes(path));
    }
    set.map_err(|error| failed(error.into()))?;
    file.write_all(text.as_bytes()).and_then(|()| nofollow::sync(file)).map_err(failed)
}

/// Sees to it that a file is not there.
fn remove(folder: &File, name: &str) -> io::Result<()> {
    match unlinkat(folder, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
