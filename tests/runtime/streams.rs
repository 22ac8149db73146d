//! Bodies that are long, binary, or for a terminal.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::json;

use super::stage::Stage;
use crate::support::{Alter, Play, Pty};

/// One answer of so many bytes, made while it is sent; gives its address.
fn flood(length: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let _ = stream.read(&mut [0; 4096]);
        let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        let chunk = vec![0; 1 << 20];
        let mut left = length;
        while left > 0 {
            let count = left.min(chunk.len());
            if stream.write_all(&chunk[..count]).is_err() {
                return;
            }
            left -= count;
        }
    });
    format!("--url=http://{address}/")
}

/// The most memory that a run takes, in KiB, its output thrown away.
fn peak(run: &Alter) -> u64 {
    let inner = run.command();
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", "peak %M"]).arg(inner.get_program()).args(inner.get_args()).env_clear();
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let done = command.stdout(Stdio::null()).stderr(Stdio::piped()).output().expect("GNU time");
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{errors}");
    errors.rsplit("peak ").next().and_then(|text| text.trim().parse().ok()).expect("a peak")
}

fn of(stage: &Stage, length: usize) -> Alter {
    let bare = crate::support::alter(["sdk-passthrough", "request", super::stage::GRANT]);
    bare.arg(flood(length)).to(&stage.portal).env("ALTER_API_KEY", super::stage::KEY)
}

#[test]
fn a_gigabyte_takes_no_more_memory_than_a_kilobyte() {
    let stage = Stage::new(&json!({}), |_| Play::json(200, "{}"));
    let (small, large) = (peak(&of(&stage, 1 << 10)), peak(&of(&stage, 1 << 30)));
    assert!(large < small + 4096, "{small} KiB for a kilobyte, {large} KiB for a gigabyte");
}

#[test]
fn every_byte_arrives() {
    let body: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let sent = body.clone();
    let stage = Stage::new(&json!({}), move |_| Play::with(200, "", &sent));
    assert!(stage.request("/").run().exits(0).stdout == body);
}

#[test]
fn a_reader_that_goes_ends_it_quietly_and_the_row_says_so() {
    let stage = Stage::new(&json!({}), |_| Play::json(200, "{}"));
    let mut child = of(&stage, 1 << 30).spawn();
    let mut some = [0; 10];
    child.stdout.take().expect("a pipe").read_exact(&mut some).expect("ten bytes");
    let done = child.wait_with_output().expect("an end");
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let row = stage.row();
    let told = row["response_body"].as_str().unwrap_or_default();
    assert!(told.starts_with("<response not read to its end: "), "{row}");
}

#[test]
fn no_control_sequence_reaches_a_terminal() {
    let stage = Stage::new(&json!({}), |_| {
        Play::with(200, "X-Evil: \u{9b}2J\u{202e}\r\n", "naïve \u{1b}]0;x\u{7}\u{202e}".as_bytes())
    });
    let run = Pty::of(&stage.request("/")).run();
    let shown =
        String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(!shown.contains(['\u{1b}', '\u{9b}']) && !shown.contains('\u{202e}'), "{shown:?}");
    assert!(shown.contains("naïve \\u{1b}]0;x\\u{7}\\u{202e}"), "{shown:?}");
}
