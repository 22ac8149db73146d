//! PATs that people bring themselves, and what is told about them.

use std::fs;

use super::support::{
    BAD_PAT, BLIND_PAT, MARK, OTHER_PAT, PAT, User, mode, portal, portal_with_expiry,
};
use crate::support::alter::PROGRAM;
use crate::support::{Home, Pty};

#[test]
fn a_pat_is_taken_in_every_way_and_shown_in_none() {
    let portal = portal();
    let user = User::at(&portal);
    let file = user.home.join("pat.txt");
    fs::write(&file, format!("{PAT}\r\n")).unwrap();
    let path = file.display().to_string();
    for arguments in [
        &["auth", "login", "--token-stdin"][..],
        &["auth", "login", "--token-file", &path],
        &["auth", "login", "--token", PAT],
    ] {
        let run = user.run_with(arguments, &format!("{PAT}\n"));
        run.exits(0);
        assert_eq!(run.out(), "");
        run.stderr_has("Signed in to").stderr_has("as a@b.example of Org");
        assert_eq!(user.source(), "file");
        user.run(&["auth", "logout"])
            .exits(0)
            .stderr_has("still works until it is deleted in the dashboard");
    }
    user.run(&["auth", "login", "--token", PAT]).exits(0).stderr_has("ps");
}

#[test]
fn what_is_no_pat_is_refused_before_any_request() {
    let mut user = User::new();
    user.set("ALTER_BASE_URL", "http://127.0.0.1:1");
    let long = format!("alter_pat_{}", MARK.repeat(100));
    for (input, why) in [
        ("", "is empty"),
        ("\n", "is empty"),
        (MARK, "begins with alter_pat_"),
        ("alter_pat_", "not a whole PAT"),
        ("alter_pat_sekret sekret", "not a whole PAT"),
        ("alter_pat_sekret\u{e9}", "not a whole PAT"),
        ("alter_pat_sekret\n\n", "not a whole PAT"),
        ("alter_rk_sekret", "runtime API key"),
        (&long, "longer than the 512"),
    ] {
        user.sign_in(input, &[]).exits(2).stderr_has(why);
    }
    for (arguments, code, why) in [
        (&["--token-file", "/nowhere/pat"][..], 4, "/nowhere/pat"),
        (&["--token-file", "/"], 2, "is a folder"),
        (&["--token", PAT, "--token-stdin"], 2, "--token"),
        (&["--token-stdin", "--token-file", "x"], 2, "--token-stdin"),
        (&["--token", PAT, "--scopes", "dashboard_apps:read"], 2, "--scopes"),
        (&["--token-stdin", "--no-browser"], 2, "--no-browser"),
        (&["--scopes", "dashboard_apps:raed"], 2, "dashboard_apps:read"),
        (&["--scopes", "dashboard_apps:read,sekret_sekret_sekret"], 2, "entry 2"),
        (&["--port", "0"], 2, "--port"),
        (&["--timeout", "0"], 2, "--timeout"),
    ] {
        let arguments = [&["auth", "login"], arguments].concat();
        user.run_with(&arguments, PAT).exits(code).stderr_has(why);
    }
    assert!(!user.config().exists());
}

#[test]
fn only_a_pat_that_the_portal_accepts_is_stored() {
    let portal = portal();
    let mut user = User::at(&portal);
    user.sign_in(BAD_PAT, &[]).exits(3).stderr_has("no such PAT");
    user.sign_in(&format!("{PAT}unknown"), &[]).exits(1);
    assert!(!user.file().exists());
    user.sign_in(BLIND_PAT, &[]).exits(0);
    let run = user.run(&["pats", "whoami"]);
    run.exits(0).stderr_has("dashboard_pats:read");
    assert_eq!(
        run.json(),
        serde_json::json!({"source": "file", "base_url": portal.url(), "profile": "default"})
    );
    user.set("ALTER_BASE_URL", "http://127.0.0.1:1");
    user.sign_in(PAT, &["--profile", "x"]).exits(1);
    user.run(&["auth", "status", "--profile", "x"]).exits(3).stderr_has("alter auth login");
}

#[test]
fn status_shows_the_record_as_it_came() {
    let portal = portal();
    let user = User::at(&portal);
    user.sign_in(PAT, &[]).exits(0);
    let status = user.run(&["auth", "status"]);
    status.exits(0).stderr_has("plain text");
    let keys: Vec<&str> = status
        .out()
        .lines()
        .filter_map(|line| line.strip_prefix("  \"")?.split('"').next())
        .collect();
    assert_eq!(
        keys,
        [
            "source",
            "base_url",
            "profile",
            "id",
            "name",
            "prefix",
            "scopes",
            "expires_at",
            "organization",
            "user",
            "secret",
            "more"
        ]
    );
    assert!(status.out().contains("\"more\": 1.50"));
    assert_eq!(user.run(&["pats", "whoami"]).exits(0).out(), status.out());
}

#[test]
fn an_expiry_within_a_week_is_a_warning() {
    let now = ::alter::for_tests::now();
    for (days, warns) in [(6, true), (8, false)] {
        let expires = ::alter::for_tests::format_time(now + days * 86_400);
        let portal = portal_with_expiry(&format!("\"{expires}\""));
        let mut user = User::at(&portal);
        user.set("ALTER_PAT", PAT);
        let run = user.run(&["auth", "status"]);
        run.exits(0);
        assert_eq!(run.err().contains("expires in"), warns, "{run}");
    }
}

#[test]
fn the_variable_wins_and_touches_nothing() {
    let portal = portal();
    let mut user = User::at(&portal);
    user.sign_in(OTHER_PAT, &[]).exits(0);
    let called = user.home.join("called");
    user.program("secret-tool", &format!("touch {}", called.display()));
    user.set("DBUS_SESSION_BUS_ADDRESS", "unix:abstract=/alter-test");
    user.store("rubbish");
    mode(&user.config(), 0o777);
    user.set("ALTER_PAT", PAT);
    assert_eq!(user.source(), "env");
    assert!(!called.exists());
    user.set("ALTER_PAT", "");
    user.run(&["auth", "status"]).exits(2).stderr_has("ALTER_PAT: is empty");
    user.set("ALTER_PAT", "alter_rk_sekret");
    user.run(&["apps", "list"]).exits(2).stderr_has("runtime API key");
    assert!(!called.exists());
}

#[test]
fn signing_in_and_out_says_that_the_variable_wins() {
    let portal = portal();
    let mut user = User::at(&portal);
    user.set("ALTER_PAT", OTHER_PAT);
    user.sign_in(PAT, &[]).exits(0).stderr_has("ALTER_PAT is set");
    let rows = user.run(&["auth", "list", "--output", "json"]);
    rows.exits(0).stderr_has("ALTER_PAT");
    assert_eq!(rows.json()[0]["in_use"], false);
    user.run(&["auth", "logout"]).exits(0).stderr_has("ALTER_PAT is still set");
}

#[test]
fn profiles_and_origins_never_mix() {
    let (portal, elsewhere) = (portal(), portal());
    let user = User::at(&portal);
    user.sign_in(PAT, &[]).exits(0);
    user.sign_in(OTHER_PAT, &["--profile", "other"]).exits(0);
    for arguments in [
        &["auth", "status", "--profile", "third"][..],
        &["auth", "status", "--base-url", &elsewhere.url()],
    ] {
        user.run(arguments).exits(3);
    }
    let listed = user.run(&["auth", "list", "--profile", "other"]);
    listed.exits(0);
    let origin = portal.url();
    let lines: Vec<Vec<&str>> =
        listed.out().lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        lines,
        [
            vec!["ORIGIN", "PROFILE", "PLACE", "IN", "USE"],
            vec![&origin, "default", "file", "no"],
            vec![&origin, "other", "file", "yes"],
        ]
    );
    user.run(&["auth", "logout"]).exits(0).stderr_has("profile default");
    user.run(&["auth", "logout"]).exits(0).stderr_has("Nothing is stored");
    user.run(&["auth", "status"]).exits(3);
    user.run(&["auth", "status", "--profile", "other"]).exits(0);
}

#[test]
fn a_dry_run_stores_deletes_and_sends_nothing() {
    let portal = portal();
    let mut user = User::at(&portal);
    user.sign_in(PAT, &[]).exits(0);
    let kept = fs::read(user.file()).unwrap();
    user.set("BROWSER", "/nowhere");
    user.set("ALTER_BASE_URL", "http://127.0.0.1:1");
    for arguments in [
        &["auth", "login", "--dry-run"][..],
        &["auth", "login", "--token-stdin", "--dry-run"],
        &["auth", "status", "--dry-run"],
    ] {
        let run = user.run_with(arguments, OTHER_PAT);
        run.exits(0);
        assert!(!run.err().contains("callback"), "{run}");
        assert_eq!(run.json()["path"], "/api/v1/pats/me");
    }
    user.set("ALTER_BASE_URL", portal.url());
    user.run(&["auth", "logout", "--dry-run"]).exits(0).stderr_has("dry run");
    assert_eq!(fs::read(user.file()).unwrap(), kept);
}

#[test]
fn a_pat_typed_at_a_terminal_is_not_shown() {
    let portal = portal();
    let user = User::at(&portal);
    let asked = user.on_a_terminal(&["auth", "login", "--token-stdin"]);
    let run = asked.answer("Paste the PAT", &format!("{PAT}x\u{7f}\r")).run();
    run.exits(0).shows("Signed in to").hides(MARK);
    let asked = user.on_a_terminal(&["auth", "login", "--token-stdin"]);
    let ended = asked.answer("Paste the PAT", "alter_pat_sekret\u{3}").run();
    assert!(!ended.status.success(), "{ended}");
    ended.hides(MARK);
}

/// A person's shell script that asks for a PAT; it is ended while it asks, and the terminal says whether it is silent.
const ENDED: &str = r#"
{ until stty -a </dev/tty | grep -q -e '-echo '; do :; done; kill -s "$2" "$(cat pid)"; } &
sh -c 'echo $$ >pid; exec "$0" auth login --token-stdin' "$1"
stty -a | grep -o -e '-*echo '
"#;

#[test]
fn a_prompt_that_is_ended_leaves_no_silent_terminal() {
    let home = Home::new();
    let path = std::env::var("PATH").expect("a path");
    let env = [("HOME", home.path().to_str().expect("UTF-8")), ("PATH", &path)];
    for signal in ["TERM", "INT", "HUP"] {
        let ended = ["sh", "-c", ENDED, "sh", PROGRAM, signal];
        let run = Pty::program(&ended, &env, home.path()).run();
        let state = run.out().trim_end();
        assert!(state.ends_with("echo") && !state.ends_with("-echo"), "{signal}: {run}");
    }
}
