//! What is refused before a handler sees it: credentials, scopes, routes, parameters.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::sign_in::sign_in;
use crate::support::Portal;
use crate::support::portal::PROGRAM;

#[test]
fn credentials() {
    let portal = Portal::new([]);
    let me = |authorization: &str| {
        let headers = [("Authorization", authorization)];
        portal.exchange("GET", "/api/v1/pats/me", "", &headers).unwrap()
    };
    portal.exchange("GET", "/api/v1/pats/me", "", &[]).unwrap().is_error(401, "pat_missing");
    me("Basic abc").is_error(401, "pat_missing");
    me("Bearer ").is_error(401, "pat_missing");
    me("Bearer alter_pat_nobody").is_error(401, "pat_invalid");
    me("Bearer alter_pat_demo_expired_0000000000000000000000000000").is_error(401, "pat_expired");
    me("Bearer alter_pat_demo_revoked_0000000000000000000000000000").is_error(401, "pat_revoked");
    let me = me(&format!("bearer {}", portal.pat));
    assert_eq!(me.status, 200);
    assert_eq!(me.json()["prefix"], portal.pat[..14]);
    assert!(me.json()["last_used_at"].is_string());
    assert!(!me.body.contains(&portal.pat));
}

#[test]
fn every_answer_can_be_traced() {
    let portal = Portal::empty([]);
    let (one, other) = (portal.get("/apps"), portal.get("/nowhere"));
    let ids = [&one, &other].map(|reply| reply.header("x-request-id").unwrap().to_owned());
    assert!(ids[0].starts_with("req_") && ids[0] != ids[1], "{ids:?}");
    assert!(one.header("date").is_some_and(|date| date.ends_with(" GMT")));
    assert_eq!(one.header("content-type"), Some("application/json"));
}

#[test]
fn scopes() {
    let portal = Portal::new([]);
    let app = portal.app_id.clone().unwrap();
    let pat = sign_in(&portal, "dashboard_apps:*,dashboard_pats:read");
    let call = |method, path: &str, body| portal.api_as(&pat, method, path, body, &[]).unwrap();
    assert_eq!(call("GET", "/apps", "").status, 200);
    assert_eq!(call("POST", "/apps", "{\"name\":\"A\"}").status, 201);
    let refused = call("DELETE", &format!("/apps/{app}"), "");
    refused.is_error(403, "insufficient_scope");
    let details = &refused.json()["details"];
    assert_eq!(details["missing"], serde_json::json!(["dashboard_apps:delete"]));
    assert_eq!(details["required"], details["missing"]);
    assert_eq!(details["granted"][0], "dashboard_apps:*");
    call("GET", &format!("/apps/{app}/keys"), "").is_error(403, "insufficient_scope");
    call("GET", "/audit/events", "").is_error(403, "insufficient_scope");
}

#[test]
fn routes_and_parameters() {
    let portal = Portal::empty([]);
    portal.get("/nowhere").is_error(404, "route_not_found");
    portal.get("/apps/").is_error(404, "route_not_found");
    portal.get("").is_error(404, "route_not_found");
    let wrong = portal.api("PUT", "/apps", "");
    wrong.is_error(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), Some("GET, POST"));
    portal.get("/apps?archived=true").is_invalid("query", "archived");
    portal.get("/apps?include_stats=yes").is_invalid("query", "include_stats");
    portal.get("/apps?limit=1").is_invalid("query", "limit");
    for limit in ["0", "1001", "-1", "x", "", "99999999999999999999"] {
        portal.get(&format!("/audit/events?limit={limit}")).is_invalid("query", "limit");
    }
    portal.get("/audit/events?offset=-1").is_invalid("query", "offset");
    portal.get("/audit/events?action=%ff").is_invalid("query", "action");
    portal.get("/apps?include_stats=%C3").is_invalid("query", "include_stats");
    portal.get("/audit/events?policy_decision=allow").is_invalid("query", "policy_decision");
    portal.get("/audit/events?start=yesterday").is_invalid("query", "start");
    portal.get("/audit/events?start=2026-01-02&end=2026-01-01").is_invalid("query", "end");
    portal.get("/audit/portal-actions?principal_kind=me").is_invalid("query", "principal_kind");
    assert_eq!(portal.get("/audit/events?offset=9223372036854775807&limit=1").status, 200);
}

#[test]
fn routes_are_found_before_anyone_signs_in() {
    let portal = Portal::empty([]);
    let call =
        |method, path: &str| portal.exchange(method, &format!("/api/v1{path}"), "", &[]).unwrap();
    call("GET", "/nowhere").is_error(404, "route_not_found");
    for (method, path, allowed) in [
        ("PUT", "/apps", "GET, POST"),
        ("POST", "/apps/a", "GET, PATCH, DELETE"),
        // `statistics` is no key id, whatever the method.
        ("PATCH", "/apps/a/keys/statistics", "GET"),
        ("DELETE", "/apps/a/keys/statistics", "GET"),
        ("POST", "/apps/a/keys/k", "GET, PATCH, DELETE"),
    ] {
        let reply = call(method, path);
        reply.is_error(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), Some(allowed), "{method} {path}");
    }
    call("GET", "/apps/a/keys/statistics").is_error(401, "pat_missing");
}

#[test]
fn all_faults_of_a_body_are_reported_at_once() {
    let portal = Portal::empty([]);
    let app = format!("/apps/{}", portal.create_app("A"));
    let keys = format!("{app}/keys");
    let minted = portal.post(&keys, r#"{"name":"k","scopes":["grants:read"]}"#);
    let key = format!("{keys}/{}", minted.text("id"));
    for (method, path, body, issues) in [
        (
            "POST",
            "/apps",
            r#"{"description":1,"x":1,"y":1}"#,
            &[
                "body.name missing",
                "body.description string_type",
                "body.x extra_forbidden",
                "body.y extra_forbidden",
            ][..],
        ),
        ("PATCH", &app, "{}", &["body missing"]),
        ("PATCH", &app, "", &["body missing"]),
        ("PATCH", &app, r#"{"name":null}"#, &["body.name string_type"]),
        ("PATCH", &app, r#"{"x":1}"#, &["body.x extra_forbidden"]),
        ("DELETE", &app, r#"{"x":1}"#, &["body.confirm missing", "body.x extra_forbidden"]),
        ("POST", &keys, "{}", &["body.name missing", "body.scopes missing"]),
        (
            "POST",
            &keys,
            r#"{"name":"","scopes":[],"key_type":null,"x":1}"#,
            &[
                "body.name string_too_short",
                "body.scopes too_short",
                "body.key_type string_type",
                "body.x extra_forbidden",
            ],
        ),
        (
            "PATCH",
            &key,
            r#"{"name":null,"x":1}"#,
            &["body.name string_type", "body.x extra_forbidden"],
        ),
        (
            "POST",
            &format!("{key}/rotate"),
            r#"{"scopes":null,"overlap_days":null,"x":1}"#,
            &["body.scopes list_type", "body.overlap_days int_type", "body.x extra_forbidden"],
        ),
        ("DELETE", &key, r#"{"x":1}"#, &["body.x extra_forbidden"]),
    ] {
        portal.api(method, path, body).has_issues(issues);
    }
    assert_eq!(portal.get("/audit/portal-actions").json()["total"], 2);
    let cleared = r#"{"name":"k","scopes":["grants:read"],"expires_at":null,"rate_limit_rpm":null,"cidr_allowlist":null}"#;
    assert_eq!(portal.post(&keys, cleared).status, 201);
    let cleared = r#"{"description":null,"website_url":""}"#;
    assert_eq!(portal.api("PATCH", &app, cleared).status, 200);
}

#[test]
fn bodies() {
    let portal = Portal::empty([]);
    portal.post("/apps", "{").is_error(400, "invalid_request");
    portal.post("/apps", "\u{feff}{}").is_error(400, "invalid_request");
    let list = portal.post("/apps", "[]");
    assert_eq!(list.status, 422);
    assert_eq!(list.json()["detail"][0]["loc"], serde_json::json!(["body"]));
    portal.post("/apps", "").is_invalid("body", "name");
    let deep = "[".repeat(100_000);
    portal.post("/apps", &deep).is_error(400, "invalid_request");
}

#[test]
fn start_up_lines() {
    let mut command = Command::new(PROGRAM);
    let command = command.arg("--listen=[::1]:0").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stderr = String::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    // The last of them, so that nothing is missing when the portal ends.
    while !stderr.contains("export ALTER_APP_ID=") {
        assert_ne!(lines.read_line(&mut stderr).unwrap(), 0, "{stderr}");
    }
    child.kill().unwrap();
    let stdout = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert!(ready["base_url"].as_str().unwrap().starts_with("http://[::1]:"), "{stdout}");
    for (name, key) in [
        ("ALTER_BASE_URL", "base_url"),
        ("ALTER_DASHBOARD_URL", "dashboard_url"),
        ("ALTER_PAT", "pat"),
        ("ALTER_APP_ID", "app_id"),
    ] {
        let line = format!("export {name}={}\n", ready[key].as_str().unwrap());
        assert!(stderr.contains(&line), "{stderr}");
    }
    assert!(stderr.contains("emulator") && stderr.contains("alter_pat_demo_expired_"), "{stderr}");
}

#[test]
fn command_lines() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        let output = command.args(arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), output.stdout.len(), stderr)
    };
    for (arguments, said) in [
        (&["--listen", "0.0.0.0:0"][..], "loopback"),
        (&["--listen=[::]:0"], "loopback"),
        (&["--listen", "here"], "127.0.0.1:4400"),
        (&["--seed", "big"], "demo or empty"),
        (&["--fault", "explode"], "drop-after"),
        (&["--fault=drop,every=0"], "every=0"),
        (&["--fault=redirect=http://@/"], "http:// or https:// address"),
        (&["--fault=redirect=http://a:b"], "http:// or https:// address"),
        (&["--latency", "1s"], "milliseconds"),
        (&["--rate-limit", "0"], "from 1 on"),
        (&["--audit-grow", "0"], "at least 1"),
        (&["--audit-rows", "100000000001"], "100000000000"),
        (&["--listen=127.0.0.1:0", "--state", "/"], "cannot be read"),
        (&["--listen=127.0.0.1:0", "--state", "/nowhere/state.json"], "cannot be locked"),
        (&["--listen", &Portal::empty([]).address], "cannot listen"),
        (&["--nonsense"], "--nonsense"),
    ] {
        let (code, printed, stderr) = run(arguments);
        assert_eq!((code, printed), (Some(2), 0), "{arguments:?}: {stderr}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
        assert!(stderr.contains("\nfix: ") && stderr.ends_with('\n'), "{arguments:?}: {stderr}");
    }
    assert_eq!(run(&["--help"]).0, Some(0));
    for flag in ["--version", "-V"] {
        let output = Command::new(PROGRAM).arg(flag).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let version = concat!("alter-portal ", env!("CARGO_PKG_VERSION"), " (");
        assert!(output.status.success() && text.starts_with(version), "{text}");
    }
}
