//! Files of a checkout, which somebody else may have made: no link is followed, and nothing is waited for.

use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, renameat, unlinkat};
use rustix::io::Errno;
use rustix::process::geteuid;

use crate::base::failure::{self, Failure};
use crate::base::lock::{self, LockError};
use crate::base::nofollow;
use crate::base::random;
use crate::input::text;
use crate::output::shell;

/// A config or `.gitignore` that is larger is none.
const MAX_BYTES: u64 = 64 << 10;

/// Opens a folder that may itself be reached through links, such as the working folder.
pub(crate) fn folder(path: &Path) -> Result<File, Failure> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    openat(CWD, path, flags, Mode::empty())
        .map(File::from)
        .map_err(|error| Failure::io(path, &error.into()))
}

/// Opens such a folder for something to be made in it, while no other run changes what is there.
pub(crate) fn folder_to_change(path: &Path) -> Result<File, Failure> {
    let folder = folder(path)?;
    check_for_us(path, &folder)?;
    match lock::wait(&folder) {
        // Without locks there is nothing better; nothing that is kept here is secret.
        Ok(()) | Err(LockError::Unsupported) => Ok(folder),
        Err(LockError::Held) => {
            let why = "another alter has been changing it for too long";
            Err(Failure::error(path.display().to_string(), why))
        }
        Err(LockError::Failed(error)) => Err(Failure::io(path, &error)),
    }
}

/// Refuses a folder in which nothing may be made, for it is somebody else's.
pub(crate) fn check_for_us(path: &Path, folder: &File) -> Result<(), Failure> {
    let found = folder.metadata().map_err(|error| Failure::io(path, &error))?;
    nofollow::check_for_us(path, &found)
}

/// Whose files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Our own alone: they are about to be changed.
    Us,
    /// Also root's, and those of the person who called `sudo`.
    Trusted,
}

impl Owner {
    fn covers(self, found: &Metadata) -> bool {
        match self {
            Owner::Us => nofollow::is_ours(found),
            Owner::Trusted => nofollow::is_trusted(found),
        }
    }
}

/// Opens a folder in another, which must be a folder of that owner and no link; `None` when there is none.
pub(crate) fn subfolder(of: impl AsFd, path: &Path, owner: Owner) -> Result<Option<File>, Failure> {
    let folder = match nofollow::folder(of, name(path)) {
        Ok(folder) => folder,
        Err(Errno::NOENT) => return Ok(None),
        Err(error) if nofollow::is_link(error) => {
            return Err(refused(path, "is a symlink or no folder"));
        }
        Err(error) => return Err(Failure::io(path, &error.into())),
    };
    check_owner(path, &folder, owner)?;
    Ok(Some(folder))
}

/// The same, made where it is missing.
pub(crate) fn made_subfolder(of: &File, path: &Path) -> Result<File, Failure> {
    match mkdirat(of, name(path), Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(Failure::io(path, &error.into())),
    }
    subfolder(of, path, Owner::Us)?.ok_or_else(|| Failure::io(path, &Errno::NOENT.into()))
}

/// Returns the text of a small regular file of that owner; `None` when there is none.
pub(crate) fn read(of: impl AsFd, path: &Path, owner: Owner) -> Result<Option<String>, Failure> {
    let bytes = read_bytes(of, path, owner)?;
    bytes.map(|bytes| text::utf8(bytes).map_err(|why| refused(path, why))).transpose()
}

/// The same, not decoded.
pub(crate) fn read_bytes(
    of: impl AsFd,
    path: &Path,
    owner: Owner,
) -> Result<Option<Vec<u8>>, Failure> {
    let Some(file) = open(of, path, owner)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    match file.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
        Ok(read) if read as u64 <= MAX_BYTES => Ok(Some(bytes)),
        Ok(_) => Err(refused(path, "is larger than 64 KiB")),
        Err(error) => Err(refused(path, failure::reason(&error))),
    }
}

/// Replaces a file whole, by way of a new file beside it; what was there keeps its mode.
pub(crate) fn replace(of: &File, path: &Path, text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mode = open(of, path, Owner::Us)?.and_then(|old| old.metadata().ok());
    let temporary = random::beside(&name(path).to_string_lossy(), "new")?;
    let how = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
    let mut file = nofollow::file(of, Path::new(&temporary), how, Mode::from_raw_mode(0o644))
        .map_err(|error| Failure::io(path, &error.into()))?;
    let kept = mode.map_or(Ok(()), |old| file.set_permissions(old.permissions()));
    let written =
        kept.and_then(|()| file.write_all(text.as_ref())).and_then(|()| nofollow::sync(&file));
    let renamed = written
        .and_then(|()| renameat(of, temporary.as_str(), of, name(path)).map_err(io::Error::from));
    renamed.map_err(|error| {
        let _ = unlinkat(of, temporary.as_str(), AtFlags::empty());
        Failure::io(path, &error)
    })
}

/// Removes a file.
pub(crate) fn remove(of: &File, path: &Path) -> Result<(), Failure> {
    unlinkat(of, name(path), AtFlags::empty()).map_err(|error| Failure::io(path, &error.into()))
}

fn open(of: impl AsFd, path: &Path, owner: Owner) -> Result<Option<File>, Failure> {
    let file = match nofollow::file(of, name(path), OFlags::RDONLY, Mode::empty()) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::LOOP | Errno::MLINK) => return Err(refused(path, "is a symlink")),
        Err(Errno::NXIO) => return Err(refused(path, "is no regular file")),
        Err(error) => return Err(Failure::io(path, &error.into())),
    };
    let found = check_owner(path, &file, owner)?;
    if !found.is_file() {
        return Err(refused(path, "is no regular file"));
    }
    if found.len() > MAX_BYTES {
        return Err(refused(path, "is larger than 64 KiB"));
    }
    Ok(Some(file))
}

fn check_owner(path: &Path, file: &File, owner: Owner) -> Result<Metadata, Failure> {
    let found = file.metadata().map_err(|error| refused(path, failure::reason(&error)))?;
    if owner.covers(&found) {
        return Ok(found);
    }
    let why = format!("belongs to another user (uid {})", found.uid());
    let make_ours = format!("chown -R {} {}", geteuid().as_raw(), word(path));
    let fix = match owner {
        Owner::Us => format!("run it as that user, or make it yours: {make_ours}"),
        Owner::Trusted => {
            format!("give --app ID, or set ALTER_APP_ID, or make it yours: {make_ours}")
        }
    };
    Err(refused(path, why).fix(fix))
}

fn word(path: &Path) -> String {
    shell::word(&path.display().to_string())
}

fn name(path: &Path) -> &Path {
    path.file_name().map_or(path, Path::new)
}

fn refused(path: &Path, why: impl Into<String>) -> Failure {
    Failure::usage(path.display().to_string(), why)
}
