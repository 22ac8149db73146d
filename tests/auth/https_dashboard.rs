//! Signing in through a real browser, from a dashboard served over https.
//!
//! A form that an https page posts to the loopback listener carries `Origin: null`: that is what is shown to work.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use crate::Folder;
use crate::authority::{Authority, Flaw};
use crate::server::Server;

/// A portal, its dashboard behind TLS, and a home whose browser trusts the authority.
struct Stage {
    portal: Child,
    port: u16,
    front: Server,
    home: Folder,
}

impl Stage {
    fn new(name: &str) -> Self {
        let home = Folder::new(name);
        let authority = Authority::new("Browser Root");
        trust(&home, &authority);
        let mut portal = Command::new(env!("CARGO_BIN_EXE_alter-portal"))
            .args(["--listen", "127.0.0.1:0", "--quiet"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(portal.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let start: serde_json::Value = serde_json::from_str(&line).unwrap();
        let base = start["base_url"].as_str().unwrap();
        let port = base.rsplit(':').next().unwrap().parse().unwrap();
        let front = Server::front(authority.server(Flaw::None), port);
        Self { portal, port, front, home }
    }

    fn alter(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alter"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", &self.home.0)
            .env("ALTER_CONFIG_DIR", self.home.0.join("config"))
            .env("ALTER_BASE_URL", format!("http://127.0.0.1:{}", self.port))
            .env("ALTER_DASHBOARD_URL", format!("https://localhost:{}", self.front.port));
        command
    }

    /// Signs in, the browser driven with `flags`; gives the exit code, the browser's last page, and stderr.
    fn sign_in(&self, flags: &[&str]) -> (Option<i32>, String, String) {
        let mut login = self
            .alter(&["auth", "login", "--no-browser", "--timeout", "120"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(login.stderr.take().unwrap());
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "no address: {said}");
            said.push_str(&line);
            if let Some(at) = line.find("https://localhost") {
                break line[at..].trim().to_owned();
            }
        };
        let browser = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/press-authorize"))
            .arg(&url)
            .args(flags)
            .env("HOME", &self.home.0)
            .output()
            .unwrap();
        let page = String::from_utf8_lossy(&browser.stdout).into_owned();
        assert!(browser.status.success(), "{}", String::from_utf8_lossy(&browser.stderr));
        stderr.read_to_string(&mut said).unwrap();
        (login.wait().unwrap().code(), page, said)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.portal.kill();
        let _ = self.portal.wait();
    }
}

/// Puts the authority into the store that Chromium reads beside its own roots.
fn trust(home: &Folder, authority: &Authority) {
    let pem = home.file("ca.pem", &authority.pem);
    let store = home.0.join(".pki/nssdb");
    std::fs::create_dir_all(&store).unwrap();
    let store = format!("sql:{}", store.display());
    for arguments in [
        vec!["-d", &store, "-N", "--empty-password"],
        vec!["-d", &store, "-A", "-t", "C,,", "-n", "test", "-i", &pem],
    ] {
        let status =
            Command::new("certutil").args(arguments).status().expect("certutil (libnss3-tools)");
        assert!(status.success());
    }
}

#[test]
fn a_browser_on_an_https_dashboard_signs_in_with_the_keyboard() {
    let stage = Stage::new("browser");
    for flags in [&[][..], &["--no-script"]] {
        let (code, page, said) = stage.sign_in(flags);
        assert_eq!(code, Some(0), "{said}");
        assert!(page.contains("You are signed in"), "{page}");
        let status = stage.alter(&["auth", "status", "--fields", "source,name"]).output().unwrap();
        let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
        assert_eq!(status["source"], "file");
        assert!(status["name"].as_str().unwrap().starts_with("alter-cli"), "{status}");
        assert!(!said.contains("alter_pat_"), "{said}");
    }
    assert!(
        !stage.front.seen().contains("alter_pat_"),
        "a PAT stood in a request to the dashboard"
    );
}

#[test]
fn deny_ends_with_its_own_code_and_stores_nothing() {
    let stage = Stage::new("deny");
    let (code, _, said) = stage.sign_in(&["--deny"]);
    assert_eq!(code, Some(8), "{said}");
    assert_eq!(stage.alter(&["auth", "status"]).output().unwrap().status.code(), Some(3));
}
