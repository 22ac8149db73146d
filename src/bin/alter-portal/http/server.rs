//! Accepting connections, a thread for each.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::connection::{Connection, Trouble};
use super::request::Request;
use super::response::Reply;

/// More clients than this at once are an accident or an attack.
const CONNECTION_LIMIT: usize = 512;

/// Serves until the process ends.
pub(crate) fn serve(
    listener: &TcpListener,
    reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> ! {
    let reply = Arc::new(reply);
    // Each thread holds a token: dropped with the thread, whatever way it ends.
    let tokens = Arc::new(());
    loop {
        let Ok((stream, _)) = listener.accept() else {
            // Out of file descriptors, most likely: some client has to leave first.
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        if Arc::strong_count(&tokens) > CONNECTION_LIMIT {
            continue;
        }
        let (reply, token) = (Arc::clone(&reply), Arc::clone(&tokens));
        let spawned = thread::Builder::new().spawn(move || {
            converse(stream, &*reply);
            drop(token);
        });
        // Without a thread the client finds its connection closed, which is all there is to do.
        drop(spawned);
    }
}

fn converse(stream: TcpStream, reply: &impl Fn(&Request) -> Reply) {
    let Ok(mut connection) = Connection::new(stream) else {
        return;
    };
    loop {
        match connection.receive() {
            Ok(request) => {
                let reply = reply(&request);
                if !connection.send(&reply, &request.method, request.keep_alive) {
                    return;
                }
            }
            Err(Trouble::Gone) => return,
            Err(Trouble::Refused(refusal)) => {
                connection.send(&Reply::from(refusal.into_answer()), "", false);
                return connection.linger();
            }
        }
    }
}
