//! Text from the server that a terminal would obey: none of it arrives there raw, and through a pipe none of it is lost.

use serde_json::{Value, json};

use crate::support::{APP, Outcome, Play, Pty, Server, alter};

/// A window title, a C1 sequence, a carriage return, a turned line, and characters nobody sees.
const HOSTILE: &str =
    "a\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\r\u{7f}\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}z";

/// The same in a header, where only bytes beyond ASCII can be smuggled.
const HOSTILE_HEADER: &str = "req\u{9b}31m\u{202e}\u{200b}\u{e0041}";

/// What alter itself may send to a terminal.
const OWN: &[&str] = &[
    "\r\u{1b}[2K",
    "\u{1b}[0m",
    "\u{1b}[1m",
    "\u{1b}[31m",
    "\u{1b}[33m",
    "\u{1b}[39m",
];

fn is_hostile(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Checks what a terminal got; its own line ends are `\r\n`.
#[track_caller]
fn harmless(outcome: &Outcome) {
    let mut text = outcome.out().replace("\r\n", "\n");
    for own in OWN {
        text = text.replace(own, "");
    }
    let found: Vec<String> = text
        .chars()
        .filter(|c| is_hostile(*c))
        .map(|c| format!("{c:?}"))
        .collect();
    assert!(
        found.is_empty(),
        "{found:?} reached the terminal of {outcome}"
    );
}

fn app() -> Value {
    json!({
        "id": HOSTILE, "name": HOSTILE, "description": HOSTILE, "website_url": HOSTILE, "status": HOSTILE,
        "archived_at": HOSTILE, "created_at": HOSTILE, "updated_at": HOSTILE,
        "stats": { "grants": HOSTILE, "keys": [HOSTILE, [HOSTILE]], "api_calls": { HOSTILE: HOSTILE } },
        HOSTILE: HOSTILE,
    })
}

fn row() -> Value {
    let mut row = app();
    for key in [
        "key_type",
        "key_prefix",
        "expires_at",
        "last_used_at",
        "api_key",
        "action",
        "app_id",
        "actor_id",
        "actor_name",
        "provider_id",
        "policy_decision",
        "response_status",
        "latency_ms",
        "principal_kind",
        "resource_type",
        "resource_id",
        "email",
        "prefix",
    ] {
        row[key] = HOSTILE.into();
    }
    row["scopes"] = json!([HOSTILE, HOSTILE]);
    row["principal"] = json!({ "id": HOSTILE, "name": HOSTILE });
    row["organization"] = row["principal"].clone();
    row["user"] = json!({ "email": HOSTILE });
    row
}

fn page() -> Value {
    json!({ "items": [row()], "total": 2, "limit": 1, "offset": 0, "has_more": false })
}

/// Answers every request with the same hostile document and header.
fn server(status: u16, body: &Value) -> Server {
    let body = body.to_string();
    Server::new(move |_| {
        let headers = format!("Content-Type: application/json\r\nX-Other: {HOSTILE_HEADER}\r\n");
        Play::with(status, &headers, &body)
    })
}

const OBJECTS: &[&[&str]] = &[
    &["apps", "show", "1"],
    &["apps", "update", "1", "--name", "x"],
    &["keys", "mint", "--name", "x", "--scopes", "a:b"],
    &["keys", "show", "--key", "1"],
    &["pats", "whoami"],
    &["api", "GET", "/x"],
];
const LISTS: &[&[&str]] = &[
    &["keys", "list"],
    &["keys", "list", "--all"],
    &["audit", "list"],
    &["audit", "list", "--all"],
    &["audit", "portal-actions"],
];

#[track_caller]
fn on_a_terminal(server: &Server, words: &[&str], more: &[&str]) {
    let mut run = alter(["--app", APP]).to(server);
    for word in words.iter().chain(more) {
        run = run.arg(word);
    }
    harmless(&Pty::of(&run).columns(120).run());
}

#[test]
fn results_are_harmless_in_every_format() {
    let (object, page) = (server(200, &row()), server(200, &page()));
    let array = server(200, &json!([row(), row()]));
    for format in ["table", "json", "jsonl"] {
        for words in OBJECTS {
            on_a_terminal(&object, words, &["--output", format]);
        }
        for words in LISTS {
            on_a_terminal(&page, words, &["--output", format]);
        }
        on_a_terminal(&array, &["apps", "list"], &["--output", format]);
    }
}

#[test]
fn debug_lines_are_harmless() {
    let page = server(200, &page());
    on_a_terminal(&page, &["keys", "list"], &["--debug"]);
    let object = server(200, &row());
    on_a_terminal(
        &object,
        &["apps", "update", "1", "--name", HOSTILE],
        &["--debug"],
    );
    on_a_terminal(
        &object,
        &["apps", "update", "1", "--name", HOSTILE],
        &["--dry-run"],
    );
}

#[test]
fn failures_are_harmless() {
    let bodies = [
        json!({ "error": HOSTILE, "message": HOSTILE, "details": { "missing": [HOSTILE] } }),
        json!({ "detail": [{ "loc": ["body", HOSTILE], "msg": HOSTILE, "type": HOSTILE }] }),
        json!(HOSTILE),
    ];
    for status in [400, 401, 403, 404, 409, 422, 500] {
        for body in &bodies {
            let server = server(status, body);
            on_a_terminal(&server, &["apps", "show", "1"], &[]);
            on_a_terminal(&server, &["apps", "show", "1"], &["--output", "json"]);
        }
    }
    let unreadable = Server::new(|_| Play::with(200, "", HOSTILE));
    on_a_terminal(&unreadable, &["apps", "show", "1"], &[]);
    let redirect = Server::new(|_| {
        Play::with(
            302,
            &format!("Location: https://h/{HOSTILE_HEADER}\r\n"),
            "",
        )
    });
    on_a_terminal(&redirect, &["apps", "show", "1"], &[]);
    let unknown_field = server(200, &row());
    on_a_terminal(
        &unknown_field,
        &["apps", "show", "1"],
        &["--fields", "nothing"],
    );
    on_a_terminal(&unknown_field, &["doctor"], &[]);
}

#[test]
fn a_prompt_is_harmless() {
    let server = server(200, &app());
    let run = alter(["apps", "delete", "1"]).to(&server);
    let outcome = Pty::of(&run).answer("to delete it:", "no\n").run();
    harmless(&outcome);
    outcome.exits(8).shows("a\\u{1b}]0;owned\\u{7}");
}

#[test]
fn through_a_pipe_the_data_is_intact() {
    let object = server(200, &row());
    let sent = row();
    assert_eq!(
        alter(["apps", "show", "1"])
            .to(&object)
            .run()
            .exits(0)
            .json(),
        sent
    );
    let page = server(200, &page());
    for words in [["keys", "list"], ["audit", "list"]] {
        let run = alter(words)
            .to(&page)
            .env("ALTER_APP_ID", APP)
            .arg("--output=jsonl")
            .run();
        assert_eq!(run.exits(0).lines(), [sent.clone()]);
    }
    let body = alter(["api", "GET", "/x"]).to(&object).run();
    assert_eq!(body.exits(0).stdout, sent.to_string().into_bytes());
}

#[test]
fn tables_and_messages_are_escaped_in_a_pipe_too() {
    let table = alter(["apps", "list"])
        .to(&server(200, &json!([app()])))
        .run();
    table
        .exits(0)
        .shows("a\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\u{9b}31m\\u{d}\\u{7f}\\u{202e}");
    let failed = alter(["apps", "list"])
        .to(&server(404, &json!({ "error": "x", "message": HOSTILE })))
        .run();
    failed.exits(4).tells("not found: a\\u{1b}]0;owned");
    assert!(!failed.err().contains(|c| is_hostile(c)), "{failed}");
}
