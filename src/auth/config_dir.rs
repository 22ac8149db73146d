//! The config folder: where it is, and whether it may be trusted with a credential.

use std::fs::{DirBuilder, File, Metadata};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::{env, io};

use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;

use crate::base::failure::{self, Failure};
use crate::base::nofollow;
use crate::output::shell;

/// Bits of a mode that let others write.
const WRITABLE: u32 = 0o022;

/// `$ALTER_CONFIG_DIR`, else `$XDG_CONFIG_HOME/alter`, else `~/.config/alter`; `None` without a home.
pub(super) fn path() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(own) = set("ALTER_CONFIG_DIR") {
        // Put together again from its parts: a trailing slash would make the system follow a symlink.
        return Some(Path::new(&own).components().collect());
    }
    let base = set("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(dirs::home_dir()?.join(".config")))?;
    Some(base.join("alter"))
}

/// Opens the folder and checks it; `None` when there is none.
pub(super) fn open(path: &Path) -> Result<Option<File>, Failure> {
    let folder = match nofollow::folder(CWD, path) {
        Ok(folder) => folder,
        Err(Errno::NOENT) => return Ok(None),
        Err(error) if nofollow::is_link(error) => {
            return Err(refused(path, "is a symlink or no folder"));
        }
        Err(error) => return Err(refused(path, failure::reason(&error.into()))),
    };
    let found = folder.metadata().map_err(|error| refused(path, failure::reason(&error)))?;
    check(path, &found, WRITABLE, "700")?;
    Ok(Some(folder))
}

/// Makes the folder where it is missing, then opens and checks it.
pub(super) fn create(path: &Path) -> Result<File, Failure> {
    let failed = |error: io::Error| unusable(path, &error);
    if let Some(folder) = open(path)? {
        return Ok(folder);
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    open(path)?.ok_or_else(|| failed(io::ErrorKind::NotFound.into()))
}

/// Opens a file in the folder; one that is made is for its owner alone.
pub(super) fn open_file(folder: impl AsFd, name: &str, how: OFlags) -> Result<File, Errno> {
    nofollow::file(folder, Path::new(name), how, Mode::RUSR | Mode::WUSR)
}

/// Refuses what is not ours, or gives others one of the `forbidden` rights.
pub(super) fn check(
    path: &Path,
    found: &Metadata,
    forbidden: u32,
    wanted: &str,
) -> Result<(), Failure> {
    if !nofollow::is_ours(found) {
        return Err(refused(path, "belongs to another user"));
    }
    let given = found.mode() & forbidden;
    if given == 0 {
        return Ok(());
    }
    let why =
        if given & WRITABLE == 0 { "can be read by others" } else { "can be changed by others" };
    Err(refused(path, why)
        .fix(format!("chmod {wanted} {}", shell::word(&path.display().to_string()))))
}

/// A folder or file of it that cannot be made or written.
pub(super) fn unusable(path: &Path, error: &io::Error) -> Failure {
    Failure::io(path, error).fix("make the folder yours, or set ALTER_CONFIG_DIR to one that is")
}

pub(super) fn refused(path: &Path, why: impl Into<String>) -> Failure {
    Failure::usage(path.display().to_string(), why)
}
