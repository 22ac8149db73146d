//! Questions to the person, which need a terminal on both sides.

use std::env;
use std::io::{self, BufRead, Read};

use super::streams::Streams;
use crate::failure::{Failure, Kind};

/// Longer answers than this are no answers.
const MAX_ANSWER: u64 = 4096;

/// Asks `question` and wants a yes; `flag` is what skips the question.
pub fn confirm(streams: &Streams, question: &str, flag: &str) -> Result<(), Failure> {
    let response = response(streams, &format!("{question} [y/N]"), flag)?;
    if matches!(response.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::new(Kind::Cancelled, "cancelled", "nothing was changed"))
}

/// Asks for `name` to be typed exactly; `flag` is what skips the question.
pub fn type_name(streams: &Streams, question: &str, name: &str, flag: &str) -> Result<(), Failure> {
    let response = response(streams, question, flag)?;
    if response.trim_end_matches(['\n', '\r']) == name {
        return Ok(());
    }
    Err(Failure::new(
        Kind::Cancelled,
        "cancelled",
        "what you typed is not the name; nothing was changed",
    ))
}

fn response(streams: &Streams, question: &str, flag: &str) -> Result<String, Failure> {
    require_person(streams, flag)?;
    streams.ask(question);
    let mut response = String::new();
    let read = io::stdin().lock().take(MAX_ANSWER).read_line(&mut response);
    match read {
        Ok(0) | Err(_) => {
            streams.note("");
            Err(Failure::new(Kind::Cancelled, "cancelled", "no answer; nothing was changed"))
        }
        Ok(_) => Ok(response),
    }
}

/// Refuses to ask where nobody can answer, naming the flag that answers for them.
pub fn require_person(streams: &Streams, flag: &str) -> Result<(), Failure> {
    let in_ci = env::var_os("CI").is_some_and(|value| !value.is_empty());
    if streams.stdin_is_terminal() && streams.stderr_is_terminal() && !in_ci {
        return Ok(());
    }
    Err(Failure::usage("this needs a confirmation", "there is no terminal to ask on")
        .fix(format!("give {flag}")))
}
