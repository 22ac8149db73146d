//! Questions to the person, which need a terminal on both sides.

use std::env;
use std::io::{self, BufRead, Read};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::streams::Streams;
use crate::base::failure::{self, Failure, Kind};
use crate::base::interrupt::{self, on_interrupt_or_hangup};

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

/// Asks for a secret, which is not shown while it is typed; `flag` is what gives it otherwise.
pub(crate) fn secret(streams: &Streams, question: &str, flag: &str) -> Result<Vec<u8>, Failure> {
    require_person(streams, flag)?;
    // Asked only when the terminal is silent: a person may paste as soon as the question is there.
    let typed = typed_unseen(|| streams.ask(question));
    streams.note("");
    let typed = typed.map_err(|error| Failure::usage(flag, failure::reason(&error)))?;
    typed.ok_or_else(|| Failure::new(Kind::Cancelled, "cancelled", "nothing was changed"))
}

/// Reads a line byte by byte, so that Ctrl-C does not leave the terminal silent. `None` after it, should that not have
/// ended the program.
fn typed_unseen(ask: impl FnOnce()) -> io::Result<Option<Vec<u8>>> {
    let (stdin, mut typed) = (io::stdin().lock(), Vec::new());
    let before = tcgetattr(&stdin)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    let shown = before.clone();
    let _pending = on_interrupt_or_hangup(move || {
        // Nothing can be done about a terminal that is gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &shown);
    });
    tcsetattr(&stdin, OptionalActions::Flush, &silent)?;
    ask();
    let mut interrupted = false;
    for byte in stdin.take(MAX_ANSWER).bytes() {
        match byte {
            Ok(b'\r' | b'\n' | END_OF_INPUT) | Err(_) => break,
            Ok(INTERRUPT) => {
                interrupted = true;
                break;
            }
            Ok(BACKSPACE | DELETE) => drop(typed.pop()),
            Ok(byte) => typed.push(byte),
        }
    }
    tcsetattr(io::stdin(), OptionalActions::Now, &before)?;
    if interrupted {
        interrupt::end();
        return Ok(None);
    }
    Ok(Some(typed))
}

const INTERRUPT: u8 = 3;
const END_OF_INPUT: u8 = 4;
const BACKSPACE: u8 = 8;
const DELETE: u8 = 127;

/// Refuses to ask where nobody can answer, naming the flag that answers for them.
pub(crate) fn require_person(streams: &Streams, flag: &str) -> Result<(), Failure> {
    let in_ci = env::var_os("CI").is_some_and(|value| !value.is_empty());
    if streams.stdin_is_terminal() && streams.stderr_is_terminal() && !in_ci {
        return Ok(());
    }
    Err(Failure::usage("this needs a confirmation", "there is no terminal to ask on")
        .fix(format!("give {flag}")))
}
