//! A scripted server: it answers, stalls, resets and breaks the contract, and records what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// One request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// How many requests came before it.
    pub(crate) number: usize,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Exchange {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A number in the query.
    pub(crate) fn query(&self, name: &str) -> Option<usize> {
        let query = self.target.split_once('?')?.1;
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        pair.parse().ok()
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Play {
    /// Sends these bytes and keeps the connection.
    Send(Vec<u8>),
    /// Sends these bytes and closes.
    SendAndClose(Vec<u8>),
    /// Sends these bytes, then nothing more until the client goes.
    SendAndHang(Vec<u8>),
}

impl Play {
    /// JSON with a status.
    pub(crate) fn json(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self::with(status, "Content-Type: application/json\r\n", body)
    }

    /// A body with a status and more header lines.
    pub(crate) fn with(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = format!(
            "HTTP/1.1 {status} Status\r\nX-Request-Id: req_test\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(body);
        Self::Send(bytes)
    }

    /// Closes without a byte.
    pub(crate) fn close() -> Self {
        Self::SendAndClose(Vec::new())
    }

    /// Never answers.
    pub(crate) fn stall() -> Self {
        Self::SendAndHang(Vec::new())
    }
}

type Handler = dyn Fn(&Exchange) -> Play + Send + Sync;

struct Shared {
    handler: Box<Handler>,
    seen: Mutex<Vec<Exchange>>,
    connections: AtomicUsize,
    stopped: AtomicBool,
}

/// A listening server.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// One that plays what the function says.
    pub(crate) fn new(handler: impl Fn(&Exchange) -> Play + Send + Sync + 'static) -> Self {
        Self::listen(TcpListener::bind("127.0.0.1:0").expect("a port"), handler)
    }

    /// One on a port that a server before it had.
    pub(crate) fn again(
        address: SocketAddr,
        handler: impl Fn(&Exchange) -> Play + Send + Sync + 'static,
    ) -> Self {
        Self::listen(TcpListener::bind(address).expect("the same port"), handler)
    }

    /// One that answers every request with the same JSON.
    pub(crate) fn json(status: u16, body: &str) -> Self {
        let body = body.to_owned();
        Self::new(move |_| Play::json(status, &body))
    }

    /// One that is never to be asked anything.
    pub(crate) fn unused() -> Self {
        Self::json(500, "{}")
    }

    fn listen(
        listener: TcpListener,
        handler: impl Fn(&Exchange) -> Play + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            handler: Box::new(handler),
            seen: Mutex::default(),
            connections: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        let acceptor = thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.stopped.load(Ordering::SeqCst) {
                    return;
                }
                serving.connections.fetch_add(1, Ordering::SeqCst);
                let serving = Arc::clone(&serving);
                thread::spawn(move || serve(&serving, &stream.expect("a connection")));
            }
        });
        Self { address, shared, acceptor: Some(acceptor) }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its origin.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Exchange> {
        self.shared.seen.lock().expect("no panic").clone()
    }

    /// How often somebody connected.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Checks that nobody ever connected.
    #[track_caller]
    pub(crate) fn untouched(&self) {
        assert_eq!(self.connections(), 0, "connections; requests: {:?}", self.seen());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the acceptor, so that the port is free when this returns.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn serve(shared: &Shared, stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(exchange) = read(&mut reader, shared) {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        // A client that hangs up midway is part of some tests.
        match (shared.handler)(&exchange) {
            Play::Send(bytes) => {
                if writer.write_all(&bytes).is_err() {
                    return;
                }
            }
            Play::SendAndClose(bytes) => {
                let _ = writer.write_all(&bytes);
                return;
            }
            Play::SendAndHang(bytes) => {
                let _ = writer.write_all(&bytes);
                let _ = reader.read(&mut [0]);
                return;
            }
        }
    }
}

fn read(reader: &mut impl BufRead, shared: &Shared) -> Option<Exchange> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut exchange = Exchange { number: 0, method, target, headers, body: String::new() };
    let length = exchange.header("content-length").and_then(|text| text.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    exchange.body = String::from_utf8(body).ok()?;
    let mut seen = shared.seen.lock().ok()?;
    exchange.number = seen.len();
    seen.push(exchange.clone());
    Some(exchange)
}
