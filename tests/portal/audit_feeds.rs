//! What the audit log adds up to: traces, threads and principals, over recorded and computed rows alike.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::Portal;

type Passes = Box<dyn Fn(&Value) -> bool>;

/// Every row of a list, page by page.
fn list_all(portal: &Portal, path: &str, limit: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    loop {
        let join = if path.contains('?') { '&' } else { '?' };
        let page = portal.get(&format!("{path}{join}limit={limit}&offset={}", rows.len())).json();
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        if page["has_more"] == false {
            assert_eq!(page["total"], rows.len(), "{path}");
            return rows;
        }
    }
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

/// Rows by a key, in the order of their latest event; each group oldest first.
fn grouped<'a>(events: &'a [Value], key: &str) -> Vec<Vec<&'a Value>> {
    let mut groups: Vec<Vec<&Value>> = Vec::new();
    for event in events.iter().filter(|event| event[key].is_string()) {
        match groups.iter_mut().find(|group| group[0][key] == event[key]) {
            Some(group) => group.insert(0, event),
            None => groups.push(vec![event]),
        }
    }
    groups
}

/// Filters of the derived lists, each of which the log takes too.
fn filters(portal: &Portal) -> Vec<String> {
    let app = portal.app_id.as_ref().unwrap();
    vec![
        String::new(),
        format!("?app_id={app}"),
        "?end=2026-01-01T00:20:07Z".into(),
        "?start=2026-01-01T00:03:21Z&end=2026-01-01T00:20:02Z".into(),
        format!("?app_id={app}&start=2026-01-01T00:03:21Z"),
        "?start=2026-01-01T00:03:21Z&end=2026-01-01T00:03:22Z".into(),
        "?end=2020-01-01".into(),
    ]
}

fn with_actors(portal: &Portal) -> Vec<String> {
    let actors = ["actor=triage", "actor=support-bot", "actor=nobody"];
    let all = filters(portal).into_iter();
    all.flat_map(|filter| {
        let join = if filter.is_empty() { '?' } else { '&' };
        actors.map(|actor| format!("{filter}{join}{actor}")).into_iter().chain([filter])
    })
    .collect()
}

#[test]
fn traces_are_what_their_events_say() {
    let portal = Portal::new(["--audit-rows", "1703"]);
    for filter in with_actors(&portal) {
        let events = list_all(&portal, &format!("/audit/events{filter}"), 1000);
        let expected: Vec<Value> = grouped(&events, "trace_id")
            .iter()
            .map(|group| {
                let failed = group.iter().find(|event| event["outcome"] != "success");
                json!({
                    "trace_id": group[0]["trace_id"],
                    "started_at": group[0]["created_at"],
                    "ended_at": group[group.len() - 1]["created_at"],
                    "event_count": group.len(),
                    "status": failed.map_or("success", |event| text(event, "outcome")),
                    "actor_id": group[0]["actor_id"],
                    "app_id": group[0]["app_id"],
                })
            })
            .collect();
        let shown = list_all(&portal, &format!("/audit/traces{filter}"), 97);
        assert_eq!(shown, expected, "{filter}");
    }
}

#[test]
fn threads_are_what_their_events_say() {
    let portal = Portal::new(["--audit-rows", "1703"]);
    for filter in with_actors(&portal) {
        let events = list_all(&portal, &format!("/audit/events{filter}"), 1000);
        let expected: Vec<Value> = grouped(&events, "thread_id")
            .iter()
            .map(|group| {
                let traces: BTreeSet<&str> =
                    group.iter().map(|event| text(event, "trace_id")).collect();
                json!({
                    "thread_id": group[0]["thread_id"],
                    "last_activity_at": group[group.len() - 1]["created_at"],
                    "trace_count": traces.len(),
                    "event_count": group.len(),
                })
            })
            .collect();
        let shown = list_all(&portal, &format!("/audit/threads{filter}"), 23);
        assert_eq!(shown, expected, "{filter}");
    }
}

#[test]
fn a_trace_and_a_thread_hold_all_of_their_events() {
    let portal = Portal::new(["--audit-rows", "103"]);
    let events = list_all(&portal, "/audit/events", 1000);
    for group in grouped(&events, "trace_id").iter().step_by(9) {
        let trace = portal.get(&format!("/audit/traces/{}", text(group[0], "trace_id")));
        assert_eq!(trace.json()["events"], json!(group));
        assert_eq!(trace.json()["event_count"], group.len());
        // A number is written as it is in the list.
        assert!(!trace.body.contains("\"$serde_json"), "{}", trace.body);
    }
    for group in grouped(&events, "thread_id") {
        let thread = portal.get(&format!("/audit/threads/{}", text(group[0], "thread_id"))).json();
        let traces = thread["traces"].as_array().unwrap();
        assert_eq!(thread["trace_count"], traces.len());
        let within: Vec<&Value> =
            traces.iter().flat_map(|trace| trace["events"].as_array().unwrap()).collect();
        assert_eq!(within, group, "{thread}");
        assert!(traces.iter().all(|trace| trace["started_at"].is_string()));
    }
    let beyond = "00000000-0000-4000-9000-00000000001a";
    for id in ["x", beyond, "00000000-0000-4000-9000-zzzzzzzzzzzz", "00000000-0000-4000-9000-1"] {
        portal.get(&format!("/audit/traces/{id}")).is_error(404, "trace_not_found");
        portal.get(&format!("/audit/threads/{id}")).is_error(404, "thread_not_found");
    }
}

#[test]
fn principals_are_what_their_events_say() {
    let portal = Portal::new(["--audit-rows", "1703"]);
    for filter in filters(&portal) {
        let events = list_all(&portal, &format!("/audit/events{filter}"), 1000);
        let who = |event: &Value| match event["actor_id"].as_str() {
            Some(actor) => actor.to_owned(),
            None => text(event, "api_key_id").to_owned(),
        };
        let mut expected: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for event in &events {
            expected.entry(who(event)).or_default().push(event);
        }
        let shown = list_all(&portal, &format!("/audit/agents{filter}"), 3);
        assert_eq!(shown.len(), expected.len(), "{filter}");
        let ranks: Vec<bool> = shown.iter().map(|row| row["principal_kind"] != "key").collect();
        assert!(ranks.is_sorted(), "{filter}");
        for row in &shown {
            let theirs = &expected[text(row, "id")];
            let count = |key: &str| {
                theirs.iter().map(|event| text(event, key)).collect::<BTreeSet<_>>().len()
            };
            assert_eq!(row["event_count"], theirs.len(), "{filter}");
            assert_eq!(row["trace_count"], count("trace_id"), "{filter}");
            assert_eq!(row["thread_count"], count("thread_id"), "{filter}");
            assert_eq!(row["key_count"], count("api_key_id"), "{filter}");
            assert_eq!(row["last_activity_at"], theirs[0]["created_at"], "{filter}");
            let keys = row["keys"].as_array().unwrap().iter();
            let by_key: u64 = keys.map(|key| key["event_count"].as_u64().unwrap()).sum();
            assert_eq!(row["event_count"], by_key, "{filter}");
            if filter.is_empty() {
                let kind = text(row, "principal_kind");
                let path = format!("/audit/agents/{}?principal_kind={kind}", text(row, "id"));
                assert_eq!(&portal.get(&path).json(), row);
            }
        }
    }
}

/// An id that is nowhere.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[test]
fn keys_can_be_put_together() {
    let portal = Portal::new(["--audit-rows", "1703"]);
    let rows = list_all(&portal, "/audit/agents", 50);
    let keys: Vec<&Value> = rows.iter().filter(|row| row["principal_kind"] == "key").collect();
    let (one, two) = (text(keys[0], "id"), text(keys[1], "id"));
    let path = format!(
        "/audit/agents/{one}?principal_kind=key&additional_key_id={two}&additional_key_id={NOBODY}"
    );
    let both = portal.get(&path).json();
    let sum = |key: &str| keys[0][key].as_u64().unwrap() + keys[1][key].as_u64().unwrap();
    assert_eq!((&both["event_count"], &both["key_count"]), (&json!(sum("event_count")), &json!(2)));
    portal.get(&format!("/audit/agents/{one}")).is_error(404, "principal_not_found");
    let wrong = portal.get(&format!("/audit/agents/{one}?additional_key_id={two}"));
    wrong.is_invalid("query", "additional_key_id");
    let wrong = portal.get(&format!("/audit/agents/{one}?principal_kind=key&additional_key_id=x"));
    wrong.is_invalid("query", "additional_key_id");
    let many = format!("&additional_key_id={NOBODY}").repeat(51);
    let wrong = portal.get(&format!("/audit/agents/{one}?principal_kind=key{many}"));
    wrong.is_invalid("query", "additional_key_id");
    portal.get("/audit/agents/x?principal_kind=user").is_invalid("query", "principal_kind");
}

#[test]
fn a_million_rows_can_be_paged() {
    let portal = Portal::new(["--audit-rows", "1000000"]);
    let window = "start=2026-01-02T00:00:01Z&end=2026-01-11T11:11:11Z";
    for path in [
        format!("/audit/traces?limit=50&offset=100000&{window}"),
        format!("/audit/traces?actor=triage&limit=50&{window}"),
        format!("/audit/threads?limit=50&offset=30000&{window}"),
        format!("/audit/agents?limit=50&{window}"),
        format!("/audit/events?limit=100&offset=500000&{window}"),
        "/audit/traces/00000000-0000-4000-9000-00000003d08f".to_owned(),
    ] {
        let reply = portal.get(&path);
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
}

#[test]
fn grant_events_are_filtered() {
    let portal = Portal::new([]);
    let app = portal.app_id.clone().unwrap();
    let all = list_all(&portal, "/audit/grant-events", 3);
    assert!(all.len() > 10);
    let times: Vec<&str> = all.iter().map(|row| text(row, "created_at")).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older));
    let middle = times[times.len() / 2].to_owned();
    let is = |key: &'static str, value: String| {
        Box::new(move |row: &Value| row[key] == *value) as Passes
    };
    let (start, end) = (middle.clone(), middle.clone());
    let cases: [(String, Passes); 6] = [
        ("grant_type=oauth".into(), is("grant_type", "oauth".into())),
        ("grant_type=managed_secret".into(), is("grant_type", "managed_secret".into())),
        ("provider=google".into(), is("provider_id", "google".into())),
        (format!("app_id={app}"), is("app_id", app.clone())),
        (format!("start={middle}"), Box::new(move |row| text(row, "created_at") >= start.as_str())),
        (format!("end={middle}"), Box::new(move |row| text(row, "created_at") < end.as_str())),
    ];
    for (filter, passes) in cases {
        let expected: Vec<&Value> = all.iter().filter(|row| passes(row)).collect();
        assert!(!expected.is_empty(), "{filter}");
        let shown = list_all(&portal, &format!("/audit/grant-events?{filter}"), 100);
        assert_eq!(shown.iter().collect::<Vec<_>>(), expected, "{filter}");
    }
    portal.get("/audit/grant-events?grant_type=x").is_invalid("query", "grant_type");
}

#[test]
fn agents_of_the_organization_are_distinguished_from_other_actors() {
    let portal = Portal::new(["--audit-rows", "1703"]);
    let rows = list_all(&portal, "/audit/agents", 50);
    let kind = |name: &str| {
        let row = rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name}"));
        text(row, "principal_kind").to_owned()
    };
    assert_eq!(kind("support-bot"), "agent");
    assert_eq!(kind("nightly-sync"), "actor");
    assert_eq!(kind("backend-1"), "key");
    let agent = rows.iter().find(|row| row["name"] == "support-bot").unwrap();
    // An agent is an actor too, for who does not know which it is.
    let as_actor = portal.get(&format!("/audit/agents/{}", text(agent, "id"))).json();
    assert_eq!(as_actor["event_count"], agent["event_count"]);
    let stranger = rows.iter().find(|row| row["name"] == "nightly-sync").unwrap();
    let path = format!("/audit/agents/{}?principal_kind=agent", text(stranger, "id"));
    portal.get(&path).is_error(404, "principal_not_found");
}
