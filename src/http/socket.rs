//! A TCP connection as ureq uses one; its own cannot be made from a connection that stands.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

/// A connection and what waits to be sent or read.
#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
    buffers: LazyBuffers,
}

impl Socket {
    /// Takes a connection that stands.
    pub(super) fn new(stream: TcpStream, buffers: LazyBuffers) -> Self {
        Self { stream, buffers }
    }
}

impl Transport for Socket {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let limit = Limit::new(timeout.for_write());
        let mut output = &self.buffers.output()[..amount];
        while !output.is_empty() {
            tolerated(self.stream.set_write_timeout(limit.left()?))?;
            match self.stream.write(output) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
                Ok(sent) => output = &output[sent..],
                Err(error) => limit.unless_passing(error)?,
            }
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let limit = Limit::new(timeout.for_read());
        let input = self.buffers.input_append_buf();
        loop {
            tolerated(self.stream.set_read_timeout(limit.left()?))?;
            match self.stream.read(input) {
                Ok(amount) => {
                    self.buffers.input_appended(amount);
                    return Ok(amount > 0);
                }
                Err(error) => limit.unless_passing(error)?,
            }
        }
    }

    /// A connection that nothing is said on: what comes unasked, and the end, are reasons not to use it again.
    fn is_open(&mut self) -> bool {
        let quiet = self.stream.set_nonblocking(true).is_ok()
            && matches!(self.stream.read(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        quiet && self.stream.set_nonblocking(false).is_ok()
    }
}

/// macOS refuses a new limit when the other side has closed; what it sent before can be read all the same.
fn tolerated(set: io::Result<()>) -> io::Result<()> {
    match set {
        Err(error) if cfg!(target_os = "macos") && error.kind() == io::ErrorKind::InvalidInput => {
            Ok(())
        }
        set => set,
    }
}

/// How long one step may take.
struct Limit {
    timeout: NextTimeout,
    until: Option<Instant>,
}

impl Limit {
    fn new(timeout: NextTimeout) -> Self {
        Self { timeout, until: Instant::now().checked_add(*timeout.after) }
    }

    fn left(&self) -> Result<Option<Duration>, Error> {
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        match left {
            Some(Duration::ZERO) => Err(Error::Timeout(self.timeout.reason)),
            left => Ok(left),
        }
    }

    /// Gives an error back that is not a signal's: a wait that was too long is one of time.
    fn unless_passing(&self, error: io::Error) -> Result<(), Error> {
        match error.kind() {
            io::ErrorKind::Interrupted => Ok(()),
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut if self.until.is_some() => {
                Err(Error::Timeout(self.timeout.reason))
            }
            _ => Err(error.into()),
        }
    }
}
