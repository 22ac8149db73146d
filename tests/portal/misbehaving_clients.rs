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
    let portal = Portal::empty([]);
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
    let portal = Portal::empty([]);
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
    let portal = Portal::empty([]);
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
    let portal = Portal::empty([]);
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
fn malformed_http_is_refused() {
    let portal = Portal::empty([]);
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
    let portal = Portal::empty([]);
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
fn expect_100_continue_is_answered() {
    let portal = Portal::empty([]);
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

#[test]
fn new_clients_evict_idle_ones() {
    let portal = Portal::empty([]);
    let idle: Vec<TcpStream> = (0..600).map(|_| portal.connect()).collect();
    for _ in 0..100 {
        still_serves(&portal);
    }
    // One that is being served keeps its place, whoever comes.
    let mut last = &idle[599];
    last.write_all(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut byte = [0];
    last.read_exact(&mut byte).unwrap();
    assert_eq!((&idle[0]).read(&mut byte).unwrap_or(0), 0, "the oldest had to go");
}

#[test]
fn clients_that_left_keep_nobody_out() {
    let portal = Portal::empty([]);
    let host = &portal.address;
    let slow = format!("GET /provider/p?slow=60000 HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let stay = portal.connect();
    (&stay).write_all(slow.as_bytes()).unwrap();
    for _ in 0..520 {
        portal.connect().write_all(slow.as_bytes()).unwrap();
    }
    for _ in 0..20 {
        still_serves(&portal);
    }
    // One that still waits keeps its place.
    stay.set_nonblocking(true).unwrap();
    let read = (&stay).read(&mut [0]).map_err(|error| error.kind());
    assert_eq!(read, Err(ErrorKind::WouldBlock));
}

#[test]
fn an_active_client_is_not_evicted() {
    // An answer that takes its time: with its first byte the request is surely being served.
    let portal = Portal::empty(["--fault", "slow=2ms"]);
    let mut served = portal.connect();
    let request = "GET /api/v1/apps HTTP/1.1\r\nConnection: close\r\n";
    served.write_all(format!("{request}Host: {}\r\n\r\n", portal.address).as_bytes()).unwrap();
    let mut first = [0];
    served.read_exact(&mut first).unwrap();
    let crowd: Vec<TcpStream> = (0..600).map(|_| portal.connect()).collect();
    let mut rest = String::new();
    served.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with("TTP/1.1 401 ") && rest.ends_with('}'), "{rest}");
    drop(crowd);
}

#[test]
fn the_last_answer_arrives_whatever_else_was_sent() {
    let portal = Portal::empty([]);
    let extra = vec![b'x'; 256 << 10];
    for _ in 0..20 {
        let mut stream = portal.connect();
        let close = "Connection: close\r\n\r\n";
        let head = format!("GET /api/v1/apps HTTP/1.1\r\nHost: {}\r\n{close}", portal.address);
        stream.write_all(&[head.as_bytes(), &extra].concat()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401 ") && answer.ends_with('}'), "{answer}");
    }
    still_serves(&portal);
}

#[test]
fn a_tls_hello_is_answered_at_once() {
    let portal = Portal::empty([]);
    let start = Instant::now();
    // The beginning of a ClientHello, whose end the portal need not wait for.
    let reply = portal.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").unwrap();
    reply.is_error(400, "invalid_request");
    assert!(reply.body.contains("http://"), "{}", reply.body);
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[test]
fn ambiguous_requests_are_refused() {
    let portal = Portal::empty([]);
    let (host, bearer) = (&portal.address, &portal.pat);
    for (version, headers) in [
        ("1.1", format!("Host: {host}\r\nHost: {host}")),
        (
            "1.1",
            format!("Host: {host}\r\nAuthorization: Bearer {bearer}\r\nAuthorization: Bearer x"),
        ),
        (
            "1.1",
            format!("Host: {host}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        ),
        ("1.0", format!("Host: {host}\r\nTransfer-Encoding: chunked")),
    ] {
        let request = format!("POST /api/v1/apps HTTP/{version}\r\n{headers}\r\n\r\n0\r\n\r\n");
        portal.send(request.as_bytes()).unwrap().is_error(400, "invalid_request");
    }
}

#[test]
fn a_long_body_is_made_while_it_is_sent() {
    const BYTES: u64 = 200_000_000;
    let portal = Portal::empty([]);
    let mut stream = portal.connect();
    let host = &portal.address;
    write!(
        stream,
        "GET /provider/p?bytes={BYTES} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let sent = std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
    assert!(sent > BYTES, "{sent}");
    assert!(portal.peak_memory() < 50 << 20, "{}", portal.peak_memory());
}
