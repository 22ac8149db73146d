//! The hashes over audit rows: whole logs pass, and a changed row is found and named.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Home, Portal};

fn check(portal: &Portal, body: &Value) -> Value {
    let reply = portal.post("/audit/integrity-check", &body.to_string());
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

/// The window of everything in a demo, which is a week old.
fn lately() -> Value {
    let now = ::alter::for_tests::now();
    let at = |instant: i64| ::alter::for_tests::format_time(instant);
    json!({ "start": at(now - 30 * 86_400), "end": at(now + 86_400) })
}

fn total(portal: &Portal, filter: &str) -> u64 {
    portal.get(&format!("/audit/events?limit=1&{filter}")).json()["total"].as_u64().unwrap()
}

/// Ids of the rows that are not what they were.
fn mismatches(answer: &Value) -> Vec<String> {
    let tables = answer["tables"].as_array().unwrap().iter();
    tables
        .flat_map(|table| table["mismatches"].as_array().unwrap())
        .map(|row| {
            assert_ne!(row["expected"], row["actual"]);
            assert_eq!(row["actual"].as_str().unwrap().len(), 64);
            row["id"].as_str().unwrap().to_owned()
        })
        .collect()
}

fn checked(answer: &Value) -> u64 {
    let tables = answer["tables"].as_array().unwrap().iter();
    tables.map(|table| table["rows_checked"].as_u64().unwrap()).sum()
}

#[test]
fn a_whole_log_passes() {
    let portal = Portal::new(["--audit-rows=20000"]);
    let answer = check(&portal, &lately());
    assert_eq!(answer["ok"], true);
    let names: Vec<&Value> =
        answer["tables"].as_array().unwrap().iter().map(|table| &table["table"]).collect();
    assert_eq!(names, ["api-calls", "oauth-tokens", "managed-secrets"]);
    assert_eq!(checked(&answer), total(&portal, "") - 20_000);
    let (start, end) = ("2026-01-01T01:00:01Z", "2026-01-01T03:17:00Z");
    let window = json!({ "start": start, "end": end });
    let answer = check(&portal, &window);
    assert_eq!((&answer["start"], &answer["end"]), (&json!(start), &json!(end)));
    assert_eq!(checked(&answer), total(&portal, &format!("start={start}&end={end}")));
    let of_table: u64 = ["api-calls", "oauth-tokens", "managed-secrets"]
        .map(|table| {
            let answer = check(&portal, &json!({ "start": start, "end": end, "table": table }));
            assert_eq!(answer["tables"][0]["table"], table);
            assert_eq!(answer["tables"].as_array().unwrap().len(), 1);
            checked(&answer)
        })
        .iter()
        .sum();
    assert_eq!(of_table, checked(&answer));
}

#[test]
fn a_row_edited_in_the_state_file_is_named() {
    let folder = Home::new();
    let path = folder.file("state.json");
    Portal::new(["--state", &path]).kill();
    let whole = fs::read_to_string(&path).unwrap();
    let state: Value = serde_json::from_str(&whole).unwrap();
    let rows = state["tables"]["audit_events"].as_array().unwrap();
    for at in [0, 7, rows.len() / 2, rows.len() - 1] {
        let id = rows[at]["event"]["id"].as_str().unwrap();
        // One digit of the instant of that row alone.
        let place = whole.find(id).unwrap();
        let digit = place + whole[place..].find("\"created_at\":\"").unwrap() + 32;
        let mut bytes = whole.clone().into_bytes();
        assert!(bytes[digit].is_ascii_digit());
        bytes[digit] ^= 1;
        fs::write(&path, bytes).unwrap();
        let portal = Portal::new(["--state", &path]);
        let answer = check(&portal, &lately());
        assert_eq!((&answer["ok"], mismatches(&answer)), (&json!(false), vec![id.to_owned()]));
        portal.kill();
    }
}

#[test]
fn a_row_taken_out_is_noticed_at_the_next_one() {
    let folder = Home::new();
    let path = folder.file("state.json");
    Portal::new(["--state", &path]).kill();
    let mut state: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let rows = state["tables"]["audit_events"].as_array_mut().unwrap();
    rows.remove(5);
    let next = rows[5]["event"]["id"].as_str().unwrap().to_owned();
    fs::write(&path, state.to_string()).unwrap();
    let portal = Portal::new(["--state", &path]);
    assert_eq!(mismatches(&check(&portal, &lately())), [next]);
}

#[test]
fn deleting_an_app_breaks_no_chain() {
    let portal = Portal::new([]);
    let app = portal.app_id.clone().unwrap();
    let reply = portal.api("DELETE", &format!("/apps/{app}"), r#"{"confirm":"Support Copilot"}"#);
    assert_eq!(reply.status, 200, "{}", reply.body);
    let answer = check(&portal, &lately());
    assert!(checked(&answer) > 0 && answer["ok"] == true, "{answer}");
}

#[test]
fn one_flipped_byte_in_a_million_rows_is_found_without_holding_them() {
    let portal = Portal::new(["--audit-rows=1000000", "--audit-tamper=765432"]);
    let window = json!({ "start": "2026-01-01", "end": "2026-04-01" });
    let before = portal.peak_memory();
    let answer = check(&portal, &window);
    assert_eq!(checked(&answer), 1_000_000);
    assert_eq!(mismatches(&answer), ["00000000-0000-4000-8000-0000000badf8"]);
    let grown = portal.peak_memory() - before;
    assert!(grown < 4 << 20, "{grown} bytes");
    let row =
        portal.get("/audit/events?limit=1&start=2026-01-09T20:37:12Z&end=2026-01-09T20:37:13Z");
    assert_eq!(row.json()["items"][0]["id"], "00000000-0000-4000-8000-0000000badf8");
    assert!(row.body.contains("/v0/items/"), "{}", row.body);
}

#[test]
fn windows_are_checked() {
    let portal = Portal::empty([]);
    let refused = |body: Value, name: &str| {
        portal.post("/audit/integrity-check", &body.to_string()).is_invalid("body", name);
    };
    refused(json!({ "end": "2026-01-01" }), "start");
    refused(json!({ "start": "2026-01-01" }), "end");
    refused(json!({ "start": "2026-01-02", "end": "2026-01-01" }), "end");
    refused(json!({ "start": "2026-01-01", "end": "2026-04-01T00:00:01Z" }), "end");
    refused(json!({ "start": "x", "end": "2026-01-01" }), "start");
    refused(json!({ "start": "2026-01-01", "end": "2026-01-01", "table": "users" }), "table");
    refused(json!({ "start": "2026-01-01", "end": "2026-01-01", "tables": [] }), "tables");
    let answer = check(&portal, &json!({ "start": "2026-01-01", "end": "2026-01-01" }));
    assert_eq!((checked(&answer), &answer["ok"]), (0, &json!(true)));
}

#[test]
fn others_are_served_while_many_rows_are_checked() {
    let portal = Portal::new(["--audit-rows=500000"]);
    let body = json!({ "start": "2026-01-01T00:00:00Z", "end": "2026-01-06T00:00:00Z" });
    let start = Instant::now();
    thread::scope(|scope| {
        let check = scope.spawn(|| (check(&portal, &body), start.elapsed()));
        let (mut count, mut longest) = (0, Duration::ZERO);
        while !check.is_finished() {
            let asked = Instant::now();
            assert_eq!(portal.get("/apps").status, 200);
            longest = longest.max(asked.elapsed());
            count += 1;
        }
        let (answer, took) = check.join().unwrap();
        assert_eq!((answer["ok"] == true, checked(&answer)), (true, 5 * 86_400));
        assert!(longest * 2 < took, "one of {count} requests took {longest:?} of {took:?}");
    });
}
