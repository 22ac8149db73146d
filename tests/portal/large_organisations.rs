//! Large organisations: the first page of a list does not wait for the rest of it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Home, Portal};

const MANY: usize = 10_000;
const FIRST_PAGE: Duration = Duration::from_millis(50);
const TIMES: u32 = 10;

/// The demo with its first row of each of these tables made many.
fn grow(file: &str, tables: &[&str]) {
    let mut state: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    for table in tables {
        let rows = state["tables"][*table].as_array_mut().unwrap();
        let first = rows
            .iter()
            .find(|row| row.to_string().contains("a1a1a1a1-0001-4000-8000-000000000001"));
        let first = first.unwrap().clone();
        for number in 0..MANY {
            let mut row = first.clone();
            let id = json!(format!("99999999-0001-4000-8000-{number:012x}"));
            match row.get_mut("agent") {
                Some(agent) => agent["id"] = id,
                None => row["id"] = id,
            }
            rows.push(row);
        }
    }
    std::fs::write(file, state.to_string()).unwrap();
}

#[test]
fn ten_thousand_of_each() {
    let folder = Home::new();
    let file = folder.file("state.json");
    Portal::new(["--state", &file]).kill();
    grow(&file, &["agents", "users", "grants"]);
    let portal = Portal::new(["--state", &file]);
    let app = portal.app_id.clone().unwrap();
    for path in [
        "agents",
        "agents?search=bot",
        "grants",
        "grants?search=ana",
        "end-users",
        "end-users?search=ana",
        "managed-secrets/users",
        "managed-secrets/groups",
        "managed-secrets",
        "providers",
        "agents?offset=9990&limit=5",
    ] {
        let target = format!("/apps/{app}/{path}");
        // The machine may be busy with something else, so the processor's time is what counts.
        let before = portal.processor_time();
        for _ in 0..TIMES {
            let reply = portal.get(&target);
            assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        }
        let each = portal.processor_time().saturating_sub(before) / TIMES;
        assert!(each < FIRST_PAGE, "{path}: {each:?}");
    }
    let mut seen = std::collections::HashSet::new();
    for offset in (0..).step_by(1000) {
        let page = portal.get(&format!("/apps/{app}/agents?limit=1000&offset={offset}")).json();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(seen.len(), MANY + 4);
}
