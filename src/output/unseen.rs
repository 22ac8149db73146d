//! A line that is typed or pasted at a terminal without being shown.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, read};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::base::interrupt::{self, on_interrupt};

/// What goes beyond it is read and dropped; one that is longer is not a credential.
const MAX_LINE: usize = 4096;
/// A terminal hands on a long paste piece by piece, a few milliseconds apart.
const QUIET: Duration = Duration::from_millis(50);
/// A key that is held down does not keep the program for ever.
const MAX_DRAIN: Duration = Duration::from_secs(2);

/// Reads a line after `ask` has put the question; `None` after Ctrl-C, should that not have ended the program. Nothing
/// that was typed or pasted is left to the shell.
pub(super) fn line(ask: impl FnOnce()) -> io::Result<Option<Vec<u8>>> {
    let before = tcgetattr(io::stdin())?;
    let mut silent = before.clone();
    silent
        .local_modes
        .remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
    let shown = before.clone();
    let _pending = on_interrupt(move || {
        // Nothing can be done about a terminal that is gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &shown);
    });
    tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
    ask();
    let mut line = Line::default();
    let last = typed(&mut line);
    drain();
    tcsetattr(io::stdin(), OptionalActions::Flush, &before)?;
    if last == Key::Interrupt {
        interrupt::end();
        return Ok(None);
    }
    Ok(Some(line.text.trim_ascii().to_vec()))
}

/// Reads keys up to the one that ends the line. They are not read through the buffer of standard input, where the rest
/// of a paste would become the answer to the next question.
fn typed(line: &mut Line) -> Key {
    let mut keys = [0; 1024];
    loop {
        match read(io::stdin(), &mut keys) {
            Err(Errno::INTR) => {}
            Ok(0) | Err(_) => return Key::End,
            Ok(count) => {
                let mut found = keys[..count].iter().map(|key| line.take(*key));
                if let Some(last) = found.find(|key| *key != Key::Part) {
                    return last;
                }
            }
        }
    }
}

/// Drops what follows the line, until nothing more comes.
fn drain() {
    let until = Instant::now() + MAX_DRAIN;
    let mut keys = [0; 4096];
    while Instant::now() < until && is_readable() {
        if !matches!(read(io::stdin(), &mut keys), Ok(1..) | Err(Errno::INTR)) {
            return;
        }
    }
}

fn is_readable() -> bool {
    let stdin = io::stdin();
    let mut waiting = [PollFd::new(&stdin, PollFlags::IN)];
    match poll(&mut waiting, QUIET.try_into().ok().as_ref()) {
        Ok(count) => count > 0,
        Err(error) => error == Errno::INTR,
    }
}

/// What a key did to the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Part,
    End,
    Interrupt,
}

/// A line so far.
#[derive(Debug, Default)]
struct Line {
    text: Vec<u8>,
    escape: Escape,
    pasting: bool,
}

/// What a terminal sends for keys without a letter, and round a paste: `ESC [ 200 ~`.
#[derive(Debug, Default)]
enum Escape {
    #[default]
    None,
    Begun,
    Sequence(Vec<u8>),
}

impl Line {
    fn take(&mut self, key: u8) -> Key {
        match (std::mem::take(&mut self.escape), key) {
            (_, ESCAPE) => self.escape = Escape::Begun,
            (Escape::Begun, b'[' | b'O') => self.escape = Escape::Sequence(Vec::new()),
            // Alt with a letter.
            (Escape::Begun, b' '..) => {}
            (Escape::Sequence(mut digits), b' '..=b'?') => {
                digits.push(key);
                self.escape = Escape::Sequence(digits);
            }
            (Escape::Sequence(digits), b'@'..) => match digits.as_slice() {
                b"200" => self.pasting = true,
                b"201" => self.pasting = false,
                _ => {}
            },
            (_, key) => return self.plain(key),
        }
        Key::Part
    }

    fn plain(&mut self, key: u8) -> Key {
        match key {
            // A paste may begin with an empty line.
            b'\r' | b'\n' if self.pasting && self.text.trim_ascii().is_empty() => {}
            b'\r' | b'\n' | END_OF_INPUT => return Key::End,
            INTERRUPT => return Key::Interrupt,
            BACKSPACE | DELETE => drop(self.text.pop()),
            CLEAR | CLEAR_WORD => self.text.clear(),
            b'\t' | b' '.. if self.text.len() <= MAX_LINE => self.text.push(key),
            _ => {}
        }
        Key::Part
    }
}

const INTERRUPT: u8 = 3;
const END_OF_INPUT: u8 = 4;
const BACKSPACE: u8 = 8;
const CLEAR: u8 = 21;
const CLEAR_WORD: u8 = 23;
const ESCAPE: u8 = 27;
const DELETE: u8 = 127;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_meant() {
        for (keys, text) in [
            ("abc\r", "abc"),
            ("ab\u{7f}c\n", "ac"),
            ("wrong\u{15}right\r", "right"),
            ("wrong\u{17}right\r", "right"),
            ("\u{1b}[200~abc\u{1b}[201~\r", "abc"),
            ("\u{1b}[200~\r  abc \u{1b}[201~\r", "  abc "),
            ("a\u{1b}[D\u{1b}OPb\u{1b}[3~\u{1b}xc\u{16}\u{1a}\r", "abc"),
        ] {
            let mut line = Line::default();
            let (last, parts) = keys.as_bytes().split_last().unwrap();
            assert!(parts.iter().all(|key| line.take(*key) == Key::Part), "{keys:?}");
            assert_eq!(line.take(*last), Key::End, "{keys:?}");
            assert_eq!(line.text, text.as_bytes(), "{keys:?}");
        }
    }
}
