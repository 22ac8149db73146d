//! What goes wrong: at the portal, at the provider, on the way, and afterwards.

use serde_json::json;

use super::stage::{GRANT, KEY, Stage, TOKEN, token};
use crate::support::{Play, Server};

#[test]
fn a_refusal_of_the_portal_reaches_no_provider_and_is_not_tried_again() {
    for (status, body, exit, part) in [
        (400, r#"{"error":"hitl_grant_requires_proxy","message":"No."}"#, 2, "proxy mode"),
        (401, r#"{"error":"invalid_key","message":"No."}"#, 3, "alter keys mint"),
        (401, r#"{"error":"invalid_signature","message":"No."}"#, 3, "does not accept the key"),
        (
            403,
            r#"{"error":"insufficient_scope","message":"No.","missing":["tokens:retrieve"]}"#,
            7,
            "alter keys mint --name NAME --scopes tokens:retrieve",
        ),
        (404, r#"{"error":"grant_not_found","message":"No."}"#, 4, "alter grants list"),
        (409, r#"{"error":"token_refresh_in_progress"}"#, 5, "try again"),
        (422, r#"{"detail":{"error":"x","message":"Bad."}}"#, 2, "Bad."),
        (429, r#"{"error":"rate_limit_exceeded","message":"No."}"#, 6, "too many requests"),
        (503, r#"{"error":"service_unavailable","message":"No."}"#, 1, "503"),
        (504, "gateway", 1, "504"),
        (302, "", 1, "redirect"),
    ] {
        let provider = Server::unused();
        let stage = Stage { portal: Server::json(status, body), provider };
        let run = stage.request("/").run();
        run.exits(exit).prints("").stderr_has(part).stderr_has("request id: req_test").hides(KEY);
        assert_eq!(stage.portal.seen().len(), 1, "{status} was tried again");
        stage.provider.untouched();
    }
}

#[test]
fn an_answer_that_breaks_the_contract_reaches_no_provider() {
    for fields in [
        json!({ "injection_header": "Host" }),
        json!({ "injection_header": "Cookie" }),
        json!({ "injection_format": "MARKED" }),
        json!({ "access_token": "MARKED\r\nX: y" }),
        json!({ "additional_injections": [{ "target": "header", "key": "Host", "value_source": "token" }] }),
        json!({ "injection_format": "AWS4-HMAC-SHA256" }),
        json!({ "injection_format": "AWS4-HMAC-SHA256", "additional_credentials": { "secret_key": "MARKED" } }),
        json!({ "grant_id": "not-one" }),
    ] {
        let stage = Stage::new(&fields, |_| Play::json(200, "{}"));
        stage.request("/").run().exits(1).prints("").hides("MARKED");
        stage.provider.untouched();
        assert_eq!(stage.targets(), ["/sdk/token"]);
    }
    let stage = Stage::new(&json!({ "injection_header": "X-Key" }), |_| Play::json(200, "{}"));
    stage
        .request("/")
        .arg("--header=x-key: mine")
        .run()
        .exits(2)
        .stderr_has("the credential goes in");
    stage.provider.untouched();
}

#[test]
fn a_refusal_of_the_provider_is_exit_1_with_its_body_on_stdout() {
    for (status, part) in [
        (401, "does not accept the credential"),
        (404, "the provider answered 404 Not Found"),
        (403, "the provider answered 403 Forbidden"),
        (500, "500"),
    ] {
        let stage = Stage::new(&json!({}), move |_| Play::json(status, r#"{"why": "so"}"#));
        stage.request("/").run().exits(1).prints(r#"{"why": "so"}"#).stderr_has(part);
        assert_eq!(stage.row()["response_status"], status);
        assert_eq!(stage.targets(), ["/sdk/token", "/sdk/oauth/audit/api-call"]);
    }
    let stage = Stage::new(&json!({}), |_| Play::json(404, ""));
    let error = stage.request("/").arg("--output=json").run().exits(1).error();
    assert_eq!(error["code"], "ERROR");
}

#[test]
fn a_missing_scope_is_reported_to_the_portal() {
    const CHALLENGE: &str = r#"Bearer realm="x", error="insufficient_scope", scope="repo gist""#;
    let challenge =
        |status| move |_: &_| Play::with(status, &format!("WWW-Authenticate: {CHALLENGE}\r\n"), "");
    let stage = Stage::new(&json!({}), challenge(403));
    stage
        .request("/x")
        .run()
        .exits(1)
        .stderr_has("lacks the scope repo, gist")
        .stderr_has("connect the account again");
    let target = format!("/sdk/grants/{GRANT}/report-scope-mismatch");
    assert_eq!(stage.targets(), ["/sdk/token", "/sdk/oauth/audit/api-call", &target]);
    let seen = stage.portal.seen();
    let report = &seen[2];
    assert!(report.header("x-alter-actor-id").is_none(), "{report:?}");
    let mut body: serde_json::Value = serde_json::from_str(&report.body).expect("a report");
    assert!(body["sdk_correlation_id"].take().as_str().is_some_and(|id| id.len() == 32));
    assert_eq!(
        body,
        json!({
            "provider_status_code": 403, "provider_error_code": "insufficient_scope",
            "missing_scopes": ["repo", "gist"], "raw_www_authenticate": CHALLENGE,
            "api_endpoint": format!("{}/x", stage.provider.url()),
            "detection_source": "www_authenticate_rfc6750", "sdk_correlation_id": null,
        })
    );
    let unauthorized = Stage::new(&json!({}), challenge(401));
    unauthorized.request("/").run().exits(1);
    assert_eq!(unauthorized.targets().len(), 2);
    let flagged = Stage::new(&json!({ "scope_mismatch": true }), |_| Play::json(403, ""));
    flagged.request("/").run().exits(1).stderr_has("is known to lack scopes");
    assert_eq!(flagged.targets().len(), 2);
}

#[test]
fn the_call_succeeds_when_it_cannot_be_recorded() {
    for (status, body, part) in [
        (
            403,
            r#"{"error":"insufficient_scope","missing":["audit:emit"]}"#,
            "the key has no audit:emit",
        ),
        (500, "{}", "is not in the audit log"),
    ] {
        let portal = Server::new(move |seen| match seen.target.as_str() {
            "/sdk/token" => Play::json(200, token(&json!({})).to_string()),
            _ => Play::json(status, body),
        });
        let stage = Stage { portal, provider: Server::json(200, "{}") };
        stage.request("/").run().exits(0).prints("{}").stderr_has("warning:").stderr_has(part);
    }
}

#[test]
fn a_call_without_an_answer_is_recorded_all_the_same() {
    for (play, timeout, told, part) in [
        (
            Play::close as fn() -> Play,
            "30",
            "<transport error: network>",
            "closed without an answer",
        ),
        (Play::stall, "1", "<transport error: timeout after 1", "within 1 s (ALTER_TIMEOUT)"),
        (
            || Play::SendAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc".to_vec()),
            "30",
            "<transport error: network>",
            "breaks off",
        ),
        (
            || Play::SendAndHang(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc".to_vec()),
            "1",
            "<transport error: timeout after 1",
            "within 1 s (ALTER_TIMEOUT)",
        ),
    ] {
        let stage = Stage::new(&json!({}), move |_| play());
        let run = stage.request("/").env("ALTER_TIMEOUT", timeout).run();
        run.exits(1).stderr_has(part).hides(TOKEN);
        let row = stage.row();
        assert_eq!((&row["response_status"], &row["response_headers"]), (&json!(0), &json!(null)));
        assert!(row["response_body"].as_str().is_some_and(|body| body.starts_with(told)), "{row}");
        assert_eq!(stage.provider.seen().len(), 1, "tried again");
    }
}

#[test]
fn a_credential_that_the_provider_sends_back_is_not_shown_in_its_headers() {
    let stage = Stage::new(&json!({}), |seen| {
        let sent = seen.header("authorization").unwrap_or_default();
        Play::with(500, &format!("X-Echo: {sent}\r\nWWW-Authenticate: Bearer error={sent}\r\n"), "")
    });
    stage
        .request("/")
        .arg("--debug")
        .run()
        .exits(1)
        .hides(TOKEN)
        .stderr_has("x-echo: Bearer [redacted]");
}
