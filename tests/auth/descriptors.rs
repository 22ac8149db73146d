//! A sign-in on a machine that gives few file descriptors, as a Mac does, beside clients that keep theirs.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::support::{Login, User, portal};
use crate::support::alter::PROGRAM;

fn start(user: &User) -> Login {
    let words = ["/bin/bash", "-c", "ulimit -n 256; exec \"$0\" \"$@\"", PROGRAM];
    let run = user.alter(&["auth", "login", "--no-browser", "--timeout", "30"]);
    Login::of(&run.program(&words.map(AsRef::as_ref)))
}

#[test]
fn a_hundred_idle_connections_do_not_make_it_deaf() {
    let portal = portal();
    let user = User::at(&portal);
    let login = start(&user);
    let idle: Vec<TcpStream> = (0..100).map(|_| login.connect()).collect();
    std::thread::sleep(Duration::from_millis(500));
    login.succeeds();
    drop(idle);
}

#[test]
fn a_moment_without_descriptors_does_not_make_it_deaf() {
    let portal = portal();
    let user = User::at(&portal);
    let login = start(&user);
    // More than there are descriptors for: some of them stay in the queue of the system.
    let idle: Vec<TcpStream> = (0..200).map(|_| login.connect()).collect();
    std::thread::sleep(Duration::from_millis(500));
    drop(idle);
    let until = Instant::now() + Duration::from_secs(10);
    // The good one may be sent while the others are still put away.
    while !answers(&login) {
        assert!(Instant::now() < until, "it stays deaf");
    }
    login.succeeds();
}

/// Whether a request is answered within a moment.
fn answers(login: &Login) -> bool {
    use std::io::{Read, Write};
    let mut stream = login.connect();
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    matches!(stream.read(&mut [0; 64]), Ok(1..))
}
