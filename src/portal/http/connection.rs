//! One client's connection: requests in, answers out, within limits of size and time.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::refusal::Refusal;
use super::response::{Delivery, Reply};

const WRITE_TIME: Duration = Duration::from_secs(30);
const LINGER: Duration = Duration::from_secs(2);

/// Why no request came.
#[derive(Debug)]
pub(crate) enum ReceiveError {
    /// The client went away or was too slow: there is nobody to answer.
    Gone,
    /// What it sent cannot be taken.
    Refused(Refusal),
}

impl From<Refusal> for ReceiveError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What comes after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// Another request.
    GoOn,
    /// The end, once the client has read the answer.
    Linger,
    /// The end at once.
    Close,
}

/// A socket and what was read from it ahead of need.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(super) stream: Arc<TcpStream>,
    pub(super) buffer: Vec<u8>,
    pub(super) deadline: Instant,
}

impl Connection {
    /// Takes a socket over.
    pub(crate) fn new(stream: Arc<TcpStream>) -> std::io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(WRITE_TIME))?;
        Ok(Self { stream, buffer: Vec::new(), deadline: Instant::now() })
    }

    /// Sends an answer.
    pub(crate) fn send(&mut self, reply: &Reply, method: &str, keep_alive: bool) -> After {
        let keep_alive = keep_alive && reply.delivery == Delivery::Whole;
        let answer = &reply.answer;
        let mut bytes = answer.head(keep_alive).into_bytes();
        let head = bytes.len();
        let mut rest = None;
        if method != "HEAD" {
            bytes.extend_from_slice(&answer.body);
            rest = answer.rest.as_ref();
        }
        if let Some(rest) = rest.filter(|_| reply.delivery != Delivery::Whole) {
            // Writing to memory does not fail.
            let _ = rest.write(&mut bytes);
        }
        let sent = match reply.delivery {
            Delivery::Whole => self.write(&bytes).and_then(|()| match rest {
                Some(rest) => rest.write(&mut &*self.stream).map_err(|_| ReceiveError::Gone),
                None => Ok(()),
            }),
            Delivery::Nothing => Ok(()),
            Delivery::Half => self.write(&bytes[..head + (bytes.len() - head) / 2]),
            Delivery::Dripped(pause) => self.drip(&bytes, pause),
        };
        match reply.delivery {
            Delivery::Nothing | Delivery::Half => After::Close,
            _ if sent.is_err() => After::Close,
            _ if keep_alive => After::GoOn,
            _ => After::Linger,
        }
    }

    /// Lets the client read the last answer: closing on unread bytes would reset the connection under it.
    pub(crate) fn linger(mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
        self.deadline = Instant::now() + LINGER;
        while self.fill().is_ok() {
            self.buffer.clear();
        }
    }

    /// Waits for more bytes, until the deadline.
    pub(super) fn fill(&mut self) -> Result<(), ReceiveError> {
        let mut piece = [0; 16 << 10];
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || self.stream.set_read_timeout(Some(left)).is_err() {
                return Err(ReceiveError::Gone);
            }
            match (&*self.stream).read(&mut piece) {
                Ok(0) => return Err(ReceiveError::Gone),
                Ok(count) => {
                    self.buffer.extend_from_slice(&piece[..count]);
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(ReceiveError::Gone),
            }
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), ReceiveError> {
        (&*self.stream).write_all(bytes).map_err(|_| ReceiveError::Gone)
    }

    fn drip(&mut self, bytes: &[u8], pause: Duration) -> Result<(), ReceiveError> {
        for byte in bytes {
            self.write(&[*byte])?;
            thread::sleep(pause);
        }
        Ok(())
    }
}
