//! Paged lists: one page, and every page.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::support::{Alter, Outcome, Play, Portal, Pty, Server, alter};

/// `alter audit list --all` in pages of two.
fn list_all(output: &str) -> Alter {
    alter(["audit", "list", "--all", "--limit=2", "--output", output])
}

fn page(rows: &str, total: usize, has_more: bool) -> Play {
    Play::json(
        200,
        format!(
            r#"{{"items":[{rows}],"total":{total},"limit":2,"offset":0,"has_more":{has_more}}}"#
        ),
    )
}

/// A server with so many rows, each `{"id": "<number>"}`, two a page.
fn rows(total: usize) -> Server {
    Server::new(move |exchange| {
        let offset = exchange.query("offset").unwrap_or(0);
        let ids: Vec<String> =
            (offset..total.min(offset + 2)).map(|at| format!(r#"{{"id":"{at}"}}"#)).collect();
        page(&ids.join(","), total, offset + 2 < total)
    })
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().expect("an id")).collect()
}

#[test]
fn one_page_says_where_the_next_begins() {
    let portal = Portal::empty(["--audit-rows", "250"]);
    let page = alter(["audit", "list", "--output=json"]).at(&portal).run();
    let shown = page.exits(0).says("100 of 250 rows; next page: --offset 100, or --all\n").json();
    assert_eq!(
        (&shown["total"], &shown["limit"], &shown["offset"], &shown["has_more"]),
        (&json!(250), &json!(100), &json!(0), &json!(true))
    );
    assert_eq!(shown["items"].as_array().map(Vec::len), Some(100));
    let narrowed = portal.ask(["audit", "list", "--fields=id", "--limit=1"]);
    assert_eq!(narrowed["items"], json!([{"id": shown["items"][0]["id"]}]));
    assert_eq!(narrowed["total"], 250);
    let lines =
        alter(["audit", "list", "--output=jsonl", "--limit=3", "--offset=2"]).at(&portal).run();
    assert_eq!(
        lines.exits(0).says("3 of 250 rows; next page: --offset 5, or --all\n").lines().len(),
        3
    );
    let last = alter(["audit", "list", "--output=jsonl", "--offset=249"]).at(&portal).run();
    assert_eq!(last.exits(0).says("").lines().len(), 1);
    let beyond = alter(["audit", "list", "--offset=999"]).at(&portal).run();
    beyond.exits(0).shows("TIME  ACTION  ACTOR").says("No audit rows.\n");
}

#[test]
fn every_row_comes_once_and_in_order() {
    let portal = Portal::empty(["--audit-rows", "1234"]);
    let expected: Vec<String> =
        (0..1234).rev().map(|at| format!("00000000-0000-4000-8000-{at:012x}")).collect();
    let run = |output| {
        alter(["audit", "list", "--all", "--limit=500", "--output", output]).at(&portal).run()
    };
    let lines = run("jsonl").exits(0).says("").lines();
    assert_eq!(ids(&lines), expected);
    let array = run("json").exits(0).says("").json();
    assert_eq!(array.as_array(), Some(&lines));
    let table = run("table");
    assert_eq!(table.exits(0).says("").out().lines().count(), 1235);
    let from =
        alter(["audit", "list", "--all", "--offset=1200", "--output=jsonl"]).at(&portal).run();
    assert_eq!(ids(&from.exits(0).lines()), expected[1200..]);
}

#[test]
fn keys_and_portal_actions_are_paginated_alike() {
    let portal = Portal::empty([]);
    let app = portal.app("One");
    for number in 0..7 {
        alter(["keys", "mint", "--scopes=grants:read", "--app", &app, "--name"])
            .arg(number.to_string())
            .at(&portal)
            .run()
            .exits(0);
    }
    for output in ["json", "jsonl", "table"] {
        let keys = alter(["keys", "list", "--all", "--limit=3", "--app", &app, "--output", output])
            .at(&portal)
            .run();
        let actions = alter(["audit", "portal-actions", "--all", "--limit=3", "--output", output])
            .at(&portal)
            .run();
        for (run, count) in [(keys, 7), (actions, 8)] {
            let found = match output {
                "json" => run.exits(0).json().as_array().map_or(0, Vec::len),
                "jsonl" => run.exits(0).lines().len(),
                _ => run.exits(0).out().lines().count() - 1,
            };
            assert_eq!(found, count, "{run}");
        }
    }
    let bare = portal.ask(["keys", "list", "--app", &app, "--limit=2"]);
    assert_eq!(bare.as_array().map(Vec::len), Some(2));
}

#[test]
fn rows_keep_their_bytes() {
    let row = r#"{"z":1.0,"id":"0","ms":1e3,"big":12345678901234567890123,"deep":{"b":[1.10,-0],"a":"\u00e9 é"}}"#;
    let second = Server::new(move |exchange| {
        page(&row.replace("\"0\"", &format!("\"{}\"", exchange.number)), 2, exchange.number == 0)
    });
    let run = list_all("jsonl").to(&second).run();
    run.exits(0).prints(&format!("{row}\n{}\n", row.replace("\"0\"", "\"1\"")));
}

#[test]
fn an_empty_list_is_whole() {
    for (output, text, note) in
        [("json", "[]\n", ""), ("jsonl", "", ""), ("table", "", "No audit rows.\n")]
    {
        let run = list_all(output).to(&rows(0)).run();
        run.exits(0).says(note).shows(text);
    }
}

/// The third page is asked for while the second one is printed, which takes as long as who reads it likes.
#[test]
fn a_page_that_was_left_waiting_too_long_is_asked_for_again() {
    let server = Server::new(|exchange| {
        let offset = exchange.query("offset").unwrap_or(0);
        let whole =
            page(&format!(r#"{{"id":"{offset}"}},{{"id":"{}"}}"#, offset + 1), 8, offset < 6);
        match (exchange.number, whole) {
            (2, Play::Send(bytes)) => Play::SendAndClose(bytes[..bytes.len() - 20].to_vec()),
            (_, whole) => whole,
        }
    });
    let run = list_all("jsonl").to(&server).run();
    run.exits(0).says("");
    assert_eq!(run.lines().len(), 8);
    let asked: Vec<_> = server.seen().iter().map(|seen| seen.query("offset")).collect();
    assert_eq!(asked, [None, Some(1), Some(2), Some(2), Some(3), Some(4), Some(5), Some(6)]);
}

/// What somebody else does to a list between two pages: with what was served, to what there is.
type Change = fn(&[usize], &mut Vec<usize>);

/// A server with ten rows, `limit` a page, that change after each answer.
fn changing(change: Change) -> Server {
    let rows = Mutex::new((0..10).collect::<Vec<usize>>());
    Server::new(move |exchange| {
        let mut rows = rows.lock().unwrap();
        let offset = exchange.query("offset").unwrap_or(0).min(rows.len());
        let end = rows.len().min(offset + exchange.query("limit").unwrap());
        let served = rows[offset..end].to_vec();
        let shown: Vec<String> = served.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
        let answer = page(&shown.join(","), rows.len(), end < rows.len());
        change(&served, &mut rows);
        answer
    })
}

#[test]
fn a_list_that_changes_is_read_whole_and_no_row_twice() {
    fn take(rows: &mut Vec<usize>, gone: &[usize]) {
        rows.retain(|row| !gone.contains(row));
    }
    let changes: [(&str, Change); 6] = [
        ("the reader deletes what it gets", |served, rows| take(rows, served)),
        ("the first row goes", |_, rows| drop(rows.drain(..rows.len().min(1)))),
        ("the last row served goes", |served, rows| {
            take(rows, &served[served.len().saturating_sub(1)..]);
        }),
        ("new rows come first", |_, rows| {
            let new = 100 + rows.len();
            if rows.len() < 16 {
                rows.splice(0..0, [new, new + 100]);
            }
        }),
        ("as many go first as come last", |_, rows| {
            if rows.len() < 20 && !rows.contains(&103) {
                rows.remove(0);
                let new = (100..200).find(|new| !rows.contains(new)).unwrap();
                rows.push(new);
            }
        }),
        ("many go at once", |served, rows| {
            if served.contains(&5) {
                take(rows, &[0, 1, 2, 3, 4, 5]);
            }
        }),
    ];
    for (what, change) in changes {
        for limit in ["--limit=2", "--limit=3", "--limit=4"] {
            for output in ["json", "jsonl"] {
                let server = changing(change);
                let list = ["audit", "list", "--all", limit, "--output", output];
                let run = alter(list).to(&server).run();
                let rows = match output {
                    "json" => run.exits(0).says("").json().as_array().cloned().unwrap(),
                    _ => run.exits(0).says("").lines(),
                };
                let mut found: Vec<usize> =
                    ids(&rows).iter().map(|id| id.parse().unwrap()).collect();
                found.sort_unstable();
                let all = found.len();
                found.dedup();
                assert_eq!(found.len(), all, "{what}, {limit}: a row twice: {run}");
                // A row that went before its page came is not missed.
                let gone = what == "the first row goes" || what.starts_with("as many");
                let missing: Vec<_> = (0..10).filter(|id| !found.contains(id)).collect();
                assert!(
                    missing.is_empty() || gone && missing.len() < 3,
                    "{what}, {limit}: {missing:?}"
                );
                assert!(server.seen().len() < 60, "{what}: {}", server.seen().len());
            }
        }
    }
}

#[test]
fn a_list_that_cannot_be_read_whole_is_partial() {
    let server = Server::new(|exchange| match exchange.query("offset") {
        None => page(r#"{"id":"a"},{"id":"b"}"#, 9, true),
        Some(_) => page(&format!(r#"{{"id":"{0}"}},{{"id":"x{0}"}}"#, exchange.number), 9, true),
    });
    let run = list_all("jsonl").to(&server).run();
    run.exits(1).stderr_has("warning: the output is partial: ");
    run.stderr_has("the list: changes faster than it can be read: rows may be missing");
    assert_eq!(ids(&run.lines())[..2], ["a", "b"]);
}

#[test]
fn a_repeated_page_ends_the_pagination() {
    let again =
        |message: &str| format!("alter: the portal's answer: {message}\n  request id: req_test\n");
    let forever = Server::new(|_| page(r#"{"id":"a"},{"id":"b"}"#, 9, true));
    let run = list_all("table").to(&forever).run();
    run.exits(1).says(&format!(
        "warning: the output is partial: 2 rows written\n{}",
        again("the page at offset 1 is the page before it again")
    ));
    assert_eq!(forever.seen().len(), 2);
    // Also where the page object itself differs.
    let echo = Server::new(|exchange| {
        let offset = exchange.query("offset").unwrap_or(0);
        Play::json(
            200,
            format!(
                r#"{{"items":[{{"id":"a"}}],"total":2,"limit":1,"offset":{offset},"has_more":{}}}"#,
                offset == 0
            ),
        )
    });
    let run = list_all("jsonl").to(&echo).run();
    run.exits(1)
        .prints("{\"id\":\"a\"}\n")
        .stderr_has("the page at offset 1 is the page before it again");
}

#[test]
fn pages_that_repeat_end_the_pagination() {
    let server = Server::new(|exchange| {
        let number = exchange.number % 2;
        page(&format!(r#"{{"id":"{number}"}}"#), 4, true)
    });
    let run = list_all("jsonl").to(&server).run();
    run.exits(1).stderr_has("more than the 4 rows that it counts").stderr_has("partial");
    assert_eq!(ids(&run.lines()), ["0", "1"]);
}

#[test]
fn announced_rows_that_never_come_end_the_pagination() {
    let empty = Server::new(|exchange| {
        page(if exchange.number == 0 { r#"{"id":"a"}"# } else { "" }, 9, true)
    });
    let run = list_all("table").to(&empty).run();
    run.exits(1).stderr_has("warning: the output is partial: 1 row written\n").stderr_has(
        "alter: the portal's answer: says there are more rows after offset 1, but sends none\n  request id: req_test\n",
    );
    assert_eq!(empty.seen().len(), 2);
}

#[test]
fn a_list_shorter_than_its_total_is_reported() {
    let short = Server::new(|exchange| {
        page(&format!(r#"{{"id":"{}"}}"#, exchange.number), 9, exchange.number == 0)
    });
    let run = list_all("jsonl").to(&short).run();
    assert_eq!(run.lines().len(), 2);
    run.exits(1).stderr_has("the output is partial: 2 rows").stderr_has("ends after 2 of 9 rows");
}

#[test]
fn a_server_that_gives_smaller_pages_is_followed() {
    let server = rows(5);
    let run = alter(["audit", "list", "--all", "--limit=1000", "--output=jsonl"]).to(&server).run();
    assert_eq!(ids(&run.exits(0).says("").lines()), ["0", "1", "2", "3", "4"]);
}

/// The output of a walk whose third page fails.
fn broken_off(output: &str, how: fn() -> Play) -> Outcome {
    let server = Server::new(move |exchange| match exchange.number {
        at @ 0..2 => page(&format!(r#"{{"id":"{at}"}}"#), 9, true),
        _ => how(),
    });
    list_all(output).to(&server).run()
}

#[test]
fn a_failure_midway_says_that_the_output_is_partial() {
    const PARTIAL: &str = "warning: the output is partial: 2 rows written\n";
    let refused = || Play::json(500, r#"{"error":"internal","message":"Oops."}"#);
    let run = broken_off("table", refused);
    run.exits(1).stderr_has(PARTIAL).stderr_has("alter: the portal answered 500: Oops.\n");
    assert_eq!(run.out().lines().count(), 3);
    let run = broken_off("jsonl", refused);
    run.exits(1).prints("{\"id\":\"0\"}\n{\"id\":\"1\"}\n").stderr_has(PARTIAL);
    assert_eq!(run.error()["exit"], 1);
    // The array stays open, so that nobody takes it for the whole.
    let run = broken_off("json", refused);
    run.exits(1)
        .prints("[\n  {\n    \"id\": \"0\"\n  },\n  {\n    \"id\": \"1\"\n  }")
        .stderr_has(PARTIAL);
    broken_off("json", || Play::json(403, "{}")).exits(7).stderr_has(PARTIAL);
    broken_off("json", || Play::json(200, "rubbish")).exits(1).stderr_has(PARTIAL);
    let run = broken_off("jsonl", Play::close);
    run.exits(1)
        .stderr_has("retry 3 of 3")
        .stderr_has(PARTIAL)
        .prints("{\"id\":\"0\"}\n{\"id\":\"1\"}\n");
}

#[test]
fn a_failure_at_the_start_is_not_partial() {
    let server = Server::json(403, "{}");
    let run = list_all("json").to(&server).run();
    run.exits(7).prints("");
    assert!(!run.err().contains("partial"), "{run}");
}

#[test]
fn a_long_list_shows_progress_on_a_terminal() {
    let slow = || {
        Server::new(|exchange| {
            let offset = exchange.query("offset").unwrap_or(0);
            // What is tested is that more than a second went by.
            std::thread::sleep(std::time::Duration::from_millis(300));
            page(&format!(r#"{{"id":"{offset}"}},{{"id":"{}"}}"#, offset + 1), 6, offset < 4)
        })
    };
    let run = Pty::of(&list_all("jsonl").to(&slow())).run();
    run.exits(0).shows("{\"id\":\"4\"}").shows("5 of 6 rows, ").shows(" rows/s");
    let bare = Pty::of(&list_all("jsonl").env("NO_COLOR", "1").to(&slow())).run();
    bare.exits(0).hides(" rows/s");
    let quick = Pty::of(&list_all("jsonl").to(&rows(7))).run();
    quick.exits(0).shows("{\"id\":\"6\"}").hides(" rows/s");
    let piped = list_all("jsonl").to(&rows(7)).run();
    piped.exits(0).says("");
}

#[test]
fn lines_are_an_export_unless_a_page_was_asked_for() {
    let portal = Portal::empty(["--audit-rows", "250"]);
    let export = alter(["audit", "list", "--output=jsonl"]).at(&portal).run();
    assert_eq!(export.exits(0).says("").lines().len(), 250);
    let page = alter(["audit", "list", "--output=jsonl", "--limit=100"]).at(&portal).run();
    assert_eq!(page.exits(0).lines().len(), 100);
}

#[test]
fn any_paged_path_can_be_read_whole() {
    let portal = Portal::empty(["--audit-rows", "25"]);
    let rows = portal.ask(["api", "GET", "/audit/events?limit=10", "--all"]);
    assert_eq!(rows.as_array().map(Vec::len), Some(25));
    let run = alter(["api", "POST", "/apps", "--all"]).at(&portal).run();
    run.exits(2).says("alter: --all: works only with GET\n");
}

#[test]
fn fields_are_checked_before_the_first_row() {
    for output in ["json", "jsonl"] {
        let run = list_all(output).arg("--fields=nope").to(&rows(3)).run();
        run.exits(2).prints("");
        assert_eq!(run.error()["fix"], "choose from id");
        assert!(!run.err().contains("partial"), "{run}");
    }
    let run = list_all("json").arg("--fields=id").to(&rows(3)).run();
    assert_eq!(run.exits(0).json(), json!([{"id": "0"}, {"id": "1"}, {"id": "2"}]));
}

#[test]
fn later_pages_keep_the_columns_and_cut_nothing() {
    let server = Server::new(|exchange| match exchange.number {
        0 => page(r#"{"action":"short","provider_id":"p"}"#, 2, true),
        _ => page(r#"{"action":"a.much.longer.action","provider_id":"q"}"#, 2, false),
    });
    let run = list_all("table").to(&server).run();
    let lines: Vec<&str> = run.exits(0).out().lines().collect();
    assert_eq!(lines.len(), 3, "{run}");
    assert_eq!(lines[0].find("PROVIDER"), lines[1].find('p'), "{run}");
    assert!(lines[2].contains("a.much.longer.action  -      q"), "{run}");
}
