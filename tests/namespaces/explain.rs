//! `alter audit explain`: each cause, and a fix that ends in a command which can be run.

use serde_json::{Value, json};

use crate::support::{APP, Alter, Outcome, Server, alter};

/// A row of a trace with these keys, which hold over those of a good one.
fn row(second: usize, keys: &Value) -> Value {
    let mut row = json!({
        "id": format!("row-{second}"), "created_at": format!("2026-11-23T10:04:{second:02}Z"),
        "app_id": APP, "api_key_id": "KEY", "provider_id": "google", "action": "provider.called",
        "response_status": 200, "policy_decision": "ALLOW", "outcome": "success", "reason": null,
    });
    for (key, value) in keys.as_object().expect("an object") {
        row[key] = value.clone();
    }
    row
}

fn explain(rows: &[Value]) -> Outcome {
    let trace = json!({"trace_id": "T", "status": "error", "app_id": APP, "events": rows});
    let server = Server::json(200, &trace.to_string());
    alter(["audit", "explain", "T"]).to(&server).run()
}

/// What a row says, the cause, the fix; `{app}` is the flag that names the app.
const CAUSES: &[(&str, &str, &str)] = &[
    (
        r#"{"policy_decision":"DENY","response_status":403,"outcome":"denied","reason":"policy_denied"}"#,
        "the policy denied the call (policy_denied)",
        "alter policy show-app {app}",
    ),
    (
        r#"{"policy_decision":"deny","policy_error":"ip_not_allowed","reason":"policy_denied"}"#,
        "the policy denied the call (ip_not_allowed)",
        "alter policy show-app {app}",
    ),
    (
        r#"{"policy_decision":"ERROR","response_status":500,"outcome":"error","policy_error":"unknown_timezone"}"#,
        "the policy could not be evaluated (unknown_timezone)",
        "retry; if it persists, look at the rules: alter policy show-app {app}",
    ),
    (
        r#"{"response_status":403,"outcome":"error","reason":"scope_mismatch"}"#,
        "the grant lacks a scope that the call needs (scope_mismatch)",
        "reconnect with the scopes that are missing, or give the key the missing scopes with --scopes: \
         alter keys rotate {app} --key KEY",
    ),
    (
        r#"{"policy_decision":"DENY","policy_error":"scope_mismatch"}"#,
        "the grant lacks a scope that the call needs (scope_mismatch)",
        "reconnect with the scopes that are missing, or give the key the missing scopes with --scopes: \
         alter keys rotate {app} --key KEY",
    ),
    (
        r#"{"response_status":403,"reason":"insufficient_scope","api_key_id":null}"#,
        "the key lacks a scope that the call needs (insufficient_scope)",
        "give the key the missing scopes with --scopes: alter keys rotate {app} --key KEY_ID",
    ),
    (
        r#"{"response_status":403,"reason":"grant_revoked","grant_kind":"oauth"}"#,
        "the grant was revoked (grant_revoked)",
        "the user must reconnect; whose it is: alter grants list {app} --provider google",
    ),
    (
        r#"{"response_status":403,"reason":"grant_expired","grant_kind":"oauth","provider_id":null}"#,
        "the grant has expired (grant_expired)",
        "the user must reconnect; whose it is: alter grants list {app}",
    ),
    (
        r#"{"response_status":403,"reason":"grant_revoked","grant_kind":"managed_secret"}"#,
        "the grant was revoked (grant_revoked)",
        "grant it again with managed-secrets grants create; who has access: \
         alter managed-secrets access {app} SECRET_ID",
    ),
    (
        r#"{"response_status":403,"reason":"grant_expired","grant_kind":"managed_secret"}"#,
        "the grant has expired (grant_expired)",
        "grant it again with managed-secrets grants create; who has access: \
         alter managed-secrets access {app} SECRET_ID",
    ),
    (
        r#"{"response_status":403,"reason":"credential_revoked","grant_kind":"managed_secret"}"#,
        "the provider no longer accepts the credential (credential_revoked)",
        "store a working credential: alter managed-secrets rotate {app} --credential-value - SECRET_ID",
    ),
    (
        r#"{"response_status":401,"reason":"provider_refused_credential"}"#,
        "the provider refused the credential (status 401, provider_refused_credential)",
        "the user must reconnect, or for a managed secret: alter managed-secrets rotate {app} --credential-value - SECRET_ID",
    ),
    (
        r#"{"response_status":403}"#,
        "the provider refused the credential (status 403)",
        "the user must reconnect, or for a managed secret: alter managed-secrets rotate {app} --credential-value - SECRET_ID",
    ),
    (
        r#"{"response_status":429,"outcome":"error"}"#,
        "there were too many requests (status 429)",
        "wait, then call less often; how often it happens: alter analytics errors {app}",
    ),
    (
        r#"{"response_status":422}"#,
        "the provider refused the request as invalid (status 422)",
        "check the shape of the request: alter verify",
    ),
    (
        r#"{"response_status":404,"app_id":null}"#,
        "the provider refused the request as invalid (status 404)",
        "check the shape of the request: alter verify",
    ),
    (
        r#"{"response_status":503}"#,
        "the provider failed (status 503)",
        "retry; if it persists: alter analytics errors {app}",
    ),
    (
        r#"{"response_status":0,"outcome":"error","app_id":null}"#,
        "the provider did not answer (status 0)",
        "retry; if it persists: alter analytics errors",
    ),
    (
        r#"{"outcome":"error","reason":"cosmic_ray"}"#,
        "there is no known fix for this failure (cosmic_ray)",
        "alter audit show T",
    ),
    (r#"{"reason":"nightly sync"}"#, "no row of this trace failed", "alter audit show T"),
];

#[test]
fn every_cause_has_its_fix() {
    for (keys, cause, fix) in CAUSES {
        let keys = serde_json::from_str(keys).expect("an object");
        let run = explain(&[row(1, &json!({})), row(2, &keys), row(3, &json!({}))]);
        let told = run.exits(0).says("").json();
        assert_eq!(told["trace_id"], "T");
        assert_eq!(told["cause"], *cause, "{keys}");
        assert_eq!(told["fix"], fix.replace("{app}", &format!("--app {APP}")), "{keys}");
    }
}

/// The commands that do not talk to the portal alone know no dry run.
#[test]
fn every_fix_ends_in_a_command_that_exists_and_parses() {
    for (_, _, fix) in CAUSES {
        let line = &fix[fix.find("alter ").expect("a command")..]
            .replace("{app}", &format!("--app {APP}"));
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        let run = words.iter().fold(alter([]), Alter::arg).stdin("secret");
        if words == ["verify"] {
            run.arg("--help").run().exits(0).shows("Usage: alter verify [flags]\n");
        } else {
            run.arg("--dry-run").run().exits(0).shows("\"method\": ");
        }
    }
}

#[test]
fn the_first_failed_row_in_time_decides() {
    let early = row(2, &json!({"response_status": 429, "outcome": "throttled"}));
    let late = row(5, &json!({"response_status": 500, "outcome": "error"}));
    for rows in [[early.clone(), late.clone()], [late.clone(), early.clone()]] {
        let told = explain(&rows).exits(0).json();
        assert_eq!((&told["outcome"], &told["trace_id"]), (&json!("throttled"), &json!("T")));
    }
    let fraction = |text: &str, status: u16| {
        row(0, &json!({"created_at": text, "response_status": status, "outcome": null}))
    };
    let rows = [fraction("2026-11-23T10:04:05.5Z", 500), fraction("2026-11-23T10:04:05Z", 429)];
    let told = explain(&rows).exits(0).json();
    assert_eq!(
        (&told["outcome"], &told["cause"]),
        (&json!("failed"), &json!("there were too many requests (status 429)"))
    );
    let told = explain(&[]).exits(0).json();
    assert_eq!(told["outcome"], "success");
}

#[test]
fn it_is_printed_as_every_object_is() {
    let trace = json!({"events": [row(1, &json!({"response_status": 422}))]}).to_string();
    let server = Server::json(200, &trace);
    let run = |flag| alter(["audit", "explain", "T", flag]).to(&server).run();
    run("--fields=fix")
        .exits(0)
        .prints("{\n  \"fix\": \"check the shape of the request: alter verify\"\n}\n");
    run("--output=table")
        .exits(0)
        .shows("trace_id  T\noutcome   failed\ncause     the provider refused");
    for answer in ["[]", r#"{"trace_id":"T"}"#, r#"{"events":3}"#] {
        let server = Server::json(200, answer);
        alter(["audit", "explain", "T"]).to(&server).run().exits(1).stderr_has("is no trace");
    }
    let server = Server::json(404, r#"{"error":"trace_not_found","message":"No trace."}"#);
    alter(["audit", "explain", "T"]).to(&server).run().exits(4);
}
