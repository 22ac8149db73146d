//! A portal of its own for each test, and a client that hides nothing of what comes back.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// No answer of a healthy portal takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running portal, killed when it goes out of scope.
pub(crate) struct Portal {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    pub(crate) pat: String,
    pub(crate) app_id: Option<String>,
}

impl Portal {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::run(&mut Command::new(env!("CARGO_BIN_EXE_alter-portal")), arguments)
    }

    /// Starts it by a command of one's own.
    pub(crate) fn run(command: &mut Command, arguments: &[&str]) -> Self {
        let mut child = command
            .args(["--listen=127.0.0.1:0", "--quiet"])
            .args(arguments)
            .env_clear()
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| ready[name].as_str().map(str::to_owned);
        assert_eq!(ready["base_url"], ready["dashboard_url"]);
        Self {
            child,
            address: text("base_url").unwrap().replace("http://", ""),
            pat: text("pat").unwrap(),
            app_id: text("app_id"),
        }
    }

    pub(crate) fn empty(arguments: &[&str]) -> Self {
        Self::start(&[&["--seed", "empty"], arguments].concat())
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.api("GET", path, "")
    }

    pub(crate) fn post(&self, path: &str, body: &str) -> Reply {
        self.api("POST", path, body)
    }

    /// Calls the API with the ready PAT.
    pub(crate) fn api(&self, method: &str, path: &str, body: &str) -> Reply {
        self.api_with(method, path, body, &[]).unwrap()
    }

    pub(crate) fn api_with(
        &self,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> io::Result<Reply> {
        self.api_as(&self.pat, method, path, body, headers)
    }

    pub(crate) fn api_as(
        &self,
        pat: &str,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> io::Result<Reply> {
        let authorization = format!("Bearer {pat}");
        let headers = [&[("Authorization", authorization.as_str())], headers].concat();
        self.exchange(method, &format!("/api/v1{path}"), body, &headers)
    }

    /// One request on a connection of its own.
    pub(crate) fn exchange(
        &self,
        method: &str,
        target: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> io::Result<Reply> {
        let mut request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            request.extend([*name, ": ", *value, "\r\n"]);
        }
        self.send(format!("{request}\r\n{body}").as_bytes())
    }

    /// Bytes out, an answer in.
    pub(crate) fn send(&self, bytes: &[u8]) -> io::Result<Reply> {
        let mut stream = self.try_connect()?;
        stream.write_all(bytes)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Reply::parse(&answer).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    pub(crate) fn connect(&self) -> TcpStream {
        self.try_connect().unwrap()
    }

    fn try_connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    pub(crate) fn create_app(&self, name: &str) -> String {
        let reply = self.post("/apps", &format!("{{\"name\":\"{name}\"}}"));
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.text("id")
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Ends it the hard way while others still talk to it.
    pub(crate) fn crash(&self) {
        kill_process(self.pid(), Signal::KILL).unwrap();
    }

    /// Asks it to end, as a person or a script would.
    pub(crate) fn end(mut self) -> ExitStatus {
        kill_process(self.pid(), Signal::TERM).unwrap();
        self.child.wait().unwrap()
    }

    /// The most memory it has had, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }

    /// How long the processor has worked for the portal, to a hundredth of a second.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // What follows the name, which may hold anything; the fields of time are the 14th and 15th of all.
        let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
        let ticks: u64 = fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Ends the portal the hard way, as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer as it came.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
    headers: Vec<(String, String)>,
}

impl Reply {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines.filter_map(|line| line.split_once(": "));
        Some(Self {
            status,
            body: body.to_owned(),
            headers: headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(),
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// A top-level string.
    pub(crate) fn text(&self, name: &str) -> String {
        let json = self.json();
        json[name].as_str().unwrap_or_else(|| panic!("no {name} in {json}")).to_owned()
    }

    /// Fails unless it is this error.
    #[track_caller]
    pub(crate) fn is_error(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.json()["error"], code, "{}", self.body);
    }

    /// Fails unless it is a 422 that tells exactly these faults, each as `place.name kind`.
    #[track_caller]
    pub(crate) fn has_issues(&self, expected: &[&str]) {
        assert_eq!(self.status, 422, "{}", self.body);
        let issue = |issue: &Value| {
            let parts: Vec<&str> = issue["loc"]
                .as_array()
                .unwrap()
                .iter()
                .map(|part| part.as_str().unwrap())
                .collect();
            format!("{} {}", parts.join("."), issue["type"].as_str().unwrap())
        };
        let told: Vec<String> =
            self.json()["detail"].as_array().unwrap().iter().map(issue).collect();
        assert_eq!(told, expected, "{}", self.body);
    }

    /// Fails unless it is a 422 about this part of the request.
    #[track_caller]
    pub(crate) fn is_invalid(&self, place: &str, name: &str) {
        assert_eq!(self.status, 422, "{}", self.body);
        let issue = &self.json()["detail"][0];
        assert_eq!(issue["loc"], serde_json::json!([place, name]), "{}", self.body);
        assert!(issue["msg"].is_string() && issue["type"].is_string(), "{}", self.body);
    }
}

/// A folder of one test, removed with it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("alter-portal-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
