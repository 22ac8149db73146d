//! Feeds followed while the portal goes away and comes back.

use std::process::Child;
use std::sync::mpsc::Receiver;

use crate::support::process::{PATIENCE, lines};
use crate::support::{APP, Home, Portal, alter};

/// Every feed that can be followed.
const FEEDS: [&str; 3] = ["list", "portal-actions", "grant-events"];
/// The demo's grant of Stripe to the app itself, and two others.
const USED: &str = "9a470000-0001-4000-8000-000000000064";
const REVOKED: [&str; 2] =
    ["9a470000-0001-4000-8000-000000000065", "9a470000-0001-4000-8000-000000000066"];

/// A feed that is followed from the beginning.
struct Followed {
    feed: &'static str,
    child: Child,
    rows: Receiver<String>,
    errors: Receiver<String>,
    printed: Vec<String>,
}

impl Followed {
    fn start(portal: &Portal, feed: &'static str) -> Self {
        let words = ["audit", feed, "--follow", "--start=2000-01-01", "--output=jsonl"];
        let mut child = alter(words).at(portal).spawn();
        let rows = lines(child.stdout.take().expect("a pipe"));
        let errors = lines(child.stderr.take().expect("a pipe"));
        Self { feed, child, rows, errors, printed: Vec::new() }
    }

    /// Waits until it has printed as many rows as the portal has, which must be the same, oldest first.
    fn catches_up(&mut self, portal: &Portal) {
        let words = ["audit", self.feed, "--all", "--output=jsonl"];
        let all = alter(words).at(portal).run();
        let mut expected: Vec<&str> = all.exits(0).out().lines().collect();
        expected.reverse();
        while self.printed.len() < expected.len() {
            self.printed.push(self.rows.recv_timeout(PATIENCE).expect("a row"));
        }
        assert!(self.printed == expected, "{}: {} rows", self.feed, expected.len());
    }

    /// Waits until it has said that there is no portal.
    fn reports_the_lost_portal(&self) {
        while !self.errors.recv_timeout(PATIENCE).expect("a warning").ends_with("; still trying") {}
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Adds at least one row to each feed.
fn change(portal: &Portal, key: &str, grant: &str) {
    alter(["grants", "revoke", "--yes", "--app", APP, grant]).at(portal).run().exits(0);
    let url = format!("{}/provider/stripe", portal.base_url);
    let call = alter(["sdk-passthrough", "request", USED, "--url", &url]).at(portal);
    call.env("ALTER_API_KEY", key).run().exits(0);
}

#[test]
fn every_row_is_printed_once_over_a_restart_of_the_portal() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::new(["--state", &file]);
    let mint = ["keys", "mint", "--name=k", "--scopes=tokens:retrieve,audit:emit", "--app", APP];
    let minted = alter(mint).at(&portal).run().exits(0).json();
    let key = minted["api_key"].as_str().expect("a key").to_owned();
    let mut followed = FEEDS.map(|feed| Followed::start(&portal, feed));
    for one in &mut followed {
        one.catches_up(&portal);
    }
    // The portal is gone before these rows have been asked for, or while they are.
    change(&portal, &key, REVOKED[0]);
    let address = portal.address.clone();
    portal.kill();
    for one in &followed {
        one.reports_the_lost_portal();
    }
    let portal = Portal::new(["--state", &file, "--listen", &address]);
    change(&portal, &key, REVOKED[1]);
    for one in &mut followed {
        one.catches_up(&portal);
    }
}
