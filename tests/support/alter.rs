//! One run of `alter`: words, environment and input in; both streams and the exit code out.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::process::{drain, finish};
use super::{Home, PAT, Portal, Server};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_alter");

/// A run that is being put together.
#[derive(Debug)]
pub(crate) struct Alter {
    program: Vec<OsString>,
    args: Vec<OsString>,
    envs: Vec<(OsString, OsString)>,
    cwd: PathBuf,
    stdin: Option<Vec<u8>>,
    // Dropped, and with it the folder, when the run is over.
    home: Option<Home>,
}

/// `alter` with these words, in a home of its own, with nothing in the environment but that home.
pub(crate) fn alter<const N: usize>(args: [&str; N]) -> Alter {
    let home = Home::new();
    let mut run = Alter {
        program: vec![PROGRAM.into()],
        args: args.map(OsString::from).to_vec(),
        envs: Vec::new(),
        cwd: home.path().to_owned(),
        stdin: None,
        home: None,
    }
    .home(&home);
    run.home = Some(home);
    run
}

impl Alter {
    /// One more word.
    pub(crate) fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.args.push(word.as_ref().to_owned());
        self
    }

    /// Runs another file than the program under test, by way of what stands before it.
    pub(crate) fn program(mut self, words: &[&OsStr]) -> Self {
        self.program = words.iter().map(OsString::from).collect();
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.envs.retain(|(set, _)| set != name);
        self.envs.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Leaves the environment empty.
    pub(crate) fn bare(mut self) -> Self {
        self.envs.clear();
        self
    }

    /// Runs in a folder that outlives the run.
    pub(crate) fn home(self, home: &Home) -> Self {
        self.env("HOME", home.path())
            .env("ALTER_CONFIG_DIR", home.join(".config-alter"))
            .cwd(home.path())
    }

    /// Runs in another working folder.
    pub(crate) fn cwd(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.cwd);
        self
    }

    /// Talks to a portal with its ready PAT.
    pub(crate) fn at(self, portal: &Portal) -> Self {
        self.env("ALTER_BASE_URL", &portal.base_url).env("ALTER_PAT", &portal.pat)
    }

    /// Talks to a server with a PAT that it does not check.
    pub(crate) fn to(self, server: &Server) -> Self {
        self.env("ALTER_BASE_URL", server.url()).env("ALTER_PAT", PAT)
    }

    /// Gives this on standard input, instead of nothing.
    pub(crate) fn stdin(mut self, text: impl AsRef<[u8]>) -> Self {
        self.stdin = Some(text.as_ref().to_owned());
        self
    }

    /// The program, its words, and its environment.
    pub(crate) fn command(&self) -> Command {
        let (program, before) = self.program.split_first().expect("a program");
        let mut command = Command::new(program);
        command.args(before);
        self.prepared(command)
    }

    fn prepared(&self, mut command: Command) -> Command {
        command
            .args(&self.args)
            .env_clear()
            .envs(self.envs.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.cwd)
            .stdin(Stdio::null());
        command
    }

    /// The words after the program's name.
    pub(crate) fn words(&self) -> &[OsString] {
        &self.args
    }

    /// Starts it with both streams as pipes.
    pub(crate) fn spawn(&self) -> Child {
        self.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("alter starts")
    }

    /// The same where SIGINT ends it: whoever runs the tests with `nohup … &` has it ignored, and that is inherited.
    pub(crate) fn spawn_interruptible(&self) -> Child {
        let mut command = Command::new("/usr/bin/env");
        command.args(["--default-signal=INT", PROGRAM]);
        let mut command = self.prepared(command);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("alter starts")
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn run(self) -> Outcome {
        self.run_into(Stdio::piped())
    }

    /// Runs it to its end with standard output connected to something else.
    #[track_caller]
    pub(crate) fn run_into(self, stdout: Stdio) -> Outcome {
        let mut command = self.command();
        command.stdout(stdout).stderr(Stdio::piped());
        if self.stdin.is_some() {
            command.stdin(Stdio::piped());
        }
        let begun = Instant::now();
        let mut child = command.spawn().expect("alter starts");
        if let (Some(text), Some(mut stdin)) = (&self.stdin, child.stdin.take()) {
            // It may end without having read it.
            let _ = stdin.write_all(text);
        }
        let stdout = child.stdout.take().map(drain);
        let stderr = child.stderr.take().map(drain);
        let ([stdout, stderr], status) = finish(&mut child, [stdout, stderr]);
        Outcome { words: self.args.clone(), stdout, stderr, status, took: begun.elapsed() }
    }

    /// Where it runs.
    pub(crate) fn folder(&self) -> &Path {
        &self.cwd
    }

    /// The variables it gets.
    pub(crate) fn environment(&self) -> &[(OsString, OsString)] {
        &self.envs
    }
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) words: Vec<OsString>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) status: ExitStatus,
    pub(crate) took: Duration,
}

impl Outcome {
    /// Standard output as text.
    #[track_caller]
    pub(crate) fn out(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("UTF-8 on standard output")
    }

    /// Standard error as text.
    #[track_caller]
    pub(crate) fn err(&self) -> &str {
        std::str::from_utf8(&self.stderr).expect("UTF-8 on standard error")
    }

    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.status.code(), Some(code), "exit code of {self}");
        self
    }

    /// Checks that a signal ended it, or the exit code that a shell makes of it.
    #[track_caller]
    pub(crate) fn ended_by(&self, signal: i32) -> &Self {
        let by = self.status.signal().or(self.status.code().map(|code| code - 128));
        assert_eq!(by, Some(signal), "signal that ended {self}");
        self
    }

    /// Checks standard output to the byte.
    #[track_caller]
    pub(crate) fn prints(&self, text: &str) -> &Self {
        assert_eq!(self.out(), text, "standard output of {self}");
        self
    }

    /// Checks standard error to the byte.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert_eq!(self.err(), text, "standard error of {self}");
        self
    }

    /// Checks for a part of standard output.
    #[track_caller]
    pub(crate) fn shows(&self, part: &str) -> &Self {
        assert!(self.out().contains(part), "no `{part}` in the output of {self}");
        self
    }

    /// Checks for a part of standard error.
    #[track_caller]
    pub(crate) fn stderr_has(&self, part: &str) -> &Self {
        assert!(self.err().contains(part), "no `{part}` in the errors of {self}");
        self
    }

    /// Checks that a text is in neither stream.
    #[track_caller]
    pub(crate) fn hides(&self, text: &str) -> &Self {
        for stream in [&self.stdout, &self.stderr] {
            let shown = String::from_utf8_lossy(stream);
            assert!(!shown.contains(text), "`{text}` is shown by {self}");
        }
        self
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}) from {self}"))
    }

    /// Standard output as JSON lines.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        let lines = self.out().lines().map(serde_json::from_str);
        lines
            .collect::<Result<_, _>>()
            .unwrap_or_else(|error| panic!("no JSON lines ({error}) from {self}"))
    }

    /// The one JSON line on standard error that a failure is, what is under `error`.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        let last = self.err().lines().last().unwrap_or_default();
        let line: Value = serde_json::from_str(last)
            .unwrap_or_else(|error| panic!("no JSON error ({error}) from {self}"));
        line["error"].clone()
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let shown =
            |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(4000)]).into_owned();
        write!(
            f,
            "alter {:?} ({})\n--- stdout\n{}\n--- stderr\n{}",
            self.words,
            self.status,
            shown(&self.stdout),
            shown(&self.stderr)
        )
    }
}
