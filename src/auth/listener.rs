//! The local port that a browser sign-in answers to.
//!
//! It is built on `tiny_http`, which trusts its clients more than a sign-in may. What is kept off it:
//! - A client that resets its connection makes a thread of `tiny_http` panic, which would end the program. Every thread
//!   but the one that waits is parked instead.
//! - To drop or to answer a request, `tiny_http` reads the rest of its body, however long that was said to be. So a
//!   request that is not whole in memory already is forgotten: nothing is read, nothing answered, nothing freed.
//! - An answer to a client that does not read it blocks. Answers are given on threads of their own, a few at a time.
//! - Connections that come in a burst can be queued behind threads which slow clients hold. A connection from here makes
//!   a thread that then takes one of the queue, so while there are clients, as many are made ten times a second, as far
//!   as there are descriptors to spare.
//! - Without a descriptor for a connection, the thread of `tiny_http` that takes them ends for good. Another server is
//!   then put on the same socket, as soon as there are descriptors again.
//!
//! What stays: the head of a request, the requests of a connection and the number of connections have no limit. Whoever
//! runs programs on this machine can make the sign-in fail, but gets nothing by it: the PAT goes to no other request.

use std::fs;
use std::io::{self, Cursor};
use std::mem::{self, ManuallyDrop};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::Shutdown;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tiny_http::{Header, Request, Response, Server, StatusCode};

use super::callback::{self, Callback, Expected};
use super::page::Page;
use crate::base::failure::{self, Failure};

/// What `tiny_http` reads of a body before it hands the request over; a sign-in form is shorter.
const MAX_BODY: usize = 1024;
/// Refusals that are being answered at one time; what comes beyond them gets no answer.
const MAX_REFUSALS: usize = 32;
/// How often queued connections are helped on, and how many at a time.
const NUDGE_EVERY: Duration = Duration::from_millis(100);
const MAX_NUDGES: usize = 64;
/// The descriptors that a connection from here takes at both its ends.
const EACH_NUDGE: usize = 4;
/// Those that are left for the check of the PAT, and for the browser.
const RESERVE: usize = 32;
const MAX_DESCRIPTORS: u64 = 4096;
/// How often another server is put on the socket; each costs a few threads.
const MAX_SERVERS: usize = 20;
/// How long a connection to ourselves may take where nobody takes them any more.
const NUDGE: Duration = Duration::from_millis(10);
/// How long a browser may take to read its page.
const LINGER: Duration = Duration::from_secs(1);

/// A bound port.
pub(super) struct Listener {
    // Never dropped: that would drop the requests which still wait in them. The last one takes connections, the others
    // did so before; a client of theirs may still go on.
    servers: Vec<ManuallyDrop<Server>>,
    socket: TcpListener,
    port: u16,
    refusals: Arc<AtomicUsize>,
    /// Those in use without a client.
    descriptors: usize,
}

impl Listener {
    /// Binds a port on the loopback address: this one, or a free one.
    pub(super) fn bind(port: Option<u16>) -> Result<Self, Failure> {
        let failed = |error: io::Error| {
            let what = port.map_or("no local port".into(), |port| format!("--port {port}"));
            Failure::error(what, failure::reason(&error)).fix("leave --port out to take a free one")
        };
        raise_descriptor_limit();
        park_other_threads_that_panic();
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).map_err(failed)?;
        let port = socket.local_addr().map_err(failed)?.port();
        let (servers, refusals) = (Vec::new(), Arc::default());
        let mut listener = Self { servers, socket, port, refusals, descriptors: 0 };
        listener.listen()?;
        listener.descriptors = listener.descriptors_in_use();
        Ok(listener)
    }

    /// Puts a server on the socket.
    fn listen(&mut self) -> Result<(), Failure> {
        DEAF.store(false, Ordering::Relaxed);
        let socket = self.socket.try_clone().map_err(|error| broken(failure::reason(&error)))?;
        let server =
            Server::from_listener(socket, None).map_err(|error| broken(error.to_string()))?;
        self.servers.push(ManuallyDrop::new(server));
        Ok(())
    }

    /// The bound port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the right request; `None` when it has not come by then. Between two events `idle` is called, and
    /// says how soon it is to be called again.
    pub(super) fn wait(
        mut self,
        expected: &Expected,
        until: Instant,
        mut idle: impl FnMut() -> Result<Duration, Failure>,
    ) -> Result<Option<(Callback, Caller)>, Failure> {
        let mut nudged = Instant::now();
        while Instant::now() < until {
            let left = until.saturating_duration_since(Instant::now());
            let request = self.next(left.min(idle()?).min(NUDGE_EVERY));
            if nudged.elapsed() >= NUDGE_EVERY {
                self.listen_again()?;
                self.nudge();
                nudged = Instant::now();
            }
            match request {
                None => {}
                Some(request) if !is_whole(&request) => mem::forget(request),
                Some(mut request) => match callback::read(&mut request, expected) {
                    Ok(callback) => {
                        return Ok(Some((callback, Caller(ManuallyDrop::new(request)))));
                    }
                    Err(status) => self.refuse(request, status),
                },
            }
        }
        if DEAF.load(Ordering::Relaxed) { Err(without_descriptors()) } else { Ok(None) }
    }

    /// Returns the next request that comes in this time.
    fn next(&self, time: Duration) -> Option<Request> {
        let (last, earlier) = self.servers.split_last()?;
        let request = earlier.iter().find_map(|server| server.try_recv().ok().flatten());
        request.or_else(|| {
            last.recv_timeout(time).unwrap_or_else(|_| {
                DEAF.store(true, Ordering::Relaxed);
                None
            })
        })
    }

    fn listen_again(&mut self) -> Result<(), Failure> {
        if !DEAF.load(Ordering::Relaxed) || self.spare_descriptors() < RESERVE {
            return Ok(());
        }
        if self.servers.len() >= MAX_SERVERS {
            return Err(without_descriptors());
        }
        self.listen()
    }

    fn nudge(&self) {
        let here = (Ipv4Addr::LOCALHOST, self.port).into();
        let clients = self.descriptors_in_use().saturating_sub(self.descriptors);
        let room = self.spare_descriptors().saturating_sub(RESERVE) / EACH_NUDGE;
        // What cannot connect now is tried again at the next nudge.
        let connects = |_: &usize| TcpStream::connect_timeout(&here, NUDGE).is_ok();
        let _ = (0..clients.min(room).min(MAX_NUDGES)).take_while(connects).count();
    }

    fn descriptors_in_use(&self) -> usize {
        fs::read_dir("/dev/fd").map_or_else(
            // Near enough.
            |_| {
                self.socket.try_clone().map_or(usize::MAX, |lowest| {
                    usize::try_from(lowest.as_raw_fd()).unwrap_or(usize::MAX)
                })
            },
            Iterator::count,
        )
    }

    fn spare_descriptors(&self) -> usize {
        let limit = getrlimit(Resource::Nofile).current;
        let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        limit.saturating_sub(self.descriptors_in_use())
    }

    fn refuse(&self, request: Request, status: u16) {
        if self.refusals.fetch_add(1, Ordering::Relaxed) >= MAX_REFUSALS {
            self.refusals.fetch_sub(1, Ordering::Relaxed);
            return mem::forget(request);
        }
        let (request, refusals) = (ManuallyDrop::new(request), Arc::clone(&self.refusals));
        let answered = thread::Builder::new().spawn(move || {
            answer(request, &Page::Wrong(status));
            refusals.fetch_sub(1, Ordering::Relaxed);
        });
        if answered.is_err() {
            self.refusals.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Listener {
    /// Closes the port.
    fn drop(&mut self) {
        // It fails only when it is closed already.
        let _ = rustix::net::shutdown(&self.socket, Shutdown::Both);
    }
}

/// The browser whose request was the right one; it waits for its page.
pub(super) struct Caller(ManuallyDrop<Request>);

impl Caller {
    /// Shows the page. A browser that is gone by now misses it.
    pub(super) fn show(self, page: Page) {
        let (done, wait) = channel();
        let started = thread::Builder::new().spawn(move || {
            answer(self.0, &page);
            // Nobody listens any more when it took too long.
            let _ = done.send(());
        });
        if started.is_ok() {
            let _ = wait.recv_timeout(LINGER);
        }
    }
}

fn answer(request: ManuallyDrop<Request>, page: &Page) {
    let headers = page.headers().filter_map(|(name, value)| Header::from_bytes(name, value).ok());
    let body = page.body().into_bytes();
    let length = Some(body.len());
    let status = StatusCode(page.status());
    let response = Response::new(status, headers.collect(), Cursor::new(body), length, None);
    // A client that is gone needs no answer.
    let _ = ManuallyDrop::into_inner(request).respond(response);
}

/// Whether all of a request is in memory, so that it can be answered without reading on.
fn is_whole(request: &Request) -> bool {
    let reads_on = ["Expect", "Transfer-Encoding", "Upgrade"];
    let plain = |header: &Header| !reads_on.iter().any(|name| header.field.equiv(name));
    request.headers().iter().all(plain) && request.body_length().unwrap_or(0) <= MAX_BODY
}

/// Whether the thread that takes connections has ended.
static DEAF: AtomicBool = AtomicBool::new(false);

fn broken(why: String) -> Failure {
    Failure::error("the sign-in listener", why)
}

fn without_descriptors() -> Failure {
    broken("other connections to its port use up the file descriptors".into())
        .fix("raise their number (ulimit -n), or mint a PAT in the dashboard and give it to alter auth login --token-stdin")
}

/// Takes as many descriptors as may be had: 256 are usual where many more are allowed.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(MAX_DESCRIPTORS, |most| most.min(MAX_DESCRIPTORS));
    if limit.current.is_some_and(|current| current < wanted) {
        // Those that there are will do.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit });
    }
}

fn park_other_threads_that_panic() {
    let (waiting, report) = (thread::current().id(), panic::take_hook());
    panic::set_hook(Box::new(move |panic| {
        if thread::current().id() == waiting {
            return report(panic);
        }
        // The threads that read from a client panic in that file; what panics elsewhere is the one that takes them.
        if panic.location().is_none_or(|place| !place.file().ends_with("client.rs")) {
            DEAF.store(true, Ordering::Relaxed);
        }
        loop {
            thread::park();
        }
    }));
}
