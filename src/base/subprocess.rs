//! Programs that are run for the person, with none of our credentials in their environment.

use std::env;
use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Access, OFlags, access, fcntl_getfl, fcntl_setfl};

/// More than this is no answer of a helper.
const MAX_OUTPUT: usize = 4 << 20;
/// How soon the end of a child is noticed that keeps its output open, or closed it early.
const TICK: Duration = Duration::from_millis(5);

/// What a helper left behind.
pub(crate) struct Outcome {
    pub(crate) success: bool,
    /// The exit code; `None` after a signal.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A command for `program` that does not inherit our credentials. A bare name is looked for in the absolute folders
/// of PATH alone: the working folder may be a checkout that brings a `git` of its own.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let program = Path::new(program.as_ref());
    let mut command = Command::new(if program.components().count() > 1 {
        program.to_owned()
    } else {
        located(program).unwrap_or_else(|| Path::new("/usr/bin").join(program))
    });
    command.env_remove("ALTER_PAT").env_remove("ALTER_API_KEY");
    command
}

/// The first executable of that name in the absolute folders of PATH.
pub(crate) fn located(program: impl AsRef<Path>) -> Option<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&program))
        .find(|file| access(file, Access::EXEC_OK).is_ok() && file.is_file())
}

/// Runs a helper with `input` on its standard input; one that is not done by then is killed: `None`.
pub(crate) fn run(
    mut command: Command,
    input: &[u8],
    until: Instant,
) -> io::Result<Option<Outcome>> {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // Less than a pipe holds, so this never waits; a child that reads none of it says so by its exit.
        let _ = stdin.write_all(input);
    }
    let outcome = watch(&mut child, until);
    if !matches!(outcome, Ok(Some(_))) {
        let _ = child.kill();
        let _ = child.wait();
    }
    outcome
}

fn watch(child: &mut Child, until: Instant) -> io::Result<Option<Outcome>> {
    let (Some(mut stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Ok(None);
    };
    unblock(&stdout)?;
    unblock(&stderr)?;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    loop {
        let ended = child.try_wait()?;
        let open = [
            drain(&mut stdout, &mut out)?.then(|| stdout.as_fd()),
            drain(&mut stderr, &mut err)?.then(|| stderr.as_fd()),
        ];
        if let Some(status) = ended {
            return Ok(Some(Outcome {
                success: status.success(),
                code: status.code(),
                stdout: text(&out),
                stderr: text(&err),
            }));
        }
        if Instant::now() >= until || out.len() + err.len() > MAX_OUTPUT {
            return Ok(None);
        }
        let mut waiting: Vec<_> =
            open.iter().flatten().map(|fd| PollFd::from_borrowed_fd(*fd, PollFlags::IN)).collect();
        let tick = TICK.min(until.saturating_duration_since(Instant::now()));
        match poll(&mut waiting, tick.try_into().ok().as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn unblock(pipe: impl AsFd) -> io::Result<()> {
    let flags = fcntl_getfl(&pipe)?;
    Ok(fcntl_setfl(&pipe, flags | OFlags::NONBLOCK)?)
}

/// Takes what is there; says whether more may come.
fn drain(pipe: &mut impl Read, into: &mut Vec<u8>) -> io::Result<bool> {
    let mut chunk = [0; 4096];
    while into.len() <= MAX_OUTPUT {
        match pipe.read(&mut chunk) {
            Ok(0) => return Ok(false),
            Ok(count) => into.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
