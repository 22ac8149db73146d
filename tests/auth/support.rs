//! A user with a home of their own, a portal that knows a few PATs, and a browser sign-in under way.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr};
use std::time::{Duration, Instant};

use mockito::{Mock, ServerGuard};

use crate::support::process::{PATIENCE, drain, finish};
use crate::support::{Alter, Home, Outcome, Pty, alter};

/// Every PAT of these tests holds this word, so that a leak is found by it.
pub(crate) const MARK: &str = "sekret";
pub(crate) const PAT: &str = "alter_pat_sekret_0123456789";
pub(crate) const OTHER_PAT: &str = "alter_pat_other_sekret_9876543210";
/// A PAT that the portal accepts, and that may not look at itself.
pub(crate) const BLIND_PAT: &str = "alter_pat_blind_sekret_0123456789";
pub(crate) const BAD_PAT: &str = "alter_pat_bad_sekret_0123456789";

const CONFIG_DIR: &str = ".config-alter";
const SYSTEM_PATH: &str = "/usr/bin:/bin";

/// A home, and the environment of every command that runs in it.
pub(crate) struct User {
    pub(crate) home: Home,
    environment: Vec<(String, String)>,
}

impl User {
    pub(crate) fn new() -> Self {
        let mut user = Self { home: Home::new(), environment: Vec::new() };
        user.set("PATH", SYSTEM_PATH);
        user
    }

    /// A user of this portal.
    pub(crate) fn at(portal: &Portal) -> Self {
        let mut user = Self::new();
        user.set("ALTER_BASE_URL", portal.url());
        user
    }

    pub(crate) fn set(&mut self, name: &str, value: impl ToString) {
        self.environment.push((name.to_owned(), value.to_string()));
    }

    /// Sets a variable to the path of the home.
    pub(crate) fn set_to_home(&mut self, name: &str) {
        self.set(name, self.home.path().display().to_string());
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.home.join(CONFIG_DIR)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.config().join("auth.toml")
    }

    /// Writes `auth.toml` as the program would store it.
    pub(crate) fn store(&self, text: &str) {
        self.home.write(&format!("{CONFIG_DIR}/auth.toml"), text);
        mode(&self.config(), 0o700);
        mode(&self.file(), 0o600);
    }

    /// Puts a shell script in front of the programs of the system.
    pub(crate) fn program(&mut self, name: &str, script: &str) {
        let file = self.home.write(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
        mode(&file, 0o755);
        self.set("PATH", format!("{}:{SYSTEM_PATH}", self.home.file("bin")));
    }

    /// `alter` with these arguments.
    pub(crate) fn alter(&self, arguments: &[&str]) -> Alter {
        let run = arguments.iter().fold(alter([]), Alter::arg).home(&self.home);
        self.environment.iter().fold(run, |run, (name, value)| run.env(name, value))
    }

    /// The same on a terminal.
    pub(crate) fn on_a_terminal(&self, arguments: &[&str]) -> Pty {
        Pty::of(&self.alter(arguments))
    }

    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with(arguments, "")
    }

    /// Runs it with this on standard input; no credential may come out.
    #[track_caller]
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Outcome {
        let outcome = self.alter(arguments).stdin(input).run();
        outcome.hides(MARK);
        outcome
    }

    /// Signs in with a token.
    #[track_caller]
    pub(crate) fn sign_in(&self, pat: &str, more: &[&str]) -> Outcome {
        let arguments = [&["auth", "login", "--token-stdin"], more].concat();
        self.run_with(&arguments, pat)
    }

    /// Which place the PAT comes from.
    #[track_caller]
    pub(crate) fn source(&self) -> String {
        let status = self.run(&["auth", "status"]).exits(0).json();
        status["source"].as_str().unwrap().to_owned()
    }
}

impl Drop for User {
    fn drop(&mut self) {
        // A test may have made it unwritable; the home could not be removed then.
        let _ = fs::set_permissions(self.config(), fs::Permissions::from_mode(0o700));
    }
}

pub(crate) fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A portal that answers for the PATs above.
pub(crate) struct Portal {
    server: ServerGuard,
    // Each stops answering when it is dropped.
    _mocks: Vec<Mock>,
}

impl Portal {
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }
}

/// A portal whose PATs do not expire.
pub(crate) fn portal() -> Portal {
    portal_with_expiry("null")
}

/// The same where the PATs have this `expires_at`.
pub(crate) fn portal_with_expiry(expires: &str) -> Portal {
    const BLIND: &str = r#"{"error":"insufficient_scope","message":"no","details":{"missing":["dashboard_pats:read"]}}"#;
    const BAD: &str = r#"{"error":"pat_invalid","message":"no such PAT"}"#;
    let record = |email: &str| {
        format!(
            r#"{{"id":"p1","name":"laptop","prefix":"alter_pat_ab","scopes":["dashboard_apps:read"],"expires_at":{expires},"organization":{{"id":"o","name":"Org"}},"user":{{"id":"u","email":"{email}"}},"secret":"{MARK}","more":1.50}}"#
        )
    };
    let mut server = mockito::Server::new();
    let mocks = [
        (PAT, 200, record("a@b.example")),
        (OTHER_PAT, 200, record("c@d.example")),
        (BLIND_PAT, 403, BLIND.to_owned()),
        (BAD_PAT, 401, BAD.to_owned()),
    ]
    .map(|(pat, status, body)| {
        let mock = server.mock("GET", "/api/v1/pats/me").with_status(status).with_body(body);
        mock.match_header("authorization", format!("Bearer {pat}").as_str()).create()
    });
    Portal { server, _mocks: mocks.into() }
}

/// A browser sign-in under way, from the browser's side.
pub(crate) struct Login {
    child: Child,
    stderr: BufReader<ChildStderr>,
    seen: String,
    begun: Instant,
    pub(crate) url: String,
    pub(crate) port: u16,
    pub(crate) state: String,
}

impl Login {
    pub(crate) fn start(user: &User, more: &[&str]) -> Self {
        Self::of(&user.alter(&[&["auth", "login"], more].concat()))
    }

    /// Starts a sign-in and reads the address that it prints.
    pub(crate) fn of(run: &Alter) -> Self {
        let mut child = run.spawn();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut seen = String::new();
        let url = loop {
            let from = seen.len();
            assert!(stderr.read_line(&mut seen).unwrap() > 0, "no address: {seen}");
            if seen[from..].contains("/cli/authorize?") {
                break seen[from..].trim().to_owned();
            }
        };
        let query = url.split_once('?').unwrap().1;
        let pairs = ::alter::for_tests::form(query).unwrap();
        let value = |wanted: &str| {
            let found = pairs.iter().find(|(name, _)| name == wanted);
            found.unwrap().1.clone()
        };
        let callback = value("callback");
        let port = callback
            .strip_prefix("http://127.0.0.1:")
            .and_then(|rest| rest.strip_suffix("/callback"));
        Self {
            port: port.unwrap().parse().unwrap(),
            state: value("state"),
            child,
            stderr,
            seen,
            begun: Instant::now(),
            url,
        }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// The head of a good request, up to the empty line.
    pub(crate) fn head(&self, length: impl std::fmt::Display) -> String {
        format!(
            "POST /callback HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nOrigin: null\r\nSec-Fetch-Mode: navigate\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n",
            self.port
        )
    }

    pub(crate) fn form(&self) -> String {
        format!("state={}&pat={PAT}", self.state)
    }

    /// Sends a request and gives the whole answer.
    pub(crate) fn send(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Posts a form as the dashboard does.
    pub(crate) fn post(&self, form: &str) -> String {
        self.send(&(self.head(form.len()) + form))
    }

    /// The good callback, which must be answered within a second.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Outcome {
        let begun = Instant::now();
        let answer = self.post(&self.form());
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("You are signed in"), "{answer}");
        let outcome = self.end();
        outcome.exits(0).stderr_has("Signed in to");
        outcome
    }

    /// Waits for the end; no credential may have come out.
    #[track_caller]
    pub(crate) fn end(mut self) -> Outcome {
        let streams = [self.child.stdout.take().map(drain), Some(drain(self.stderr))];
        let ([stdout, rest], status) = finish(&mut self.child, streams);
        let stderr = [self.seen.into_bytes(), rest].concat();
        let took = self.begun.elapsed();
        let outcome =
            Outcome { words: vec!["auth".into(), "login".into()], stdout, stderr, status, took };
        outcome.hides(MARK);
        outcome
    }
}
