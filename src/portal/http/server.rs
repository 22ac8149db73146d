//! Accepting connections, a thread for each.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::clients::{Clients, Seat};
use super::connection::{After, Connection, ReceiveError};
use super::request::Request;
use super::response::Reply;

/// Serves until the process ends.
pub(crate) fn serve(
    listener: &TcpListener,
    reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> ! {
    let (reply, clients) = (Arc::new(reply), Arc::new(Clients::default()));
    loop {
        let Ok((stream, _)) = listener.accept() else {
            // Out of file descriptors, most likely: some client has to leave first.
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        let stream = Arc::new(stream);
        let Some(seat) = clients.seat(&stream) else {
            continue;
        };
        let reply = Arc::clone(&reply);
        let spawned = thread::Builder::new().spawn(move || converse(stream, &seat, &*reply));
        // Without a thread the client finds its connection closed, which is all there is to do.
        drop(spawned);
    }
}

fn converse(stream: Arc<TcpStream>, seat: &Seat, reply: &impl Fn(&Request) -> Reply) {
    let Ok(mut connection) = Connection::new(stream) else {
        return;
    };
    loop {
        let received = connection.receive();
        if !seat.serve() {
            return;
        }
        let after = match received {
            Ok(request) => connection.send(&reply(&request), &request.method, request.keep_alive),
            Err(ReceiveError::Gone) => After::Close,
            Err(ReceiveError::Refused(refusal)) => {
                connection.send(&Reply::from(refusal.into_answer()), "", false)
            }
        };
        seat.wait();
        match after {
            After::GoOn => {}
            After::Linger => return connection.linger(),
            After::Close => return,
        }
    }
}
