//! The audit log: recorded and computed rows, paged and filtered.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Portal;

type Passes = Box<dyn Fn(&Value) -> bool>;

const ROWS: usize = 2_345;

/// Every row that passes, page by page.
fn list_all(portal: &Portal, filter: &str, limit: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    loop {
        let path = format!("/audit/events?limit={limit}&offset={}{filter}", rows.len());
        let page = portal.get(&path).json();
        let items = page["items"].as_array().unwrap();
        rows.extend(items.iter().cloned());
        let total = usize::try_from(page["total"].as_u64().unwrap()).unwrap();
        assert_eq!(page["has_more"], rows.len() < total, "{filter}");
        if page["has_more"] == false {
            assert_eq!(rows.len(), total, "{filter}");
            return rows;
        }
        assert_eq!(items.len(), limit);
    }
}

#[test]
fn pages_add_up() {
    let portal = Portal::new(["--audit-rows", &ROWS.to_string()]);
    let all = list_all(&portal, "", 1000);
    let recorded = all.len() - ROWS;
    assert!(recorded > 100, "the demo seed has rows of its own");
    let times: Vec<&str> = all.iter().map(|row| row["created_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older));
    let mut ids: Vec<&str> = all.iter().map(|row| row["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    assert_eq!(list_all(&portal, "", 37), all);
}

#[test]
fn filters_agree_with_looking_at_every_row() {
    let portal = Portal::new(["--audit-rows", &ROWS.to_string()]);
    let all = list_all(&portal, "", 1000);
    let app = portal.app_id.clone().unwrap();
    let actor = all[all.len() - 1]["actor_id"].as_str().unwrap().to_owned();
    let is = |key: &'static str, value: &str| {
        let value = Value::from(value);
        move |row: &Value| row[key] == value
    };
    let from = "2026-01-01T00:10:00Z";
    let to = "2026-01-01T00:20:01Z";
    let within = move |row: &Value| (from..to).contains(&row["created_at"].as_str().unwrap());
    let cases: [(String, Passes); 9] = [
        (format!("&app_id={app}"), Box::new(is("app_id", &app))),
        ("&action=token.retrieved".into(), Box::new(is("action", "token.retrieved"))),
        (format!("&actor={actor}"), Box::new(is("actor_id", &actor))),
        ("&actor=triage".into(), Box::new(is("actor_name", "triage"))),
        ("&provider=stripe".into(), Box::new(is("provider_id", "stripe"))),
        ("&policy_decision=DENY".into(), Box::new(is("policy_decision", "DENY"))),
        (
            "&policy_decision=ERROR&provider=github".into(),
            Box::new(|row| row["policy_decision"] == "ERROR" && row["provider_id"] == "github"),
        ),
        (format!("&start={from}&end={to}"), Box::new(within)),
        (
            format!("&start={from}&end={to}&action=provider.called"),
            Box::new(move |row| within(row) && row["action"] == "provider.called"),
        ),
    ];
    for (filter, passes) in cases {
        let expected: Vec<&Value> = all.iter().filter(|row| passes(row)).collect();
        assert!(!expected.is_empty(), "{filter}");
        assert_eq!(
            list_all(&portal, &filter, 101).iter().collect::<Vec<_>>(),
            expected,
            "{filter}"
        );
    }
    assert!(list_all(&portal, "&action=nothing", 10).is_empty());
    assert!(list_all(&portal, "&end=2020-01-01", 10).is_empty());
    assert!(list_all(&portal, "&start=2999-01-01", 10).is_empty());
}

#[test]
fn rows_are_the_same_bytes_on_every_run() {
    let (small, large) =
        (Portal::empty(["--audit-rows", "1000"]), Portal::empty(["--audit-rows", "1700"]));
    let items = |portal: &Portal, offset| {
        let body = portal.get(&format!("/audit/events?limit=1000&offset={offset}")).body;
        body[..body.rfind(']').unwrap()].to_owned()
    };
    assert_eq!(items(&small, 0), items(&large, 700));
    for number in ["12.50", "1e3", "2.5E+1"] {
        assert!(items(&small, 0).contains(&format!("\"latency_ms\":{number},")), "{number}");
    }
}

#[test]
fn rows_by_the_billion_are_found_at_once() {
    let portal = Portal::empty(["--audit-rows=100000000000"]);
    let start = Instant::now();
    let row = |query: &str| {
        portal.get(&format!("/audit/events?limit=1&{query}")).json()["items"][0].clone()
    };
    let expected = format!("00000000-0000-4000-8000-{:012x}", 95_000_000_000_u64);
    assert_eq!(row("offset=4999999999")["id"], expected);
    assert_eq!(row("offset=4000000000&policy_decision=DENY")["policy_decision"], "DENY");
    assert!(row("offset=5000000000&policy_decision=DENY").is_null());
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn the_log_can_grow() {
    let portal = Portal::empty(["--audit-rows=10", "--audit-grow=1"]);
    let total = || portal.get("/audit/events?limit=1").json()["total"].as_u64().unwrap();
    let before = total();
    let deadline = Instant::now() + Duration::from_secs(20);
    while total() <= before {
        assert!(Instant::now() < deadline, "no row was added");
    }
}

#[test]
fn portal_actions_are_filtered() {
    let portal = Portal::empty([]);
    let (one, two) = (portal.create_app("1"), portal.create_app("2"));
    portal.post(&format!("/apps/{one}/archive"), "");
    portal.post(&format!("/apps/{two}/keys"), "{\"name\":\"k\",\"scopes\":[\"grants:read\"]}");
    let total = |filter: &str| {
        let page = portal.get(&format!("/audit/portal-actions?{filter}")).json();
        assert_eq!(page["items"].as_array().unwrap().len(), page["total"], "{filter}");
        page["total"].as_u64().unwrap()
    };
    assert_eq!(total(""), 4);
    assert_eq!(total("action=app.created"), 2);
    assert_eq!(total("resource_type=key"), 1);
    assert_eq!(total(&format!("app_id={one}")), 2);
    assert_eq!(total(&format!("app_id={one}&action=key.minted")), 0);
    assert_eq!(total("principal_kind=pat"), 4);
    assert_eq!(total("principal_kind=portal"), 0);
    assert_eq!(total("end=2020-01-01"), 0);
    assert_eq!(total("start=2020-01-01"), 4);
}
