//! Files and folders opened without following a link at their end, and without waiting for a FIFO's other end.

use std::env;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags, fsync, openat};
use rustix::io::Errno;
use rustix::process::geteuid;

use crate::base::failure::Failure;

/// Opens a folder.
pub(crate) fn folder(of: impl AsFd, path: &Path) -> Result<File, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(of, path, flags, Mode::empty()).map(File::from)
}

/// Opens a file; `mode` is for one that is made.
pub(crate) fn file(of: impl AsFd, path: &Path, how: OFlags, mode: Mode) -> Result<File, Errno> {
    let flags = how | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    openat(of, path, flags, mode).map(File::from)
}

/// Whether something was not opened because it is a link, or no folder where one was wanted.
pub(crate) fn is_link(error: Errno) -> bool {
    matches!(error, Errno::NOTDIR | Errno::LOOP | Errno::MLINK)
}

/// Whether it belongs to the user that this process acts for.
pub(crate) fn is_ours(found: &Metadata) -> bool {
    found.uid() == geteuid().as_raw()
}

/// Returns whether what it says may be followed: it belongs to us, to root, or to the person who called `sudo`.
pub(crate) fn is_trusted(found: &Metadata) -> bool {
    is_ours(found) || found.uid() == 0 || is_callers(found)
}

/// Returns whether it belongs to the person who called `sudo`.
pub(crate) fn is_callers(found: &Metadata) -> bool {
    let caller = env::var("SUDO_UID").ok().and_then(|uid| uid.parse::<u32>().ok());
    caller == Some(found.uid())
}

/// Returns whether something may be made in a folder: it is ours, or root's and open to us, as `/tmp` is. What root
/// makes in somebody else's folder would lock them out.
pub(crate) fn is_for_us(found: &Metadata) -> bool {
    is_ours(found) || found.uid() == 0
}

/// Puts what was written on the disk. A file system that cannot be told to says so with EINVAL or ENOTSUP, which is not
/// a failure of what is written.
pub(crate) fn sync(file: &File) -> io::Result<()> {
    const NOT_POSSIBLE: [Errno; 4] = [Errno::INVAL, Errno::NOTSUP, Errno::OPNOTSUPP, Errno::NOSYS];
    match fsync(file) {
        Err(error) if !NOT_POSSIBLE.contains(&error) => Err(error.into()),
        _ => Ok(()),
    }
}

/// Returns whether a path still names the file that was opened.
pub(crate) fn still_names(path: &Path, file: &File) -> bool {
    let identity = |found: Metadata| (found.dev(), found.ino());
    let there = fs::symlink_metadata(path).map(identity);
    matches!((there, file.metadata().map(identity)), (Ok(there), Ok(ours)) if there == ours)
}

/// Refuses to make a file or folder at a path where the nearest folder there is belongs to somebody else.
pub(crate) fn check_may_make(path: &Path) -> Result<(), Failure> {
    let folders = path.ancestors().filter(|folder| !folder.as_os_str().is_empty());
    let nearest = folders.skip(1).find_map(|folder| Some((folder, fs::metadata(folder).ok()?)));
    nearest.map_or(Ok(()), |(folder, found)| check_for_us(folder, &found))
}

/// Refuses to make something in a folder of somebody else.
pub(crate) fn check_for_us(folder: &Path, found: &Metadata) -> Result<(), Failure> {
    if is_for_us(found) {
        return Ok(());
    }
    let why = format!("belongs to another user (uid {}): nothing is made there", found.uid());
    let fix = if is_callers(found) { "run it without sudo" } else { "run it as that user" };
    Err(Failure::usage(folder.display().to_string(), why).fix(fix))
}
