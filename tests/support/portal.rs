//! A real `alter-portal` on a port of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::{Alter, alter};

/// A running portal, stopped when the test ends.
#[derive(Debug)]
pub(crate) struct Portal {
    pub(crate) base_url: String,
    pub(crate) pat: String,
    /// An app of the demo organisation.
    pub(crate) app_id: String,
    child: Child,
}

impl Portal {
    /// One with the demo organisation and more arguments.
    pub(crate) fn new<const N: usize>(args: [&str; N]) -> Self {
        Self::start(&args)
    }

    /// One without apps.
    pub(crate) fn empty<const N: usize>(args: [&str; N]) -> Self {
        Self::start(&[&["--seed", "empty"][..], &args].concat())
    }

    /// One with arguments that come from elsewhere.
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_alter-portal"))
            .args(["--listen", "127.0.0.1:0", "--quiet"])
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
        let text = |key: &str| ready[key].as_str().unwrap_or_default().to_owned();
        Self { base_url: text("base_url"), pat: text("pat"), app_id: text("app_id"), child }
    }

    /// A PAT with these scopes and no others; the portal needs `--auto-approve`.
    pub(crate) fn pat_with(&self, scopes: &str) -> String {
        let target = format!(
            "/cli/authorize?callback=http%3A%2F%2F127.0.0.1%3A9%2Fcallback&state=s&scopes={scopes}&client=test&host=test"
        );
        let page = self.page(&target);
        let at = page.find("alter_pat_").expect("a PAT on the page");
        page[at..].split('"').next().unwrap_or_default().to_owned()
    }

    /// A page of the dashboard, as it came.
    pub(crate) fn page(&self, target: &str) -> String {
        let address = self.base_url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("a connection");
        write!(stream, "GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
            .expect("a request");
        let mut page = String::new();
        stream.read_to_string(&mut page).expect("a page");
        page
    }

    /// Creates an app; gives its id.
    pub(crate) fn app(&self, name: &str) -> String {
        let made = alter(["apps", "create", "--name", name]).at(self).run();
        made.exits(0).json()["id"].as_str().expect("an id").to_owned()
    }

    /// What a command prints, as JSON.
    pub(crate) fn ask<const N: usize>(&self, args: [&str; N]) -> Value {
        let run: Alter = alter(args);
        run.arg("--output=json").at(self).run().exits(0).json()
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
