//! Files and folders opened without following a link at their end, and without waiting for a FIFO's other end.

use std::fs::{File, Metadata};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::process::geteuid;

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
