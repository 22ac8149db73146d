//! Hostile text from a server: on a terminal no byte of it arrives raw, through a pipe none of it is lost.

use serde_json::{Value, json};

use crate::support::{APP, Alter, Outcome, Play, Pty, Server, alter};

/// Sequences a terminal obeys, characters that hide or turn text round, and the C1 controls in both encodings.
const HOSTILE: &str = "x\u{1b}]0;owned\u{7}\u{1b}[31m\u{1b}[2J\r\n\u{8}\u{9b}31m\u{9d}8;;http://evil\u{9c}\u{85}\u{7f}\
                       \u{202e}\u{2066}\u{200b}\u{200d}\u{feff}\u{ad}\u{2028}\u{e0041}\u{e007f}y";

/// Checks that a terminal got nothing but printable text, line breaks, and the sequences that are our own.
#[track_caller]
fn harmless(run: &Outcome) {
    let text = String::from_utf8(run.stdout.clone()).expect("UTF-8 on the terminal");
    let mut own = text;
    // Bold, red, yellow, their ends, and the line that counts rows.
    for sequence in [
        "\u{1b}[1m",
        "\u{1b}[0m",
        "\u{1b}[22m",
        "\u{1b}[31m",
        "\u{1b}[32m",
        "\u{1b}[33m",
        "\u{1b}[39m",
        "\r\u{1b}[2K",
    ] {
        own = own.replace(sequence, "");
    }
    let raw: Vec<char> = own
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| *c != '\n' && ::alter::for_tests::is_unsafe(*c))
        .collect();
    assert!(raw.is_empty(), "{raw:?} reached the terminal: {run}");
    // Our own red stands before `alter:` only: theirs would be somewhere else.
    for (at, _) in run.out().match_indices("\u{1b}[31m") {
        assert!(run.out()[at..].starts_with("\u{1b}[31malter:"), "{run}");
    }
    assert!(!run.out().contains("\u{1b}[2J"), "{run}");
}

fn on_a_terminal(run: &Alter) -> Outcome {
    let seen = Pty::of(run).run();
    harmless(&seen);
    seen
}

/// A document with every string, also the keys, hostile, unless a key names what must be read.
fn hostile(value: &Value) -> Value {
    match value {
        Value::String(text) if text.contains("{}") => text.replace("{}", HOSTILE).into(),
        Value::String(_) => HOSTILE.into(),
        Value::Array(list) => list.iter().map(hostile).collect(),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), hostile(value)));
            let odd = (format!("key{HOSTILE}"), Value::from(HOSTILE));
            entries.chain([odd]).collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn app() -> Value {
    hostile(&json!({
        "id": "", "name": "", "description": "", "website_url": "", "status": "", "archived_at": "", "created_at": "",
        "stats": {"grants": "", "keys": 1, "api_calls": ""}, "tags": ["", ["", {"x": ""}]],
    }))
}

fn key() -> Value {
    hostile(&json!({
        "id": "", "name": "", "key_prefix": "", "key_type": "", "scopes": ["", ""], "expires_at": "", "last_used_at": "",
        "cidr_allowlist": [""], "created_at": "", "api_key": "",
    }))
}

fn event() -> Value {
    hostile(&json!({
        "id": "", "created_at": "", "action": "", "app_id": "", "actor_name": "", "provider_id": "", "policy_decision": "",
        "response_status": "", "latency_ms": "", "principal_kind": "", "principal": {"name": ""}, "resource_type": "",
        "resource_id": "",
    }))
}

/// What agents, their keys, providers, secrets, grants, users and groups have in their columns.
fn thing() -> Value {
    let texts = "id key_id actor_id provider_id name display_name type status created_at last_used_at \
        last_activity_at updated_at calls_30d key_prefix action category supports_pkce credential_source grant_count \
        slug credential_type template_id injection_header injection_format email idp_id external_group_id \
        member_count label path grant_id expires_at api_key secret";
    let mut thing = json!({
        "principal": {"name": "", "type": "", "app_user_id": ""}, "details": {"": ""}, "default_scopes": [""],
        "scopes": [""], "allowed_hosts": [""], "grant_policy": {"expires_at": ""},
        "breaking_changes": [{"kind": "", "detail": ""}], "entries": [{"principal": {"name": ""}, "path": ""}],
    });
    for name in texts.split_whitespace() {
        thing[name] = "".into();
    }
    hostile(&thing)
}

fn page(row: &Value) -> Value {
    json!({"items": [row], "total": 1, "limit": 1, "offset": 0, "has_more": false})
}

fn serving(document: &Value) -> Server {
    Server::json(200, &document.to_string())
}

/// Every command that prints something, with the document that it gets.
fn results() -> Vec<(Vec<&'static str>, Value)> {
    vec![
        (vec!["apps", "list"], json!([app()])),
        (vec!["apps", "show", "x"], app()),
        (vec!["apps", "create", "--name=n"], app()),
        (vec!["keys", "list", "--app", APP], page(&key())),
        (vec!["keys", "mint", "--app", APP, "--name=n", "--scopes=audit:emit"], key()),
        (vec!["audit", "list"], page(&event())),
        (vec!["audit", "list", "--all"], page(&event())),
        (vec!["audit", "portal-actions"], page(&event())),
        (vec!["api", "GET", "/apps"], json!([app()])),
        (vec!["agents", "list", "--app", APP], page(&thing())),
        (vec!["agents", "audit", "a", "--app", APP], page(&thing())),
        (vec!["agents", "registry-list", "--app", APP], page(&thing())),
        (vec!["agents", "list-keys", "a", "--app", APP], json!([thing()])),
        (vec!["agents", "mint-key", "a", "--app", APP], thing()),
        (vec!["providers", "list-catalog"], json!([thing()])),
        (vec!["providers", "list", "--app", APP], json!([thing()])),
        (vec!["providers", "update", "p", "--status=active", "--app", APP], thing()),
        (vec!["managed-secrets", "templates", "--app", APP], json!([thing()])),
        (vec!["managed-secrets", "list", "--app", APP], json!([thing()])),
        (vec!["managed-secrets", "users", "--app", APP], page(&thing())),
        (vec!["managed-secrets", "groups", "list", "--app", APP], page(&thing())),
        (vec!["managed-secrets", "grants", "list", "s", "--app", APP], json!([thing()])),
        (vec!["managed-secrets", "access", "s", "--app", APP], thing()),
        (vec!["idp", "webhook", "enable", "p", "--app", APP], thing()),
        (
            vec!["pats", "whoami"],
            hostile(&json!({"id": "", "name": "", "scopes": [""], "organization": {"name": ""}})),
        ),
    ]
}

#[test]
fn no_result_reaches_a_terminal_raw() {
    for (words, document) in results() {
        let server = serving(&document);
        for output in ["table", "json", "jsonl"] {
            let mut run = alter([]).to(&server);
            for word in &words {
                run = run.arg(word);
            }
            let seen = on_a_terminal(&run.arg("--output").arg(output));
            assert!(!seen.stdout.is_empty(), "{seen}");
        }
    }
}

#[test]
fn through_a_pipe_json_is_whole() {
    for (words, document) in results() {
        let server = serving(&document);
        let mut run = alter([]).to(&server);
        for word in &words {
            run = run.arg(word);
        }
        let shown = run.arg("--output=json").run().exits(0).json();
        let rows = shown
            .as_array()
            .and_then(|rows| rows.first())
            .or(shown["items"].get(0))
            .unwrap_or(&shown);
        let sent = document
            .as_array()
            .and_then(|rows| rows.first())
            .or(document["items"].get(0))
            .unwrap_or(&document);
        if words[0] == "pats" {
            assert_eq!(rows["name"], sent["name"]);
        } else {
            assert_eq!(rows, sent, "{words:?}");
        }
    }
}

#[test]
fn a_table_is_escaped_through_a_pipe_too() {
    let server = serving(&json!([app()]));
    let run = alter(["apps", "list"]).to(&server).run();
    let table = run.exits(0).out();
    assert_eq!(table.lines().count(), 2, "{run}");
    assert!(table.contains("\\u{1b}]0;owned\\u{7}\\u{1b}[31m"), "{run}");
    assert!(!table.contains(|c: char| c != '\n' && ::alter::for_tests::is_unsafe(c)), "{run}");
}

#[test]
fn errors_are_escaped_in_every_part() {
    let bodies = [
        json!({"error": HOSTILE, "message": HOSTILE, "details": {"missing": [HOSTILE, HOSTILE]}}).to_string(),
        json!({"error": "insufficient_scope", "message": HOSTILE, "details": {"required": HOSTILE}}).to_string(),
        json!({"detail": [{"loc": ["body", HOSTILE], "msg": HOSTILE}]}).to_string(),
        json!({"detail": HOSTILE}).to_string(),
        HOSTILE.to_owned(),
    ];
    for body in bodies {
        for status in [200, 400, 403, 404, 409, 422, 500] {
            let server = Server::json(status, &body);
            for output in ["table", "json"] {
                let run = alter(["apps", "show", "x", "--output", output]).to(&server);
                on_a_terminal(&run);
                let piped = run.run();
                assert!(
                    !piped.err().contains(|c: char| c != '\n' && ::alter::for_tests::is_unsafe(c)),
                    "{piped}"
                );
            }
        }
    }
    let error = json!({"error": HOSTILE, "message": HOSTILE}).to_string();
    let run = alter(["apps", "show", "x", "--output=json"]).to(&Server::json(404, &error)).run();
    let told = run.exits(4).error();
    assert_eq!(told["portal_code"], HOSTILE);
    assert_eq!(told["message"], format!("not found: {HOSTILE}"));
}

/// What HTTP lets a header hold: no CR, LF or NUL, but the bytes of C1 and of UTF-8, and in practice ESC.
fn header(name: &str) -> String {
    let value: String = HOSTILE.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    format!("{name}: {value}\r\n")
}

#[test]
fn headers_are_escaped() {
    for value in ["\u{9b}31m\u{202e}é\u{e0041}", "a\tb"] {
        let headers =
            format!("X-Request-Id: {value}\r\nLocation: https://h/{value}\r\nX-Other: {value}\r\n");
        for status in [302, 404] {
            let headers = headers.clone();
            let server = Server::new(move |_| {
                Play::SendAndClose(
                    format!("HTTP/1.1 {status} S\r\n{headers}Content-Length: 2\r\n\r\n{{}}")
                        .into_bytes(),
                )
            });
            let run = alter(["apps", "list", "--debug"]).to(&server);
            let seen = Pty::of(&run).run();
            let text = seen.out().replace("\r\n", "\n").replace('\t', "");
            let raw =
                ["\u{1b}[31m", "\u{1b}[39m"].iter().fold(text, |text, own| text.replace(own, ""));
            assert!(
                !raw.contains(|c: char| c != '\n' && ::alter::for_tests::is_unsafe(c)),
                "{seen}"
            );
        }
    }
    // Many servers would not send these; a client that gets them must refuse or escape them.
    let server = Server::new(|_| {
        let text = format!(
            "HTTP/1.1 404 S\r\n{}{}Content-Length: 2\r\n\r\n{{}}",
            header("X-Request-Id"),
            header("Location")
        );
        Play::SendAndClose(text.into_bytes())
    });
    on_a_terminal(&alter(["apps", "list"]).to(&server));
}

#[test]
fn debug_is_escaped_on_a_terminal_and_whole_in_a_pipe() {
    let body = json!([app()]).to_string();
    let server = Server::json(200, &body);
    on_a_terminal(&alter(["apps", "list", "--debug"]).to(&server));
    let rubbish = Server::json(200, HOSTILE);
    on_a_terminal(&alter(["apps", "list", "--debug"]).to(&rubbish));
    let piped = alter(["apps", "list", "--debug"]).to(&server).run();
    let line =
        piped.exits(0).err().lines().find_map(|line| line.strip_prefix("  < [")).expect("the body");
    let shown: Value = serde_json::from_str(&format!("[{line}")).expect("JSON");
    assert_eq!(shown[0]["name"], app()["name"]);
    let raw = alter(["apps", "show", "x", "--debug"]).to(&rubbish).run();
    raw.exits(1).stderr_has(&format!("  < ({} bytes that are not JSON)\n", HOSTILE.len()));
}

#[test]
fn a_prompt_shows_a_name_escaped() {
    let server = serving(&app());
    let run = alter(["apps", "delete", "x"]).to(&server);
    let seen = Pty::of(&run).answer("to delete it: ", "x\n").run();
    harmless(&seen);
    seen.exits(8).shows("Type the app's name (x\\u{1b}]0;owned\\u{7}");
    let server = serving(&thing());
    let run = alter(["agents", "revoke", "x", "--app", APP]).to(&server);
    let seen = Pty::of(&run).answer("[y/N] ", "n\n").run();
    harmless(&seen);
    seen.exits(8).shows("Revoke agent x\\u{1b}]0;owned\\u{7}");
    // What was typed is compared with the real name.
    let plain = Server::json(200, r#"{"id":"x","name":"a\u200bb"}"#);
    let run = alter(["apps", "delete", "x"]).to(&plain);
    Pty::of(&run).answer("to delete it: ", "ab\n").run().exits(8).shows("(a\\u{200b}b)");
}

#[test]
fn raw_bodies_are_byte_for_byte_in_a_pipe() {
    let body = format!(
        "{{\n  \"a\": \"{}\" }}",
        HOSTILE.replace(['\u{1b}', '\r', '\n', '\u{7}', '\u{8}'], "")
    );
    let server = Server::json(200, &body);
    alter(["api", "GET", "/x"]).to(&server).run().exits(0).prints(&body);
    on_a_terminal(&alter(["api", "GET", "/x"]).to(&server));
}

#[test]
fn arguments_are_escaped_too() {
    let server = Server::unused();
    for words in [["aps\u{9b}\u{202e}", "list"], ["apps", "--outpu\u{200b}"], ["help", "app\u{9d}"]]
    {
        on_a_terminal(&alter(words).to(&server));
    }
    let listed = Server::json(200, r#"[{"id":"1"}]"#);
    on_a_terminal(&alter(["apps", "list", "--fields", HOSTILE.trim_end_matches('y')]).to(&listed));
    on_a_terminal(&alter(["apps", "list", "--fields=\u{202e}\u{9b}x"]).to(&listed));
}

#[test]
fn no_cell_is_too_wide() {
    let scopes: Vec<String> = (0..6000).map(|n| format!("resource{n}:read")).collect();
    let key = serde_json::json!({"id": "k", "name": "n", "scopes": scopes, "api_key": "s"});
    let page = serde_json::json!({"items": [key, {"id": "l"}], "total": 2, "has_more": false});
    let server = Server::json(200, &page.to_string());
    let list = alter(["keys", "list", "--app", APP]).to(&server).run();
    list.exits(0).shows("resource5999:read");
    let server = Server::json(201, &key.to_string());
    let mint =
        alter(["keys", "mint", "--name=n", "--scopes=audit:emit", "--app", APP, "--output=table"]);
    mint.to(&server).run().exits(0).shows("api_key  s\n");
}
