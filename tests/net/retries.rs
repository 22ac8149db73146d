//! What is tried again, how often, and that nothing is ever done twice.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use ::alter::for_tests::check_command;
use serde_json::Value;

use crate::support::{APP, Alter, Play, Portal, Server, alter};

/// A way to fail.
type How = fn() -> Play;

/// A server that fails `times` times in one way, then answers.
fn failing(times: usize, how: How, body: &'static str) -> Server {
    Server::new(move |exchange| if exchange.number < times { how() } else { Play::json(200, body) })
}

fn unavailable() -> Play {
    Play::with(503, "Retry-After: 0\r\n", r#"{"error":"unavailable","message":"Later."}"#)
}

#[test]
fn passing_errors_are_retried() {
    let ways: [(How, &str); 6] = [
        (|| Play::with(429, "Retry-After: 0\r\n", ""), "the portal answered 429"),
        (|| Play::with(502, "Retry-After: 0\r\n", ""), "the portal answered 502"),
        (unavailable, "the portal answered 503"),
        (|| Play::with(504, "Retry-After: 0\r\n", ""), "the portal answered 504"),
        (
            || Play::with(503, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", ""),
            "the portal answered 503",
        ),
        (Play::close, "the connection was closed without an answer"),
    ];
    for (how, why) in ways {
        let server = failing(1, how, "[]");
        let run = alter(["apps", "list", "--output=json"]).to(&server).run();
        run.exits(0)
            .prints("[]\n")
            .stderr_has("retry 1 of 3 in 0.")
            .stderr_has(&format!(": GET /api/v1/apps: {why}\n"));
        assert_eq!(server.seen().len(), 2, "{why}");
    }
}

#[test]
fn three_more_tries_and_no_more() {
    let server = failing(9, unavailable, "[]");
    let run = alter(["apps", "list"]).to(&server).run();
    run.exits(1)
        .prints("")
        .stderr_has("retry 3 of 3")
        .stderr_has("alter: the portal answered 503: Later.\n");
    assert_eq!(server.seen().len(), 4);
    let busy = failing(
        9,
        || Play::with(429, "Retry-After: 0\r\n", r#"{"error":"rate_limited","message":"Slow."}"#),
        "[]",
    );
    alter(["apps", "list"])
        .to(&busy)
        .run()
        .exits(6)
        .stderr_has("alter: too many requests: Slow.\n");
    assert_eq!(busy.seen().len(), 4);
}

#[test]
fn waits_grow_without_retry_after() {
    let server = failing(3, || Play::json(503, ""), "[]");
    let begun = Instant::now();
    alter(["apps", "list", "--output=json"]).to(&server).run().exits(0).prints("[]\n");
    let took = begun.elapsed();
    // 0.5 s, 1 s and 2 s, each 20 % either way.
    assert!(took > Duration::from_millis(2800) && took < Duration::from_millis(6500), "{took:?}");
}

#[test]
fn lasting_errors_are_not_retried() {
    for status in [400, 401, 403, 404, 409, 422, 500, 501] {
        let server = Server::json(status, "{}");
        alter(["apps", "list"]).to(&server).run();
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

#[test]
fn retry_after_is_honoured_up_to_a_minute() {
    let server = failing(1, || Play::with(503, "Retry-After: 1\r\n", ""), "[]");
    let begun = Instant::now();
    alter(["apps", "list"]).to(&server).run().exits(0).stderr_has("retry 1 of 3 in 1.0 s: ");
    assert!(begun.elapsed() >= Duration::from_secs(1));
    let in_two_minutes = ::alter::for_tests::now() + 120;
    let date = format!("Retry-After: {}\r\n", ::alter::for_tests::format_http_time(in_two_minutes));
    for header in
        ["Retry-After: 61\r\n".to_owned(), date, "Retry-After: 18446744073709551615\r\n".to_owned()]
    {
        let server = Server::new(move |_| Play::with(429, &header, r#"{"error":"rate_limited"}"#));
        let run = alter(["apps", "create", "--name", "n"]).to(&server).run();
        run.exits(6)
            .prints("")
            .stderr_has("alter: the portal answered 429: it asks to wait ")
            .stderr_has(", until ");
        assert_eq!(server.seen().len(), 1);
    }
}

#[test]
fn the_wait_that_a_date_asks_for_is_in_the_error_too() {
    let past = "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let server = Server::new(move |_| Play::with(429, past, ""));
    let run = alter(["apps", "list", "--output", "json"]).to(&server).run();
    assert_eq!(run.exits(6).error()["retry_after"], 0);
}

#[test]
fn a_refused_connection_is_retried_and_reported() {
    let address = Server::unused().address();
    let run = alter(["apps", "show", "x"])
        .env("ALTER_PAT", crate::support::PAT)
        .env("ALTER_BASE_URL", format!("http://{address}"))
        .run();
    run.exits(1).prints("").stderr_has("retry 3 of 3").stderr_has(&format!(
        "alter: GET http://{address}/api/v1/apps/x: the connection was refused\n"
    ));
}

#[test]
fn a_post_has_one_key_for_every_try() {
    let server = failing(2, || Play::with(503, "Retry-After: 0\r\n", ""), r#"{"id":"x"}"#);
    for name in ["a", "b"] {
        alter(["apps", "create", "--name", name]).to(&server).run().exits(0);
    }
    let keys: Vec<String> = server
        .seen()
        .iter()
        .filter_map(|seen| seen.header("idempotency-key").map(str::to_owned))
        .collect();
    assert_eq!(keys.len(), 4);
    assert!(keys[0] == keys[1] && keys[1] == keys[2], "{keys:?}");
    assert_ne!(keys[2], keys[3]);
    let own = failing(1, unavailable, "{}");
    alter(["api", "POST", "/apps", "--input", "{}", "--header", "Idempotency-Key: mine"])
        .to(&own)
        .run()
        .exits(0);
    assert!(
        own.seen().iter().all(|seen| seen.header("idempotency-key") == Some("mine")),
        "{:?}",
        own.seen()
    );
}

#[test]
fn a_patch_is_sent_once() {
    for how in [unavailable as How, Play::close] {
        let server = failing(9, how, "{}");
        alter(["apps", "update", "x", "--name", "n"]).to(&server).run().exits(1);
        assert_eq!(server.seen().len(), 1);
    }
    let keyed = failing(1, unavailable, "{}");
    alter(["api", "PATCH", "/apps/x", "--input", "{}", "--header", "Idempotency-Key: k"])
        .to(&keyed)
        .run()
        .exits(0);
    assert_eq!(keyed.seen().len(), 2);
}

#[test]
fn a_delete_whose_answer_was_lost_has_done_its_work() {
    const NOTE: &str = "An earlier attempt, whose response was lost, had already done it.\n";
    let portal = Portal::empty(["--fault", "drop-after,method=DELETE,every=2"]);
    // The fault strikes the second DELETE; the first one takes a key away.
    let (one, two) = (portal.app("One"), portal.app("Two"));
    alter(["apps", "delete", &one, "--confirm", "One"]).at(&portal).run().exits(0);
    let gone = alter(["apps", "delete", &two, "--confirm", "Two"]).at(&portal).run();
    gone.exits(0)
        .prints(&format!("{{\n  \"id\": \"{two}\",\n  \"deleted\": true\n}}\n"))
        .stderr_has("retry 1 of 3")
        .stderr_has(NOTE);
    // A thing that was never there is still not found, and so after a server that did answer.
    alter(["apps", "delete", &two, "--confirm", "Two"]).at(&portal).run().exits(4);
    let answered = Server::new(|exchange| match (exchange.method.as_str(), exchange.number) {
        ("GET", _) => Play::json(200, r#"{"id":"x","name":"n"}"#),
        (_, 1) => unavailable(),
        _ => Play::json(404, r#"{"error":"app_not_found","message":"No app."}"#),
    });
    alter(["apps", "delete", "x", "--confirm", "n"]).to(&answered).run().exits(4);

    let keys = Portal::new(["--fault", "drop-after,method=DELETE"]);
    let key = keys.ask(["keys", "list", "--app", APP])["0"].clone();
    assert!(key.is_null());
    let rows = keys.ask(["keys", "list", "--app", APP, "--status=active"]);
    let id = rows[0]["id"].as_str().expect("an id");
    // Every DELETE loses its answer here, so the command cannot know; the portal does.
    alter(["keys", "revoke", "--app", APP, "--key", id, "--yes"])
        .at(&keys)
        .run()
        .exits(1)
        .stderr_has("before you repeat it, look with alter api GET ");
    assert!(!keys.ask(["keys", "show", "--app", APP, "--key", id])["revoked_at"].is_null());
    let striking = Portal::new(["--fault", "drop-after,method=DELETE,every=2"]);
    let rows = striking.ask(["keys", "list", "--app", APP, "--status=active"]);
    let ids: Vec<&str> =
        rows.as_array().expect("rows").iter().filter_map(|row| row["id"].as_str()).collect();
    alter(["keys", "revoke", "--app", APP, "--key", ids[0], "--yes", "--force"])
        .at(&striking)
        .run()
        .exits(0);
    let revoked = alter(["keys", "revoke", "--app", APP, "--key", ids[1], "--yes", "--force"])
        .at(&striking)
        .run();
    assert!(!revoked.exits(0).stderr_has(NOTE).json()["revoked_at"].is_null());
}

/// Faults of the portal, the exit code each ends in, and a part of what is told.
const FAULTS: &[(&str, i32, &str)] = &[
    ("status=500", 1, "alter: the portal answered 500: "),
    ("status=503", 1, "alter: the portal answered 503: "),
    ("status=429", 6, "alter: too many requests: "),
    ("status=401", 3, "alter: not signed in: "),
    ("status=403", 7, "alter: not allowed: "),
    ("status=404", 4, "alter: not found: "),
    ("status=409", 5, "alter: conflict: "),
    ("status=422", 2, "alter: the portal refused the input: "),
    ("drop", 1, "the connection was closed without an answer\n"),
    ("drop-after", 1, "the connection was closed without an answer\n"),
    ("truncate", 1, "alter: the portal's answer: breaks off before its end (status 200)"),
    ("garbage", 1, "alter: the portal's answer: is not JSON (status 200): <html>"),
    ("slow=200ms", 1, "no answer within 2 s (ALTER_TIMEOUT)"),
    (
        "redirect=https://elsewhere.example/x",
        1,
        "a redirect to https://elsewhere.example/x, which is not followed",
    ),
    ("retry-after=61", 6, "it asks to wait 61 s"),
    ("retry-after=0", 6, "alter: too many requests: "),
];

#[test]
fn every_fault_ends_in_time_with_its_code() {
    let one = |&(fault, code, part): &(&str, i32, &str)| {
        let portal = Portal::new(["--fault", fault]);
        let begun = Instant::now();
        let run = alter(["apps", "list"]).at(&portal).env("ALTER_TIMEOUT", "2").run();
        run.exits(code).prints("").stderr_has(part);
        assert!(!run.err().contains("panicked"), "{run}");
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(20), "{fault}: {took:?}");
    };
    // All at once, for they mostly wait.
    thread::scope(|scope| {
        for fault in FAULTS {
            scope.spawn(move || one(fault));
        }
    });
}

#[test]
fn a_slow_or_busy_portal_is_waited_for() {
    let slow = Portal::empty(["--fault", "slow=1ms"]);
    alter(["apps", "list"]).at(&slow).run().exits(0);
    let limited = Portal::empty(["--rate-limit", "1"]);
    alter(["apps", "list"]).at(&limited).run().exits(0);
    let begun = SystemTime::now();
    let run = alter(["apps", "list"]).at(&limited);
    // It asks to wait for most of a minute; waiting that long is not for a test.
    let mut child = run.spawn();
    let mut told = std::io::BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    std::io::BufRead::read_line(&mut told, &mut line).expect("a line");
    child.kill().expect("it was waiting");
    child.wait().expect("a status");
    assert!(
        line.starts_with("retry 1 of 3 in ") && line.contains("the portal answered 429"),
        "{line}"
    );
    assert!(begun.elapsed().expect("a clock") < Duration::from_secs(30));
}

#[test]
fn a_change_in_doubt_is_reported_when_the_last_try_was_refused() {
    let server = Server::new(|_| Play::close());
    let run = alter(["apps", "create", "--name", "n"]).to(&server);
    let mut child = run.spawn();
    while server.seen().is_empty() {
        thread::yield_now();
    }
    drop(server);
    let told = crate::support::process::drain(child.stderr.take().expect("a pipe"));
    let told = told.recv_timeout(crate::support::process::PATIENCE).expect("the end");
    let told = String::from_utf8(told).expect("UTF-8");
    assert_eq!(child.wait().expect("a status").code(), Some(1));
    assert!(
        told.contains("the connection was refused\n  fix: it may have been done all the same"),
        "{told}"
    );
}

/// Answers that do not say whether a change was made.
const UNCLEAR: &[(&str, u16, &str)] = &[
    ("a body that is no JSON", 201, "<html>"),
    ("a redirect", 302, ""),
    ("a gateway without an answer", 502, ""),
    ("a gateway that gave up", 504, "{}"),
    ("a fault of the portal", 500, r#"{"error":"internal_error","message":"It broke."}"#),
    ("another protocol", 101, ""),
    ("a status of no kind", 999, ""),
];

#[test]
fn a_change_in_doubt_is_reported() {
    for (what, status, body) in UNCLEAR {
        let server = Server::new(move |_| Play::with(*status, "retry-after: 0\r\n", body));
        let run = alter(["apps", "create", "--name", "n"]).to(&server).run();
        assert!(run.exits(1).err().contains("it may have been done all the same"), "{what}: {run}");
        let read = alter(["apps", "show", APP]).to(&server).run();
        assert!(!read.exits(1).err().contains("it may have been done"), "{what}: {read}");
    }
}

#[test]
fn a_failing_lookup_after_a_successful_delete_changes_nothing() {
    let server = Server::new(|exchange| match (exchange.method.as_str(), exchange.number) {
        ("DELETE", 0) => Play::with(504, "retry-after: 0\r\n", ""),
        ("DELETE", _) => Play::json(404, r#"{"error":"key_not_found","message":"No."}"#),
        _ => Play::json(200, "<html>"),
    });
    let run = alter(["keys", "revoke", "--app", APP, "--key", "k", "--yes"]).to(&server).run();
    run.exits(0)
        .prints("")
        .stderr_has("An earlier attempt, whose response was lost, had already done it.");
}

#[test]
fn a_404_after_a_gateway_timeout_is_a_successful_delete() {
    let server = Server::new(|exchange| match (exchange.method.as_str(), exchange.number) {
        ("DELETE", 0) => Play::with(504, "retry-after: 0\r\n", ""),
        ("DELETE", _) => Play::json(409, r#"{"error":"key_already_revoked","message":"Gone."}"#),
        _ => Play::json(403, r#"{"error":"insufficient_scope","message":"No."}"#),
    });
    let run = alter(["keys", "revoke", "--app", APP, "--key", "k", "--yes"]).to(&server).run();
    run.exits(0)
        .prints("")
        .stderr_has("An earlier attempt, whose response was lost, had already done it.");
}

#[test]
fn details_of_another_shape_keep_code_and_message() {
    let body = r#"{"error":"app_archived","message":"It is archived.","details":"x"}"#;
    let server = Server::json(409, body);
    let run = alter(["apps", "create", "--name", "n", "--output=json"]).to(&server).run();
    let error = run.exits(5).error();
    assert_eq!(error["portal_code"], "app_archived");
    assert_eq!(error["message"], "conflict: It is archived.");
    assert_eq!(error["fix"], Value::Null);
    let run = alter(["keys", "list", "--app", "it's", "--output=json"]).to(&server).run();
    assert_eq!(run.exits(5).error()["fix"], r"alter apps unarchive 'it'\''s'");
}

#[test]
fn what_a_change_in_doubt_says_to_look_with_can_be_read() {
    let routes = Command::new(crate::support::portal::PROGRAM).arg("--routes").output();
    let routes: Value = serde_json::from_slice(&routes.expect("a run").stdout).expect("JSON");
    let text = |route: &Value, key: &str| route[key].as_str().unwrap_or_default().to_owned();
    // No id, so that what stands for one is no word of the shell.
    let plain = |path: String| path.replace(['{', '}'], "");
    let rows = routes.as_array().expect("routes");
    let is_read = |path: &str| {
        rows.iter().any(|row| text(row, "method") == "GET" && plain(text(row, "path")) == path)
    };
    for row in rows.iter().filter(|row| text(row, "credential") == "pat") {
        if text(row, "method") == "GET" {
            continue;
        }
        let Some(look) = check_command(&text(row, "method"), plain(text(row, "path"))) else {
            continue;
        };
        match look.strip_prefix("alter api GET ") {
            Some(path) => assert!(is_read(&format!("/api/v1{path}")), "{look} for {row}"),
            None => assert_eq!(look, "alter audit portal-actions", "{row}"),
        }
    }
}

#[test]
fn a_look_up_by_post_leaves_no_doubt() {
    let server = Server::new(|_| Play::with(504, "retry-after: 0\r\n", ""));
    for words in [
        "audit integrity-check --start 2026-05-01 --end 2026-06-01",
        "identity-providers discover --issuer-url https://acme.okta.com",
    ] {
        let run = alter([]).to(&server).env("ALTER_APP_ID", APP);
        let run = words.split(' ').fold(run, Alter::arg).run();
        assert!(!run.exits(1).err().contains("may have been done"), "{run}");
    }
}
