//! `alter doctor`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{APP, Home, Outcome, PAT, Play, Portal, Pty, Server, alter};

const NAMES: [&str; 9] =
    ["portal", "clock", "store", "auth", "app", "providers", "keys", "grants", "secrets"];

/// The status of each check; a warning or a failure must come with a fix.
#[track_caller]
fn statuses(run: &Outcome) -> BTreeMap<String, String> {
    let rows: Vec<Value> = serde_json::from_slice(&run.stdout).expect("a list of checks");
    let names: Vec<_> = rows.iter().map(|row| row["check"].as_str().unwrap_or_default()).collect();
    assert_eq!(names, NAMES, "{run}");
    for row in &rows {
        let status = row["status"].as_str().unwrap_or_default();
        assert!(!matches!(status, "warn" | "fail") || row["fix"].is_string(), "{row}");
    }
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(row, "check"), text(row, "status"))).collect()
}

#[track_caller]
fn all_but(run: &Outcome, others: &[(&str, &str)], rest: &str) {
    for (check, status) in statuses(run) {
        let other = others.iter().find(|(name, _)| *name == check);
        assert_eq!(status, other.map_or(rest, |(_, status)| status), "{check} of {run}");
    }
}

fn doctor() -> crate::support::Alter {
    alter(["doctor", "--output=json"]).env("ALTER_APP_ID", APP)
}

#[test]
fn every_check_passes_with_a_working_portal() {
    let portal = Portal::new([]);
    let run = doctor().at(&portal).run();
    all_but(run.exits(0).says(""), &[("store", "skip")], "ok");
    let empty = Portal::empty([]);
    let app = empty.app("Bare");
    let run = doctor().at(&empty).env("ALTER_APP_ID", app).run();
    all_but(run.exits(0), &[("store", "skip")], "ok");
}

#[test]
fn a_portal_that_cannot_be_reached_is_tried_once() {
    let server = Server::new(|_| Play::close());
    let run = doctor().to(&server).run();
    all_but(&run, &[("portal", "fail"), ("store", "skip")], "skip");
    run.exits(1).stderr_has("doctor: 1 of 9 checks failed");
    // A narrow terminal has room for a part of the fix, and the whole of it below the table.
    let narrow = Pty::of(&alter(["doctor", "--app", APP]).to(&server).env("NO_COLOR", "1"))
        .columns(70)
        .run();
    let end = "doctor: 1 of 9 checks failed\r\n  fix: check the network, and --base-url (ALTER_BASE_URL)\r\n";
    narrow.exits(1).shows("  check the n").shows(end).hides("no room");
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn an_invalid_base_url_is_not_reported_as_a_sign_in_failure() {
    let run = doctor().env("ALTER_PAT", PAT).env("ALTER_BASE_URL", "https://h/x").run();
    all_but(run.exits(1), &[("portal", "fail")], "skip");
    run.stderr_has("doctor: 1 of 9 checks failed");
}

#[test]
fn the_folder_must_be_one() {
    let home = Home::new();
    home.write("file", "");
    for (dir, code, why) in
        [("file", 2, "file: is no folder"), ("gone", 4, "gone: No such file or directory")]
    {
        let run = alter(["doctor", "--dir", dir]).home(&home).run();
        run.exits(code).prints("").says(&format!("alter: --dir: {why}\n"));
    }
}

#[test]
fn after_a_timeout_no_more_requests_are_sent() {
    let portal = r#"{"id":"p","name":"laptop","scopes":[],"expires_at":null}"#;
    let server = Server::new(move |exchange| match exchange.target.as_str() {
        "/api/v1/pats/me" => Play::json(200, portal),
        _ => Play::close(),
    });
    let run = doctor().to(&server).run();
    let well = [("portal", "ok"), ("auth", "ok"), ("app", "fail")];
    all_but(run.exits(1), &well, "skip");
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn a_faulty_sign_in_is_reported() {
    let refused = Server::json(401, r#"{"error":"pat_revoked","message":"It was revoked."}"#);
    let run = doctor().to(&refused).run();
    let statuses = statuses(run.exits(1));
    assert_eq!((&statuses["portal"][..], &statuses["auth"][..]), ("ok", "fail"));
    assert_eq!((&statuses["app"][..], &statuses["keys"][..]), ("skip", "skip"));

    let home = Home::new();
    let portal = Portal::new([]);
    let run = doctor().home(&home).env("ALTER_BASE_URL", &portal.base_url).run();
    let statuses = self::statuses(run.exits(1));
    assert_eq!((&statuses["auth"][..], &statuses["app"][..]), ("fail", "skip"));
    run.shows("alter auth login");
}

#[test]
fn warnings_name_what_to_do() {
    let server = Server::new(|exchange| match exchange.target.split('?').next() {
        Some("/api/v1/pats/me") => {
            let pat = r#"{"id":"p","name":"laptop","expires_at":"2020-01-01T00:00:00Z"}"#;
            Play::with(200, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", pat)
        }
        Some(path) if path.ends_with("/keys") => Play::json(
            200,
            r#"{"items":[{"id":"j","scopes":["a:b"]},{"id":"k l","scopes":["*"]}],"total":2}"#,
        ),
        Some(path) if path.ends_with("/grants") => Play::json(
            403,
            r#"{"error":"insufficient_scope","message":"no","details":{"missing":["dashboard_grants:read"]}}"#,
        ),
        Some(path) if path.ends_with("/providers") || path.ends_with("/managed-secrets") => {
            Play::json(200, "[]")
        }
        _ => Play::json(200, r#"{"id":"a","name":"A"}"#),
    });
    let run = doctor().to(&server).run();
    let statuses = statuses(run.exits(0));
    assert_eq!(statuses["clock"], "warn");
    assert_eq!((&statuses["auth"][..], &statuses["keys"][..]), ("warn", "warn"));
    assert_eq!((&statuses["grants"][..], &statuses["providers"][..]), ("skip", "ok"));
    run.shows("mint a PAT with dashboard_grants:read in the dashboard, and set ALTER_PAT to it")
        .shows("alter keys rotate --key 'k l' --scopes LIST")
        .shows(if cfg!(target_os = "macos") { "sudo sntp" } else { "sudo timedatectl" });

    let unselected = alter(["doctor", "--output=json"]).to(&server).run();
    assert_eq!(self::statuses(unselected.exits(0))["app"], "warn");
    unselected.shows("alter link ID");
}

#[test]
fn a_sign_in_in_the_file_is_reported_as_plain_text() {
    let (portal, home) = (Portal::new([]), Home::new());
    let login = alter(["auth", "login", "--token-stdin"]).home(&home);
    login.env("ALTER_BASE_URL", &portal.base_url).stdin(&portal.pat).run().exits(0);
    let run = doctor().home(&home).env("ALTER_BASE_URL", &portal.base_url).run();
    assert_eq!(statuses(run.exits(0))["store"], "warn");
    run.shows("plain text").hides(&portal.pat).hides(PAT);
}
