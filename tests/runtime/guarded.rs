//! What a real portal lets in, what it refuses, and that it refuses at once.

use serde_json::{Value, json};

use super::signed::{Wanted, nonce, post};
use crate::support::{APP, Alter, Portal, alter};

const OTHER_APP: &str = "a1a1a1a1-0001-4000-8000-000000000002";
const STRIPE: &str = "5ec4e700-0001-4000-8000-000000000000";
/// The demo's grant of Stripe to the app itself.
const SYSTEM: &str = "9a470000-0001-4000-8000-000000000064";

fn run<const N: usize>(portal: &Portal, args: [&str; N]) -> Alter {
    alter(args).at(portal).env("ALTER_APP_ID", APP)
}

/// Mints a key of these scopes; gives its plaintext and its id.
fn mint(portal: &Portal, scopes: &str) -> (String, String) {
    let made =
        run(portal, ["keys", "mint", "--name", "k", "--scopes", scopes]).run().exits(0).json();
    let text = |name: &str| made[name].as_str().expect("text").to_owned();
    (text("api_key"), text("id"))
}

fn token(key: &str, grant: &str, url: &str) -> Wanted {
    let request = json!({ "method": "GET", "url": url });
    post(key, "/sdk/token", &json!({ "grant_id": grant, "reason": null, "request": request }))
}

#[test]
fn only_what_was_signed_now_and_never_before_is_let_in() {
    let portal = Portal::new([]);
    let (key, _) = mint(&portal, "tokens:retrieve");
    let url = format!("{}/provider/stripe", portal.base_url);
    let good = token(&key, SYSTEM, &url).sign();
    assert_eq!(good.send(&portal).status, 200);
    assert_eq!(good.send(&portal).code(), (401, "nonce_reused"));
    let late = Wanted { skew: -301, ..token(&key, SYSTEM, &url) };
    assert_eq!(late.sign().send(&portal).code(), (401, "timestamp_out_of_window"));
    let early = Wanted { skew: 301, ..token(&key, SYSTEM, &url) };
    assert_eq!(early.sign().send(&portal).code(), (401, "timestamp_out_of_window"));
    let in_time = Wanted { skew: -295, ..token(&key, SYSTEM, &url) };
    assert_eq!(in_time.sign().send(&portal).status, 200);
    let mut flipped = token(&key, SYSTEM, &url).sign();
    flipped.body = flipped.body.replace("GET", "PUT");
    assert_eq!(flipped.send(&portal).code(), (401, "invalid_signature"));
    let mut elsewhere = token(&key, SYSTEM, &url).sign();
    elsewhere.line = elsewhere.line.replace("/sdk/token", "/sdk/proxy");
    assert_eq!(elsewhere.send(&portal).code(), (401, "invalid_signature"));
    let other = mint(&portal, "tokens:retrieve").0;
    let fresh = || token(&key, SYSTEM, &url).sign();
    for (name, value) in [
        ("X-Alter-Signature", "00"),
        ("X-Alter-Signature", ""),
        ("X-Alter-Nonce", nonce().as_str()),
        ("X-Alter-Timestamp", ""),
        ("X-Alter-Content-SHA256", ""),
        ("X-Alter-Caller", "somebody"),
        ("X-Alter-Context", "{\"tool\":\"x\"}"),
        ("X-Alter-Scope-Constraints", "grants:read"),
        ("X-Alter-Request-Rule", "e30"),
        ("x-api-key", other.as_str()),
    ] {
        let said = fresh().with(name, value).send(&portal);
        assert_eq!(said.code(), (401, "invalid_signature"), "{name}: {value}");
        assert!(!said.body.to_string().contains(&key), "{said:?}");
    }
    assert_eq!(
        fresh().with("x-api-key", "alter_rk_none").send(&portal).code(),
        (401, "invalid_key")
    );
}

#[test]
fn actor_headers_cannot_be_taken_away() {
    let portal = Portal::new([]);
    let (key, _) = mint(&portal, "tokens:retrieve");
    let url = format!("{}/provider/stripe", portal.base_url);
    let named = || Wanted { caller: "my-svc", ..token(&key, SYSTEM, &url) }.sign();
    let said = named().send(&portal);
    assert_eq!(said.status, 200, "{said:?}");
    assert!(said.head.contains("X-Alter-Actor-ID: "), "{said:?}");
    for (name, value) in
        [("X-Alter-Caller", ""), ("X-Alter-Caller", "other"), ("X-Alter-Signature-V2", "")]
    {
        assert_eq!(
            named().with(name, value).send(&portal).code(),
            (401, "invalid_signature"),
            "{name}"
        );
    }
}

#[test]
fn a_credential_is_limited_to_its_app_scope_and_hosts() {
    let portal = Portal::new([]);
    let (key, _) = mint(&portal, "tokens:retrieve");
    let own = format!("{}/provider/stripe", portal.base_url);
    for (grant, url, code) in [
        (SYSTEM, "https://api.stripe.com/v1/charges", (200, "")),
        (SYSTEM, "https://evil.example/", (403, "host_not_allowed")),
        (SYSTEM, "https://api.stripe.com.evil.example/", (403, "host_not_allowed")),
        (SYSTEM, "https://user:pass@api.stripe.com/", (422, "")),
        (SYSTEM, "http://api.stripe.com/", (422, "")),
        // The other app's grant of its own Stripe, an agent's, and none at all.
        ("9a470000-0001-4000-8000-000000000074", own.as_str(), (404, "grant_not_found")),
        ("9a470000-0001-4000-8000-000000000066", own.as_str(), (404, "grant_not_found")),
        ("none", own.as_str(), (404, "grant_not_found")),
    ] {
        let said = token(&key, grant, url).sign().send(&portal);
        assert_eq!(said.code(), code, "{grant} {url}");
        assert_eq!(said.body.to_string().contains("demo-stripe-key"), code.0 == 200, "{said:?}");
    }
    let (reader, _) = mint(&portal, "grants:read");
    let said = token(&reader, SYSTEM, &own).sign().send(&portal);
    assert_eq!(said.code(), (403, "insufficient_scope"));
    assert_eq!(said.body["missing"], json!(["tokens:retrieve"]));
    let stranger = run(&portal, ["keys", "mint", "--name", "k", "--scopes", "*"])
        .env("ALTER_APP_ID", OTHER_APP)
        .run()
        .exits(0)
        .json();
    let stranger = stranger["api_key"].as_str().expect("a key").to_owned();
    assert_eq!(
        token(&stranger, SYSTEM, &own).sign().send(&portal).code(),
        (404, "grant_not_found")
    );
}

#[test]
fn headers_that_lead_elsewhere_are_refused_in_proxy_mode() {
    let portal = Portal::new([]);
    let (key, _) = mint(&portal, "proxy:execute");
    let url = format!("{}/provider/stripe", portal.base_url);
    for name in [
        "Host",
        "host ",
        "Authorization",
        "Cookie",
        "X-Api-Key",
        "X-HTTP-Method-Override",
        "a b",
        "X-Alter-Caller",
    ] {
        let body =
            json!({ "method": "GET", "url": url, "grant_id": SYSTEM, "headers": { name: "x" } });
        let said = post(&key, "/sdk/proxy", &body).sign().send(&portal);
        assert_eq!(said.status, 422, "{name}: {said:?}");
    }
}

#[test]
fn scopes_outside_of_the_catalogue_are_not_derived() {
    let portal = Portal::new([]);
    let (key, _) = mint(&portal, "*");
    let derive = |scope: &str| {
        let body = json!({ "scopes": [scope], "expires_in": 60 });
        post(&key, "/sdk/keys/derive", &body).sign().send(&portal).status
    };
    assert_eq!([derive("grants:erase"), derive("grants:read")], [422, 201]);
}

#[test]
fn a_held_call_uses_its_grant_once_it_is_approved() {
    let rule = r#"{"effect":"require_approval","approval":{}}"#;
    for (args, answer) in
        [(&[][..], Some("decision=no")), (&[], Some("decision=yes")), (&["--auto-approve"], None)]
    {
        let portal = Portal::new(args);
        let (key, _) = mint(&portal, "*");
        let words = ["policy", "rules", "create", "--type", "require_approval", "--body", rule];
        run(&portal, words).run().exits(0);
        let used = || {
            let listed = ["managed-secrets", "grants", "list", STRIPE, "--output=json"];
            let listed = run(&portal, listed).run().exits(0).json();
            listed.as_array().expect("rows").iter().find(|row| row["id"] == SYSTEM).expect("it")
                ["last_used_at"]
                .clone()
        };
        let url = format!("{}/provider/stripe", portal.base_url);
        let call = json!({ "method": "GET", "url": url, "grant_id": SYSTEM });
        let before = used();
        let held = post(&key, "/sdk/proxy", &call).sign().send(&portal);
        assert_eq!(held.status, 202, "{held:?}");
        if let Some(answer) = answer {
            assert_eq!(used(), before, "a call that waits uses nothing");
            let page = held.body["approval_url"].as_str().expect("a page");
            let path = page.strip_prefix(&portal.base_url).expect("a page of the portal");
            let origin = [("Origin", portal.base_url.as_str())];
            assert_eq!(portal.exchange("POST", path, answer, &origin).expect("a page").status, 200);
        }
        assert_eq!(used() == before, answer == Some("decision=no"), "{answer:?}");
    }
}

#[test]
fn what_is_revoked_stops_at_once() {
    let portal = Portal::new([]);
    let url = format!("{}/provider/stripe", portal.base_url);
    let ask = |key: &str, grant: &str| token(key, grant, &url).sign().send(&portal);
    let (key, id) = mint(&portal, "tokens:retrieve");
    assert_eq!(ask(&key, SYSTEM).status, 200);
    run(&portal, ["keys", "revoke", "--yes", "--key", &id]).run().exits(0);
    assert_eq!(ask(&key, SYSTEM).code(), (401, "key_revoked"));
    let (key, _) = mint(&portal, "tokens:retrieve");
    run(&portal, ["managed-secrets", "grants", "revoke", "--yes", SYSTEM]).run().exits(0);
    assert_eq!(ask(&key, SYSTEM).code(), (403, "grant_revoked"));
    let agent = "a9e47000-0001-4000-8000-000000000000";
    let minted = run(&portal, ["agents", "mint-key", agent]).run().exits(0).json();
    let key = minted["api_key"].as_str().expect("a key").to_owned();
    let bound = "9a470000-0001-4000-8000-000000000066";
    assert_eq!(ask(&key, bound).status, 200);
    run(&portal, ["agents", "revoke", "--yes", agent]).run().exits(0);
    assert_eq!(ask(&key, bound).code(), (401, "agent_revoked"));
}

#[test]
fn what_is_disabled_or_archived_gives_nothing_out() {
    let portal = Portal::new([]);
    let (key, _) = mint(&portal, "tokens:retrieve");
    let ask = |grant: &str, url: &str| token(&key, grant, url).sign().send(&portal);
    let listed = run(&portal, ["grants", "list", "--provider", "google", "--status", "active"]);
    let listed = listed.arg("--output=json").run().exits(0).json();
    let google = listed["items"][0]["id"].as_str().expect("a grant").to_owned();
    let url = "https://gmail.googleapis.com/gmail/v1/users/me/messages";
    assert_eq!(ask(&google, url).status, 200);
    let disable = ["providers", "update", "--provider", "google", "--status", "disabled"];
    run(&portal, disable).run().exits(0);
    assert_eq!(ask(&google, url).code(), (403, "provider_disabled"));
    let own = format!("{}/provider/stripe", portal.base_url);
    assert_eq!(ask(SYSTEM, &own).status, 200);
    run(&portal, ["apps", "archive", APP]).run().exits(0);
    assert_eq!(ask(SYSTEM, &own).code(), (403, "app_archived"));
}

#[test]
fn a_call_shows_in_the_management_side() {
    let portal = Portal::new([]);
    let (key, id) = mint(&portal, "tokens:retrieve,audit:emit");
    let url = format!("{}/provider/stripe/v1/charges", portal.base_url);
    let call = |method: &str| {
        run(&portal, ["sdk-passthrough", "request", SYSTEM, "--url", &url, "--method", method])
            .env("ALTER_API_KEY", &key)
            .run()
    };
    let before = run(&portal, ["keys", "show", "--key", &id]).run().exits(0).json();
    assert_eq!(before["last_used_at"], Value::Null);
    let answer = call("GET").exits(0).json();
    assert_eq!(answer["credentials"][0]["kind"], "bearer");
    assert_eq!(answer["credentials"][0]["in"], "authorization");
    let after = run(&portal, ["keys", "show", "--key", &id]).run().exits(0).json();
    assert!(after["last_used_at"].is_string(), "{after}");
    let rows =
        run(&portal, ["audit", "list", "--limit", "2", "--output", "json"]).run().exits(0).json();
    let actions: Vec<&Value> =
        rows["items"].as_array().expect("rows").iter().map(|row| &row["action"]).collect();
    assert_eq!(actions, ["provider.called", "token.retrieved"]);
    let (called, asked) = (&rows["items"][0], &rows["items"][1]);
    assert_eq!(called["trace_id"], asked["trace_id"]);
    assert_eq!(
        (&called["response_status"], &called["policy_decision"]),
        (&json!(200), &json!("ALLOW"))
    );
    assert!(!rows.to_string().contains("demo-stripe-key"));
    let rule = r#"{"when":{"method":"DELETE"},"effect":"deny"}"#;
    let made = run(&portal, ["policy", "rules", "create", "--body", rule]).run().exits(0).json();
    call("DELETE").exits(7).stderr_has("denied by rule").prints("");
    let rows =
        run(&portal, ["audit", "list", "--limit", "1", "--output", "json"]).run().exits(0).json();
    let denied = &rows["items"][0];
    assert_eq!(
        (&denied["policy_decision"], &denied["outcome"]),
        (&json!("DENY"), &json!("denied"))
    );
    let trace = denied["trace_id"].as_str().expect("a trace");
    run(&portal, ["audit", "explain", trace])
        .run()
        .exits(0)
        .shows(made["id"].as_str().expect("an id"));
}
