//! One client's connection: requests in, answers out, within limits of size and time.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::body;
use super::refusal::Refusal;
use super::request::Request;
use super::response::{Delivery, Reply};

const HEAD_LIMIT: usize = 64 << 10;
const IDLE: Duration = Duration::from_secs(60);
const HEAD_TIME: Duration = Duration::from_secs(10);
const BODY_TIME: Duration = Duration::from_secs(30);
const WRITE_TIME: Duration = Duration::from_secs(30);
const LINGER: Duration = Duration::from_secs(2);

/// Why no request came.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The client went away or was too slow: there is nobody to answer.
    Gone,
    /// What it sent cannot be taken.
    Refused(Refusal),
}

impl From<Refusal> for Trouble {
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
    stream: Arc<TcpStream>,
    pub(super) buffer: Vec<u8>,
    deadline: Instant,
}

impl Connection {
    /// Takes a socket over.
    pub(crate) fn new(stream: Arc<TcpStream>) -> std::io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(WRITE_TIME))?;
        Ok(Self { stream, buffer: Vec::new(), deadline: Instant::now() })
    }

    /// The next request, body and all.
    pub(crate) fn receive(&mut self) -> Result<Request, Trouble> {
        self.deadline = Instant::now() + IDLE;
        if self.buffer.is_empty() {
            self.fill()?;
        }
        self.deadline = Instant::now() + HEAD_TIME;
        let mut request = self.head()?;
        self.deadline = Instant::now() + BODY_TIME;
        let framing = request.framing()?;
        body::check(&framing)?;
        if request.expects_continue() {
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        request.body = body::read(self, &framing)?;
        Ok(request)
    }

    /// Sends an answer.
    pub(crate) fn send(&mut self, reply: &Reply, method: &str, keep_alive: bool) -> After {
        let keep_alive = keep_alive && reply.delivery == Delivery::Whole;
        let mut bytes = reply.answer.head(keep_alive).into_bytes();
        let head = bytes.len();
        if method != "HEAD" {
            bytes.extend_from_slice(&reply.answer.body);
        }
        let sent = match reply.delivery {
            Delivery::Whole => self.write(&bytes),
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
    pub(super) fn fill(&mut self) -> Result<(), Trouble> {
        let mut piece = [0; 16 << 10];
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || self.stream.set_read_timeout(Some(left)).is_err() {
                return Err(Trouble::Gone);
            }
            match (&*self.stream).read(&mut piece) {
                Ok(0) => return Err(Trouble::Gone),
                Ok(count) => {
                    self.buffer.extend_from_slice(&piece[..count]);
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(Trouble::Gone),
            }
        }
    }

    fn head(&mut self) -> Result<Request, Trouble> {
        if self.buffer.first().is_some_and(|byte| !begins_a_request(*byte)) {
            let message = "This is no HTTP request. The portal speaks http://, not https://.";
            return Err(Refusal::new(400, "invalid_request", message).into());
        }
        let mut searched = 0;
        loop {
            // Parsing again with every byte of a slow client would cost the square of the head.
            if has_blank_line(&self.buffer[searched..])
                && let Some((used, request)) = Request::parse(&self.buffer)?
            {
                self.buffer.drain(..used);
                return Ok(request);
            }
            if self.buffer.len() > HEAD_LIMIT {
                return Err(Refusal::head_too_large().into());
            }
            searched = self.buffer.len().saturating_sub(3);
            self.fill()?;
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        (&*self.stream).write_all(bytes).map_err(|_| Trouble::Gone)
    }

    fn drip(&mut self, bytes: &[u8], pause: Duration) -> Result<(), Trouble> {
        for byte in bytes {
            self.write(&[*byte])?;
            thread::sleep(pause);
        }
        Ok(())
    }
}

/// A method does, and line breaks before it are passed over. A client that opens with TLS waits for an answer to that.
fn begins_a_request(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte == b'\r' || byte == b'\n'
}

fn has_blank_line(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b"\n\n") || bytes.windows(3).any(|three| three == b"\n\r\n")
}
