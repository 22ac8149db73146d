//! `alter audit`: what is asked of the portal, and what is refused before.

use crate::support::{APP, Play, Server, alter};

fn rows(total: usize) -> Server {
    Server::new(move |exchange| {
        let offset = exchange.query("offset").unwrap_or(0);
        let more = offset + 2 < total;
        Play::json(
            200,
            format!(
                r#"{{"items":[{{"id":"{offset}"}},{{"id":"{offset}b"}}],"total":{total},"limit":2,"offset":{offset},"has_more":{more}}}"#
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
    assert_eq!(targets, [query.clone(), format!("{query}&offset=2")]);
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
        (["--start=2026-01-02", "--end=2026-01-01"], "--end: lies before the start\n"),
        (["--since=1h", "--start=2026-01-01"], "--since: goes without --start\n"),
        (["--since=1h", "--end=2020-01-01"], "--end: lies before the start\n"),
        (["--since=h", "--all"], "--since: wants a number and a unit: 30s, 5m, 12h, 30d, 2w\n"),
        (
            ["--start=01.02.2026", "--all"],
            "--start: wants ISO 8601: 2026-11-23, or 2026-11-23T10:04:05Z, or with an offset\n",
        ),
        (
            ["--start=2026-01-01T10:00:00", "--all"],
            "--start: wants ISO 8601: 2026-11-23, or 2026-11-23T10:04:05Z, or with an offset\n",
        ),
        (["--follow", "--all"], "--follow: goes without --all\n"),
        (["--follow", "--offset=1"], "--follow: goes without --offset\n"),
        (["--follow", "--end=2099-01-01"], "--follow: goes without --end\n"),
    ] {
        let run = alter(["audit", "list"]).arg(flags[0]).arg(flags[1]).to(&server).run();
        run.exits(2).prints("").says(&format!("alter: {message}"));
    }
    let json = alter(["audit", "list", "--follow", "--output=json"]).to(&server).run();
    assert_eq!(json.exits(2).error()["fix"], "--output jsonl");
    server.untouched();
}
