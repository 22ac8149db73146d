//! The next request of a connection, within limits of size and time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::body;
use super::connection::{Connection, ReceiveError};
use super::refusal::Refusal;
use super::request::Request;

const HEAD_LIMIT: usize = 64 << 10;
const IDLE: Duration = Duration::from_secs(60);
const HEAD_TIME: Duration = Duration::from_secs(10);
const BODY_TIME: Duration = Duration::from_secs(30);

impl Connection {
    /// The next request, body and all.
    pub(crate) fn receive(&mut self) -> Result<Request, ReceiveError> {
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
        request.client = Some(Arc::clone(&self.stream));
        Ok(request)
    }

    fn head(&mut self) -> Result<Request, ReceiveError> {
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
}

/// A method does, and line breaks before it are passed over. A client that opens with TLS waits for an answer to that.
fn begins_a_request(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte == b'\r' || byte == b'\n'
}

fn has_blank_line(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b"\n\n") || bytes.windows(3).any(|three| three == b"\n\r\n")
}
