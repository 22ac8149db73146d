//! Questions to the person, which need a terminal on both sides.

use std::io::{self, BufRead, Read};

use super::streams::Streams;
use super::unseen;
use crate::base::environment;
use crate::base::failure::{self, Failure, Kind};

/// Longer answers than this are no answers.
const MAX_ANSWER: u64 = 4096;

/// Asks `question` and wants a yes; `flag` is what skips the question.
pub(crate) fn confirm(streams: &Streams, question: &str, flag: &str) -> Result<(), Failure> {
    let response = response(streams, &format!("{question} [y/N]"), flag)?;
    if matches!(response.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::new(Kind::Cancelled, "cancelled", "nothing was changed"))
}

/// Asks for `name` to be typed exactly; `flag` is what skips the question.
pub(crate) fn type_name(
    streams: &Streams,
    question: &str,
    name: &str,
    flag: &str,
) -> Result<(), Failure> {
    let response = response(streams, question, flag)?;
    if without_markers(response.trim_end_matches(['\n', '\r'])) == name {
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

/// Returns an answer without what a terminal puts round a paste.
fn without_markers(answer: &str) -> &str {
    let answer = answer.strip_prefix("\u{1b}[200~").unwrap_or(answer);
    answer.strip_suffix("\u{1b}[201~").unwrap_or(answer)
}

/// Asks for a secret, which is not shown while it is typed; `flag` is what gives it otherwise.
pub(crate) fn secret(streams: &Streams, question: &str, flag: &str) -> Result<Vec<u8>, Failure> {
    require_person(streams, flag)?;
    // Asked only when the terminal is silent: a person may paste as soon as the question is there.
    let typed = unseen::line(|| streams.ask(question));
    streams.note("");
    let typed = typed.map_err(|error| Failure::usage(flag, failure::reason(&error)))?;
    typed.ok_or_else(|| Failure::new(Kind::Cancelled, "cancelled", "nothing was changed"))
}

/// Refuses to ask where nobody can answer, naming the flag that answers for them.
pub(crate) fn require_person(streams: &Streams, flag: &str) -> Result<(), Failure> {
    let why = if environment::switch("CI")? {
        "CI is set, so nobody is asked"
    } else if streams.stdin_is_terminal() && streams.stderr_is_terminal() {
        return Ok(());
    } else {
        "there is no terminal to ask on"
    };
    Err(Failure::usage("this needs a confirmation", why).fix(format!("give {flag}")))
}
