//! `alter analytics`: what is sent, refused and drawn.

use super::cases::{Answer, answers, refusals, requests};
use crate::support::{APP, Pty, Server, alter};

#[test]
fn requests_are_made_of_the_flags() {
    let app = format!("--app {APP}");
    requests(&[
        ("analytics api-calls", "GET /analytics/api-calls"),
        (
            &format!(
                "analytics api-calls {app} --provider google --start 2026-05-01 --end 2026-05-02T01:00:00+01:00 --granularity week"
            ),
            "GET /analytics/api-calls?app_id={app}&provider=google&start=2026-05-01T00%3A00%3A00Z&end=2026-05-02T00%3A00%3A00Z&granularity=week",
        ),
        (
            &format!("analytics by-provider {app} --start 2026-05-01"),
            "GET /analytics/by-provider?app_id={app}&start=2026-05-01T00%3A00%3A00Z",
        ),
        ("analytics by-app --end 2026-05-01", "GET /analytics/by-app?end=2026-05-01T00%3A00%3A00Z"),
        ("analytics summary", "GET /analytics/summary"),
        (&format!("analytics policy {app}"), "GET /analytics/policy?app_id={app}"),
        (&format!("analytics latency {app}"), "GET /analytics/latency?app_id={app}"),
        (&format!("analytics errors {app}"), "GET /analytics/errors?app_id={app}"),
        ("analytics dashboard", "GET /analytics/dashboard"),
    ]);
}

#[test]
fn a_filter_that_a_verb_does_not_take_is_refused() {
    let app = format!("--app {APP}");
    for verb in ["by-app", "summary", "dashboard"] {
        refusals(&[(&format!("analytics {verb} {app}"), 2, "--app: does not narrow this one")]);
    }
    for verb in ["summary", "dashboard"] {
        refusals(&[(&format!("analytics {verb} --start 2026-05-01"), 2, "has no such flag")]);
    }
    for verb in ["by-provider", "by-app", "policy", "latency", "errors"] {
        let line = format!("analytics {verb}");
        refusals(&[
            (&format!("{line} --granularity day"), 2, "has no such flag"),
            (
                &format!("{line} --start 2026-05-02 --end 2026-05-01"),
                2,
                "--end: is before the start\n",
            ),
            (&format!("{line} --start yesterday"), 2, "--start: wants ISO 8601"),
        ]);
    }
    refusals(&[
        ("analytics api-calls --app billing", 2, "--app: must be a UUID"),
        (
            "analytics api-calls --granularity year",
            2,
            "--granularity: must be one of hour, day, week, month\n",
        ),
        ("analytics errors --app ''", 2, "--app: is empty\n"),
    ]);
}

const SERIES: &str = r#"{"start":"2026-05-01T00:00:00Z","end":"2026-05-05T00:00:00Z","granularity":"day","series":[
    {"bucket":"2026-05-01T00:00:00Z","total":400,"success":390,"failure":10},
    {"bucket":"2026-05-02T00:00:00Z","total":100,"success":100,"failure":0},
    {"bucket":"2026-05-03T00:00:00Z","total":1,"success":0,"failure":1},
    {"bucket":"2026-05-04T00:00:00Z","total":0,"success":0,"failure":0}],"totals":{"total":501}}"#;

#[test]
fn a_series_is_drawn_as_wide_as_the_terminal() {
    let server = Server::json(200, SERIES);
    let table = |run: crate::support::Alter| run.arg("--output=table").to(&server);
    let bars = |long: usize| {
        format!(
            "\
BUCKET             TOTAL  SUCCESS  FAILURE
2026-05-01 00:00Z  400    390      10       {}
2026-05-02 00:00Z  100    100      0        {}
2026-05-03 00:00Z  1      0        1        #
2026-05-04 00:00Z  0      0        0
",
            "#".repeat(long),
            "#".repeat(long / 4)
        )
    };
    let run = || table(alter(["analytics", "api-calls"]));
    run().run().exits(0).prints(&bars(36)).says("");
    for (columns, long) in [(80, 36), (200, 156), (60, 16)] {
        let run = run().env("NO_COLOR", "1");
        let shown = Pty::of(&run).columns(columns).run();
        assert_eq!(shown.exits(0).out().replace("\r\n", "\n"), bars(long), "{columns}");
    }
    let narrow = Pty::of(&run().env("NO_COLOR", "1")).columns(50).run();
    assert!(!narrow.exits(0).out().contains('#'), "{narrow}");
}

#[test]
fn answers_are_shown() {
    answers(&[
        Answer {
            line: "analytics api-calls",
            status: 200,
            body: SERIES,
            exit: 0,
            out: "\"granularity\": \"day\"",
            err: "",
        },
        Answer {
            line: "analytics api-calls --output table",
            status: 200,
            body: r#"{"series":[],"totals":{"total":0}}"#,
            exit: 0,
            out: "BUCKET  TOTAL  SUCCESS  FAILURE\n",
            err: "No rows.\n",
        },
        Answer {
            line: "analytics by-provider --output table",
            status: 200,
            body: r#"{"start":"x","end":"y","rows":[{"provider_id":"google","name":"Google","total":3,"success":2,"failure":1}]}"#,
            exit: 0,
            out: "PROVIDER ID  NAME    TOTAL  SUCCESS  FAILURE\ngoogle       Google  3      2        1\n",
            err: "",
        },
        Answer {
            line: "analytics policy --output table",
            status: 200,
            body: r#"{"allow":3,"deny":2,"error":0,"top_denied_providers":[{"provider_id":"slack","denied":2}]}"#,
            exit: 0,
            out: "PROVIDER ID  DENIED\nslack        2\n",
            err: "",
        },
        Answer {
            line: "analytics summary --output table",
            status: 200,
            body: r#"{"total_calls":3,"success_rate":0.5,"busiest_provider":null,"busiest_app":"A","active_apps":1}"#,
            exit: 0,
            out: "total_calls       3\nsuccess_rate      0.5\nbusiest_provider  -\n",
            err: "",
        },
        Answer {
            line: "analytics summary --fields total_calls",
            status: 200,
            body: r#"{"total_calls":3,"success_rate":0.5}"#,
            exit: 0,
            out: "{\n  \"total_calls\": 3\n}\n",
            err: "",
        },
    ]);
}
