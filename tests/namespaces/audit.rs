//! `alter audit`: what is asked of the portal, and what is refused before.

use super::cases::{Answer, answers, refusals, requests};
use crate::support::{APP, Play, Server, alter};

fn rows(total: usize) -> Server {
    Server::new(move |exchange| {
        let offset = exchange.query("offset").unwrap_or(0);
        let more = offset + 2 < total;
        Play::json(
            200,
            format!(
                r#"{{"items":[{{"id":"{offset}"}},{{"id":"{}"}}],"total":{total},"limit":2,"offset":{offset},"has_more":{more}}}"#,
                offset + 1
            ),
        )
    })
}

#[test]
fn filters_go_along_on_every_page() {
    let server = rows(3);
    let run = alter([
        "audit",
        "list",
        "--all",
        "--limit=2",
        "--output=jsonl",
        "--start=2026-01-02",
        "--end",
        "2026-01-03T01:00:00+01:00",
        "--action",
        "a b",
        "--actor=x&y",
        "--provider=p",
        "--policy-decision=DENY",
        "--app",
        APP,
    ]);
    run.env("ALTER_APP_ID", "ignored").to(&server).run().exits(0);
    let query = format!(
        "/api/v1/audit/events?start=2026-01-02T00%3A00%3A00Z&end=2026-01-03T00%3A00%3A00Z&app_id={APP}\
         &action=a%20b&actor=x%26y&provider=p&policy_decision=DENY&limit=2"
    );
    let targets: Vec<String> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(targets, [query.clone(), format!("{query}&offset=1")]);
}

#[test]
fn the_pin_and_the_environment_are_no_filters() {
    let server = rows(1);
    alter(["audit", "list"]).env("ALTER_APP_ID", APP).to(&server).run().exits(0);
    alter(["audit", "portal-actions"]).env("ALTER_APP_ID", APP).to(&server).run().exits(0);
    let targets: Vec<String> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(
        targets,
        ["/api/v1/audit/events?limit=100", "/api/v1/audit/portal-actions?limit=100"]
    );
}

#[test]
fn windows_are_checked_before_any_request() {
    let server = Server::unused();
    for (flags, message) in [
        (["--start=2026-01-02", "--end=2026-01-01"], "--end: is before the start\n"),
        (["--since=1h", "--start=2026-01-01"], "--since: cannot be combined with --start\n"),
        (["--since=1h", "--end=2020-01-01"], "--end: is before the start\n"),
        (["--since=h", "--all"], "--since: wants a number and a unit: 30s, 5m, 12h, 30d, 2w\n"),
        (
            ["--start=01.02.2026", "--all"],
            "--start: wants ISO 8601: 2026-11-23, or 2026-11-23T10:04:05Z, or with an offset\n",
        ),
        (
            ["--start=2026-01-01T10:00:00", "--all"],
            "--start: wants ISO 8601: 2026-11-23, or 2026-11-23T10:04:05Z, or with an offset\n",
        ),
        (["--follow", "--all"], "--follow: cannot be combined with --all\n"),
        (["--follow", "--offset=1"], "--follow: cannot be combined with --offset\n"),
        (["--follow", "--end=2099-01-01"], "--follow: cannot be combined with --end\n"),
    ] {
        let run = alter(["audit", "list"]).arg(flags[0]).arg(flags[1]).to(&server).run();
        run.exits(2).prints("").says(&format!("alter: {message}"));
    }
    let json = alter(["audit", "list", "--follow", "--output=json"]).to(&server).run();
    assert_eq!(json.exits(2).error()["fix"], "--output jsonl");
    server.untouched();
}

const KEY: &str = "4e700000-0001-4000-8000-000000000001";

#[test]
fn requests_are_made_of_the_flags() {
    let app = format!("--app {APP}");
    let twice =
        format!("audit agent K --principal-kind KEY --additional-key-ids {KEY},{KEY} {KEY}");
    requests(&[
        ("audit list --policy-decision deny", "GET /audit/events?policy_decision=DENY&limit=100"),
        ("audit show T", "GET /audit/traces/T"),
        ("audit explain ../T", "GET /audit/traces/..%2FT"),
        (
            &format!(
                "audit portal-actions {app} --principal-kind Pat --resource-type key --action a.b --start 2026-01-01"
            ),
            "GET /audit/portal-actions?start=2026-01-01T00%3A00%3A00Z&app_id={app}&principal_kind=pat&resource_type=key&action=a.b&limit=100",
        ),
        (
            "audit grant-events --grant-type OAUTH --provider google --end 2026-01-01",
            "GET /audit/grant-events?end=2026-01-01T00%3A00%3A00Z&grant_type=oauth&provider=google&limit=100",
        ),
        ("audit traces --actor A --limit 1000", "GET /audit/traces?actor=A&limit=1000"),
        (
            &format!("audit threads {app} --actor A"),
            "GET /audit/threads?app_id={app}&actor=A&limit=50",
        ),
        ("audit thread a/b", "GET /audit/threads/a%2Fb"),
        ("audit agents --limit 200 --offset 3", "GET /audit/agents?limit=200&offset=3"),
        (&format!("audit agent A {app}"), "GET /audit/agents/A?app_id={app}"),
        ("audit agent A --principal-kind AGENT", "GET /audit/agents/A?principal_kind=agent"),
        (
            &twice,
            &format!(
                "GET /audit/agents/K?principal_kind=key{}",
                format!("&additional_key_id={KEY}").repeat(3)
            ),
        ),
        (
            &format!(
                "audit agent --additional-key-ids={KEY} --additional-key-ids {KEY} --principal-kind key K"
            ),
            &format!(
                "GET /audit/agents/K?principal_kind=key{}",
                format!("&additional_key_id={KEY}").repeat(2)
            ),
        ),
        (
            "audit integrity-check --start 2026-01-01 --end 2026-04-01",
            r#"POST /audit/integrity-check {"end":"2026-04-01T00:00:00Z","start":"2026-01-01T00:00:00Z"}"#,
        ),
        (
            "audit integrity-check --start 2026-01-01 --end 2026-01-02 --table oauth-tokens",
            r#"POST /audit/integrity-check {"end":"2026-01-02T00:00:00Z","start":"2026-01-01T00:00:00Z","table":"oauth-tokens"}"#,
        ),
    ]);
}

#[test]
fn bad_input_makes_no_request() {
    let many =
        format!("audit agent K --principal-kind key --additional-key-ids {}", [KEY; 51].join(","));
    let more = format!("audit agent K --additional-key-ids {KEY}");
    let of_agent = format!("audit agent K --principal-kind agent --additional-key-ids {KEY}");
    refusals(&[
        ("audit list --app billing", 2, "--app: must be a UUID"),
        (
            "audit list --policy-decision MAYBE",
            2,
            "--policy-decision: must be one of ALLOW, DENY, ERROR\n",
        ),
        ("audit list --limit 1001", 2, "--limit: must be a whole number from 1 to 1000\n"),
        ("audit show", 2, "<trace>: is needed\n"),
        ("audit show ''", 2, "<trace>: is empty\n"),
        ("audit explain T --since 1d", 2, "--since: cannot be combined with <trace>\n"),
        (
            "audit portal-actions --principal-kind key",
            2,
            "--principal-kind: must be one of portal, sdk, system, pat\n",
        ),
        ("audit portal-actions --follow --all", 2, "--follow: cannot be combined with --all\n"),
        (
            "audit portal-actions --follow --output json",
            2,
            "--output json: has no end under --follow",
        ),
        (
            "audit grant-events --follow --end 2026-01-01",
            2,
            "--follow: cannot be combined with --end\n",
        ),
        (
            "audit grant-events --grant-type secret",
            2,
            "--grant-type: must be one of oauth, managed_secret\n",
        ),
        ("audit traces --follow", 2, "has no such flag"),
        ("audit threads --limit 201", 2, "--limit: must be a whole number from 1 to 200\n"),
        ("audit agents --actor A", 2, "has no such flag"),
        (&more, 2, "--additional-key-ids: works only with --principal-kind key\n"),
        (&of_agent, 2, "--additional-key-ids: works only with --principal-kind key\n"),
        (&many, 2, "--additional-key-ids: names more than 50 keys\n"),
        (
            "audit agent K --principal-kind key --additional-key-ids x",
            2,
            "--additional-key-ids: must be a UUID",
        ),
        (
            "audit agent K --principal-kind key --additional-key-ids x,,y",
            2,
            "--additional-key-ids: has an empty entry\n",
        ),
        ("audit agent --principal-kind key --additional-key-ids x K", 2, "<id>: is needed\n"),
        ("audit integrity-check", 2, "--start, --end: are needed\n"),
        ("audit integrity-check --since 7d", 2, "--end: is needed\n"),
        (
            "audit integrity-check --start 2026-01-01 --end 2026-04-02",
            2,
            "--end: is more than 90 days after the start\n",
        ),
        (
            "audit integrity-check --start 2026-01-02 --end 2026-01-01",
            2,
            "--end: is before the start\n",
        ),
        (
            "audit integrity-check --since 7d --start 2026-01-02 --end 2026-01-01",
            2,
            "--since: cannot be combined with --start\n",
        ),
    ]);
    for verb in ["portal-actions", "grant-events", "traces", "threads", "agents"] {
        refusals(&[
            (
                &format!("audit {verb} --since 1h --start 2026-01-01"),
                2,
                "--since: cannot be combined with --start\n",
            ),
            (
                &format!("audit {verb} --start 2026-01-02 --end 2026-01-01"),
                2,
                "--end: is before the start\n",
            ),
            (&format!("audit {verb} --app a"), 2, "--app: must be a UUID"),
        ]);
    }
}

#[test]
fn since_replaces_start_everywhere() {
    for verb in ["list", "portal-actions", "grant-events", "traces", "threads", "agents"] {
        let run = alter(["audit", verb, "--since=1h", "--dry-run"]).run();
        let shown = run.exits(0).json();
        let path = shown["path"].as_str().expect("a path");
        assert!(path.contains("?start=20"), "{path}");
    }
    let run =
        alter(["audit", "integrity-check", "--since=1h", "--end=2099-01-01", "--dry-run"]).run();
    run.exits(2).stderr_has("more than 90 days");
}

#[test]
fn answers_are_shown() {
    answers(&[
        Answer {
            line: "audit grant-events",
            status: 200,
            body: r#"{"items":[{"id":"1","created_at":"2026-11-23T10:04:05Z","event":"grant.revoked","grant_type":"oauth",
                "provider_id":"google","grant_id":"G","app_id":"A"}],"total":1,"limit":100,"offset":0,"has_more":false}"#,
            exit: 0,
            out: "\
TIME                  EVENT          TYPE   PROVIDER  GRANT  APP
2026-11-23 10:04:05Z  grant.revoked  oauth  google    G      A
",
            err: "",
        },
        Answer {
            line: "audit traces",
            status: 200,
            body: r#"{"items":[{"trace_id":"T","started_at":"2026-11-23T10:04:05Z","event_count":4,"status":"error","actor_id":null}],
                "total":1,"limit":50,"offset":0,"has_more":false}"#,
            exit: 0,
            out: "\
TRACE ID  STARTED               EVENTS  STATUS  ACTOR
T         2026-11-23 10:04:05Z  4       error   -
",
            err: "",
        },
        Answer {
            line: "audit threads",
            status: 200,
            body: r#"{"items":[{"thread_id":"T","last_activity_at":"2026-11-23T10:04:05Z","trace_count":2,"event_count":8}],
                "total":1,"limit":50,"offset":0,"has_more":false}"#,
            exit: 0,
            out: "\
THREAD ID  LAST ACTIVITY         TRACES  EVENTS
T          2026-11-23 10:04:05Z  2       8
",
            err: "",
        },
        Answer {
            line: "audit agents",
            status: 200,
            body: r#"{"items":[{"principal_kind":"key","id":"K","name":"worker","keys":[{"key_id":"K","event_count":9}],"key_count":40,
                "thread_count":1,"trace_count":2,"event_count":9,"last_activity_at":"2026-11-23T10:04:05Z"}],
                "total":1,"limit":50,"offset":0,"has_more":false}"#,
            exit: 0,
            out: "\
KIND  ID  NAME    KEYS  THREADS  TRACES  EVENTS  LAST ACTIVITY
key   K   worker  40    1        2       9       2026-11-23 10:04:05Z
",
            err: "",
        },
        Answer {
            line: "audit threads --output json --limit 1",
            status: 200,
            body: r#"{"items":[],"total":5,"limit":1,"offset":0,"has_more":false}"#,
            exit: 0,
            out: "\"total\": 5",
            err: "",
        },
        Answer {
            line: "audit thread T",
            status: 404,
            body: r#"{"error":"thread_not_found","message":"No thread."}"#,
            exit: 4,
            out: "",
            err: "alter: not found: No thread.\n",
        },
    ]);
}

#[test]
fn a_changed_row_is_named_after_the_report_and_exits_1() {
    answers(&[
        Answer {
            line: "audit integrity-check --start 2026-01-01 --end 2026-01-02",
            status: 200,
            body: r#"{"start":"s","end":"e","tables":[{"table":"api-calls","rows_checked":7,"mismatches":[]}],"ok":true}"#,
            exit: 0,
            out: "\"rows_checked\": 7",
            err: "",
        },
        Answer {
            line: "audit integrity-check --start 2026-01-01 --end 2026-01-02",
            status: 200,
            body: r#"{"tables":[{"table":"api-calls","rows_checked":7,"mismatches":[{"id":"r1","expected":"a","actual":"b"}]}],"ok":false}"#,
            exit: 1,
            out: "\"expected\": \"a\"",
            err: "alter: the audit log: a row was changed since it was written: api-calls r1\n",
        },
        Answer {
            line: "audit integrity-check --start 2026-01-01 --end 2026-01-02 --fields ok",
            status: 200,
            body: r#"{"tables":[{"table":"api-calls","mismatches":[{"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"}]},
                {"table":"oauth-tokens","mismatches":[{"id":"5"},{"id":"6"}]}],"ok":false}"#,
            exit: 1,
            out: "\"ok\": false",
            err: "6 rows were changed since they were written: api-calls 1, api-calls 2, api-calls 3, api-calls 4, oauth-tokens 5, and more\n",
        },
        Answer {
            line: "audit integrity-check --start 2026-01-01 --end 2026-01-02",
            status: 200,
            body: r#"{"tables":[],"ok":false}"#,
            exit: 1,
            out: "\"ok\": false",
            err: "the portal reports that it is not intact\n",
        },
        Answer {
            line: "audit integrity-check --start 2026-01-01 --end 2026-01-02",
            status: 200,
            body: r#"{"tables":3}"#,
            exit: 1,
            out: "\"tables\": 3",
            err: "alter: the portal's answer: is no report",
        },
    ]);
}

#[test]
fn ids_end_at_the_next_flag_or_at_two_dashes() {
    let run =
        alter(["audit", "agent", "--dry-run", "--principal-kind=key", "--additional-key-ids"]);
    let shown = run.arg(KEY).arg(KEY).arg("--").arg("K").run().exits(0).json();
    let path = shown["path"].as_str().expect("a path");
    assert!(path.starts_with("/api/v1/audit/agents/K?"), "{path}");
    assert_eq!(path.matches(KEY).count(), 2);
}

#[test]
fn every_feed_can_be_followed() {
    for verb in ["portal-actions", "grant-events"] {
        let server = Server::new(|exchange| match exchange.number {
            0 => Play::json(
                200,
                r#"{"items":[{"id":"2"},{"id":"1"}],"total":9,"limit":2,"has_more":true}"#,
            ),
            1 => Play::json(
                200,
                r#"{"items":[{"id":"3"},{"id":"2"}],"total":9,"limit":2,"has_more":true}"#,
            ),
            _ => Play::json(401, "{}"),
        });
        let run =
            alter(["audit", verb, "--follow", "--limit=2", "--output=jsonl"]).to(&server).run();
        run.exits(3).prints("{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n");
    }
}
