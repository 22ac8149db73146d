//! What the portal has for tests of applications: credentials that are known beforehand, a way back, a clock of its own.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::portal::PROGRAM;
use crate::support::{APP, Home, Portal, Pty};

const PAT: &str = "alter_pat_0123456789abcdefghijABCDEFGHIJ0123456789";
const KEY: &str = "alter_rk_abcdefghijklmnopqrstuv_iwpykn";

#[test]
fn credentials_are_fixed_and_survive_a_reset_and_a_restart() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let args = ["--pat", PAT, "--api-key", KEY, "--state", &file];
    let portal = Portal::new(args);
    assert_eq!(portal.pat, PAT);
    let key = || {
        let keys = portal.get(&format!("/apps/{APP}/keys")).json();
        keys["items"].as_array().expect("keys").iter().filter(|key| key["name"] == "ready").count()
    };
    assert_eq!(key(), 1);
    portal.create_app("Mine");
    let apps = |portal: &Portal| portal.get("/apps").body.contains("Mine");
    assert!(apps(&portal));
    let reset = portal.emulate("reset", "");
    assert_eq!(reset.status, 200, "{}", reset.body);
    assert!(!apps(&portal));
    assert_eq!(key(), 1);
    portal.kill();
    let portal = Portal::new(args);
    assert!(!apps(&portal));
    portal.kill();
    // The portal's own PAT gives way to one that is asked for later, and comes back by no reset.
    let other = PAT.replace("0123", "9999");
    let portal = Portal::new(["--pat", &other, "--state", &file]);
    assert_eq!(portal.emulate("reset", "").status, 200);
    assert_eq!(portal.get("/apps").status, 200);
    portal.api_as(PAT, "GET", "/apps", "", &[]).expect("an answer").is_error(401, "pat_invalid");
}

#[test]
fn a_reset_needs_the_pat_and_keeps_one_that_was_made_up() {
    let portal = Portal::new(["--auto-approve"]);
    for pat in ["", "Bearer alter_pat_unknown"] {
        let asked = portal.exchange("POST", "/emulator/reset", "", &[("Authorization", pat)]);
        assert_eq!(asked.expect("an answer").status, 401);
    }
    let narrow = format!("Bearer {}", portal.pat_with("dashboard_apps:read"));
    let asked = portal.exchange("POST", "/emulator/reset", "", &[("Authorization", &narrow)]);
    asked.expect("an answer").is_error(403, "insufficient_scope");
    assert_eq!(portal.emulate("reset", "").status, 200);
    assert_eq!(portal.get("/pats/me").status, 200);
    let gone = portal.exchange("GET", "/api/v1/apps", "", &[("Authorization", &narrow)]);
    gone.expect("an answer").is_error(401, "pat_invalid");
    let wrong = portal.exchange("GET", "/emulator/reset", "", &[]).expect("an answer");
    wrong.is_error(405, "method_not_allowed");
}

#[test]
fn it_says_when_it_is_ready() {
    let portal = Portal::empty([]);
    let ready = portal.exchange("GET", "/healthz", "", &[]).expect("an answer");
    assert_eq!((ready.status, ready.json()), (200, json!({ "status": "ok" })));
}

#[test]
fn its_clock_goes_forward_and_expires_what_expires() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::new(["--state", &file, "--rate-limit", "6"]);
    let soon = json!({ "name": "k", "scopes": ["grants:read"], "expires_at": in_an_hour(&portal) });
    let made = portal.post(&format!("/apps/{APP}/keys"), &soon.to_string());
    assert_eq!(made.status, 201, "{}", made.body);
    let active = |portal: &Portal| {
        let path = format!("/apps/{APP}/keys?status=active");
        portal.get(&path).body.contains(&made.text("id"))
    };
    assert!(active(&portal));
    for wrong in [r#"{"advance":"-2h"}"#, r#"{"advance":"0s"}"#, r#"{"advance":2}"#, "{}"] {
        portal.emulate("clock", wrong).is_invalid("body", "advance");
    }
    // The minute of the limit is over as well.
    while portal.get("/pats/me").status == 200 {}
    portal.advance("2h");
    assert!(!active(&portal));
    portal.kill();
    let portal = Portal::new(["--state", &file]);
    assert!(!active(&portal), "a restart does not put it back");
    assert_eq!(portal.emulate("reset", "").status, 200);
    let moved = portal.emulate("clock", r#"{"advance":"1d"}"#).json();
    assert_eq!(moved["advanced_seconds"], 1 + 7200 + 86_400);
}

fn in_an_hour(portal: &Portal) -> String {
    let now = portal.emulate("clock", r#"{"advance":"1s"}"#).text("now");
    let at = ::alter::for_tests::parse_time(&now).expect("an instant");
    ::alter::for_tests::format_time(at + 3600)
}

#[test]
fn it_denies_without_a_click_as_well() {
    let portal = Portal::new(["--auto-deny"]);
    let page = portal.page(
        "/cli/authorize?callback=http%3A%2F%2F127.0.0.1%3A9%2Fcallback&state=s&scopes=dashboard_apps:read&client=c&host=h",
    );
    assert!(page.contains("access_denied") && !page.contains("alter_pat_"), "{page}");
    let both = Command::new(PROGRAM).args(["--auto-deny", "--auto-approve"]).output().unwrap();
    assert_eq!(both.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&both.stderr).contains("exclude each other"));
}

#[test]
fn bad_credentials_are_refused() {
    for (flag, value) in [
        ("--pat", "alter_pat_short"),
        ("--pat", "secret"),
        ("--pat", "alter_pat_0123456789abcdefghij 0123456789"),
        ("--api-key", "alter_rk_abcdefghijklmnopqrstuv_iwpyko"),
        ("--api-key", "alter_ak_abcdefghijklmnopqrstuv_v7lnv3"),
        ("--api-key", PAT),
    ] {
        let run = Command::new(PROGRAM).args([flag, value]).output().unwrap();
        let told = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(2), "{flag} {value}: {told}");
        assert!(!told.contains(value), "{told}");
    }
    let run = Command::new(PROGRAM)
        .args(["--listen=127.0.0.1:0", "--seed=empty", "--api-key", KEY])
        .stdout(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("fix: leave out --seed empty"));
}

#[test]
fn a_terminal_gets_the_export_lines_first_and_no_json() {
    let folder = Home::new();
    let shell = "timeout 2 \"$0\" --listen 127.0.0.1:0 --pat \"$1\"; true";
    let run = Pty::program(&["sh", "-c", shell, PROGRAM, PAT], &[], folder.path()).run();
    let shown = run.out();
    assert!(shown.starts_with("export ALTER_BASE_URL=http://127.0.0.1:"), "{shown}");
    assert!(shown.contains(&format!("export ALTER_PAT={PAT}")) && !shown.contains('{'), "{shown}");
    assert_eq!(shown.matches("export ALTER_PAT").count(), 1, "{shown}");
}
