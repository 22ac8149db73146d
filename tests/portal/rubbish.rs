//! Clients that misbehave. None of them may end the portal, or keep others waiting.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::Portal;

/// Fails unless a well-behaved client is served at once.
#[track_caller]
fn still_serves(portal: &Portal) {
    let start = Instant::now();
    assert_eq!(portal.get("/pats/me").status, 200);
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn clients_that_reset() {
    let portal = Portal::empty(&[]);
    for _ in 0..50 {
        let mut stream = portal.connect();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n").unwrap();
        // Leaving with the answer unread makes the kernel send a reset.
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        drop(stream);
    }
    still_serves(&portal);
}

#[test]
fn bodies_too_large() {
    let portal = Portal::empty(&[]);
    for length in ["1048577", "9000000000000000000", "99999999999999999999999999"] {
        let head = format!("POST /api/v1/apps HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
        portal.send(head.as_bytes()).unwrap().is_error(413, "payload_too_large");
    }
    let chunked =
        "POST /api/v1/apps HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\n";
    portal.send(chunked.as_bytes()).unwrap().is_error(413, "payload_too_large");
    let most = format!("{{\"name\":\"{}\"}}", "x".repeat((1 << 20) - 11));
    portal.post("/apps", &most).is_invalid("body", "name");
    still_serves(&portal);
}

#[test]
fn a_header_line_without_end() {
    let portal = Portal::empty(&[]);
    let mut stream = portal.connect();
    stream.write_all(b"GET / HTTP/1.1\r\nX: ").unwrap();
    let piece = vec![b'x'; 64 << 10];
    let sent = (0..(200 << 20) / piece.len()).try_for_each(|_| stream.write_all(&piece));
    let refused = sent.is_err_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::WouldBlock
        )
    });
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 431 ") || refused || read.is_err(), "{answer}");
    still_serves(&portal);
}

#[test]
fn half_open_connections() {
    let portal = Portal::empty(&[]);
    let held: Vec<TcpStream> = (0..40)
        .map(|number| {
            let mut stream = portal.connect();
            let begun: &[u8] = match number % 3 {
                0 => b"",
                1 => b"GET / HT",
                _ => b"POST /api/v1/apps HTTP/1.1\r\nContent-Length: 10\r\n\r\n{",
            };
            stream.write_all(begun).unwrap();
            stream
        })
        .collect();
    still_serves(&portal);
    drop(held);
    still_serves(&portal);
}

#[test]
fn what_is_no_http() {
    let portal = Portal::empty(&[]);
    for request in [
        "\u{16}\u{3}\u{1}\r\n\r\n",
        "GET http://elsewhere.example/ HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
    ] {
        let reply = portal.send(request.as_bytes()).unwrap();
        reply.is_error(400, "invalid_request");
        assert!(reply.header("x-request-id").is_some());
        assert_eq!(reply.header("connection"), Some("close"));
    }
    still_serves(&portal);
}

#[test]
fn one_connection_many_requests() {
    let portal = Portal::empty(&[]);
    let head = format!("Host: {}\r\nAuthorization: Bearer {}\r\n", portal.address, portal.pat);
    let name = "{\"name\":\"A\"}";
    let requests = format!(
        "POST /api/v1/apps HTTP/1.1\r\n{head}Content-Length: {}\r\n\r\n{name}\
         POST /api/v1/apps HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\n\r\n4;x=y\r\n{}\r\n8\r\n{}\r\n0\r\nT: t\r\n\r\n\
         GET /api/v1/apps HTTP/1.1\r\n{head}Connection: close\r\n\r\n",
        name.len(),
        &name[..4],
        &name[4..],
    );
    let mut stream = portal.connect();
    // In pieces that end anywhere.
    for piece in requests.as_bytes().chunks(7) {
        stream.write_all(piece).unwrap();
    }
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 201 Created").count(), 2, "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 1, "{answers}");
    assert_eq!(portal.get("/apps").json().as_array().unwrap().len(), 2);
}

#[test]
fn a_body_that_waits_to_be_asked_for() {
    let portal = Portal::empty(&[]);
    let mut stream = portal.connect();
    let head = format!(
        "POST /api/v1/apps HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nExpect: 100-continue\r\n\
         Connection: close\r\nContent-Length: 12\r\n\r\n",
        portal.address, portal.pat
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"{\"name\":\"A\"}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}
