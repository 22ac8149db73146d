//! A home of its own for each test, the binary run in it, and a portal that knows a few PATs.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use mockito::{Mock, Server, ServerGuard};

use crate::support::Pty;

/// Every PAT of these tests holds this word, so that a leak is found by it.
pub(crate) const MARK: &str = "sekret";
pub(crate) const PAT: &str = "alter_pat_sekret_0123456789";
pub(crate) const OTHER_PAT: &str = "alter_pat_other_sekret_9876543210";
/// A PAT that the portal accepts, and that may not look at itself.
pub(crate) const BLIND_PAT: &str = "alter_pat_blind_sekret_0123456789";
pub(crate) const BAD_PAT: &str = "alter_pat_bad_sekret_0123456789";

const PATIENCE: Duration = Duration::from_secs(60);

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Run {
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(
            !self.stdout.contains(MARK) && !self.stderr.contains(MARK),
            "a credential is shown: {self:?}"
        );
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no `{text}` in {self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn hides(self, text: &str) -> Self {
        assert!(!self.stderr.contains(text), "`{text}` in {self:?}");
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// A folder that is gone when the test is over.
pub(crate) struct Home {
    pub(crate) root: PathBuf,
    environment: Vec<(String, String)>,
}

impl Home {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("alter-auth-{}-{number}", std::process::id()));
        fs::create_dir_all(root.join("home")).unwrap();
        let mut home = Self { environment: Vec::new(), root };
        home.set("HOME", home.root.join("home").display());
        home.set("ALTER_CONFIG_DIR", home.config().display());
        home.set("PATH", "/usr/bin:/bin");
        home
    }

    /// A home whose portal is this one.
    pub(crate) fn at(portal: &Portal) -> Self {
        let mut home = Self::new();
        home.set("ALTER_BASE_URL", portal.server.url());
        home
    }

    pub(crate) fn set(&mut self, name: &str, value: impl ToString) {
        self.environment.push((name.to_owned(), value.to_string()));
    }

    pub(crate) fn set_path(&mut self, name: &str, path: &Path) {
        self.set(name, path.display());
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.root.join("config")
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.config().join("auth.toml")
    }

    /// Writes `auth.toml` as the program would keep it.
    pub(crate) fn keep(&self, text: &str) {
        fs::create_dir_all(self.config()).unwrap();
        mode(&self.config(), 0o700);
        fs::write(self.file(), text).unwrap();
        mode(&self.file(), 0o600);
    }

    /// Puts a shell script in front of the programs of the system.
    pub(crate) fn program(&mut self, name: &str, script: &str) {
        let folder = self.root.join("bin");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(name);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        mode(&file, 0o755);
        self.set("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alter"));
        command
            .args(arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The same on a terminal.
    pub(crate) fn on_a_terminal(&self, arguments: &[&str]) -> Pty {
        let argv = [&[env!("CARGO_BIN_EXE_alter")], arguments].concat();
        let set = self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Pty::program(&argv, &set.collect::<Vec<_>>(), &self.root)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Run {
        let begun = Instant::now();
        let mut child = self.command(arguments).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let errors = thread::spawn(move || text(&mut stderr));
        let stdout = text(&mut stdout);
        let status = wait(child);
        Run { code: status.code(), stdout, stderr: errors.join().unwrap(), took: begun.elapsed() }
    }

    /// Signs in with a token.
    pub(crate) fn sign_in(&self, pat: &str, more: &[&str]) -> Run {
        let arguments = [&["auth", "login", "--token-stdin"], more].concat();
        self.run_with(&arguments, pat)
    }

    /// Which place the PAT of this home comes from.
    #[track_caller]
    pub(crate) fn source(&self) -> String {
        let run = self.run(&["auth", "status"]).exits(0);
        run.json()["source"].as_str().unwrap().to_owned()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::set_permissions(self.config(), fs::Permissions::from_mode(0o700));
        let _ = fs::remove_dir_all(&self.root);
    }
}

pub(crate) fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn text(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Waits for the end, which a hanging program does not put off for ever.
pub(crate) fn wait(mut child: Child) -> ExitStatus {
    let pid = rustix::process::Pid::from_child(&child);
    let (tell, told) = mpsc::channel();
    let waiting = thread::spawn(move || {
        let status = child.wait().unwrap();
        let _ = tell.send(());
        status
    });
    if told.recv_timeout(PATIENCE).is_err() {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
    waiting.join().unwrap()
}

/// A portal that answers for the PATs above.
pub(crate) struct Portal {
    pub(crate) server: ServerGuard,
    _mocks: Vec<Mock>,
}

impl Portal {
    pub(crate) fn new() -> Self {
        Self::with_expiry("null")
    }

    pub(crate) fn with_expiry(expires: &str) -> Self {
        let mut server = Server::new();
        let record = format!(
            r#"{{"id":"p1","name":"laptop","prefix":"alter_pat_ab","scopes":["dashboard_apps:read"],"expires_at":{expires},"organization":{{"id":"o","name":"Org"}},"user":{{"id":"u","email":"a@b.example"}},"secret":"{MARK}","more":1.50}}"#
        );
        let mut mocks = Vec::new();
        for (pat, status, body) in [
            (PAT, 200, record.as_str()),
            (OTHER_PAT, 200, &record.replace("a@b.example", "c@d.example")),
            (
                BLIND_PAT,
                403,
                r#"{"error":"insufficient_scope","message":"no","details":{"missing":["dashboard_pats:read"]}}"#,
            ),
            (BAD_PAT, 401, r#"{"error":"pat_invalid","message":"no such PAT"}"#),
        ] {
            let mock = server
                .mock("GET", "/api/v1/pats/me")
                .match_header("authorization", format!("Bearer {pat}").as_str())
                .with_status(status)
                .with_header("content-type", "application/json")
                .with_body(body);
            mocks.push(mock.create());
        }
        Self { server, _mocks: mocks }
    }
}

/// A browser sign-in under way, from the browser's side.
pub(crate) struct Login {
    child: Child,
    stderr: BufReader<ChildStderr>,
    seen: String,
    pub(crate) url: String,
    pub(crate) port: u16,
    pub(crate) state: String,
}

impl Login {
    pub(crate) fn start(home: &Home, more: &[&str]) -> Self {
        let arguments = [&["auth", "login"], more].concat();
        let mut child = home.command(&arguments).spawn().unwrap();
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
        let pairs = alter::origin::form(query).unwrap();
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
        text(&mut stream)
    }

    /// Posts a form as the dashboard does.
    pub(crate) fn post(&self, form: &str) -> String {
        self.send(&(self.head(form.len()) + form))
    }

    /// The good callback, which must be answered within a second.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Run {
        let begun = Instant::now();
        let answer = self.post(&self.form());
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("You are signed in"), "{answer}");
        self.end().exits(0).says("Signed in to")
    }

    pub(crate) fn end(mut self) -> Run {
        let begun = Instant::now();
        drop(self.child.stdin.take());
        let mut rest = Vec::new();
        self.stderr.read_to_end(&mut rest).unwrap();
        let stdout = text(&mut self.child.stdout.take().unwrap());
        Run {
            code: wait(self.child).code(),
            stdout,
            stderr: self.seen + &String::from_utf8_lossy(&rest),
            took: begun.elapsed(),
        }
    }
}
