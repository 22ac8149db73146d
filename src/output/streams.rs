//! The three standard streams: what is a terminal, what may be coloured, and the only writes there are.

use std::env;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use owo_colors::OwoColorize;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, OFlags};
use rustix::io::Errno;

use super::escape;
use super::layout::Room;
use crate::base::environment;
use crate::base::failure::{self, Failure, Kind};
use crate::base::redact;

/// What the standard streams are connected to.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    stdout: Sink,
    stderr: Sink,
    stdin_terminal: bool,
}

#[derive(Clone, Debug)]
struct Sink {
    terminal: bool,
    colour: bool,
    /// Whether it is a terminal that can rewrite a line, and may.
    draws: bool,
}

impl Sink {
    fn new(stream: &impl IsTerminal) -> Self {
        // Any text in it counts, also `0`: that is its standard, unlike that of our own switches.
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let terminal = stream.is_terminal();
        let draws = terminal && !plain && env::var_os("TERM").is_none_or(|term| term != "dumb");
        let forced = environment::switch("CLICOLOR_FORCE").unwrap_or(true);
        Self { terminal, colour: draws || (forced && !plain), draws }
    }
}

impl Streams {
    /// Looks at the streams this process was given.
    pub(crate) fn new() -> Self {
        Self {
            stdout: Sink::new(&io::stdout()),
            stderr: Sink::new(&io::stderr()),
            stdin_terminal: io::stdin().is_terminal(),
        }
    }

    /// Whether a person reads standard output.
    pub(crate) fn stdout_is_terminal(&self) -> bool {
        self.stdout.terminal
    }

    /// Whether a person reads standard error.
    pub(crate) fn stderr_is_terminal(&self) -> bool {
        self.stderr.terminal
    }

    /// Whether what is printed goes nowhere: standard output is open for reading alone, or `/dev/null`, or was closed,
    /// which Rust makes the same.
    pub(crate) fn stdout_is_discarded(&self) -> bool {
        let flags = rustix::fs::fcntl_getfl(io::stdout());
        if flags.is_ok_and(|flags| flags & OFlags::ACCMODE == OFlags::RDONLY) {
            return true;
        }
        let null = rustix::fs::stat("/dev/null");
        let here = rustix::fs::fstat(io::stdout());
        matches!((null, here), (Ok(null), Ok(here)) if here.st_rdev == null.st_rdev && here.st_mode == null.st_mode)
    }

    /// Whether a line that rewrites itself has a place: standard error is a terminal, and standard output is one or a
    /// file. The reader of a pipe may be writing to the same screen.
    pub(crate) fn shows_progress(&self) -> bool {
        let file = || {
            let stdout = rustix::fs::fstat(io::stdout());
            stdout.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile)
        };
        self.draws() && (self.stdout.terminal || file())
    }

    /// Whether standard error is ours to draw on at this moment: a job in the background would draw over what the person
    /// types at the shell.
    fn draws(&self) -> bool {
        let in_front = || {
            let front = rustix::termios::tcgetpgrp(io::stderr());
            front.is_ok_and(|front| front == rustix::process::getpgrp())
        };
        self.stderr.draws && in_front()
    }

    /// Whether a person can type an answer.
    pub(crate) fn stdin_is_terminal(&self) -> bool {
        self.stdin_terminal
    }

    /// The columns of the terminal on standard output; `None` when it is no terminal.
    pub(crate) fn width(&self) -> Option<usize> {
        if !self.stdout.terminal {
            return None;
        }
        rustix::termios::tcgetwinsize(io::stdout())
            .ok()
            .map(|size| usize::from(size.ws_col))
            .filter(|columns| *columns > 0)
            .or_else(columns)
    }

    /// Returns the columns for running text: those of the terminal, else those that COLUMNS asks for.
    pub(crate) fn text_width(&self) -> Option<usize> {
        self.width().or_else(columns)
    }

    /// Returns the room that a table has on standard output.
    pub(crate) fn room(&self) -> Room {
        Room { width: self.width(), colour: self.stdout.colour, unicode: has_unicode() }
    }

    /// Opens standard output for one result.
    ///
    /// # Errors
    /// Fails when the stream cannot be had at all.
    pub(crate) fn result(&self) -> Result<Output, Failure> {
        let fd = io::stdout().as_fd().try_clone_to_owned().map_err(|error| unwritable(&error))?;
        Ok(Output {
            writer: BufWriter::with_capacity(64 << 10, File::from(fd)),
            terminal: self.stdout.terminal,
            colour: self.stdout.colour,
        })
    }

    /// Waits that long, or until the reader of standard output has gone away. Returns whether it has.
    pub(crate) fn is_reader_gone_within(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).unwrap_or_default();
            let stdout = io::stdout();
            // Nothing is waited for but what is always told: an error or a hang-up.
            let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
            match poll(&mut watched, Some(&left)) {
                Ok(0) => return false,
                Ok(_) => return true,
                Err(Errno::INTR) => {}
                Err(_) => {
                    thread::sleep(until.saturating_duration_since(Instant::now()));
                    return false;
                }
            }
        }
    }

    /// Tells the person something, on one line.
    pub(crate) fn note(&self, text: &str) {
        self.say(&escape::text(text));
    }

    /// Warns the person, on one line.
    pub(crate) fn warn(&self, text: &str) {
        let label =
            if self.stderr.colour { "warning:".yellow().to_string() } else { "warning:".into() };
        self.say(&format!("{label} {}", escape::text(text)));
    }

    /// Shows raw bytes on standard error: escaped for a terminal, untouched otherwise.
    pub(crate) fn raw_note(&self, bytes: &[u8]) {
        let mut stderr = io::stderr().lock();
        let _ = if self.stderr.terminal {
            stderr.write_all(escape::raw(bytes).as_bytes())
        } else {
            stderr.write_all(bytes)
        };
        let _ = stderr.write_all(b"\n");
    }

    /// Asks a question and leaves the cursor behind it.
    pub(crate) fn ask(&self, question: &str) {
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "{} ", escape::text(question));
        let _ = stderr.flush();
    }

    /// Rewrites the progress line; an empty text removes it. Only for a terminal that may show more than bare text.
    pub(crate) fn progress(&self, text: &str) {
        if self.draws() {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\x1b[2K{}", escape::text(text));
            let _ = stderr.flush();
        }
    }

    /// Prints the one block that a failed command leaves.
    pub(crate) fn failure(&self, failure: &Failure, as_json: bool) {
        if failure.kind() == Kind::Closed {
            return;
        }
        if as_json {
            self.say(&escape::json(&failure.to_json()));
            return;
        }
        let name = if self.stderr.colour { "alter:".red().to_string() } else { "alter:".into() };
        self.say(&format!("{name} {}", escape::text(&failure.message())));
        for line in failure.details() {
            self.say(&format!("  {}", escape::text(&line)));
        }
    }

    // Nothing can be reported when standard error itself is gone.
    fn say(&self, line: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", redact::credentials(line));
    }
}

impl Default for Streams {
    fn default() -> Self {
        Self::new()
    }
}

/// Standard output, for the result and nothing else.
#[derive(Debug)]
pub(crate) struct Output {
    writer: BufWriter<File>,
    terminal: bool,
    colour: bool,
}

impl Output {
    /// Writes text whose untrusted parts are escaped already.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.bytes(text.as_bytes())
    }

    /// Writes a heading, which a terminal shows in bold.
    pub(crate) fn heading(&mut self, text: &str) -> Result<(), Failure> {
        if self.colour { self.text(&text.bold().to_string()) } else { self.text(text) }
    }

    /// Writes JSON: escaped for a terminal, byte for byte otherwise.
    pub(crate) fn json(&mut self, document: &str) -> Result<(), Failure> {
        if self.terminal {
            return self.text(&escape::json(document));
        }
        self.text(document)
    }

    /// Writes a body: escaped for a terminal, byte for byte otherwise.
    pub(crate) fn raw(&mut self, body: &[u8]) -> Result<(), Failure> {
        if self.terminal {
            return self.text(&escape::raw(body));
        }
        self.bytes(body)
    }

    /// Hands on what was written so far.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(|error| unwritable(&error))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.writer.write_all(bytes).map_err(|error| unwritable(&error))
    }
}

fn columns() -> Option<usize> {
    env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0)
}

/// Returns whether the locale says that text is UTF-8.
fn has_unicode() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(env::var_os);
    let locale = set.into_iter().find(|locale| !locale.is_empty()).unwrap_or_default();
    let locale = locale.to_string_lossy().to_ascii_lowercase().replace('-', "");
    locale.contains("utf8")
}

fn unwritable(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::closed();
    }
    Failure::error("cannot write to standard output", failure::reason(error))
}
