//! Signing in through a real browser, from a dashboard served over https.
//!
//! A form that an https page posts to the loopback listener carries `Origin: null`: that is what is shown to work.

use std::process::Command;

use super::support::{Login, User};
use crate::support::authority::{Authority, Flaw};
use crate::support::tls_server::Server;
use crate::support::{Home, Outcome, Portal};

/// A portal, its dashboard behind TLS, and a user whose browser trusts the authority.
struct Stage {
    front: Server,
    user: User,
    _portal: Portal,
}

impl Stage {
    fn new() -> Self {
        let mut user = User::new();
        let authority = Authority::new("Browser Root");
        trust(&user.home, &authority);
        let portal = Portal::new([]);
        let port = portal.address.rsplit(':').next().unwrap().parse().unwrap();
        let front = Server::front(authority.server(Flaw::None), port);
        user.set("ALTER_BASE_URL", &portal.base_url);
        user.set("ALTER_DASHBOARD_URL", format!("https://localhost:{}", front.port));
        Self { front, user, _portal: portal }
    }

    /// Signs in, the browser driven with `flags`; gives the browser's last page too.
    fn sign_in(&self, flags: &[&str]) -> (Outcome, String) {
        let login = Login::start(&self.user, &["--no-browser", "--timeout", "120"]);
        let browser = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/press-authorize"))
            .arg(&login.url)
            .args(flags)
            .env("HOME", self.user.home.path())
            .output()
            .unwrap();
        let page = String::from_utf8_lossy(&browser.stdout).into_owned();
        assert!(browser.status.success(), "{}", String::from_utf8_lossy(&browser.stderr));
        (login.end(), page)
    }
}

/// Puts the authority into the store that Chromium reads beside its own roots.
fn trust(home: &Home, authority: &Authority) {
    let pem = home.write("ca.pem", &authority.pem).display().to_string();
    let store = home.folder(".pki/nssdb");
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
    let stage = Stage::new();
    for flags in [&[][..], &["--no-script"]] {
        let (login, page) = stage.sign_in(flags);
        login.exits(0).hides("alter_pat_");
        assert!(page.contains("You are signed in"), "{page}");
        let status = stage.user.run(&["auth", "status", "--fields", "source,name"]).json();
        assert_eq!(status["source"], "file");
        assert!(status["name"].as_str().unwrap().starts_with("alter-cli"), "{status}");
    }
    let seen = stage.front.seen();
    assert!(!seen.contains("alter_pat_"), "a PAT was in a request to the dashboard");
}

#[test]
fn deny_ends_with_its_own_code_and_stores_nothing() {
    let stage = Stage::new();
    stage.sign_in(&["--deny"]).0.exits(8);
    stage.user.run(&["auth", "status"]).exits(3);
}
