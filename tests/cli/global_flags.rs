//! The flags that every command takes.

use crate::support::{Alter, Server, alter};

#[test]
fn output_has_a_short_flag() {
    let server = Server::json(200, r#"[{"id":"1"}]"#);
    let list = |words: &[&str]| words.iter().fold(alter([]), Alter::arg).to(&server).run();
    for words in [
        ["apps", "list", "-o", "jsonl"].as_slice(),
        &["apps", "list", "-ojsonl"],
        &["apps", "list", "-o=jsonl"],
        &["-o", "jsonl", "apps", "list"],
        &["apps", "-ojsonl", "list"],
    ] {
        list(words).exits(0).prints("{\"id\":\"1\"}\n");
    }
    list(&["apps", "list", "-o", "json", "--frobnicate"]).exits(2).error();
}

/// URLs that are no origin, and why.
const NO_ORIGINS: &[(&str, &str)] = &[
    ("https://h/x", "must be an origin: no path, query or fragment"),
    ("https://h?x", "must be an origin: no path, query or fragment"),
    ("https://h#x", "must be an origin: no path, query or fragment"),
    ("https://u@h", "must not hold a user name or password"),
    ("http://h.example", "must be https:// (http:// is for loopback hosts only)"),
];

#[test]
fn urls_are_checked_whether_they_are_used_or_not() {
    for (url, why) in NO_ORIGINS {
        for (flag, words) in [
            ("--base-url", ["apps", "list", "--dry-run"].as_slice()),
            ("--base-url", &["sdk-passthrough", "resolve-identity", "--dry-run"]),
            ("--base-url", &["link", "--status"]),
            ("--dashboard-url", &["apps", "list", "--dry-run"]),
            ("--dashboard-url", &["auth", "list"]),
        ] {
            let run = words.iter().fold(alter([]), Alter::arg).arg(flag).arg(url).run();
            run.exits(2).prints("").says(&format!("alter: {flag}: {why}\n"));
        }
        let run = alter(["apps", "list", "--dry-run"]).env("ALTER_BASE_URL", url).run();
        run.exits(2).prints("").says(&format!("alter: ALTER_BASE_URL: {why}\n"));
    }
}

#[test]
fn a_dry_run_checks_what_the_request_would_need() {
    let run = alter(["apps", "list", "--dry-run"]).env("ALTER_TIMEOUT", "soon").run();
    run.exits(2).prints("").says("alter: ALTER_TIMEOUT: wants whole seconds from 1 to 86400\n");
}

#[test]
fn an_empty_app_is_refused_everywhere() {
    for words in [["apps", "list"], ["keys", "list"], ["audit", "list"], ["doctor", "--debug"]] {
        let run = alter(words).arg("--app=").run();
        run.exits(2).prints("").says("alter: --app: is empty\n");
    }
}

#[test]
fn advice_to_sign_in_repeats_the_flags_that_say_to_what() {
    for (flags, repeated) in [
        (["--debug"].as_slice(), ""),
        (&["--profile", "work"], " --profile work"),
        (&["--base-url", "http://127.0.0.1:1"], " --base-url http://127.0.0.1:1"),
    ] {
        let run = flags.iter().fold(alter(["apps", "list"]), Alter::arg);
        let run = run.env("ALTER_BASE_URL", "http://127.0.0.1:1").run();
        run.exits(3).stderr_has(&format!("fix: alter auth login{repeated}, or set ALTER_PAT"));
    }
}

#[test]
fn advice_on_a_pat_of_the_environment_is_about_the_environment() {
    let refused = Server::json(403, r#"{"error":"insufficient_scope","message":"No."}"#);
    let unknown = Server::json(401, "");
    for (server, code, fix) in [
        (
            &refused,
            7,
            "fix: mint a PAT with dashboard_apps:read in the dashboard, and set ALTER_PAT to it",
        ),
        (&unknown, 3, "fix: the PAT came from ALTER_PAT: set it to one that is valid"),
    ] {
        alter(["apps", "list"]).to(server).run().exits(code).stderr_has(fix);
    }
}

#[test]
fn an_empty_filter_is_refused() {
    let server = Server::unused();
    for line in [
        "audit list --actor=",
        "audit traces --actor=",
        "audit list --provider=",
        "audit portal-actions --action=",
        "grants list --app a --provider=",
        "analytics api-calls --provider=",
        "agents list --app a --search=",
    ] {
        let (words, flag) = line.rsplit_once(' ').expect("a flag");
        let run = words.split(' ').fold(alter([]), Alter::arg).arg(flag);
        let message = format!("alter: {}: is empty\n", flag.trim_end_matches('='));
        run.to(&server).run().exits(2).prints("").says(&message);
    }
    server.untouched();
}
