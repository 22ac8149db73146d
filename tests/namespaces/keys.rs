//! `alter keys` against a portal: every verb, and what is checked before any request.

use super::cases::{Answer, answers, refusals, requests};
use serde_json::{Value, json};

use crate::support::{APP, Home, Play, Portal, Pty, Server, alter};

#[test]
fn minting_renaming_rotating_and_revoking_a_key() {
    let portal = Portal::empty([]);
    let app = portal.app("One");
    let at = |run: crate::support::Alter| run.env("ALTER_APP_ID", &app).at(&portal).run();
    at(alter(["keys", "list"]))
        .exits(0)
        .prints("ID  NAME  TYPE  PREFIX  SCOPES  STATUS  EXPIRES  LAST USED\n")
        .stderr_has("No keys.\n  to make one: alter keys mint ");
    let minted = at(alter([
        "keys",
        "mint",
        "--name",
        "worker",
        "--scopes",
        "tokens:retrieve, audit:emit",
        "--key-type=agent",
        "--cidr",
        "10.0.0.0/8,2001:db8::/32",
        "--rate-limit-rpm",
        "600",
        "--expires-in",
        "30d",
    ]));
    let key = minted.exits(0).json();
    let id = key["id"].as_str().expect("an id");
    assert_eq!((&key["key_type"], &key["rate_limit_rpm"]), (&json!("ak"), &json!(600)));
    assert_eq!(key["cidr_allowlist"], json!(["10.0.0.0/8", "2001:db8::/32"]));
    assert_eq!(key["scopes"], json!(["tokens:retrieve", "audit:emit"]));

    at(alter(["keys", "rename", "--key", id, "--name", "worker-2"]))
        .exits(0)
        .shows("\"name\": \"worker-2\"");
    let rotated =
        at(alter(["keys", "rotate", "--key", id, "--scopes", "audit:emit"])).exits(0).json();
    assert_eq!(rotated["scopes"], json!(["audit:emit"]));
    let counts = at(alter(["keys", "statistics"])).exits(0).json();
    assert_eq!(counts, json!({"active": 1, "rotated_in_grace": 1, "total": 2, "max_allowed": 50}));
    let table = at(alter(["keys", "list"]));
    let lines: Vec<&str> = table.exits(0).out().lines().collect();
    assert!(lines[1].contains("  active  ") && lines[2].contains("  rotated  "), "{table}");

    let second = rotated["id"].as_str().expect("an id");
    let revoked = at(alter(["keys", "revoke", "--key", id, "--yes"])).exits(0).json();
    assert!(!revoked["revoked_at"].is_null());
    at(alter(["keys", "revoke", "--key", id, "--yes"])).exits(5).stderr_has("alter: conflict: ");
    let last = at(alter(["keys", "revoke", "--key", second, "--yes"]));
    last.exits(5).stderr_has("  fix: repeat with --force");
    at(alter(["keys", "revoke", "--key", second, "--yes", "--force"])).exits(0);
    let gone = at(alter(["keys", "list", "--status=revoked", "--output=json"])).exits(0).json();
    assert_eq!(gone.as_array().map(Vec::len), Some(2));
    assert_eq!(at(alter(["keys", "list", "--status=active", "--output=json"])).json(), json!([]));
    at(alter(["keys", "show", "--key", "nope"])).exits(4).stderr_has("alter: not found: ");
}

#[test]
fn revoking_asks_and_takes_derived_keys_along() {
    let portal = Portal::new([]);
    let rows = portal.ask(["keys", "list", "--app", APP]);
    let rows = rows.as_array().expect("rows");
    let derived = rows.iter().find(|row| row["key_type"] == "dk").expect("a derived key");
    let parent = derived["parent_key_id"].as_str().expect("a parent");
    let shown = portal.ask(["keys", "show", "--app", APP, "--key", parent]);
    let app = portal.ask(["apps", "show", APP])["name"].clone();
    let (name, app) = (shown["name"].as_str().expect("a name"), app.as_str().expect("a name"));
    let begin = format!("Revoke key {name} ({parent}) of the app {app}, ");
    let end = "? Keys derived from it go too. [y/N] ";
    let typed = |answer: &str| {
        let run = alter(["keys", "revoke", "--app", APP, "--key", parent, "--force"]).at(&portal);
        Pty::of(&run).answer(end, answer).run()
    };
    for no in ["\n", "n\n", "yess\n", "\u{4}"] {
        typed(no).exits(8).shows(&begin).shows("cancelled");
    }
    typed("\u{3}").ended_by(2);
    let show =
        |id: &str| portal.ask(["keys", "show", "--app", APP, "--key", id])["revoked_at"].clone();
    assert_eq!(show(parent), Value::Null);
    typed("YES\n").exits(0);
    assert_ne!(show(parent), Value::Null);
    assert_ne!(show(derived["id"].as_str().expect("an id")), Value::Null);
}

#[test]
fn a_question_names_what_can_be_looked_up() {
    let begin = |answer: fn(&str) -> Play, pinned: bool| {
        let (server, home) = (Server::new(move |seen| answer(&seen.target)), Home::new());
        let mut run = alter(["keys", "revoke", "k"]).to(&server).home(&home);
        if pinned {
            home.write(".alter/config.yaml", "app_id: a\n");
            home.folder("work");
            run = run.env("HOME", home.join("work"));
        } else {
            run = run.env("ALTER_APP_ID", "a");
        }
        let seen = Pty::of(&run).answer("[y/N] ", "n\n").run();
        assert!(server.seen().iter().all(|seen| seen.method == "GET"));
        seen.exits(8).out().replace(&format!("{}", home.path().display()), "~")
    };
    let named = |target: &str| match target {
        "/api/v1/apps/a" => Play::json(200, r#"{"name":"Billing"}"#),
        _ => Play::json(200, r#"{"name":"worker","last_used_at":"2026-11-23T10:04:05Z"}"#),
    };
    let end = "? Keys derived from it go too. [y/N] ";
    for (answer, pinned, question) in [
        (
            named as fn(&str) -> Play,
            false,
            "worker (k) of the app Billing, last used 2026-11-23 10:04Z",
        ),
        (
            |_| Play::json(200, r#"{"name":"n","last_used_at":null}"#),
            false,
            "n (k) of the app n, never used",
        ),
        (|_| Play::json(403, "{}"), false, "k"),
        (|_| Play::json(200, "[]"), false, "k"),
        (|_| Play::json(404, ""), true, "k of the app a (pinned in ~/.alter/config.yaml)"),
        (
            |_| Play::json(200, r#"{"name":"n"}"#),
            true,
            "n (k) of the app n (pinned in ~/.alter/config.yaml)",
        ),
    ] {
        let seen = begin(answer, pinned);
        assert!(seen.starts_with(&format!("Revoke key {question}{end}")), "{seen}");
    }
}

#[test]
fn what_is_made_in_a_pinned_app_says_so() {
    let (server, home) =
        (Server::json(200, r#"{"id":"k","name":"Billing","api_key":"s"}"#), Home::new());
    home.write(".alter/config.yaml", "app_id: a\n");
    home.folder("work");
    let mint = || {
        let run = alter(["keys", "mint", "--name", "n", "--scopes", "audit:emit"]).to(&server);
        run.home(&home).env("HOME", home.join("work"))
    };
    mint().run().exits(0).stderr_has("This key belongs to the app Billing (pinned in ");
    mint()
        .env("ALTER_APP_ID", "a")
        .run()
        .exits(0)
        .says("Store the secret now: it is not shown again.\n");
    mint().arg("--secret-file=s").run().exits(0).stderr_has("This key belongs to the app Billing");
}

/// Mints with more words than the app; nothing must be sent.
#[track_caller]
fn refused(home: &Home, words: &[&str], code: i32, message: &str) {
    let server = Server::unused();
    let mut run = alter(["keys", "mint", "--app", APP]).to(&server).home(home);
    for word in words {
        run = run.arg(word);
    }
    run.run().exits(code).prints("").stderr_has(&format!("alter: {message}"));
    server.untouched();
}

#[test]
fn bad_input_makes_no_request() {
    let home = Home::new();
    home.write("key.json", "{\"name\":\n \"n\",}");
    home.folder("folder");
    home.write("big", vec![b' '; (1 << 20) + 1]);
    for (words, message) in [
        (vec![], "--name, --scopes: are needed, or --input\n"),
        (vec!["--name", "n"], "--scopes: is needed, or --input\n"),
        (vec!["--name", "", "--scopes", "audit:emit"], "--name: is empty\n"),
        (vec!["--input", "{}", "--name", "n"], "--input: replaces --name: give one of them\n"),
        (
            vec!["--input", "{}", "--expires-in", "1d"],
            "--input: replaces --expires-in: give one of them\n",
        ),
        (vec!["--input", "[]"], "--input: must be an object\n"),
        (vec!["--input", ""], "--input: is not JSON at line 1, column 0\n"),
        (vec!["--input", "@key.json"], "--input: is not JSON at line 2, column 6\n"),
        (vec!["--input", "@folder"], "--input: folder: is a folder\n"),
        (vec!["--input", "@big"], "--input: is larger than 1 MiB\n"),
    ] {
        refused(&home, &words, 2, message);
    }
    refused(
        &home,
        &["--input", "@none.json"],
        4,
        "--input: none.json: No such file or directory\n",
    );
}

#[test]
fn bad_values_make_no_request() {
    let (home, name) = (Home::new(), ["--name", "n"]);
    for (flag, value, message) in [
        (
            "--scopes",
            "retrieve",
            "--scopes: entry 1 is not a runtime scope; there are agents:read, ",
        ),
        (
            "--scopes",
            "audit:emit,c:",
            "--scopes: entry 2 is not a runtime scope; there are agents:read, ",
        ),
        ("--scopes", "audit:emit,,c:d", "--scopes: has an empty entry\n"),
    ] {
        refused(&home, &[&name[..], &[flag, value]].concat(), 2, message);
    }
    let both = ["--name", "n", "--scopes", "audit:emit"];
    for (flag, value, message) in [
        ("--cidr", "10.0.0.0/+8", "--cidr: entry 1 is not a CIDR block such as 10.0.0.0/8\n"),
        ("--cidr", "0.0.0.0/0", "--cidr: entry 1 is /0, which allows every address\n"),
        ("--cidr", "10.0.0.0/8,::/0", "--cidr: entry 2 is /0, which allows every address\n"),
        ("--cidr", "10.0.0.0/33", "--cidr: entry 1 is not a CIDR block such as 10.0.0.0/8\n"),
        ("--cidr", "10.0.0.0/08", "--cidr: entry 1 is not a CIDR block such as 10.0.0.0/8\n"),
        (
            "--rate-limit-rpm",
            "100001",
            "--rate-limit-rpm: must be a whole number from 1 to 100000\n",
        ),
        ("--expires-in", "0d", "--expires-in: wants a number and a unit"),
        ("--expires-in", "1y", "--expires-in: wants a number and a unit"),
        ("--expires-in", "99999999999999999999d", "--expires-in: wants a number and a unit"),
        ("--expires-at", "2020-01-01", "--expires-at: is in the past\n"),
        ("--expires-at", "tomorrow", "--expires-at: wants ISO 8601"),
        ("--expires-at", "2026-02-30", "--expires-at: wants ISO 8601"),
        ("--key-type", "app", "--key-type: must be one of runtime, agent\n"),
    ] {
        refused(&home, &[&both[..], &[flag, value]].concat(), 2, message);
    }
    refused(
        &home,
        &[&both[..], &["--expires-in", "1d", "--expires-at", "2099-01-01"]].concat(),
        2,
        "--expires-in: cannot be combined with --expires-at\n",
    );
}

#[test]
fn bodies_carry_what_was_given() {
    let (server, home) = (Server::json(200, r#"{"id":"k","api_key":"s"}"#), Home::new());
    let sent = |words: &[&str]| {
        let mut run = alter(["keys"])
            .to(&server)
            .home(&home)
            .env("ALTER_APP_ID", "a")
            .stdin("{\"name\": 1.0}");
        for word in words {
            run = run.arg(word);
        }
        run.run().exits(0);
        let last = server.seen().pop().expect("a request");
        format!("{} {} {}", last.method, last.target.replace("/api/v1/apps/a/keys", "~"), last.body)
    };
    home.write("in.json", "{ \"name\": 1e2 }");
    assert_eq!(
        sent(&["mint", "--name", "n", "--scopes", "audit:emit"]),
        r#"POST ~ {"name":"n","scopes":["audit:emit"]}"#
    );
    assert_eq!(
        sent(&[
            "mint",
            "--name",
            "n",
            "--scopes",
            "*",
            "--expires-at",
            "2099-01-01T02:00:00+02:00"
        ]),
        r#"POST ~ {"name":"n","scopes":["*"],"expires_at":"2099-01-01T00:00:00Z"}"#
    );
    assert_eq!(sent(&["mint", "--input", "@in.json"]), "POST ~ { \"name\": 1e2 }");
    assert_eq!(sent(&["mint", "--input", "-"]), "POST ~ {\"name\": 1.0}");
    assert_eq!(sent(&["rotate", "--key", "k"]), "POST ~/k/rotate {}");
    assert_eq!(sent(&["rotate", "--key", "k/../x"]), "POST ~/k%2F..%2Fx/rotate {}");
    assert_eq!(sent(&["revoke", "--key", "k", "--yes"]), "DELETE ~/k ");
    assert_eq!(sent(&["revoke", "--key", "k", "--yes", "--force"]), "DELETE ~/k?force=true ");
    assert_eq!(sent(&["rename", "--key", "k", "--name", "m"]), r#"PATCH ~/k {"name":"m"}"#);
    assert_eq!(sent(&["statistics"]), "GET ~/statistics ");
}

#[test]
fn flags_become_requests() {
    requests(&[
        ("keys list --status active", "GET /apps/{app}/keys?status=active&limit=200"),
        ("keys statistics", "GET /apps/{app}/keys/statistics"),
        ("keys show --key k", "GET /apps/{app}/keys/k"),
        ("keys show k", "GET /apps/{app}/keys/k"),
        ("keys rename k --name n", r#"PATCH /apps/{app}/keys/k {"name":"n"}"#),
        (
            "keys mint --name a --scopes grants:read --cidr 10.0.0.0/8",
            r#"POST /apps/{app}/keys {"cidr_allowlist":["10.0.0.0/8"],"name":"a","scopes":["grants:read"]}"#,
        ),
        ("keys revoke k --force --yes", "DELETE /apps/{app}/keys/k?force=true"),
    ]);
}

#[test]
fn unusable_flags_are_refused() {
    refusals(&[
        ("keys show", 2, "--key: is needed"),
        ("keys show a b", 2, "operand 2"),
        ("keys show --key a b", 2, "operand 1"),
        ("keys mint", 2, "--name, --scopes: are needed, or --input"),
        ("keys mint --name a", 2, "--scopes: is needed, or --input"),
        ("keys mint --input {} --cidr 10.0.0.0/8", 2, "--input: replaces --cidr"),
        (
            "keys mint --name a --scopes audit:emit --expires-in 1d --expires-at 2030-01-01",
            2,
            "--expires-in: cannot be combined with --expires-at",
        ),
    ]);
}

#[test]
fn answers_are_shown() {
    answers(&[Answer {
        line: "keys list --output table",
        status: 200,
        body: r#"{"items":[{"id":"k","name":"n","key_type":"rk","scopes":["audit:emit","c:d"]}],"has_more":false}"#,
        exit: 0,
        out: "k   n     rk    -       audit:emit,c:d  active",
        err: "",
    }]);
}
