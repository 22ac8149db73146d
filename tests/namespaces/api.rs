//! `alter api`: any request, but only to the portal, and only below its API.

use crate::support::{Home, Play, Portal, Pty, Server, alter};

#[test]
fn paths_stay_below_the_api() {
    let server = Server::json(200, "{}");
    for (given, target) in [
        ("/apps", "/api/v1/apps"),
        ("apps", "/api/v1/apps"),
        ("/api/v1/apps", "/api/v1/apps"),
        ("/api/v10/apps", "/api/v1/api/v10/apps"),
        ("//evil.example/x", "/api/v1/evil.example/x"),
        ("/@evil.example", "/api/v1/@evil.example"),
        ("/apps?next=http://x/../y", "/api/v1/apps?next=http://x/../y"),
        ("/apps/a%20b", "/api/v1/apps/a%20b"),
        ("/apps/..x", "/api/v1/apps/..x"),
    ] {
        let run = alter(["api", "GET", given]).to(&server).run();
        run.exits(0);
        assert_eq!(server.seen().pop().expect("a request").target, target, "{given}");
    }
    let unused = Server::unused();
    for given in [
        "",
        "/",
        "/api/v1",
        "/api/v1/",
        "/..",
        "/../admin",
        "/apps/../../x",
        "/apps/%2e%2E/x",
        "/apps/.%2e/x",
        "/./x",
        "/apps/.",
        "http://evil.example/",
        "https://evil.example/apps",
        "/a b",
        "/a\nb",
        "/é",
        "/a#b",
        "/a\\..\\b",
    ] {
        alter(["api", "GET", given])
            .to(&unused)
            .run()
            .exits(2)
            .prints("")
            .stderr_has("alter: <path>: ");
    }
    unused.untouched();
}

#[test]
fn methods_bodies_and_headers_go_along() {
    let (server, home) = (Server::json(200, "{\"a\" : 1.0}"), Home::new());
    home.write("body.json", " {\"x\":1e2}\n");
    for (words, line) in [
        (["post", "/x", "--input", "{\"y\": 1}"], "POST {\"y\": 1}"),
        (["PUT", "/x", "--input", "@body.json"], "PUT {\"x\":1e2}"),
        (["Patch", "/x", "--input", "-"], "PATCH {\"z\":0}"),
        (["DELETE", "/x", "--header", "X-One: 1"], "DELETE "),
    ] {
        let run = alter(["api"]).arg(words[0]).arg(words[1]).arg(words[2]).arg(words[3]);
        run.home(&home)
            .stdin("{\"z\":0}")
            .to(&server)
            .run()
            .exits(0)
            .prints("{\"a\" : 1.0}")
            .says("");
        let seen = server.seen().pop().expect("a request");
        assert_eq!(format!("{} {}", seen.method, seen.body), line);
        assert_eq!(seen.header("x-one").is_some(), words[2] == "--header");
    }
    let two = alter(["api", "GET", "/x", "--header=A: 1", "--header", "B:2"]).to(&server).run();
    two.exits(0);
    let seen = server.seen().pop().expect("a request");
    assert_eq!((seen.header("a"), seen.header("b")), (Some("1"), Some("2")));
}

#[test]
fn bad_arguments_make_no_request() {
    let server = Server::unused();
    for (words, message) in [
        (["HEAD", "/x", "--all"], "<method>: must be one of GET, POST, PUT, PATCH, DELETE"),
        (["GET", "/x", "--header=Host: evil"], "--header: names a header that alter sets itself"),
        (
            ["GET", "/x", "--header=authorization: Basic x"],
            "--header: names a header that alter sets itself",
        ),
        (
            ["GET", "/x", "--header=Transfer-Encoding: chunked"],
            "--header: names a header that alter sets itself",
        ),
        (["GET", "/x", "--header=nocolon"], "--header: wants 'Name: value'"),
        (
            ["GET", "/x", "--header=A: b\r\nC: d"],
            "--header: has a name or value that HTTP does not allow",
        ),
        (
            ["GET", "/x", "--header=A b: c"],
            "--header: has a name or value that HTTP does not allow",
        ),
        (["GET", "/x", "--header=: c"], "--header: has a name or value that HTTP does not allow"),
        (["POST", "/x", "--input=[1]"], "--input: must be an object"),
        (["POST", "/x", "--input={"], "--input: is not JSON at line 1, column 1"),
        (
            ["GET", "/x?offset=3", "--all"],
            "--all: begins at the first row: leave offset out of the path",
        ),
    ] {
        let run = alter(["api", words[0], words[1], words[2]]).to(&server).run();
        run.exits(2).prints("").says(&format!("alter: {message}\n"));
    }
    server.untouched();
}

#[test]
fn errors_are_those_of_every_command() {
    let server = Server::new(|exchange| match exchange.number {
        0 => Play::with(503, "Retry-After: 0\r\n", ""),
        _ => Play::json(404, r#"{"error":"route_not_found","message":"No such route."}"#),
    });
    let run = alter(["api", "GET", "/nope"]).to(&server).run();
    run.exits(4)
        .prints("")
        .stderr_has("retry 1 of 3")
        .stderr_has("alter: not found: No such route.\n  request id: req_test\n");
}

#[test]
fn bodies_that_are_not_json_pass_through() {
    for body in ["", "plain text\n", "\u{0}\u{1}\u{2}"] {
        let server = Server::new(move |_| Play::with(200, "Content-Type: text/plain\r\n", body));
        alter(["api", "GET", "/x"]).to(&server).run().exits(0).prints(body).says("");
    }
}

#[test]
fn a_terminal_gets_json_laid_out_and_a_pipe_the_bytes_that_came() {
    for (body, shown) in [
        (r#"{"b":1.50,"a":[]}"#, "{\r\n  \"b\": 1.50,\r\n  \"a\": []\r\n}\r\n"),
        ("{\"a\":\"\u{9b}\"}\n\n", "{\r\n  \"a\": \"\\u009b\"\r\n}\r\n"),
        ("not\u{1b}JSON", "not\\u{1b}JSON\r\n"),
        ("ended\n", "ended\r\n"),
        ("", ""),
    ] {
        let server = Server::json(200, body);
        let run = || alter(["api", "GET", "/x"]).to(&server);
        run().run().exits(0).prints(body);
        Pty::of(&run()).run().exits(0).prints(shown);
    }
}

#[test]
fn the_flag_beats_the_environment() {
    let (one, two) = (Server::json(200, "1"), Server::unused());
    let run = alter(["api", "GET", "/x", "--base-url", &one.url()]).to(&two).run();
    run.exits(0).prints("1");
    two.untouched();
}

#[test]
fn a_list_without_pages_can_be_read_whole() {
    let portal = Portal::new([]);
    let all = alter(["api", "GET", "/apps", "--all", "--output=jsonl"]).at(&portal).run();
    assert_eq!(all.exits(0).lines().len(), 2);
    let offset = alter(["api", "GET", "/audit/events?utc_offset=5", "--all"]).at(&portal).run();
    offset.exits(2).stderr_has("utc_offset");
}

#[test]
fn what_has_no_meaning_for_a_raw_body_is_refused() {
    for flag in ["--output=table", "--fields=id"] {
        let server = Server::unused();
        alter(["api", "GET", "/apps", flag]).to(&server).run().exits(2).stderr_has("add --all");
        server.untouched();
    }
}

#[test]
fn a_delete_whose_answer_was_lost_has_done_its_work() {
    let server = Server::new(|exchange| match exchange.number {
        0 => Play::json(504, "{}"),
        _ => Play::json(404, r#"{"error":"key_not_found","message":"no"}"#),
    });
    let run = alter(["api", "DELETE", "/apps/a/keys/k"]).to(&server).run();
    run.exits(0).stderr_has("An earlier attempt, whose response was lost, had already done it.");
}
