//! A terminal: the program sees one on all three streams, and somebody types when the right words appear.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::json;

use super::Alter;
use super::alter::{Outcome, PROGRAM};
use super::process::{drain, finish};

/// A program on a terminal.
#[derive(Debug)]
pub(crate) struct Pty {
    argv: Vec<String>,
    env: BTreeMap<String, String>,
    cwd: String,
    columns: u16,
    steps: Vec<(String, String)>,
}

impl Pty {
    /// `alter`, as it was put together, on a terminal.
    pub(crate) fn of(run: &Alter) -> Self {
        let words = run.words().iter().map(|word| text(word));
        Self {
            argv: [PROGRAM.to_owned()].into_iter().chain(words).collect(),
            env: run.environment().iter().map(|(name, value)| (text(name), text(value))).collect(),
            cwd: text(run.folder().as_os_str()),
            columns: 200,
            steps: Vec::new(),
        }
    }

    /// Any program on a terminal, with an environment of its own.
    pub(crate) fn program(argv: &[&str], env: &[(&str, &str)], cwd: &Path) -> Self {
        Self {
            argv: argv.iter().map(|&word| word.to_owned()).collect(),
            env: env.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
            cwd: text(cwd.as_os_str()),
            columns: 200,
            steps: Vec::new(),
        }
    }

    /// Makes the terminal so wide.
    pub(crate) fn columns(mut self, columns: u16) -> Self {
        self.columns = columns;
        self
    }

    /// Types `answer` once `question` has appeared.
    pub(crate) fn answer(mut self, question: &str, answer: &str) -> Self {
        self.steps.push((question.to_owned(), answer.to_owned()));
        self
    }

    /// Runs it; standard output of the outcome is what the terminal got.
    #[track_caller]
    pub(crate) fn run(self) -> Outcome {
        let script = json!({
            "argv": self.argv, "env": self.env, "cwd": self.cwd,
            "rows": 50, "columns": self.columns, "steps": self.steps,
        });
        let python = Path::new("/usr/bin/python3");
        let python = if python.exists() { python } else { Path::new("python3") };
        let begun = Instant::now();
        let mut child = Command::new(python)
            .args(["-c", include_str!("pty.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("python3");
        let mut stdin = child.stdin.take().expect("a pipe");
        write!(stdin, "{script}").expect("a script");
        drop(stdin);
        let streams = [child.stdout.take().map(drain), child.stderr.take().map(drain)];
        let ([stdout, stderr], status) = finish(&mut child, streams);
        assert!(stderr.is_empty(), "{}", String::from_utf8_lossy(&stderr));
        Outcome {
            words: self.argv.iter().map(Into::into).collect(),
            stdout,
            stderr,
            status,
            took: begun.elapsed(),
        }
    }
}

fn text(text: &OsStr) -> String {
    text.to_str().expect("UTF-8").to_owned()
}
