//! `alter apps` against a portal.

use serde_json::{Value, json};

use crate::support::{APP, Portal, Server, alter};

/// Request ids and times differ from run to run.
fn without_ids(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines.filter(|line| !line.starts_with("  request id: req_")).collect()
}

#[test]
fn lists_in_three_formats() {
    let portal = Portal::empty([]);
    let list = |format| alter(["apps", "list", "--output", format]).at(&portal).run();
    list("table")
        .exits(0)
        .prints("ID  NAME  STATUS  GRANTS  KEYS  API CALLS  CREATED\n")
        .says("No apps.\n  to make one: alter apps create --name NAME\n");
    list("json").exits(0).prints("[]\n").says("");
    list("jsonl").exits(0).prints("").says("");

    let (one, two) = (portal.app("One"), portal.app("Zwei 猫"));
    let table = list("table");
    let created =
        portal.ask(["apps", "show", &one])["created_at"].as_str().expect("a time").to_owned();
    let lines: Vec<&str> = table.exits(0).says("").out().lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert_eq!(lines[0], format!("{:36}  NAME     STATUS  GRANTS  KEYS  API CALLS  CREATED", "ID"));
    let time = format!("{} {}Z", &created[..10], &created[11..16]);
    assert_eq!(lines[1], format!("{one}  One      active  0       0     0          {time}"));
    assert!(lines[2].starts_with(&format!("{two}  Zwei 猫  active  0 ")), "{table}");

    let rows = list("json").exits(0).json();
    assert_eq!(rows[1]["name"], "Zwei 猫");
    let lines = list("jsonl").exits(0).lines();
    assert_eq!(Value::Array(lines), rows);
}

#[test]
fn rows_keep_what_the_portal_sent() {
    let rows = r#"[{"z":1.0,"id":"1","a":{"deep":[1e5,12345678901234567890.5]},"unknown":true}]"#;
    let server = Server::json(200, rows);
    let run = |format| alter(["apps", "list", "--output", format]).to(&server).run();
    run("jsonl").exits(0).prints(&format!("{}\n", &rows[1..rows.len() - 1]));
    run("json").exits(0).prints(
        "[\n  {\n    \"z\": 1.0,\n    \"id\": \"1\",\n    \"a\": {\n      \"deep\": [\n        1e5,\n        \
         12345678901234567890.5\n      ]\n    },\n    \"unknown\": true\n  }\n]\n",
    );
    run("table").exits(0).prints(
        "ID  NAME  STATUS  GRANTS  KEYS  API CALLS  CREATED\n1   -     -       -       -     -          -\n",
    );
}

#[test]
fn every_verb_does_its_work() {
    let portal = Portal::empty([]);
    let made = alter([
        "apps",
        "create",
        "--name",
        "Billing",
        "--description",
        "d",
        "--website-url",
        "https://b.example",
    ])
    .at(&portal)
    .run();
    let app = made.exits(0).says("").json();
    let id = app["id"].as_str().expect("an id");
    assert_eq!(
        (&app["name"], &app["description"], &app["status"]),
        (&json!("Billing"), &json!("d"), &json!("active"))
    );
    assert_eq!(portal.ask(["apps", "show", id]), app);

    let changed = portal.ask(["apps", "update", id, "--name", "Invoices", "--description", ""]);
    assert_eq!((&changed["name"], &changed["description"]), (&json!("Invoices"), &Value::Null));
    assert_eq!(changed["website_url"], "https://b.example");

    assert_eq!(portal.ask(["apps", "archive", id])["status"], "archived");
    assert_eq!(portal.ask(["apps", "list"]), json!([]));
    assert_eq!(portal.ask(["apps", "list", "--include-archived"])[0]["status"], "archived");
    assert_eq!(
        portal.ask(["apps", "list", "--include-archived", "--no-include-stats"])[0]["stats"],
        Value::Null
    );
    assert_eq!(portal.ask(["apps", "unarchive", id])["status"], "active");

    let gone = alter(["apps", "delete", id, "--confirm", "Invoices"]).at(&portal).run();
    gone.exits(0).prints(&format!("{{\n  \"id\": \"{id}\",\n  \"deleted\": true\n}}\n")).says(
        "Deleting Invoices deletes all of it: grants (0), keys (0), and every secret, agent and audit row.\n",
    );
    assert_eq!(portal.ask(["apps", "list", "--include-archived"]), json!([]));
    let table = alter(["apps", "show", id, "--output", "table"]).at(&portal).run();
    table.exits(4).prints("").stderr_has("alter: not found: ");
}

#[test]
fn an_object_as_a_table_has_two_columns() {
    let app =
        r#"{"id":"1","ok":true,"none":null,"tags":["a","b"],"created_at":"2026-11-23T10:04:31Z"}"#;
    let server = Server::json(200, app);
    let shown = alter(["apps", "show", "1", "--output=table"]).to(&server).run();
    shown.exits(0).prints(
        "id          1\nok          yes\nnone        -\ntags        a,b\ncreated_at  2026-11-23 10:04Z\n",
    );
    let shown = alter(["apps", "show", "1", "--output=jsonl"]).to(&server).run();
    shown.exits(0).shows("{\n  \"id\": \"1\",\n");
}

#[test]
fn conflicts_are_exit_5() {
    let portal = Portal::empty([]);
    let app = portal.app("One");
    let unarchive = alter(["apps", "unarchive", &app]).at(&portal).run();
    assert_eq!(
        without_ids(unarchive.exits(5).prints("").err()),
        "alter: conflict: The app One is not archived.\n"
    );
    portal.ask(["apps", "archive", &app]);
    let again = alter(["apps", "archive", &app, "--output=json"]).at(&portal).run();
    let error = again.exits(5).prints("").error();
    assert_eq!(error["code"], "CONFLICT");
    assert_eq!(error["exit"], 5);
    assert_eq!(error["portal_code"], "app_already_archived");
    assert!(error["request_id"].as_str().is_some_and(|id| id.starts_with("req_")));
    let change = alter(["apps", "update", &app, "--name", "Two"]).at(&portal).run();
    change.exits(5).stderr_has(&format!("  fix: alter apps unarchive {app}\n  request id: req_"));
}

#[test]
fn bad_input_makes_no_request() {
    let server = Server::unused();
    let long = "n".repeat(121);
    for (words, message) in [
        (["create", "--name", "", "", ""], "--name: is empty"),
        (["create", "--name", &long, "", ""], "--name: is longer than 120 characters"),
        (
            ["create", "--name", "n", "--website-url", "ftp://x"],
            "--website-url: must be an http:// or https:// address",
        ),
        (
            ["create", "--name", "n", "--website-url", "https://"],
            "--website-url: must be an http:// or https:// address",
        ),
        (
            ["create", "--name", "n", "--website-url", "https://a b"],
            "--website-url: must be an http:// or https:// address",
        ),
        (
            ["update", "x", "", "", ""],
            "nothing to change: give at least one of --name, --description, --website-url",
        ),
        (["update", "x", "--name", "", ""], "--name: is empty"),
        (["update", "", "--name", "n", ""], "<app>: is empty"),
        (["archive", "a\u{7}", "", "", ""], "<app>: has a control character in it"),
        (["delete", "", "--confirm", "n", ""], "<app>: is empty"),
    ] {
        // An empty word at the end stands for none; `--name ""` keeps its value.
        let mut run = alter(["apps"]).to(&server);
        let used = words.iter().rposition(|word| !word.is_empty()).map_or(0, |last| last + 1);
        let used = used
            + usize::from(words[used - 1] == "--name")
            + usize::from(message == "<app>: is empty" && used == 1);
        for word in &words[..used] {
            run = run.arg(word);
        }
        run.run().exits(2).prints("").says(&format!("alter: {message}\n"));
    }
    server.untouched();
}

#[test]
fn requests_are_what_the_contract_says() {
    let server = Server::json(200, r#"{"id":"x","name":"n"}"#);
    let sent = |words: &[&str]| {
        let mut run = alter(["apps"]).to(&server);
        for word in words {
            run = run.arg(word);
        }
        run.run().exits(0);
        // The look-up for another app of the name comes after the creation.
        let mut seen = server.seen();
        seen.retain(|request| !request.target.ends_with("?include_stats=false"));
        let last = seen.pop().expect("a request");
        format!("{} {} {}", last.method, last.target, last.body)
    };
    let x = "/api/v1/apps/x";
    assert_eq!(sent(&["create", "--name", "n"]), r#"POST /api/v1/apps {"name":"n"}"#);
    assert_eq!(
        sent(&["create", "--website-url", "http://h", "--description", "", "--name", "n"]),
        r#"POST /api/v1/apps {"name":"n","description":"","website_url":"http://h"}"#
    );
    assert_eq!(sent(&["show", "x"]), format!("GET {x} "));
    assert_eq!(
        sent(&["update", "x", "--description", ""]),
        format!(r#"PATCH {x} {{"description":""}}"#)
    );
    assert_eq!(sent(&["archive", "x"]), format!("POST {x}/archive "));
    assert_eq!(sent(&["unarchive", "x"]), format!("POST {x}/unarchive "));
    assert_eq!(
        sent(&["delete", "x", "--confirm", "n"]),
        format!(r#"DELETE {x} {{"confirm":"n"}}"#)
    );
    let lists = Server::json(200, "[]");
    for (flags, target) in [
        (vec![], "/api/v1/apps"),
        (vec!["--include-archived"], "/api/v1/apps?include_archived=true"),
        (
            vec!["--no-include-stats", "--include-archived"],
            "/api/v1/apps?include_archived=true&include_stats=false",
        ),
    ] {
        let mut run = alter(["apps", "list"]).to(&lists);
        for flag in flags {
            run = run.arg(flag);
        }
        run.run().exits(0);
        assert_eq!(lists.seen().pop().expect("a request").target, target);
    }
}

#[test]
fn a_dry_run_prints_the_request_and_sends_nothing() {
    let server = Server::unused();
    for (words, method, path, body) in [
        (
            vec!["list", "--include-archived"],
            "GET",
            "/api/v1/apps?include_archived=true",
            Value::Null,
        ),
        (vec!["create", "--name", "n"], "POST", "/api/v1/apps", json!({"name": "n"})),
        (vec!["show", APP], "GET", "", Value::Null),
        (vec!["update", APP, "--name", "n"], "PATCH", "", json!({"name": "n"})),
        (vec!["archive", APP], "POST", "/archive", Value::Null),
        (vec!["unarchive", APP], "POST", "/unarchive", Value::Null),
        (vec!["delete", APP, "--confirm", "n"], "DELETE", "", json!({"confirm": "n"})),
        (vec!["delete", APP], "DELETE", "", json!({"confirm": "<the app's name>"})),
    ] {
        let mut run = alter(["apps", "--dry-run"]).to(&server);
        for word in &words {
            run = run.arg(word);
        }
        let path = if path.starts_with("/api") {
            path.to_owned()
        } else {
            format!("/api/v1/apps/{APP}{path}")
        };
        let shown = run.run().exits(0).says("").json();
        assert_eq!(shown, json!({"method": method, "path": path, "body": body}), "{words:?}");
    }
    // Not even a PAT is needed.
    alter(["apps", "list", "--dry-run"]).run().exits(0);
    // What is checked is checked all the same.
    alter(["apps", "create", "--name", "", "--dry-run"]).run().exits(2).prints("");
    server.untouched();
}

#[test]
fn an_empty_website_clears_it() {
    let portal = crate::support::Portal::empty([]);
    let app = portal.app("A");
    let update = |url: &str| {
        alter(["apps", "update", &app, "--website-url", url]).at(&portal).run().exits(0).json()
    };
    assert_eq!(update("https://a.example")["website_url"], "https://a.example");
    assert_eq!(update("")["website_url"], serde_json::Value::Null);
}
