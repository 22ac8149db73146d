//! The command line of the Alter developer portal: words in, exit code out.

use std::env;
use std::process::ExitCode;

use alter::cli::argv::{self, Line};
use alter::cli::{complete, help, tree};
use alter::cmd::Alter;
use alter::context::Context;
use alter::failure::Failure;
use alter::out::streams::Streams;

fn main() -> ExitCode {
    let streams = Streams::new();
    let (as_json, result) = match words() {
        Ok(words) if words.first().is_some_and(|word| word == complete::HOOK) => {
            (false, offer(&words))
        }
        Ok(words) => {
            let (as_json, line) = argv::read(&words);
            (as_json, line.and_then(run))
        }
        Err(failure) => (false, Err(failure)),
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

/// Answers the shell that asks what may stand at the cursor.
fn offer(words: &[String]) -> Result<(), Failure> {
    match words {
        [_, shell, words @ ..] => {
            print(&complete::candidates(&tree::root::<Alter>(), shell, words))
        }
        _ => Ok(()),
    }
}

fn run(line: Line<Alter>) -> Result<(), Failure> {
    match line {
        Line::Run(run) => run
            .command
            .run(&Context::new(Streams::new(), run.globals, run.page)?),
        Line::Help(words) => print(&help::command(&tree::root::<Alter>(), &words)?),
        Line::Topic(words) => print(&help::topic(&tree::root::<Alter>(), &words)?),
        Line::Version => print(&format!(
            "alter {} ({}, {})\n",
            env!("CARGO_PKG_VERSION"),
            env!("ALTER_COMMIT"),
            env!("ALTER_TARGET")
        )),
    }
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = Streams::new().result()?;
    out.text(text)?;
    out.flush()
}
