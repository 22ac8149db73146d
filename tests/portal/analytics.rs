//! Analytics: every number is what counting the rows of the audit log gives.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::Portal;

/// A window that holds every computed row, and one that the demo's own rows are in too.
const ALL: &str = "start=2026-01-01&end=2126-01-01";

fn total(portal: &Portal, filter: &str) -> u64 {
    number(&portal.get(&format!("/audit/events?limit=1&{filter}")).json()["total"])
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no count"))
}

fn sum(rows: &Value, key: &str) -> u64 {
    rows.as_array().unwrap().iter().map(|row| number(&row[key])).sum()
}

fn is_success(row: &Value) -> bool {
    let status = row["response_status"].as_u64().unwrap_or(0);
    row["policy_decision"] == "ALLOW" && status > 0 && status < 400
}

/// Every event that passes.
fn events(portal: &Portal, filter: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    loop {
        let path = format!("/audit/events?limit=1000&offset={}&{filter}", rows.len());
        let page = portal.get(&path).json();
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        if page["has_more"] == false {
            return rows;
        }
    }
}

/// Filters and windows that a generator picks: the same ones on every run.
fn picked(app: &str) -> Vec<String> {
    let mut seed = 0x1234_5678_9abc_def1_u64;
    let mut below = move |end: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 33) % end
    };
    let pick = |_| {
        let start = below(1_000_000);
        let end = start + below(1_000_000 - start + 10);
        let at = |second: u64| {
            ::alter::for_tests::format_time(1_767_225_600 + i64::try_from(second).unwrap())
        };
        let filter = format!("start={}&end={}", at(start), at(end));
        if below(2) == 0 { format!("{filter}&app_id={app}") } else { filter }
    };
    (0..10).map(pick).collect()
}

#[test]
fn sums_are_the_counts_of_the_log() {
    let portal = Portal::new(["--audit-rows=1000000"]);
    let app = portal.app_id.clone().unwrap();
    for filter in picked(&app).into_iter().chain([ALL.to_owned()]) {
        let expected = total(&portal, &filter);
        for (provider, word) in ["", "github", "stripe"].iter().zip(["hour", "day", "week"]) {
            let with_provider = match *provider {
                "" => filter.clone(),
                id => format!("{filter}&provider={id}"),
            };
            // A century of hours is refused.
            let word = if filter == ALL { "month" } else { word };
            let path = format!("/analytics/api-calls?granularity={word}&{with_provider}");
            let answer = portal.get(&path).json();
            let totals = &answer["totals"];
            assert_eq!(number(&totals["total"]), total(&portal, &with_provider), "{path}");
            for key in ["total", "success", "failure"] {
                assert_eq!(sum(&answer["series"], key), number(&totals[key]), "{path} {key}");
            }
            let parts = number(&totals["success"]) + number(&totals["failure"]);
            assert_eq!(number(&totals["total"]), parts);
        }
        let of = |verb: &str| portal.get(&format!("/analytics/{verb}?{filter}")).json();
        assert_eq!(sum(&of("by-provider")["rows"], "total"), expected, "{filter}");
        for row in of("by-provider")["rows"].as_array().unwrap() {
            let provider = row["provider_id"].as_str().unwrap();
            assert_eq!(
                number(&row["total"]),
                total(&portal, &format!("{filter}&provider={provider}"))
            );
        }
        let decided = |word: &str| total(&portal, &format!("{filter}&policy_decision={word}"));
        let policy = of("policy");
        for (key, word) in [("allow", "ALLOW"), ("deny", "DENY"), ("error", "ERROR")] {
            assert_eq!(number(&policy[key]), decided(word), "{filter}");
        }
        assert_eq!(sum(&policy["top_denied_providers"], "count"), decided("DENY"), "{filter}");
        let errors = of("errors");
        let calls = of("api-calls")["totals"].clone();
        if filter != ALL {
            assert_eq!(errors["total"], calls["failure"], "{filter}");
        }
        assert_eq!(sum(&errors["by_status"], "count"), number(&errors["total"]));
        assert_eq!(sum(&errors["by_provider"], "count"), number(&errors["total"]));
        assert_eq!(sum(&of("latency")["by_provider"], "count"), expected, "{filter}");
        if !filter.contains("app_id") {
            let by_app = of("by-app");
            assert_eq!(sum(&by_app["rows"], "total"), expected, "{filter}");
            assert!(by_app["rows"].as_array().unwrap().iter().all(|row| row["name"].is_string()));
        }
    }
}

#[test]
fn numbers_are_those_of_the_rows() {
    let portal = Portal::new(["--audit-rows=3000"]);
    let window = "start=2026-01-01T00:10:00Z&end=2026-01-01T00:45:00Z";
    let rows = events(&portal, window);
    let success = rows.iter().filter(|row| is_success(row)).count();
    let calls = portal.get(&format!("/analytics/api-calls?granularity=hour&{window}")).json();
    let all = json!({ "total": rows.len(), "success": success, "failure": rows.len() - success });
    assert_eq!(calls["totals"], all);
    assert_eq!(calls["series"][0]["bucket"], "2026-01-01T00:00:00Z");
    assert_eq!(
        (&calls["start"], &calls["end"]),
        (&json!("2026-01-01T00:10:00Z"), &json!("2026-01-01T00:45:00Z"))
    );

    let mut durations: Vec<f64> =
        rows.iter().map(|row| row["latency_ms"].as_f64().unwrap()).collect();
    durations.sort_by(f64::total_cmp);
    let latency = portal.get(&format!("/analytics/latency?{window}")).json();
    for (key, percent) in [("p50_ms", 50), ("p95_ms", 95), ("p99_ms", 99)] {
        let rank = (durations.len() * percent).div_ceil(100);
        assert_eq!(latency[key], durations[rank - 1], "{key}");
    }
    let errors = portal.get(&format!("/analytics/errors?{window}")).json();
    for row in errors["by_status"].as_array().unwrap() {
        let failed =
            |event: &&Value| !is_success(event) && event["response_status"] == row["status"];
        assert_eq!(number(&row["count"]), rows.iter().filter(failed).count() as u64, "{row}");
    }
}

#[test]
fn without_a_window_it_is_the_last_thirty_days() {
    let portal = Portal::new(["--audit-rows=1000000"]);
    let now = ::alter::for_tests::now();
    let since = ::alter::for_tests::format_time(now - 30 * 86_400);
    let expected = total(&portal, &format!("start={since}"));
    let calls = portal.get("/analytics/api-calls").json();
    assert_eq!(number(&calls["totals"]["total"]), expected);
    assert_eq!(calls["granularity"], "day");
    assert!([31, 32].contains(&calls["series"].as_array().unwrap().len()));
    let summary = portal.get("/analytics/summary").json();
    assert_eq!(number(&summary["total_calls"]), expected);
    let rate = summary["success_rate"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&rate));
    assert_eq!(number(&summary["active_apps"]), 2);
    let providers = portal.get("/analytics/by-provider").json();
    assert_eq!(summary["busiest_provider"], providers["rows"][0]["provider_id"]);
    let apps = portal.get("/analytics/by-app").json();
    assert_eq!(summary["busiest_app"], apps["rows"][0]["app_id"]);
    let dashboard = portal.get("/analytics/dashboard").json();
    assert_eq!(number(&dashboard["api_usage"]["total"]), expected);
    assert_eq!(dashboard["apps"], json!({ "total": 3, "active": 2, "archived": 1 }));
    assert!(dashboard["users"].is_object() && dashboard["connections"].is_object());
}

#[test]
fn an_empty_organization_has_no_rates() {
    let portal = Portal::empty([]);
    let summary = portal.get("/analytics/summary").json();
    let nothing = json!({
        "total_calls": 0, "success_rate": null, "busiest_provider": null, "busiest_app": null,
        "active_apps": 0
    });
    assert_eq!(summary, nothing);
    assert_eq!(portal.get("/analytics/latency").json()["avg_ms"], Value::Null);
    assert_eq!(portal.get("/analytics/errors").json()["total"], 0);
    assert_eq!(portal.get("/analytics/by-app").json()["rows"], json!([]));
}

#[test]
fn what_a_verb_does_not_take_is_refused() {
    let portal = Portal::empty([]);
    for (path, name) in [
        ("by-app?app_id=x", "app_id"),
        ("summary?start=2026-01-01", "start"),
        ("dashboard?app_id=x", "app_id"),
        ("latency?provider=x", "provider"),
        ("by-provider?granularity=day", "granularity"),
        ("api-calls?granularity=year", "granularity"),
        ("api-calls?granularity=hour&start=1999-01-01", "granularity"),
        ("api-calls?start=2026-01-02&end=2026-01-01", "end"),
    ] {
        portal.get(&format!("/analytics/{path}")).is_invalid("query", name);
    }
}

#[test]
fn a_million_rows_are_counted() {
    let portal = Portal::new(["--audit-rows=1000000"]);
    let window = "start=2026-01-01&end=2026-02-01";
    for path in [
        format!("api-calls?granularity=hour&{window}"),
        format!("api-calls?{window}"),
        format!("by-provider?{window}"),
        format!("by-app?{window}"),
        "summary".to_owned(),
        format!("policy?{window}"),
        format!("latency?{window}"),
        format!("errors?{window}"),
        "dashboard".to_owned(),
    ] {
        // The machine may be busy with something else, so the processor's time is what counts.
        let before = portal.processor_time();
        assert_eq!(portal.get(&format!("/analytics/{path}")).status, 200, "{path}");
        let took = portal.processor_time().saturating_sub(before);
        assert!(took < Duration::from_millis(100), "{path}: {took:?}");
    }
}
