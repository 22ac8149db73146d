//! Who is connected. When there are too many, the one that has said nothing for longest makes room, or else one that has
//! left while its answer is being made.

use std::collections::HashMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

/// More clients than this at once are an accident or an attack.
const MAX_CLIENTS: usize = 512;

/// All connected clients.
#[derive(Debug, Default)]
pub(super) struct Clients(Mutex<Seats>);

#[derive(Debug, Default)]
struct Seats {
    /// Counts what happens, so that it has an order.
    clock: u64,
    taken: HashMap<u64, Client>,
}

#[derive(Debug)]
struct Client {
    stream: Arc<TcpStream>,
    /// Since when it has been waited for; `None` while it is being served.
    idle_since: Option<u64>,
}

/// One client's place, free again when this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    clients: Arc<Clients>,
    number: u64,
}

impl Clients {
    /// Seats a client; where all are taken, in the place of the one that has been idle for longest. `None` where none is.
    pub(super) fn seat(self: &Arc<Self>, stream: &Arc<TcpStream>) -> Option<Seat> {
        let mut seats = self.seats();
        if seats.taken.len() >= MAX_CLIENTS {
            seats.evict()?;
        }
        let number = seats.tick();
        let client = Client { stream: Arc::clone(stream), idle_since: Some(number) };
        seats.taken.insert(number, client);
        Some(Seat { clients: Arc::clone(self), number })
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seats {
    fn evict(&mut self) -> Option<()> {
        let idle = self
            .taken
            .iter()
            .filter_map(|(number, client)| client.idle_since.map(|since| (since, *number)));
        let number = idle.min().map(|(_, number)| number).or_else(|| {
            let mut gone = self.taken.iter().filter(|(_, client)| has_left(&client.stream));
            gone.next().map(|(number, _)| *number)
        })?;
        let client = self.taken.remove(&number)?;
        // Its thread, which waits for it to say something or for its time to answer, finds that it has left.
        let _ = client.stream.shutdown(Shutdown::Both);
        Some(())
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }
}

/// Whether a client has closed its end.
fn has_left(stream: &TcpStream) -> bool {
    match recv(stream, &mut [0; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT) {
        Ok((read, _)) => read == 0,
        Err(error) => error != Errno::AGAIN,
    }
}

/// Waits for so long, or until the connection is ended; whether it still stands.
pub(super) fn pause(stream: &TcpStream, time: Duration) -> bool {
    let end = Instant::now() + time;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        // Nothing is asked for: an end is told all the same.
        let mut ends = [PollFd::new(stream, PollFlags::empty())];
        let left = Timespec::try_from(left).ok();
        match poll(&mut ends, left.as_ref()) {
            Ok(0) | Err(Errno::INTR) => {}
            _ => return false,
        }
    }
}

impl Seat {
    /// Says that a request is whole and will be answered; false if the client lost its place before.
    pub(super) fn serve(&self) -> bool {
        let mut seats = self.clients.seats();
        let client = seats.taken.get_mut(&self.number);
        client.map(|client| client.idle_since = None).is_some()
    }

    /// Says that the client is waited for.
    pub(super) fn wait(&self) {
        let mut seats = self.clients.seats();
        let now = seats.tick();
        if let Some(client) = seats.taken.get_mut(&self.number) {
            client.idle_since = Some(now);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.clients.seats().taken.remove(&self.number);
    }
}
