//! One exchange with a server: what is sent, and what becomes of answers that break the contract.

use crate::support::{APP, PAT, Play, Portal, Server, alter, peak};

#[test]
fn headers_are_the_contracts() {
    let server = Server::json(200, "[]");
    alter(["apps", "list"]).to(&server).run().exits(0);
    alter(["apps", "create", "--name", "n"]).to(&Server::json(201, "{}")).run().exits(0);
    let get = &server.seen()[0];
    assert_eq!(get.header("authorization"), Some(format!("Bearer {PAT}").as_str()));
    assert_eq!(get.header("accept"), Some("application/json"));
    let agent = get.header("user-agent").expect("a user agent");
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    assert_eq!(agent, format!("alter-cli/{} ({os}; {arch})", env!("CARGO_PKG_VERSION")));
    assert_eq!(get.header("idempotency-key"), None);
    assert_eq!(get.header("content-type"), None);
    assert_eq!(get.body, "");
}

#[test]
fn bodies_are_json_and_say_so() {
    let server = Server::json(201, "{}");
    alter(["apps", "create", "--name", "日\"\n"]).to(&server).run().exits(0);
    let post = &server.seen()[0];
    assert_eq!(post.header("content-type"), Some("application/json"));
    assert_eq!(post.body, r#"{"name":"日\"\n"}"#);
    assert!(post.header("idempotency-key").is_some_and(|key| key.len() == 32), "{post:?}");
}

#[test]
fn a_request_without_a_body_is_not_chunked() {
    for (method, length) in [
        ("POST", Some("0")),
        ("PUT", Some("0")),
        ("PATCH", Some("0")),
        ("GET", None),
        ("DELETE", None),
    ] {
        let server = Server::json(200, "{}");
        alter(["api", method, "/x"]).to(&server).run().exits(0);
        let seen = &server.seen()[0];
        assert_eq!(seen.header("content-length"), length, "{method}");
        assert_eq!(seen.header("transfer-encoding"), None, "{method}");
        assert_eq!(seen.header("content-type"), None, "{method}");
    }
}

#[test]
fn one_connection_serves_every_page() {
    let server = Server::new(|exchange| {
        let offset = exchange.query("offset").unwrap_or(0);
        Play::json(
            200,
            format!(
                r#"{{"items":[{{"id":"{offset}"}}],"total":5,"limit":1,"offset":{offset},"has_more":{}}}"#,
                offset < 4
            ),
        )
    });
    let run = alter(["keys", "list", "--app", APP, "--all", "--limit=1", "--output=jsonl"])
        .to(&server)
        .run();
    assert_eq!(run.exits(0).says("").lines().len(), 5);
    assert_eq!((server.seen().len(), server.connections()), (5, 1));
    let targets: Vec<_> = server.seen().iter().map(|seen| seen.query("offset")).collect();
    assert_eq!(targets, [None, Some(1), Some(2), Some(3), Some(4)]);
}

#[test]
fn a_redirect_is_named_and_not_followed() {
    let other = Server::unused();
    let to = format!("{}/api/v1/apps?x=\u{7}", other.url());
    for status in [301, 302, 307, 308] {
        let header = format!("Location: {}\r\n", to.trim_end_matches('\u{7}'));
        let server = Server::new(move |_| Play::with(status, &header, ""));
        let run = alter(["apps", "list"]).to(&server).run();
        run.exits(1).prints("").stderr_has(&format!(
            "alter: the portal: answered with a redirect to {}/api/v1/apps?x=, which is not followed\n",
            other.url()
        ));
        assert_eq!(server.seen().len(), 1);
    }
    other.untouched();
    let portal = Portal::empty(["--fault", &format!("redirect={}/x", other.url())]);
    alter(["apps", "create", "--name", "n"])
        .at(&portal)
        .run()
        .exits(1)
        .stderr_has(&format!("{}/x", other.url()));
    other.untouched();
}

#[test]
fn answers_that_are_no_json_are_exit_1_with_their_beginning() {
    for (body, part) in [
        ("", "is not JSON (status 200)\n"),
        ("<html><h1>Proxy</h1>", "is not JSON (status 200): <html><h1>Proxy</h1>\n"),
        ("{\"id\":", "is not JSON (status 200): {\"id\":\n"),
        ("{} {}", "is not JSON (status 200): {} {}\n"),
        ("\u{feff}{}", "is not JSON (status 200): \\u{feff}{}\n"),
        ("NaN", "is not JSON"),
    ] {
        let server = Server::json(200, body);
        let run = alter(["apps", "show", "x"]).to(&server).run();
        run.exits(1)
            .prints("")
            .stderr_has(&format!("alter: the portal's answer: {part}"))
            .stderr_has("  request id: req_test\n");
    }
    let long = Server::json(200, &"é".repeat(1000));
    let run = alter(["apps", "show", "x"]).to(&long).run();
    run.exits(1).stderr_has(&format!(": {}\n", "é".repeat(200)));
    for (path, body) in [("list", "{}"), ("list", "7"), ("list", "[1]"), ("list", r#"["x"]"#)] {
        let server = Server::json(200, body);
        alter(["apps", path]).to(&server).run().exits(1).stderr_has("alter: the portal's answer: ");
    }
    let page = Server::json(200, r#"{"items":7}"#);
    alter(["keys", "list", "--app", APP])
        .to(&page)
        .run()
        .exits(1)
        .stderr_has("is not a page of rows");
    let bytes = Server::new(|_| Play::json(200, b"\"\xff\xfe\""));
    alter(["apps", "show", "x"]).to(&bytes).run().exits(1).prints("");
}

#[test]
fn deep_nesting_does_not_overflow() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    for words in [
        ["apps", "show", "x", "--output=json"],
        ["apps", "show", "x", "--output=table"],
        ["apps", "show", "x", "--debug"],
    ] {
        let server = Server::json(200, &deep);
        let run = alter(words).to(&server).run();
        // Refused or shown: either will do, a crash will not.
        assert!(matches!(run.status.code(), Some(0 | 1)), "{run}");
        assert!(run.stdout.len() < 100 << 20, "{} bytes", run.stdout.len());
    }
    let server = Server::json(400, &deep);
    let run = alter(["apps", "list"]).to(&server).run();
    assert!(matches!(run.status.code(), Some(1 | 2)), "{run}");
}

#[test]
fn a_body_over_64_mib_is_refused_in_bounded_memory() {
    let server = Server::new(|_| {
        let mut bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n".to_vec();
        bytes.resize(bytes.len() + (66 << 20), b' ');
        Play::SendAndClose(bytes)
    });
    let (code, peak, errors) = peak(&alter(["apps", "list"]).to(&server));
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains("is larger than 64 MiB"), "{errors}");
    assert!(peak < 260 << 10, "{peak} KiB");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_compressed_body_is_not_asked_for_and_not_unpacked() {
    let server = Server::new(|_| {
        Play::with(200, "Content-Encoding: gzip\r\n", b"\x1f\x8b\x08\x00\x00\x00\x00\x00")
    });
    let run = alter(["apps", "list"]).to(&server).run();
    run.exits(1).prints("").stderr_has("is compressed (gzip), which was not asked for (status 200)\n  fix: have the portal, or the proxy before it, send it as it is");
    assert_eq!(server.seen()[0].header("accept-encoding"), None);
}

#[test]
fn a_head_of_many_lines_costs_no_secret() {
    let many = "Set-Cookie: a=b\r\n".repeat(500);
    let server = Server::new(move |_| {
        Play::with(
            201,
            &many,
            r#"{"id":"k","api_key":"alter_rk_0123456789abcdefghijABCDEFGHIJ0123456789"}"#,
        )
    });
    let mint = ["keys", "mint", "--name=n", "--scopes=grants:read", "--app", APP];
    let run = alter(mint).to(&server).run();
    run.exits(0).shows("alter_rk_0123456789abcdefghijABCDEFGHIJ0123456789");
    let long = format!("X: {}\r\n", "x".repeat(126 << 10));
    let server = Server::new(move |_| Play::with(201, &long, "{}"));
    let run = alter(["apps", "create", "--name", "n"]).to(&server).run();
    run.exits(1).stderr_has("the head of the answer is larger than 120 KiB");
    run.stderr_has("it may have been done all the same");
}

#[test]
fn what_is_wrong_with_the_request_is_not_the_answers_fault() {
    let server = Server::json(200, "{}");
    let path = format!("/x?y={}", "z".repeat(70_000));
    let run = alter(["api", "POST", &path]).to(&server).run();
    run.exits(2).stderr_has("the request: cannot be sent: ").hides("answer");
    run.hides("may have been done");
    server.untouched();
}

#[test]
fn a_pause_is_never_shorter_than_our_own() {
    let server = Server::new(|exchange| match exchange.number {
        0 | 1 => Play::with(503, "Retry-After: 0\r\n", ""),
        _ => Play::json(200, "[]"),
    });
    let run = alter(["apps", "list"]).to(&server).run();
    run.exits(0).hides("in 0.0 s");
    assert!(run.took >= std::time::Duration::from_millis(1200), "{:?}", run.took);
}

#[test]
fn a_shown_body_is_cut_and_says_so() {
    let body = format!("[0{}]", ",0".repeat(8 << 20));
    let size = u64::try_from(body.len() >> 10).unwrap();
    let server = Server::new(move |_| Play::json(200, &body));
    let (code, peak, errors) = peak(&alter(["api", "GET", "/x", "--debug"]).to(&server));
    assert_eq!(code, Some(0), "{errors}");
    assert!(errors.contains("... (cut; the body has 16777219 bytes)"), "{}", errors.len());
    assert!(errors.len() < 40 << 10, "{}", errors.len());
    assert!(peak < 3 * size + (12 << 10), "{peak} KiB for an answer of {size} KiB");
}

#[test]
fn what_is_no_http_is_exit_1() {
    for bytes in [
        &b"SSH-2.0-OpenSSH_9.6\r\n"[..],
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[]",
    ] {
        let server = Server::new(move |_| Play::SendAndClose(bytes.to_vec()));
        let run = alter(["apps", "list"]).to(&server).env("ALTER_TIMEOUT", "5").run();
        run.exits(1).prints("").hides("panicked").hides("to wait longer");
    }
    let endless = Server::new(|_| {
        Play::SendAndClose(
            format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(8 << 20)).into_bytes(),
        )
    });
    alter(["apps", "list"]).to(&endless).env("ALTER_TIMEOUT", "5").run().exits(1).prints("");
}

#[test]
fn a_silent_server_is_left_after_the_timeout() {
    for play in [Play::stall as fn() -> Play, || {
        Play::SendAndHang(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[".to_vec())
    }] {
        let server = Server::new(move |_| play());
        let begun = std::time::Instant::now();
        let run = alter(["apps", "list"]).to(&server).env("ALTER_TIMEOUT", "1").run();
        run.exits(1).prints("").stderr_has("within 1 s (ALTER_TIMEOUT)");
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
        assert_eq!(server.seen().len(), 1, "a slow answer is not asked for again");
    }
    let server = Server::new(|_| Play::stall());
    let run = alter(["apps", "create", "--name", "n"]).to(&server).env("ALTER_TIMEOUT", "1").run();
    run.exits(1).stderr_has("  fix: it may have been done all the same: before you repeat it, look with alter api GET /apps; set ALTER_TIMEOUT to wait longer\n");
}

#[test]
fn an_answer_that_is_not_http_advises_checking_the_base_url() {
    let server = Server::new(|_| Play::SendAndClose(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()));
    let run = alter(["apps", "list"]).to(&server).run();
    run.exits(1)
        .stderr_has("the answer is not proper HTTP")
        .stderr_has("  fix: check --base-url (ALTER_BASE_URL)\n");
}

#[test]
fn debug_shows_each_exchange() {
    let portal = Portal::empty([]);
    let run = alter(["apps", "create", "--name", "n", "--debug"]).at(&portal).run();
    run.exits(0)
        .stderr_has(&format!("debug: POST {}/api/v1/apps 201 ", portal.base_url))
        .stderr_has(" ms req_");
    run.stderr_has("  > authorization: Bearer [redacted]\n")
        .stderr_has("  > {\"name\":\"n\"}\n")
        .stderr_has("  < {\"id\":");
    run.hides(&portal.pat);
    let by_variable = alter(["apps", "list"]).at(&portal).env("ALTER_DEBUG", "1").run();
    by_variable.exits(0).stderr_has("debug: GET ");
    alter(["apps", "list"]).at(&portal).env("ALTER_DEBUG", "0").run().exits(0).says("");
}

#[test]
fn chunks_and_early_hints_are_understood() {
    let server = Server::new(|_| {
        Play::Send(
            b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
              5;x=y\r\n[{\"id\r\n7\r\n\":\"1\"}]\r\n0\r\nTrailer: t\r\n\r\n"
                .to_vec(),
        )
    });
    alter(["apps", "list", "--output=jsonl"]).to(&server).run().exits(0).prints("{\"id\":\"1\"}\n");
}

#[test]
fn a_connection_closed_between_pages_is_opened_again() {
    let server = Server::new(|exchange| {
        let offset = exchange.query("offset").unwrap_or(0);
        let body = format!(
            r#"{{"items":[{{"id":"{offset}"}}],"total":3,"limit":1,"offset":{offset},"has_more":{}}}"#,
            offset < 2
        );
        let length = body.len();
        Play::SendAndClose(
            format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            )
            .into_bytes(),
        )
    });
    let run = alter(["keys", "list", "--app", APP, "--all", "--limit=1", "--output=jsonl"])
        .to(&server)
        .run();
    assert_eq!(run.exits(0).says("").lines().len(), 3);
    assert_eq!(server.connections(), 3);
}
