//! Large organisations: the first page of a list does not wait for the rest of it.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{APP, Alter, Home, Portal, alter, peak};

const MANY: usize = 10_000;
const FIRST_PAGE: Duration = Duration::from_millis(50);
const TIMES: u32 = 10;
/// KiB by which two runs of the same size may differ.
const SPARE: u64 = 1024;

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

/// A portal with many agents, users and grants, and where its state is.
fn large() -> (Portal, Home) {
    let folder = Home::new();
    let file = folder.file("state.json");
    Portal::new(["--state", &file]).kill();
    grow(&file, &["agents", "users", "grants"]);
    (Portal::new(["--state", &file]), folder)
}

#[test]
fn ten_thousand_of_each() {
    let (portal, _folder) = large();
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
}

#[test]
fn all_of_ten_thousand_are_listed_in_flat_memory() {
    let (portal, _folder) = large();
    for (list, of_the_demo, output) in [
        ("agents list", 4, "--output=json"),
        ("end-users list", 6, "--output=table"),
        ("managed-secrets users", 6, "--output=jsonl"),
        ("grants list", 18, "--output=jsonl"),
    ] {
        let run = |more: &[&str]| {
            let words = list.split(' ').chain(more.iter().copied());
            words.fold(alter([]).at(&portal).env("ALTER_APP_ID", APP), Alter::arg)
        };
        let all = run(&["--all", "--limit=1000", "--output=jsonl", "--fields=id"]).run();
        let ids: HashSet<&str> = all.exits(0).out().lines().collect();
        assert_eq!(ids.len(), MANY + of_the_demo, "{list}");
        assert_eq!(all.out().lines().count(), ids.len(), "{list}: a row came twice");
        let most = |more: &[&str]| {
            let (code, most, told) = peak(&run(&[&["--limit=1000", output], more].concat()));
            assert_eq!(code, Some(0), "{list} {output}: {told}");
            most
        };
        let (page, every_page) = (most(&["--offset=1"]), most(&["--all"]));
        assert!(every_page < page + SPARE, "{list} {output}: {every_page} KiB, {page} KiB");
    }
}
