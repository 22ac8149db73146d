//! A real `alter-portal` on a port of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Alter, alter};

/// The emulator under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_alter-portal");

/// A running portal, killed when it goes out of scope.
#[derive(Debug)]
pub(crate) struct Portal {
    pub(crate) base_url: String,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    pub(crate) pat: String,
    pub(crate) app_id: Option<String>,
    /// Whether its answers are those that it describes: not where faults were asked for.
    pub(super) keeps_its_word: bool,
    child: Child,
}

impl Portal {
    /// One with the demo organisation and more arguments.
    pub(crate) fn new<'a>(args: impl AsRef<[&'a str]>) -> Self {
        Self::run(&mut Command::new(PROGRAM), args.as_ref())
    }

    /// One without apps.
    pub(crate) fn empty<'a>(args: impl AsRef<[&'a str]>) -> Self {
        Self::new([&["--seed", "empty"], args.as_ref()].concat())
    }

    /// Starts it by a command of the test's own, on a free port unless `--listen` is among the arguments.
    pub(crate) fn run(command: &mut Command, args: &[&str]) -> Self {
        let listen = if args.contains(&"--listen") { None } else { Some("--listen=127.0.0.1:0") };
        let mut child = command
            .args(listen)
            .arg("--quiet")
            .args(args)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("alter-portal starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let ready: Value = serde_json::from_str(&line).expect("JSON on the first line");
        let text = |key: &str| ready[key].as_str().map(str::to_owned);
        assert_eq!(ready["base_url"], ready["dashboard_url"]);
        let base_url = text("base_url").expect("a base URL");
        Self {
            address: base_url.replace("http://", ""),
            base_url,
            pat: text("pat").expect("a PAT"),
            app_id: text("app_id"),
            keeps_its_word: !args.iter().any(|arg| arg.starts_with("--fault")),
            child,
        }
    }

    /// A PAT with these scopes and no others; the portal needs `--auto-approve`.
    pub(crate) fn pat_with(&self, scopes: &str) -> String {
        let page = self.page(&format!(
            "/cli/authorize?callback=http%3A%2F%2F127.0.0.1%3A9%2Fcallback&state=s&scopes={scopes}&client=test&host=test"
        ));
        let at = page.find("alter_pat_").expect("a PAT on the page");
        page[at..].split('"').next().unwrap_or_default().to_owned()
    }

    /// Creates an app by `alter`; gives its id.
    pub(crate) fn app(&self, name: &str) -> String {
        let made = alter(["apps", "create", "--name", name]).at(self).run();
        made.exits(0).json()["id"].as_str().expect("an id").to_owned()
    }

    /// What a command prints, as JSON.
    pub(crate) fn ask<const N: usize>(&self, args: [&str; N]) -> Value {
        let run: Alter = alter(args);
        run.arg("--output=json").at(self).run().exits(0).json()
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

    /// Ends it the hard way, as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
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
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
