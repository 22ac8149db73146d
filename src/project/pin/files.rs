//! Files of a checkout, which somebody else may have made: no link is followed, and nothing is waited for.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, renameat, unlinkat};
use rustix::io::Errno;

use crate::base::failure::{self, Failure};
use crate::base::nofollow;

/// A config or `.gitignore` that is larger is none.
const MAX_BYTES: u64 = 64 << 10;

/// Opens a folder that may itself be reached through links, such as the working folder.
pub(crate) fn folder(path: &Path) -> Result<File, Failure> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    openat(CWD, path, flags, Mode::empty())
        .map(File::from)
        .map_err(|error| Failure::io(path, &error.into()))
}

/// Opens a folder in another, which must be a folder of ours and no link; `None` when there is none.
pub(crate) fn subfolder(of: impl AsFd, path: &Path) -> Result<Option<File>, Failure> {
    let folder = match nofollow::folder(of, name(path)) {
        Ok(folder) => folder,
        Err(Errno::NOENT) => return Ok(None),
        Err(error) if nofollow::is_link(error) => {
            return Err(refused(path, "is a symlink or no folder"));
        }
        Err(error) => return Err(Failure::io(path, &error.into())),
    };
    check_owner(path, &folder)?;
    Ok(Some(folder))
}

/// The same, made where it is missing.
pub(crate) fn made_subfolder(of: &File, path: &Path) -> Result<File, Failure> {
    match mkdirat(of, name(path), Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(Failure::io(path, &error.into())),
    }
    subfolder(of, path)?.ok_or_else(|| Failure::io(path, &Errno::NOENT.into()))
}

/// The text of a small regular file of ours; `None` when there is none.
pub(crate) fn read(of: impl AsFd, path: &Path) -> Result<Option<String>, Failure> {
    let Some(file) = open(of, path, OFlags::RDONLY)? else {
        return Ok(None);
    };
    let mut text = String::new();
    match file.take(MAX_BYTES + 1).read_to_string(&mut text) {
        Ok(read) if read as u64 <= MAX_BYTES => Ok(Some(text)),
        Ok(_) => Err(refused(path, "is larger than 64 KiB")),
        Err(error) => Err(refused(path, failure::reason(&error))),
    }
}

/// Replaces a file whole, by way of a new file beside it; what was there keeps its mode.
pub(crate) fn replace(of: &File, path: &Path, text: &str) -> Result<(), Failure> {
    let mode = open(of, path, OFlags::RDONLY)?.and_then(|old| old.metadata().ok());
    let temporary = format!("{}.new", name(path).display());
    // What an interrupted run left there, or somebody laid there, is not written through.
    let _ = unlinkat(of, temporary.as_str(), AtFlags::empty());
    let how = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
    let mut file = nofollow::file(of, Path::new(&temporary), how, Mode::from_raw_mode(0o644))
        .map_err(|error| Failure::io(path, &error.into()))?;
    let kept = mode.map_or(Ok(()), |old| file.set_permissions(old.permissions()));
    let written =
        kept.and_then(|()| file.write_all(text.as_bytes())).and_then(|()| file.sync_all());
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

fn open(of: impl AsFd, path: &Path, how: OFlags) -> Result<Option<File>, Failure> {
    let file = match nofollow::file(of, name(path), how, Mode::from_raw_mode(0o644)) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::LOOP | Errno::MLINK) => return Err(refused(path, "is a symlink")),
        Err(Errno::NXIO) => return Err(refused(path, "is no regular file")),
        Err(error) => return Err(Failure::io(path, &error.into())),
    };
    let found = check_owner(path, &file)?;
    if !found.is_file() {
        return Err(refused(path, "is no regular file"));
    }
    if found.len() > MAX_BYTES {
        return Err(refused(path, "is larger than 64 KiB"));
    }
    Ok(Some(file))
}

fn check_owner(path: &Path, file: &File) -> Result<std::fs::Metadata, Failure> {
    let found = file.metadata().map_err(|error| refused(path, failure::reason(&error)))?;
    if nofollow::is_ours(&found) {
        return Ok(found);
    }
    Err(refused(path, "belongs to another user"))
}

fn name(path: &Path) -> &Path {
    path.file_name().map_or(path, Path::new)
}

fn refused(path: &Path, why: impl Into<String>) -> Failure {
    Failure::usage(path.display().to_string(), why)
}
