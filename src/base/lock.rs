//! Locks between runs of this program, held for as long as the file or folder stays open.

use std::fs::{File, TryLockError};
use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::io::Errno;

/// A run holds a lock for a few milliseconds.
const WAIT: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(10);

/// The reasons why there is no lock.
#[derive(Debug)]
pub(crate) enum LockError {
    /// Another run has had it for too long.
    Held,
    /// The file system has none: some network, FUSE and container mounts.
    Unsupported,
    /// Anything else.
    Failed(io::Error),
}

/// Takes a lock, waiting for other runs.
pub(crate) fn wait(file: &File) -> Result<(), LockError> {
    let until = Instant::now() + WAIT;
    loop {
        match attempt(file) {
            Err(LockError::Held) if Instant::now() < until => sleep(TICK),
            done => return done,
        }
    }
}

/// Takes a lock that is free.
pub(crate) fn attempt(file: &File) -> Result<(), LockError> {
    // NFS has no lock on what is open for reading alone, such as a folder: EBADF.
    const NONE: [Errno; 6] =
        [Errno::NOLCK, Errno::NOTSUP, Errno::OPNOTSUPP, Errno::NOSYS, Errno::INVAL, Errno::BADF];
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => LockError::Held,
        TryLockError::Error(error) => match Errno::from_io_error(&error) {
            Some(errno) if NONE.contains(&errno) => LockError::Unsupported,
            _ => LockError::Failed(error),
        },
    })
}
