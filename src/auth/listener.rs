//! The local port that a browser sign-in answers to.
//!
//! One thread, sockets that never block, and a bound on everything: whoever else talks to the port can neither hold
//! the sign-in up nor end it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::callback::{Expected, Request, Response, Verdict};
use super::page::Page;
use crate::failure::Failure;
use crate::output;

/// How long a client may take for its request.
const REQUEST: Duration = Duration::from_secs(5);
/// How long a refused client may take to read why.
const LINGER: Duration = Duration::from_secs(1);
/// More clients than this push the oldest out.
const MOST_CLIENTS: usize = 128;
/// What one client may have of a round, so that none keeps the others waiting.
const READS: usize = 4;
const CHUNK: usize = 16 << 10;
/// Connections taken a round.
const ACCEPTS: usize = 32;

/// A bound port.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    port: u16,
}

/// The browser whose request was the right one; it waits for its page.
#[derive(Debug)]
pub(super) struct Caller(TcpStream);

impl Caller {
    /// Shows the page. A browser that is gone by now misses it.
    pub(super) fn show(mut self, page: Page) {
        let _ = self.0.set_nonblocking(false);
        let _ = self.0.set_write_timeout(Some(LINGER));
        let _ = self.0.write_all(&page.answer());
        let _ = self.0.shutdown(Shutdown::Write);
        // Bytes left unread would turn the end of the connection into a reset, which could eat the page.
        let _ = self.0.set_nonblocking(true);
        let _ = self.0.read(&mut [0; CHUNK]);
    }
}

struct Client {
    stream: TcpStream,
    until: Instant,
    phase: Phase,
}

enum Phase {
    Reading(Request),
    Answering(Vec<u8>),
    Lingering,
}

/// What became of a client in one round.
enum Step {
    Stays,
    Goes,
    Called(Response),
}

impl Listener {
    /// Binds a port on the loopback address: this one, or a free one.
    pub(super) fn bind(port: Option<u16>) -> Result<Self, Failure> {
        let failed = |error: io::Error| {
            let what = port.map_or("no local port".into(), |port| format!("--port {port}"));
            Failure::error(what, output::reason(&error)).fix("leave --port out to take a free one")
        };
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        let port = socket.local_addr().map_err(failed)?.port();
        Ok(Self { socket, port })
    }

    /// The bound port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the right request; `None` when it has not come by then. Between two events `idle` is called, and
    /// says how soon it wants to be called again.
    pub(super) fn wait(
        self,
        expected: &Expected,
        until: Instant,
        mut idle: impl FnMut() -> Duration,
    ) -> Result<Option<(Response, Caller)>, Failure> {
        let mut clients: Vec<Client> = Vec::new();
        while Instant::now() < until {
            let next = clients.iter().map(|client| client.until).min();
            let wait = next
                .unwrap_or(until)
                .min(until)
                .saturating_duration_since(Instant::now())
                .min(idle());
            self.sleep(&clients, wait)
                .map_err(|error| Failure::error("the sign-in listener", output::reason(&error)))?;
            self.accept(&mut clients);
            let mut at = 0;
            while at < clients.len() {
                match clients[at].step(expected) {
                    Step::Stays => at += 1,
                    Step::Goes => drop(clients.remove(at)),
                    Step::Called(response) => {
                        return Ok(Some((response, Caller(clients.remove(at).stream))));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Sleeps until something happens on a socket.
    fn sleep(&self, clients: &[Client], most: Duration) -> io::Result<()> {
        let mut sockets = vec![PollFd::from_borrowed_fd(self.socket.as_fd(), PollFlags::IN)];
        sockets.extend(clients.iter().map(Client::waits_for));
        // A moment longer than asked, so that what is due is due when it wakes up.
        let most = (most + Duration::from_millis(1)).try_into().ok();
        match poll(&mut sockets, most.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn accept(&self, clients: &mut Vec<Client>) {
        for _ in 0..ACCEPTS {
            match self.socket.accept() {
                Ok((stream, _)) => {
                    if clients.len() == MOST_CLIENTS {
                        clients.remove(0);
                    }
                    if stream.set_nonblocking(true).is_ok() {
                        clients.push(Client {
                            stream,
                            until: Instant::now() + REQUEST,
                            phase: Phase::Reading(Request::default()),
                        });
                    }
                }
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock => return,
                    ErrorKind::Interrupted | ErrorKind::ConnectionAborted => {}
                    // No more descriptors: the oldest client gives its own back.
                    _ if clients.is_empty() => return sleep(Duration::from_millis(20)),
                    _ => drop(clients.remove(0)),
                },
            }
        }
    }
}

impl Client {
    fn waits_for(&self) -> PollFd<'_> {
        let fd: BorrowedFd = self.stream.as_fd();
        let flags = match self.phase {
            Phase::Answering(_) => PollFlags::OUT,
            _ => PollFlags::IN,
        };
        PollFd::from_borrowed_fd(fd, flags)
    }

    /// Does what can be done without waiting.
    fn step(&mut self, expected: &Expected) -> Step {
        match self.advance(expected) {
            Ok(Step::Stays) if Instant::now() < self.until => Step::Stays,
            Ok(Step::Stays) if matches!(self.phase, Phase::Reading(_)) => {
                self.refuse(408);
                Step::Stays
            }
            Ok(Step::Called(response)) => Step::Called(response),
            Ok(_) | Err(_) => Step::Goes,
        }
    }

    fn advance(&mut self, expected: &Expected) -> io::Result<Step> {
        let mut chunk = [0; CHUNK];
        for _ in 0..READS {
            match &mut self.phase {
                Phase::Reading(request) => {
                    let Some(count) = ready(self.stream.read(&mut chunk))? else {
                        return Ok(Step::Stays);
                    };
                    if count == 0 {
                        return Ok(Step::Goes);
                    }
                    match request.push(&chunk[..count], expected) {
                        Verdict::More => {}
                        Verdict::Wrong(status) => self.refuse(status),
                        Verdict::Good(response) => return Ok(Step::Called(response)),
                    }
                }
                Phase::Answering(left) => {
                    let Some(count) = ready(self.stream.write(left))? else {
                        return Ok(Step::Stays);
                    };
                    left.drain(..count);
                    if left.is_empty() {
                        self.stream.shutdown(Shutdown::Write)?;
                        self.phase = Phase::Lingering;
                    }
                }
                // What a client goes on sending is taken, for a reset would eat the answer it has not read yet.
                Phase::Lingering => match ready(self.stream.read(&mut chunk))? {
                    None => return Ok(Step::Stays),
                    Some(0) => return Ok(Step::Goes),
                    Some(_) => {}
                },
            }
        }
        Ok(Step::Stays)
    }

    fn refuse(&mut self, status: u16) {
        self.phase = Phase::Answering(Page::Wrong(status).answer());
        self.until = Instant::now() + LINGER;
    }
}

/// `None` when the socket is not ready.
fn ready(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
