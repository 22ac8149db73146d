//! Real servers on free ports: one that speaks TLS, and a proxy that makes tunnels.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What a server was sent, as text.
pub(crate) type Seen = Arc<Mutex<String>>;

/// A server on a thread of its own, for as long as the test runs.
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) seen: Seen,
}

impl Server {
    /// Answers each request with an empty list, over TLS.
    pub(crate) fn tls(config: Arc<ServerConfig>) -> Self {
        Self::new(move |stream, seen| {
            let session = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(session, stream);
            answer(&mut stream, seen);
        })
    }

    /// Opens a tunnel to `port`, whatever host it is asked for, and keeps all bytes that go through.
    pub(crate) fn proxy(port: u16) -> Self {
        Self::new(move |client, seen| {
            let mut client = client;
            let head = head(&mut client).unwrap_or_default();
            seen.lock().unwrap().push_str(&head);
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            let target = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let (mut from_target, mut to_client) =
                (target.try_clone().unwrap(), client.try_clone().unwrap());
            let back = thread::spawn(move || {
                let _ = io::copy(&mut from_target, &mut to_client);
                let _ = to_client.shutdown(Shutdown::Both);
            });
            let mut target = target;
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = client.read(&mut buffer) {
                seen.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
                if target.write_all(&buffer[..read]).is_err() {
                    break;
                }
            }
            let _ = target.shutdown(Shutdown::Both);
            back.join().unwrap();
        })
    }

    /// A proxy that begins an answer and goes on with it for ever, a byte each tenth of a second.
    pub(crate) fn dripping_proxy() -> Self {
        Self::new(|client, _| {
            let mut client = client;
            let _ = head(&mut client);
            client.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
            let mut next: &[u8] = b"HTTP/1.1 200 OK\r\nX: ";
            // Until the client hangs up.
            while client.write_all(next).is_ok() && client.read(&mut [0]).is_err() {
                next = b"y";
            }
        })
    }

    /// A proxy that answers with a status.
    pub(crate) fn refusing_proxy(status: &'static str) -> Self {
        Self::new(move |client, _| {
            let mut client = client;
            let _ = head(&mut client);
            let _ = write!(client, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        })
    }

    /// A proxy that speaks no HTTP.
    pub(crate) fn rubbish_proxy() -> Self {
        Self::new(|client, _| {
            let mut client = client;
            let _ = head(&mut client);
            let _ = client.write_all(b"220 mail.example ESMTP\r\n\r\n");
        })
    }

    /// Takes TLS off requests and hands them to the plain server at `port`, one a connection.
    pub(crate) fn front(config: Arc<ServerConfig>, port: u16) -> Self {
        Self::new(move |stream, seen| {
            let session = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(session, stream);
            let Some(head) = head(&mut stream) else {
                return;
            };
            seen.lock().unwrap().push_str(&head);
            let mut body = vec![0; content_length(&head)];
            if stream.read_exact(&mut body).is_err() {
                return;
            }
            let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
            let mut target = TcpStream::connect(("127.0.0.1", port)).unwrap();
            // As a reverse proxy does: what is behind it answers to its own address alone.
            let own = format!("Host: 127.0.0.1:{port}");
            let with_own = |line: &str| {
                if line.to_ascii_lowercase().starts_with("host:") {
                    own.clone()
                } else {
                    line.into()
                }
            };
            let head: Vec<String> = head.split("\r\n").map(with_own).collect();
            target.write_all(head.join("\r\n").as_bytes()).unwrap();
            target.write_all(&body).unwrap();
            let _ = io::copy(&mut target, &mut stream);
            stream.conn.send_close_notify();
            let _ = stream.flush();
        })
    }

    fn new(serve: impl Fn(TcpStream, &Seen) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Seen::default();
        let (serve, record) = (Arc::new(serve), seen.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (serve, record) = (serve.clone(), record.clone());
                thread::spawn(move || serve(stream, &record));
            }
        });
        Self { port, seen }
    }

    pub(crate) fn seen(&self) -> String {
        self.seen.lock().unwrap().clone()
    }
}

fn answer(stream: &mut (impl Read + Write), seen: &Seen) {
    while let Some(head) = head(stream) {
        seen.lock().unwrap().push_str(&head);
        let answer =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]";
        if stream.write_all(answer.as_bytes()).and_then(|()| stream.flush()).is_err() {
            return;
        }
    }
}

fn content_length(head: &str) -> usize {
    let lower = head.to_ascii_lowercase();
    let value = lower.lines().find_map(|line| line.strip_prefix("content-length:"));
    value.map_or(0, |value| value.trim().parse().unwrap())
}

/// Reads up to the blank line behind a head.
fn head(stream: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).ok()
}
