//! Long outputs: readers that stop, disks that fill, signals, and memory that stays flat.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command};
use std::sync::mpsc::Receiver;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::alter::PROGRAM;
use crate::support::process::{PATIENCE, drain, lines};
use crate::support::{APP, Alter, Home, Play, Portal, Server, alter};

fn list_all(output: &str) -> Alter {
    alter(["audit", "list", "--all", "--limit=1000", "--output", output])
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid")).expect("a pid");
    kill_process(pid, signal).expect("a signal");
}

#[track_caller]
fn next(lines: &Receiver<String>) -> String {
    lines.recv_timeout(PATIENCE).expect("another line")
}

#[test]
fn a_reader_that_stops_ends_it_quietly() {
    let portal = Portal::empty(["--audit-rows", "20000"]);
    for output in ["jsonl", "json", "table"] {
        let mut child = list_all(output).at(&portal).spawn();
        let errors = drain(child.stderr.take().expect("a pipe"));
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        drop(stdout);
        let status = child.wait().expect("a status");
        assert_eq!(status.code(), Some(0), "{output}");
        assert_eq!(errors.recv_timeout(PATIENCE).expect("the end"), b"", "{output}");
    }
}

#[test]
fn a_disk_that_fills_midway_is_reported() {
    let (portal, home) = (Portal::empty(["--audit-rows", "5000"]), Home::new());
    // A limit on the size of files stands in for a full disk; blocks are of 1024 bytes.
    let script = format!(
        "trap '' XFSZ; ulimit -f 800; exec '{PROGRAM}' audit list --all --limit 1000 --output json > rows"
    );
    let done = Command::new("bash")
        .args(["-c", &script])
        .env_clear()
        .envs([("ALTER_PAT", &portal.pat), ("ALTER_BASE_URL", &portal.base_url)])
        .current_dir(home.path())
        .output()
        .expect("bash");
    let errors = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{errors}");
    assert!(errors.contains("warning: the output is partial: "), "{errors}");
    assert!(errors.contains("cannot write to standard output: File too large"), "{errors}");
    assert!(home.read("rows").starts_with("[\n"));
}

#[test]
fn memory_stays_flat() {
    const ROWS: usize = 100_000;
    let portal = Portal::empty(["--audit-rows", &ROWS.to_string()]);
    let mut child = list_all("jsonl").at(&portal).spawn();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    for at in 0..ROWS {
        line.clear();
        stdout.read_line(&mut line).expect("a row");
        let id = format!("{{\"id\":\"00000000-0000-4000-8000-{:012x}\"", ROWS - 1 - at);
        assert!(line.starts_with(&id), "row {at}: {line}");
        // The rows left do not fit into the pipe, so that it is still there to be looked at.
        if at == ROWS - 600 {
            let status =
                fs::read_to_string(format!("/proc/{}/status", child.id())).expect("its status");
            let peak =
                status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
            let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
            assert!(peak < 40 << 10, "{peak} KiB");
        }
    }
    assert!(child.wait().expect("a status").success());
}

#[test]
fn signals_end_the_command_at_once() {
    let portal = Portal::empty(["--audit-rows", "1000000"]);
    for (sent, number) in [(Signal::INT, 2), (Signal::TERM, 15)] {
        let run = list_all("json").at(&portal);
        let mut child = run.spawn_interruptible();
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        stdout.read_line(&mut String::new()).expect("a line");
        signal(&child, sent);
        let status = child.wait().expect("a status");
        let by = std::os::unix::process::ExitStatusExt::signal(&status)
            .or(status.code().map(|code| code - 128));
        assert_eq!(by, Some(number));
    }
    // Also while it waits for an answer.
    let stalled = Server::new(|_| Play::stall());
    let mut child = alter(["apps", "list", "--debug"]).to(&stalled).spawn_interruptible();
    while stalled.seen().is_empty() {
        thread::yield_now();
    }
    signal(&child, Signal::INT);
    let status = child.wait().expect("a status");
    assert_ne!(status.code(), Some(0));
}

/// A server whose rows can be added to; newest first, as feeds are.
mod log {
    use std::sync::{Arc, Mutex};

    use crate::support::{Play, Server};

    pub(super) type Log = Arc<Mutex<Vec<usize>>>;

    pub(super) fn play(log: &Log, exchange: &crate::support::server::Exchange) -> Play {
        let rows = log.lock().expect("no panic").clone();
        let offset = exchange.query("offset").unwrap_or(0);
        let limit = exchange.query("limit").unwrap_or(100);
        let page: Vec<String> = rows
            .iter()
            .rev()
            .skip(offset)
            .take(limit)
            .map(|id| format!(r#"{{"id":"{id}"}}"#))
            .collect();
        let more = offset + limit < rows.len();
        Play::json(
            200,
            format!(
                r#"{{"items":[{}],"total":{},"limit":{limit},"offset":{offset},"has_more":{more}}}"#,
                page.join(","),
                rows.len()
            ),
        )
    }

    pub(super) fn server(log: &Log) -> Server {
        let log = Arc::clone(log);
        Server::new(move |exchange| play(&log, exchange))
    }

    pub(super) fn add(log: &Log, rows: std::ops::Range<usize>) {
        log.lock().expect("no panic").extend(rows);
    }
}

#[test]
fn following_prints_each_row_once_oldest_first() {
    let rows = log::Log::default();
    log::add(&rows, 0..3);
    let server = log::server(&rows);
    let address = server.address();
    let mut child = alter(["audit", "list", "--follow", "--limit=2", "--output=jsonl"])
        .to(&server)
        .spawn_interruptible();
    let out = lines(child.stdout.take().expect("a pipe"));
    let told = lines(child.stderr.take().expect("a pipe"));
    let row = |id: usize| format!("{{\"id\":\"{id}\"}}");
    // One page of what there is, then more than a page at once.
    assert_eq!([next(&out), next(&out)], [row(1), row(2)]);
    log::add(&rows, 3..8);
    for id in 3..8 {
        assert_eq!(next(&out), row(id));
    }
    drop(server);
    while !next(&told).ends_with("; still trying") {}
    log::add(&rows, 8..11);
    let again = rows.clone();
    let server = Server::again(address, move |exchange| log::play(&again, exchange));
    for id in 8..11 {
        assert_eq!(next(&out), row(id));
    }
    log::add(&rows, 11..12);
    assert_eq!(next(&out), row(11));
    signal(&child, Signal::INT);
    let status = child.wait().expect("a status");
    let by = std::os::unix::process::ExitStatusExt::signal(&status)
        .or(status.code().map(|code| code - 128));
    assert_eq!(by, Some(2));
    assert!(out.recv_timeout(PATIENCE).is_err(), "a row came twice");
    assert!(server.seen().len() > 1);
}

#[test]
fn following_a_portal_that_grows() {
    let portal = Portal::empty(["--audit-rows=5", "--audit-grow=50"]);
    let mut child =
        alter(["audit", "list", "--follow", "--since=10000d", "--output=jsonl", "--fields=id"])
            .at(&portal)
            .spawn();
    let out = lines(child.stdout.take().expect("a pipe"));
    for index in 0..60 {
        assert_eq!(next(&out), format!("{{\"id\":\"00000000-0000-4000-8000-{index:012x}\"}}"));
    }
    child.kill().expect("it was following");
    child.wait().expect("a status");
}

#[test]
fn following_ends_where_trying_on_is_no_use() {
    thread::scope(|scope| {
        for (status, code) in [(401, 3), (403, 7), (400, 2)] {
            scope.spawn(move || {
                let server = Server::new(move |exchange| match exchange.number {
                    0 => Play::json(
                        200,
                        r#"{"items":[],"total":0,"limit":1,"offset":0,"has_more":false}"#,
                    ),
                    _ => Play::json(status, "{}"),
                });
                let run = alter(["audit", "list", "--follow", "--app", APP]).to(&server).run();
                run.exits(code);
                assert_eq!(server.seen().len(), 2);
            });
        }
    });
}

#[test]
fn rows_are_handed_on_page_by_page() {
    for (output, first) in [("jsonl", "{\"id\":\"0\"}"), ("json", "["), ("table", "TIME  ACTION")] {
        let server = Server::new(|exchange| match exchange.number {
            0 => Play::json(
                200,
                r#"{"items":[{"id":"0"}],"total":2,"limit":1,"offset":0,"has_more":true}"#,
            ),
            _ => Play::stall(),
        });
        let mut child = list_all(output).to(&server).spawn();
        let out = lines(child.stdout.take().expect("a pipe"));
        assert!(next(&out).starts_with(first), "{output}");
        child.kill().expect("it waits for the second page");
        child.wait().expect("a status");
    }
}
