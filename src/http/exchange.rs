//! The connection as an exchange uses it: a time limit says in which phase it ended, and a head with more lines than
//! ureq takes is cut down to those that somebody reads.

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Error, Timeout};

use super::observed::Observed;

/// Lines of a head that stay, whatever they are. ureq takes 128.
const MAX_LINES: usize = 100;

/// Headers that stay wherever they stand: those that frame the body, and those that are read here.
const READ: &[&str] = &[
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "idempotency-replayed",
    "location",
    "retry-after",
    "transfer-encoding",
    "www-authenticate",
    "x-alter-actor-id",
    "x-alter-key-deprecated",
    "x-request-id",
];

/// Watches over the exchanges on a connection.
#[derive(Debug)]
pub(super) struct Watch(pub(super) Observed);

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched<In>;

    fn connect(
        &self,
        _: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let observed = self.0.clone();
        observed.connected();
        Ok(chained.map(|transport| Watched { transport, in_head: true, observed }))
    }
}

/// A connection whose exchanges are watched.
#[derive(Debug)]
pub(super) struct Watched<T> {
    transport: T,
    /// Whether the head of an answer is still to come, or to be ended.
    in_head: bool,
    observed: Observed,
}

impl<T: Transport> Watched<T> {
    /// Drops the lines of the head that are too many, in the buffer that ureq reads it from.
    fn cut_head(&mut self) {
        let buffers = self.transport.buffers();
        let (kept, ended) = cut(buffers.input());
        self.in_head = !ended;
        if let Some(kept) = kept {
            let length = buffers.input().len();
            buffers.input_consume(length);
            let room = buffers.input_append_buf();
            let fits = kept.len().min(room.len());
            room[..fits].copy_from_slice(&kept[..fits]);
            buffers.input_appended(fits);
        }
    }
}

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.transport.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.in_head = true;
        let sent = self.transport.transmit_output(amount, timeout);
        sent.map_err(|error| in_phase(error, Timeout::SendBody))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let phase = if self.in_head { Timeout::RecvResponse } else { Timeout::RecvBody };
        let more = self.transport.await_input(timeout).map_err(|error| in_phase(error, phase))?;
        if more {
            self.observed.answer_begun();
        }
        if more && self.in_head {
            self.cut_head();
        }
        Ok(more)
    }

    fn is_open(&mut self) -> bool {
        self.transport.is_open()
    }

    fn is_tls(&self) -> bool {
        self.transport.is_tls()
    }
}

/// Names the phase in which a time limit ended, whichever limit that was.
fn in_phase(error: Error, phase: Timeout) -> Error {
    match error {
        Error::Timeout(_) => Error::Timeout(phase),
        error => error,
    }
}

/// Returns the input without the lines of a head that are too many, where there are any, and whether the head has
/// ended. Interim answers (1xx) come before it.
fn cut(input: &[u8]) -> (Option<Vec<u8>>, bool) {
    let mut kept = Vec::new();
    let mut dropped = false;
    let (mut rest, mut lines, mut interim) = (input, 0, false);
    let mut seen: Vec<String> = Vec::new();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at(end + 1);
        rest = after;
        let text = line.trim_ascii();
        if lines == 0 {
            interim = text
                .split(|byte| *byte == b' ')
                .nth(1)
                .is_some_and(|status| status.starts_with(b"1"));
        }
        lines += 1;
        if text.is_empty() {
            kept.extend_from_slice(line);
            if interim {
                (lines, seen) = (0, Vec::new());
                continue;
            }
            kept.extend_from_slice(rest);
            return (dropped.then_some(kept), true);
        }
        if lines <= MAX_LINES || is_read(text, &mut seen) {
            kept.extend_from_slice(line);
        } else {
            dropped = true;
        }
    }
    kept.extend_from_slice(rest);
    (dropped.then_some(kept), false)
}

/// Returns whether a header is one that is read and has not come before among those that are too many.
fn is_read(line: &[u8], seen: &mut Vec<String>) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    let read = READ.contains(&name.as_str()) && !seen.contains(&name);
    if read {
        seen.push(name);
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_that_is_too_long_keeps_what_is_read() {
        let many = "Set-Cookie: a=b\r\n".repeat(200);
        let body = "X: \r\n".repeat(300);
        let head = format!("HTTP/1.1 200 OK\r\n{many}Content-Length: 2\r\nSet-Cookie: c=d\r\n\r\n");
        let interim = "HTTP/1.1 100 Continue\r\n\r\n";
        let whole = format!("{interim}{head}{body}");
        let (kept, ended) = cut(whole.as_bytes());
        let kept = String::from_utf8(kept.unwrap()).unwrap();
        assert!(ended);
        assert_eq!(
            kept,
            format!(
                "{interim}HTTP/1.1 200 OK\r\n{}Content-Length: 2\r\n\r\n{body}",
                "Set-Cookie: a=b\r\n".repeat(99)
            )
        );
        // It comes in pieces: what was cut before is cut in the same way again.
        let mut buffer = Vec::new();
        for piece in whole.as_bytes().chunks(7) {
            let begun = cut(&buffer).1;
            buffer.extend_from_slice(piece);
            if !begun {
                buffer = cut(&buffer).0.unwrap_or(buffer);
            }
        }
        assert_eq!(String::from_utf8(buffer).unwrap(), kept);
        assert_eq!(cut(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n{}"), (None, true));
    }
}
