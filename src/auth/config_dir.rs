//! The config folder: where it is, and whether it may be trusted with a credential.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;

use crate::base::environment;
use crate::base::failure::{self, Failure};
use crate::base::nofollow;
use crate::output::shell;

/// The way on where nothing can be kept in the folder.
pub(super) const ELSEWHERE: &str =
    "set ALTER_CONFIG_DIR to a folder of yours on a local disk, or use the PAT through ALTER_PAT";

/// Bits of a mode that let others write.
const WRITABLE: u32 = 0o022;

/// Returns `$ALTER_CONFIG_DIR`, else `$XDG_CONFIG_HOME/alter`, else `~/.config/alter`; `None` without a home.
pub(super) fn path() -> Result<Option<PathBuf>, Failure> {
    if let Some(own) = environment::folder("ALTER_CONFIG_DIR")? {
        // Put together again from its parts: a trailing slash would make the system follow a symlink.
        return Ok(Some(own.components().collect()));
    }
    let base = match environment::xdg_folder("XDG_CONFIG_HOME")? {
        None => environment::home()?.map(|home| home.join(".config")),
        base => base,
    };
    Ok(base.map(|base| base.join("alter")))
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
    nofollow::check_may_make(path)?;
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    if fs::metadata(path).is_ok_and(|made| made.mode() & WRITABLE != 0) {
        // It is empty; where it cannot be removed it does no harm.
        let _ = fs::remove_dir(path);
        return Err(keeps_no_modes(path));
    }
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
        return Err(refused(path, format!("belongs to another user (uid {})", found.uid()))
            .fix(format!("run it as that user, or {ELSEWHERE}")));
    }
    let given = found.mode() & forbidden;
    if given == 0 {
        return Ok(());
    }
    let why =
        if given & WRITABLE == 0 { "can be read by others" } else { "can be changed by others" };
    let path_word = shell::word(&path.display().to_string());
    Err(refused(path, why).fix(format!(
        "chmod {wanted} {path_word}; where that has no effect (drvfs, Docker Desktop), {ELSEWHERE}"
    )))
}

/// Returns the failure for a file system on which everybody may write what was made for one user alone.
pub(super) fn keeps_no_modes(path: &Path) -> Failure {
    let why = "this file system keeps no permissions (as drvfs and Docker Desktop mounts do), so others could read a PAT here";
    refused(path, why).fix(ELSEWHERE)
}

/// A folder or file of it that cannot be made or written.
pub(super) fn unusable(path: &Path, error: &io::Error) -> Failure {
    Failure::io(path, error).fix(format!("make the folder yours, or {ELSEWHERE}"))
}

pub(super) fn refused(path: &Path, why: impl Into<String>) -> Failure {
    Failure::usage(path.display().to_string(), why)
}
