//! The exit codes, each by a way that leads to it, and what stands in the block on standard error.

use crate::support::{Home, PAT, Portal, Pty, Server, alter};

#[test]
fn every_code_is_met() {
    let portal = Portal::new(["--auto-approve"]);
    let app = "a1a1a1a1-0001-4000-8000-000000000001";
    alter(["apps", "show", app]).at(&portal).run().exits(0);
    alter(["apps", "list"])
        .env("ALTER_PAT", PAT)
        .env("ALTER_BASE_URL", "http://127.0.0.1:1")
        .env("ALTER_TIMEOUT", "1")
        .run()
        .exits(1)
        .stderr_has("the connection was refused");
    alter(["apps", "list", "--nope"]).at(&portal).run().exits(2);
    alter(["apps", "list"]).run().exits(3).prints("").says(
        "alter: not signed in: no PAT for https://backend.alterauth.com (profile default) in the file, and the keychain is reached through secret-tool, which is missing; the package libsecret-tools has it\n  fix: alter auth login, or set ALTER_PAT; to use the keychain, install libsecret-tools, or put secret-tool on PATH\n",
    );
    alter(["apps", "show", "nope"]).at(&portal).run().exits(4);
    alter(["apps", "unarchive", app]).at(&portal).run().exits(5);
    let pat = portal.pat_with("dashboard_apps:read");
    let forbidden =
        alter(["apps", "create", "--name", "n"]).at(&portal).env("ALTER_PAT", &pat).run();
    forbidden.exits(7).prints("").stderr_has("(missing scope: dashboard_apps:write)\n  fix: mint a PAT with dashboard_apps:write in the dashboard, and set ALTER_PAT to it\n  request id: req_");
    let asked = alter(["apps", "delete", app]).at(&portal);
    Pty::of(&asked).answer("delete it: ", "no\n").run().exits(8);
    let busy = Server::new(|_| {
        crate::support::Play::with(
            429,
            "Retry-After: 61\r\n",
            r#"{"error":"rate_limited","message":"Slow down."}"#,
        )
    });
    let limited = alter(["apps", "list", "--output=json"]).to(&busy).run();
    let error = limited.exits(6).error();
    assert_eq!(
        (error["code"].as_str(), error["retry_after"].as_u64()),
        (Some("RATE_LIMIT"), Some(61))
    );
    assert_eq!(busy.seen().len(), 1);
}

#[test]
fn a_pat_that_does_not_work_is_exit_3() {
    let portal = Portal::new([]);
    for (pat, code) in [
        ("alter_pat_demo_expired_0000000000000000000000000000", "pat_expired"),
        ("alter_pat_demo_revoked_0000000000000000000000000000", "pat_revoked"),
        (PAT, "pat_invalid"),
    ] {
        let run = alter(["apps", "list", "--output=jsonl"]).at(&portal).env("ALTER_PAT", pat).run();
        let error = run.exits(3).prints("").error();
        assert_eq!(
            (error["code"].as_str(), error["portal_code"].as_str()),
            (Some("AUTH"), Some(code))
        );
        assert!(
            error["fix"].as_str().is_some_and(|fix| fix.starts_with("the PAT came from ALTER_PAT")),
            "{error}"
        );
    }
}

#[test]
fn a_pat_without_its_form_is_exit_2_before_any_request() {
    let server = Server::unused();
    let long = format!("alter_pat_{}", "x".repeat(503));
    for (pat, why) in [
        ("", "is empty"),
        ("hunter2", "is no Personal Access Token: one begins with alter_pat_"),
        ("alter_pat_", "is not a whole PAT: it must be printable ASCII without blanks"),
        ("alter_pat_hunter 2", "is not a whole PAT: it must be printable ASCII without blanks"),
        ("alter_pat_hunter\n", "has a line break in it"),
        ("alter_pat_hünter", "is not a whole PAT: it must be printable ASCII without blanks"),
        ("alter_rk_hunter", "is a runtime API key (alter_rk_…), not a Personal Access Token"),
        ("alter_key_hunter", "is a runtime API key (alter_key_…), not a Personal Access Token"),
        (&long, "is longer than the 512 characters of a PAT"),
    ] {
        let run = alter(["apps", "list"]).to(&server).env("ALTER_PAT", pat).run();
        run.exits(2).prints("").stderr_has(&format!("alter: ALTER_PAT: {why}\n")).hides("hunter");
    }
    server.untouched();
}

#[test]
fn refusals_are_read_in_every_shape() {
    for (status, body, code, message) in [
        (
            400,
            r#"{"error":"invalid_request","message":"Bad name."}"#,
            2,
            "alter: the portal refused the input: Bad name.\n",
        ),
        (
            422,
            r#"{"detail":[{"loc":["body","name"],"msg":"too long","type":"x"},{"loc":["query","limit"],"msg":"too big"}]}"#,
            2,
            "alter: the portal refused the input: name: too long; limit: too big\n",
        ),
        (422, r#"{"detail":"no"}"#, 2, "alter: the portal refused the input: no\n"),
        (401, r#"{"error":"pat_invalid"}"#, 3, "alter: not signed in: pat_invalid\n"),
        (
            403,
            r#"{"error":"insufficient_scope","message":"No.","details":{"required":"a:b","granted":[],"missing":["a:b","c:d"]}}"#,
            7,
            "alter: not allowed: No. (missing scope: a:b, c:d)\n",
        ),
        (
            404,
            r#"{"error":"app_not_found","message":"No app."}"#,
            4,
            "alter: not found: No app.\n  fix: alter apps list\n",
        ),
        (409, r#"{"error":"x","message":"Busy."}"#, 5, "alter: conflict: Busy.\n"),
        (
            500,
            r#"{"error":"internal","message":"Oops."}"#,
            1,
            "alter: the portal answered 500: Oops.\n",
        ),
        (418, "", 1, "alter: the portal answered 418: "),
        (500, "<html>\n<h1>It broke</h1>", 1, "<html><h1>It broke</h1>\n"),
        (404, "[1,2]", 4, "alter: not found: "),
        (403, "null", 7, "alter: not allowed: "),
        (409, r#"{"error":7,"message":["x"]}"#, 5, "alter: conflict: "),
    ] {
        let server = Server::json(status, body);
        let run = alter(["apps", "show", "x"]).to(&server).run();
        run.exits(code).prints("").stderr_has(message).stderr_has("  request id: req_test\n");
    }
}

#[test]
fn the_json_block_has_every_key() {
    let server = Server::json(404, r#"{"error":"app_not_found","message":"No app."}"#);
    let run = alter(["apps", "show", "x", "--output=json"]).to(&server).run();
    run.exits(4).prints("").says(
        "{\"error\":{\"code\":\"NOT_FOUND\",\"exit\":4,\"message\":\"not found: No app.\",\"portal_code\":\"app_not_found\",\
         \"request_id\":\"req_test\",\"retry_after\":null,\"fix\":\"alter apps list\"}}\n",
    );
}

#[test]
fn settings_are_checked_before_any_request() {
    let server = Server::unused();
    let with = |name: &str, value: &str| alter(["apps", "list"]).to(&server).env(name, value).run();
    for (name, value, message) in [
        (
            "ALTER_BASE_URL",
            "http://example.com",
            "must be https:// (http:// is for loopback hosts only)",
        ),
        ("ALTER_BASE_URL", "https://u:p@example.com", "must not hold a user name or password"),
        (
            "ALTER_BASE_URL",
            "https://example.com/api",
            "must be an origin: no path, query or fragment",
        ),
        (
            "ALTER_BASE_URL",
            "https://example.com?x",
            "must be an origin: no path, query or fragment",
        ),
        (
            "ALTER_BASE_URL",
            "example.com",
            "must begin with https:// (http:// is for loopback hosts)",
        ),
        ("ALTER_TIMEOUT", "0", "wants whole seconds from 1 to 86400"),
        ("ALTER_TIMEOUT", "soon", "wants whole seconds from 1 to 86400"),
        ("ALTER_PROFILE", "a/b", "wants 1 to 64 letters, digits, `-`, `_` or `.`"),
    ] {
        with(name, value).exits(2).prints("").says(&format!("alter: {name}: {message}\n"));
    }
    let home = Home::new();
    home.write("empty.pem", "");
    for file in ["absent.pem", "empty.pem"] {
        let run = alter(["apps", "list"])
            .home(&home)
            .env("ALTER_PAT", PAT)
            .env("ALTER_BASE_URL", "https://127.0.0.1:1")
            .env("SSL_CERT_FILE", home.join(file))
            .run();
        run.exits(2).prints("").stderr_has("SSL_CERT_FILE").stderr_has(file);
    }
    server.untouched();
}
