//! The first process of a container: the kernel drops every signal that it has no handler for.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::alter::PROGRAM;
use crate::support::{Play, Server, alter, portal};

/// Starts what follows it as the first process of a namespace of its own.
const FIRST: [&str; 5] = ["unshare", "--user", "--map-root-user", "--pid", "--fork"];

/// Whether this machine lets us make such a namespace.
fn has_namespaces() -> bool {
    let mut tried = Command::new(FIRST[0]);
    let tried = tried.args(&FIRST[1..]).arg("/bin/true").stderr(Stdio::null());
    tried.status().is_ok_and(|status| status.success())
}

/// Sends a signal to the program that `unshare` waits for, and gives the exit code that it passes on.
#[track_caller]
fn code_after(mut unshare: Child, signal: Signal) -> Option<i32> {
    let children = format!("/proc/{0}/task/{0}/children", unshare.id());
    let child = fs::read_to_string(children).expect("its children");
    let child = child.trim().parse().ok().and_then(Pid::from_raw).expect("one child");
    kill_process(child, signal).expect("a signal");
    unshare.wait().expect("a status").code()
}

#[test]
fn signals_end_alter() {
    if !has_namespaces() {
        return;
    }
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let server = Server::new(|_| Play::stall());
        let words = [FIRST.as_slice(), &[PROGRAM]].concat();
        let words: Vec<_> = words.into_iter().map(OsStr::new).collect();
        let run = alter(["apps", "list"]).to(&server).program(&words).env("PATH", "/usr/bin:/bin");
        let child = run.spawn();
        while server.seen().is_empty() {
            thread::yield_now();
        }
        assert_eq!(code_after(child, signal), Some(code));
    }
}

#[test]
fn signals_end_the_portal() {
    if !has_namespaces() {
        return;
    }
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let mut command = Command::new(FIRST[0]);
        command.args(&FIRST[1..]).args([portal::PROGRAM, "--listen=127.0.0.1:0", "--quiet"]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut String::new()).expect("a line");
        assert_eq!(code_after(child, signal), Some(code));
    }
}
