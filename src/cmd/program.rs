//! The program: words in, exit code out. The only place that decides an exit code.

use std::env;
use std::process::ExitCode;

use crate::base::failure::Failure;
use crate::base::interrupt;
use crate::cli::argv::{self, Line};
use crate::cli::context::Context;
use crate::cli::{complete, help, tree};
use crate::cmd::Alter;
use crate::output::streams::Streams;
use rustix::process::{Resource, Rlimit, setrlimit};

/// Runs the words of the command line, and decides the exit code.
pub fn run() -> ExitCode {
    // A core would hold the PAT. Where the limit cannot be set, there is nothing better to do.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    interrupt::end_as_first_process();
    interrupt::outlive_file_limit();
    let streams = Streams::new();
    let (as_json, result) = match words() {
        Ok(words) if words.first().is_some_and(|word| word == complete::HOOK) => {
            (false, offer(&streams, &words))
        }
        Ok(words) => {
            let (as_json, line) = argv::read(&words);
            (as_json, line.and_then(|line| run_line(&streams, line)))
        }
        Err(failure) => (argv::read::<Alter>(&lossy_words()).0, Err(failure)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            streams.failure(&failure, as_json);
            ExitCode::from(failure.kind().exit())
        }
    }
}

fn words() -> Result<Vec<String>, Failure> {
    let words = env::args_os().skip(1).enumerate();
    words
        .map(|(at, word)| {
            word.into_string()
                .map_err(|_| Failure::usage(format!("argument {}", at + 1), "is not UTF-8"))
        })
        .collect()
}

/// The words with what is not UTF-8 in them replaced: enough to see whether failures are to be JSON.
fn lossy_words() -> Vec<String> {
    env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect()
}

/// Answers the shell that asks what may be at the cursor.
fn offer(streams: &Streams, words: &[String]) -> Result<(), Failure> {
    match words {
        [_, shell, words @ ..] => {
            print(streams, &complete::candidates(&tree::root::<Alter>(), shell, words))
        }
        _ => Ok(()),
    }
}

fn run_line(streams: &Streams, line: Line<Alter>) -> Result<(), Failure> {
    match line {
        Line::Run(run) => {
            let context = Context::new(streams.clone(), run.globals, run.page, run.given)?;
            run.command.run(&context)
        }
        Line::Help(words) => {
            print(streams, &help::command(&tree::root::<Alter>(), &words, width(streams))?)
        }
        Line::Topic(words) => {
            print(streams, &help::topic(&tree::root::<Alter>(), &words, width(streams))?)
        }
        Line::Version => print(
            streams,
            &format!(
                "alter {} ({}, {})\n",
                env!("CARGO_PKG_VERSION"),
                env!("ALTER_COMMIT"),
                env!("ALTER_TARGET")
            ),
        ),
    }
}

fn width(streams: &Streams) -> usize {
    streams.text_width().unwrap_or(help::WIDTH)
}

fn print(streams: &Streams, text: &str) -> Result<(), Failure> {
    let mut out = streams.result()?;
    for line in text.lines() {
        if help::is_heading(line) {
            out.heading(line)?;
        } else {
            out.text(line)?;
        }
        out.text("\n")?;
    }
    out.flush()
}
