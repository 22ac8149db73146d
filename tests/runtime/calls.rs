//! Good calls: how they are signed, what the provider gets, and what the audit log is told.

use ::alter::for_tests::{Unsigned, sha256_hex, signature as sign};
use serde_json::{Value, json};

use super::stage::{ACTOR, GRANT, KEY, Stage, TOKEN};
use crate::support::server::Exchange;
use crate::support::{Play, Server, alter};

/// The signature that a request should have.
fn signature(seen: &Exchange, actor_id: &str) -> String {
    let request = Unsigned {
        method: &seen.method,
        target: &seen.target,
        timestamp: seen.header("x-alter-timestamp").expect("a timestamp"),
        nonce: seen.header("x-alter-nonce").expect("a nonce"),
        content_hash: &sha256_hex(seen.body.as_bytes()),
        actor_id,
        caller: "",
    };
    sign(KEY, &request)
}

#[test]
fn the_first_request_is_signed_plainly_and_the_second_says_who_calls() {
    let stage = Stage::new(&json!({}), |_| Play::json(200, "{}"));
    stage.request("/").run().exits(0);
    let seen = stage.portal.seen();
    let [first, second] = &seen[..] else { panic!("two requests, not {seen:?}") };
    for seen in [first, second] {
        assert_eq!(seen.header("x-api-key"), Some(KEY));
        assert_eq!(seen.header("content-type"), Some("application/json"));
        assert_eq!(
            seen.header("x-alter-content-sha256"),
            Some(sha256_hex(seen.body.as_bytes()).as_str())
        );
        assert!(seen.header("authorization").is_none() && seen.header("idempotency-key").is_none());
    }
    let plain = signature(first, "");
    assert_eq!(first.header("x-alter-signature"), Some(plain.as_str()));
    assert!(first.header("x-alter-signature-v2").is_none());
    let full = signature(second, ACTOR);
    assert_eq!(second.header("x-alter-actor-id"), Some(ACTOR));
    assert_eq!(second.header("x-alter-signature"), Some(full.as_str()));
    assert_eq!(second.header("x-alter-signature-v2"), Some(full.as_str()));
    assert_ne!(first.header("x-alter-nonce"), second.header("x-alter-nonce"));
}

#[test]
fn the_credential_goes_where_the_portal_says_and_nowhere_else() {
    for (fields, header, value, target) in [
        (json!({}), "authorization", format!("Bearer {TOKEN}"), "/me?a=b"),
        (
            json!({ "injection_header": "X-Key", "injection_format": "{token}" }),
            "x-key",
            TOKEN.to_owned(),
            "/me?a=b",
        ),
        (
            json!({ "injection_format": "Basic {token}" }),
            "authorization",
            format!("Basic {TOKEN}"),
            "/me?a=b",
        ),
        (
            json!({ "additional_injections": [{ "target": "query_param", "key": "key", "value_source": "token" }] }),
            "authorization",
            format!("Bearer {TOKEN}"),
            "/me?a=b&key=MARKED-provider-token-0123456789",
        ),
    ] {
        let stage = Stage::new(&fields, |_| Play::json(200, r#"{"ok": true}"#));
        let run = stage.request("/me?a=b").arg("--debug").run();
        run.exits(0)
            .prints(r#"{"ok": true}"#)
            .stderr_has("HTTP/1.1 200 OK")
            .hides(TOKEN)
            .hides(KEY);
        let seen = stage.provider.seen();
        assert_eq!(seen[0].header(header), Some(value.as_str()));
        assert_eq!(seen[0].target, target);
        assert!(seen[0].header("x-api-key").is_none());
        let row = stage.row();
        assert!(!row.to_string().contains(TOKEN), "{row}");
        assert_eq!(row["url"], format!("{}/me?a=b", stage.provider.url()));
    }
}

#[test]
fn aws_calls_are_signed() {
    let fields = json!({
        "access_token": "AKIDEXAMPLE",
        "injection_format": "AWS4-HMAC-SHA256",
        "additional_credentials": { "secret_key": TOKEN, "session_token": "MARKED-session", "region": "eu-west-1", "service": "s3" },
    });
    let stage = Stage::new(&fields, |_| Play::json(200, "{}"));
    let run = stage.request("/bucket").run();
    run.exits(0).hides(TOKEN).hides("MARKED-session");
    let seen = &stage.provider.seen()[0];
    let authorization = seen.header("authorization").expect("a signature");
    assert!(authorization.contains("/eu-west-1/s3/aws4_request"), "{authorization}");
    assert_eq!(seen.header("x-amz-security-token"), Some("MARKED-session"));
    assert!(!authorization.contains(TOKEN));
    let row = stage.row();
    assert_eq!(row["request_headers"].as_object().map(serde_json::Map::len), Some(1), "{row}");
}

#[test]
fn method_headers_and_body_arrive_as_they_were_given() {
    let stage = Stage::new(&json!({ "token_generation": ACTOR }), |_| {
        Play::with(201, "X-Seen: yes\r\nSet-Cookie: a=b\r\n", "made")
    });
    let run = stage
        .request("/things")
        .arg("--method=POST")
        .arg("--header=X-One: 1")
        .arg("--header=Accept: text/plain")
        .arg(r#"--body={"b": 1.0,  "a": "é"}"#)
        .run();
    run.exits(0).prints("made").stderr_has("HTTP/1.1 201 Created").stderr_has("x-seen: yes");
    let seen = &stage.provider.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/things"));
    assert_eq!(seen.body, r#"{"b": 1.0,  "a": "é"}"#);
    assert_eq!(seen.header("x-one"), Some("1"));
    assert_eq!(seen.header("accept"), Some("text/plain"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    let mut row = stage.row();
    let headers = row["request_headers"].take();
    assert_eq!((&headers["X-One"], &headers["Accept"]), (&json!("1"), &json!("text/plain")));
    assert!(headers["User-Agent"].as_str().is_some_and(|agent| agent.starts_with("alter-cli/")));
    assert!(row["latency_ms"].take().is_u64());
    let answered = row["response_headers"].take();
    assert_eq!(answered["x-seen"], "yes");
    assert!(answered.get("set-cookie").is_none());
    assert_eq!(
        row,
        json!({
            "grant_id": GRANT, "provider_id": "fake", "token_generation": ACTOR, "method": "POST",
            "url": format!("{}/things", stage.provider.url()), "request_headers": null,
            "request_body": {"b": 1.0, "a": "é"}, "response_status": 201, "response_headers": null,
            "response_body": "made", "latency_ms": null, "reason": null, "context": null,
        })
    );
}

#[test]
fn every_method_goes_out_without_a_body_of_its_own() {
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] {
        let stage = Stage::new(&json!({}), move |_| {
            Play::with(200, "", if method == "HEAD" { "" } else { "body" })
        });
        let run = stage.request("/").arg("--method").arg(method).run();
        run.exits(0).prints(if method == "HEAD" { "" } else { "body" });
        let seen = &stage.provider.seen()[0];
        assert_eq!((seen.method.as_str(), seen.body.as_str()), (method, ""));
        assert!(seen.header("content-type").is_none(), "{seen:?}");
        assert!(matches!(seen.header("content-length"), None | Some("0")), "{seen:?}");
    }
}

#[test]
fn a_redirect_is_an_answer_and_is_not_followed() {
    let elsewhere = Server::unused();
    let to = elsewhere.url();
    let stage =
        Stage::new(&json!({}), move |_| Play::with(302, &format!("Location: {to}\r\n"), ""));
    stage.request("/").run().exits(0).stderr_has("HTTP/1.1 302 Found").stderr_has("location: http");
    elsewhere.untouched();
    assert_eq!(stage.row()["response_status"], 302);
}

#[test]
fn long_and_binary_bodies_are_named_in_the_audit_log() {
    for (body, told) in [
        (vec![b'a'; 10_000], None),
        (vec![b'a'; 10_001], Some("<response too large: 10001 bytes>")),
        (vec![0xff; 10], Some("<binary response: 10 bytes>")),
        (Vec::new(), None),
    ] {
        let sent = body.clone();
        let stage = Stage::new(&json!({}), move |_| Play::with(200, "", &sent));
        assert_eq!(stage.request("/").run().exits(0).stdout, body);
        let row = stage.row();
        match told {
            Some(told) => assert_eq!(row["response_body"], told),
            None => assert_eq!(row["response_body"].as_str().map(str::len), Some(body.len())),
        }
    }
    let stage = Stage::new(&json!({}), |_| Play::json(200, ""));
    let body = format!("--body=\"{}\"", "a".repeat(10_000));
    stage.request("/").arg("--method=PUT").arg(body).run().exits(0);
    assert_eq!(stage.row()["request_body"], "<request too large: 10002 bytes>");
}

#[test]
fn a_key_given_as_a_flag_is_warned_about() {
    let stage = Stage::new(&json!({}), |_| Play::json(200, "{}"));
    let url = format!("--url={}", stage.provider.url());
    let run = alter(["sdk-passthrough", "request", GRANT, "--api-key", KEY])
        .arg(url)
        .to(&stage.portal)
        .run();
    run.exits(0).stderr_has("warning:").stderr_has("ALTER_API_KEY").hides(KEY);
    let quiet = stage.request("/").run();
    assert!(!quiet.err().contains("warning"), "{quiet}");
}

#[test]
fn a_deprecated_key_is_warned_about_once() {
    let stage = Stage::new(&json!({}), |_| Play::json(200, "{}"));
    let token: Value = super::stage::token(&json!({}));
    let portal = Server::new(move |seen| {
        let body = if seen.target == "/sdk/token" { token.to_string() } else { "{}".into() };
        Play::with(200, "X-Alter-Key-Deprecated: true\r\n", body)
    });
    let run = stage.request("/").to(&portal).run();
    assert_eq!(run.exits(0).err().matches("this key is deprecated").count(), 1, "{run}");
}
