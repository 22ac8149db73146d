//! TCP connections by "Happy Eyeballs" (RFC 8305, section 5), on one thread: an address that does not answer within
//! 250 ms does not keep the next one waiting, and the first connection that stands is taken.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, FdFlags, fcntl_setfd, ioctl_fionbio};
use rustix::net::{AddressFamily, SocketType, connect, socket, sockopt};
use ureq::unversioned::transport::{
    ConnectionDetails, Connector, Either, LazyBuffers, Transport, time,
};
use ureq::{Error, Timeout};

use super::resolver;
use super::socket::Socket;

/// How long an address is waited for before the next one is tried beside it.
const NEXT: Duration = Duration::from_millis(250);

/// Looks the host up and connects to it, within the time for connecting.
#[derive(Debug)]
pub(super) struct Dial;

impl<In: Transport> Connector<In> for Dial {
    type Out = Either<In, Socket>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        if let Some(tunnel) = chained {
            return Ok(Some(Either::A(tunnel)));
        }
        let until = deadline(details);
        let addresses = resolver::look_up(details.uri, until)
            .ok_or(Error::Timeout(Timeout::Resolve))?
            .map_err(NotConnected::error)?;
        let stream = first_of(&addresses, until)
            .ok_or(Error::Timeout(Timeout::Connect))?
            .map_err(NotConnected::error)?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Ok(Some(Either::B(Socket::new(stream, buffers))))
    }
}

/// Returns when the time for connecting is over, counted from the beginning, whatever has been done since.
pub(super) fn deadline(details: &ConnectionDetails) -> Option<Instant> {
    match (details.now, details.timeout.after) {
        (time::Instant::Exact(now), time::Duration::Exact(time)) => now.checked_add(time),
        _ => None,
    }
}

/// Why no connection came to stand: nothing was sent.
#[derive(Debug)]
pub(super) struct NotConnected(pub(super) io::Error);

impl NotConnected {
    pub(super) fn error(error: io::Error) -> Error {
        Error::Other(Box::new(Self(error)))
    }
}

impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for NotConnected {}

/// Returns the first connection that stands, or the error of the address that was tried last; `None` at the deadline.
fn first_of(addresses: &[SocketAddr], until: Option<Instant>) -> Option<io::Result<TcpStream>> {
    let mut waiting = addresses.iter();
    let mut begun: Vec<OwnedFd> = Vec::new();
    let mut error = Errno::CONNREFUSED;
    loop {
        // An address that fails at once makes room for the next one.
        let next = loop {
            let Some(address) = waiting.next() else {
                break None;
            };
            match begin(address) {
                Ok(socket) => {
                    begun.push(socket);
                    break Some(Instant::now() + NEXT);
                }
                Err(why) => error = why,
            }
        };
        if begun.is_empty() {
            return Some(Err(error.into()));
        }
        let mut failed = false;
        while !failed && next.is_none_or(|next| Instant::now() < next) {
            let wake = next.into_iter().chain(until).min();
            if let Err(why) = wait(&begun, wake) {
                return Some(Err(why.into()));
            }
            match settled(&mut begun) {
                Some(Ok(stream)) => return Some(ready(stream)),
                Some(Err(why)) => (error, failed) = (why, true),
                None if until.is_some_and(|until| Instant::now() >= until) => return None,
                None => {}
            }
        }
    }
}

/// Begins to connect.
fn begin(address: &SocketAddr) -> Result<OwnedFd, Errno> {
    let family = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
    let socket = socket(family, SocketType::STREAM, None)?;
    fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    ioctl_fionbio(&socket, true)?;
    match connect(&socket, address) {
        Ok(()) | Err(Errno::INPROGRESS | Errno::INTR) => Ok(socket),
        Err(why) => Err(why),
    }
}

/// Waits until one of the sockets has connected or failed, at most until then.
fn wait(begun: &[OwnedFd], until: Option<Instant>) -> Result<(), Errno> {
    let mut sockets: Vec<PollFd> =
        begun.iter().map(|socket| PollFd::new(socket, PollFlags::OUT)).collect();
    let left = until.map(|until| until.saturating_duration_since(Instant::now()));
    let left = left.and_then(|left| Timespec::try_from(left).ok());
    match poll(&mut sockets, left.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(why) => Err(why),
    }
}

/// Takes out a socket that has connected, or else one that has failed, with its error.
fn settled(begun: &mut Vec<OwnedFd>) -> Option<Result<OwnedFd, Errno>> {
    let mut failure = None;
    for at in 0..begun.len() {
        let mut socket = [PollFd::new(&begun[at], PollFlags::OUT)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        if !poll(&mut socket, Some(&now)).is_ok_and(|ready| ready > 0) {
            continue;
        }
        match sockopt::socket_error(&begun[at]) {
            Ok(Ok(())) => return Some(Ok(begun.swap_remove(at))),
            Ok(Err(why)) | Err(why) => failure = Some((at, why)),
        }
    }
    failure.map(|(at, why)| {
        drop(begun.swap_remove(at));
        Err(why)
    })
}

/// Makes a connected socket one that blocks.
fn ready(socket: OwnedFd) -> io::Result<TcpStream> {
    let stream = TcpStream::from(socket);
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
