//! The program on the disk, and how it is replaced: at every moment the old one or the new one stands there whole.

use std::env;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, Dir, Mode, OFlags, linkat, renameat, unlinkat};
use rustix::io::{FdFlags, fcntl_setfd};

use super::version::Version;
use crate::base::failure::{self, Failure, Kind};
use crate::base::interrupt::{self, Pending};
use crate::base::lock::{self, LockError};
use crate::base::nofollow;
use crate::base::random;
use crate::base::subprocess;
use crate::output::streams::Streams;
use crate::project::pin::files;

const NEW: &str = "new";
const OLD: &str = "old";

/// A program that has not said its version by then does not work.
const PATIENCE: Duration = Duration::from_secs(20);

/// The file that the running program came from.
#[derive(Debug)]
pub(crate) struct Program {
    file: PathBuf,
    version: Version,
}

impl Program {
    /// The running one.
    pub(crate) fn running() -> Result<Self, Failure> {
        let file = env::current_exe().map_err(|error| {
            Failure::error("the program's own file", failure::reason(&error))
                .fix("mount /proc, or put the new program here by hand")
        })?;
        if !file.is_file() {
            return Err(Failure::error(file.display().to_string(), "is no longer there"));
        }
        Ok(Self { file, version: Version::running()? })
    }

    /// Where it is.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Which version it is.
    pub(crate) fn version(&self) -> Version {
        self.version
    }

    /// Puts `bytes`, which are `version`, in its place. A signal is answered by which of the two is there for as long
    /// as what this gives back is kept.
    pub(crate) fn replace(
        &self,
        streams: &Streams,
        bytes: &[u8],
        version: Version,
    ) -> Result<Pending, Failure> {
        let folder = self.file.parent().unwrap_or(Path::new("/"));
        let change = Change {
            folder: files::folder(folder)?,
            new: self.beside(NEW)?,
            old: self.beside(OLD)?,
            program: self,
            streams,
        };
        change.make(bytes, version)
    }

    /// Returns a path that nobody else has a file at.
    fn beside(&self, ending: &str) -> Result<PathBuf, Failure> {
        let name = name(&self.file).to_string_lossy();
        Ok(self.file.with_file_name(random::beside(&name, ending)?))
    }
}

/// One replacement.
struct Change<'a> {
    folder: File,
    /// The new program, until it stands in the place of the old one.
    new: PathBuf,
    /// A second name of the old program, until the new one has been seen to work.
    old: PathBuf,
    program: &'a Program,
    streams: &'a Streams,
}

impl Change<'_> {
    fn make(&self, bytes: &[u8], version: Version) -> Result<Pending, Failure> {
        match lock::attempt(&self.folder) {
            // Without locks two at once still leave one whole program.
            Ok(()) => self.remove_left_over(),
            Err(LockError::Unsupported) => {}
            Err(LockError::Held) => {
                let what = self.program.file.display().to_string();
                return Err(Failure::new(
                    Kind::Conflict,
                    what,
                    "another self-update is at work on it",
                ));
            }
            Err(LockError::Failed(error)) => return Err(self.failed(&self.program.file, &error)),
        }
        let pending = interrupt::on_interrupt(self.on_signal(version));
        // No file is made behind the back of a signal that has put away what there was.
        let prepared = pending
            .uninterrupted(|| self.write(bytes))
            .map_err(|error| self.failed(&self.new, &error))
            .and_then(|written| self.prepare(written, version, &pending));
        let written = match prepared {
            Ok(written) => written,
            Err(failure) => {
                self.remove(&self.new);
                self.remove(&self.old);
                return Err(failure);
            }
        };
        if let Err(why) = self.answers(&self.program.file, &written, version) {
            pending.uninterrupted(|| self.rename(&self.old)).map_err(|error| {
                Failure::error(self.program.file.display().to_string(), why.clone()).fix(format!(
                    "put {} back: {}",
                    self.old.display(),
                    failure::reason(&error)
                ))
            })?;
            return Err(self.refused(&why));
        }
        pending.uninterrupted(|| self.remove(&self.old));
        Ok(pending)
    }

    /// Removes what a run left that was killed: no other is at work, and nobody else has files of such names.
    fn remove_left_over(&self) {
        let program = name(&self.program.file).to_string_lossy();
        let entries = Dir::read_from(&self.folder).into_iter().flatten().flatten();
        for name in entries.filter_map(|entry| entry.file_name().to_str().ok().map(PathBuf::from)) {
            if random::is_beside(&name.to_string_lossy(), &program, &[NEW, OLD]) {
                self.remove(&name);
            }
        }
    }

    /// Runs the new program, then gives it the place of the old one.
    fn prepare(&self, written: File, version: Version, pending: &Pending) -> Result<File, Failure> {
        self.answers(&self.new, &written, version).map_err(|why| self.refused(&why))?;
        pending.uninterrupted(|| self.exchange()).map(|()| written)
    }

    /// What is said, and put away, when a signal ends the program meanwhile.
    fn on_signal(&self, version: Version) -> impl FnOnce() + Send + use<> {
        let (streams, file) = (self.streams.clone(), self.program.file.clone());
        let (new, old, before) = (self.new.clone(), self.old.clone(), self.program.version);
        let found = |file: &Path| fs::metadata(file).ok().map(|found| identity(&found));
        let original = found(&file);
        move || {
            // A file that is not there, or cannot be removed, does no harm.
            let _ = fs::remove_file(new);
            let place = file.display();
            if found(&file) == original {
                let _ = fs::remove_file(old);
                streams.note(&format!("interrupted: {place} is alter {before}, as before"));
            } else if old.exists() {
                let old = old.display();
                streams
                    .note(&format!("interrupted: {place} is alter {version}; {old} is {before}"));
            } else {
                streams.note(&format!("interrupted: {place} is alter {version}"));
            }
        }
    }

    /// Writes the new program; returns a handle to read it by, which keeps its number from being given to another file.
    fn write(&self, bytes: &[u8]) -> io::Result<File> {
        let how = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let mut file =
            nofollow::file(&self.folder, name(&self.new), how, Mode::from_raw_mode(0o600))?;
        file.write_all(bytes)?;
        let (old, new) = (fs::metadata(&self.program.file)?, file.metadata()?);
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            fchown(&file, Some(old.uid()), Some(old.gid()))?;
        }
        file.set_permissions(Permissions::from_mode(old.mode() & 0o777))?;
        nofollow::sync(&file)?;
        // A program that is open for writing cannot be run.
        let read = nofollow::file(&self.folder, name(&self.new), OFlags::RDONLY, Mode::empty())?;
        if identity(&read.metadata()?) != identity(&new) {
            return Err(io::Error::other("was replaced by another file at once"));
        }
        Ok(read)
    }

    /// Checks that a program runs here and says that it is this version. Whoever may write to the folder could put
    /// another in its place meanwhile: what is run is the file that was written, by its open handle.
    fn answers(&self, file: &Path, written: &File, version: Version) -> Result<(), String> {
        let reason = |error: io::Error| failure::reason(&error);
        let found = fs::symlink_metadata(file).map_err(reason)?;
        if identity(&found) != identity(&written.metadata().map_err(reason)?) {
            return Err("was replaced by another file while it was checked".into());
        }
        let handle = PathBuf::from(format!("/proc/self/fd/{}", written.as_raw_fd()));
        if !handle.exists() {
            self.check_folder()?;
            return run(file, version);
        }
        // A script is opened again by its interpreter.
        fcntl_setfd(written, FdFlags::empty()).map_err(|error| reason(error.into()))?;
        run(&handle, version)
    }

    /// Checks that nobody else may put files into the folder.
    fn check_folder(&self) -> Result<(), String> {
        const OTHERS: u32 = 0o022;
        let mode = self.folder.metadata().map_err(|error| failure::reason(&error))?.mode();
        if mode & OTHERS == 0 {
            return Ok(());
        }
        Err("is in a folder that others may write to, who could put another in its place: chmod go-w it".into())
    }

    /// Gives the old program its second name, then the new one the place of the old.
    fn exchange(&self) -> Result<(), Failure> {
        let (from, to) = (name(&self.program.file), name(&self.old));
        linkat(&self.folder, from, &self.folder, to, AtFlags::empty())
            .map_err(io::Error::from)
            .and_then(|()| self.rename(&self.new))
            .map_err(|error| self.failed(&self.program.file, &error))
    }

    /// Puts a file in the place of the program.
    fn rename(&self, from: &Path) -> io::Result<()> {
        renameat(&self.folder, name(from), &self.folder, name(&self.program.file))?;
        nofollow::sync(&self.folder)
    }

    fn remove(&self, file: &Path) {
        // One that is not there need not be removed, and one that cannot be stops the next step.
        let _ = unlinkat(&self.folder, name(file), AtFlags::empty());
    }

    fn failed(&self, file: &Path, error: &io::Error) -> Failure {
        let why = format!("{}; {}", failure::reason(error), self.unchanged());
        let failure = Failure::error(file.display().to_string(), why);
        match error.kind() {
            io::ErrorKind::PermissionDenied => {
                failure.fix("repeat it as the user who may write to that folder, such as with sudo")
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                failure.fix("make room on that disk, and repeat it")
            }
            _ => failure,
        }
    }

    fn refused(&self, why: &str) -> Failure {
        Failure::error("the new program", format!("{why}; {}", self.unchanged()))
    }

    fn unchanged(&self) -> String {
        format!("{} is alter {}, as before", self.program.file.display(), self.program.version)
    }
}

/// Returns the device and the number of a file, which tell it from another one that was put in its place.
fn identity(found: &Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}

fn name(file: &Path) -> &Path {
    file.file_name().map_or(file, Path::new)
}

/// Runs a program, which must say that it is this version.
fn run(file: &Path, version: Version) -> Result<(), String> {
    let mut command = subprocess::command(file);
    command.arg("--version");
    let outcome = subprocess::run(command, b"", Instant::now() + PATIENCE)
        .map_err(|error| format!("does not start: {}", failure::reason(&error)))?;
    let outcome = outcome.filter(|outcome| outcome.success).ok_or("does not answer --version")?;
    if outcome.stdout.starts_with(&format!("alter {version} ")) {
        return Ok(());
    }
    Err(format!("does not say that it is alter {version}"))
}
