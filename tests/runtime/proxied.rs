//! Calls that the portal makes itself: to servers of this machine and no others, while everybody else is served.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::signed::{Said, post};
use crate::support::server::Exchange;
use crate::support::{APP, Alter, Play, Portal, Server, alter};

/// A key of every scope, and a grant of an account that may be used for any host.
fn key_and_grant(portal: &Portal) -> (String, String) {
    let key = portal.ask(["keys", "mint", "--name", "k", "--scopes", "*", "--app", APP]);
    let grants =
        portal.ask(["grants", "list", "--provider=google", "--status=active", "--app", APP]);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&key["api_key"]), text(&grants["items"][0]["id"]))
}

fn proxy(portal: &Portal, key: &str, body: &Value) -> Said {
    post(key, "/sdk/proxy", body).sign().send(portal)
}

/// What another client of the portal is told while a provider is asked.
fn apps(portal: &OnceLock<(String, String)>) -> Value {
    let (base_url, pat) = portal.get().expect("a portal");
    let run = alter(["apps", "list", "--output=json"])
        .env("ALTER_BASE_URL", base_url)
        .env("ALTER_PAT", pat)
        .env("ALTER_TIMEOUT", "10");
    run.run().exits(0).json()
}

/// A provider that answers once the portal has answered somebody else.
fn provider(portal: &'static OnceLock<(String, String)>) -> Server {
    Server::new(move |_: &Exchange| {
        let count = apps(portal).as_array().map(Vec::len);
        Play::with(201, "X-Apps: seen\r\n", json!({ "apps": count }).to_string())
    })
}

#[test]
fn others_are_served_while_the_portal_waits_for_a_provider() {
    static PORTAL: OnceLock<(String, String)> = OnceLock::new();
    let (portal, server) = (Portal::new([]), provider(&PORTAL));
    PORTAL.set((portal.base_url.clone(), portal.pat.clone())).expect("the first portal");
    let (key, grant) = key_and_grant(&portal);
    let url = format!("{}/v1/things", server.url());
    let call = json!({ "method": "POST", "url": url, "grant_id": grant, "body": { "a": 1 },
        "headers": { "X-One": "1" }, "query_params": { "b": "2" }, "reason": "a test" });
    let said = proxy(&portal, &key, &call);
    assert_eq!((said.status, &said.body["status_code"]), (200, &json!(201)), "{said:?}");
    assert!(said.head.contains("X-RateLimit-Remaining: "), "{said:?}");
    assert_eq!(said.body["headers"]["x-apps"], "seen");
    assert_eq!(said.body["body_b64"], "eyJhcHBzIjoyfQ==");
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/v1/things?b=2"));
    assert_eq!((seen.body.as_str(), seen.header("x-one")), (r#"{"a":1}"#, Some("1")));
    assert!(seen.header("authorization").is_some_and(|value| value.starts_with("Bearer ")));
    assert!(seen.header("user-agent").is_some_and(|value| value.starts_with("alter-portal/")));
    assert!(seen.header("x-api-key").is_none());
    let rows = portal.ask(["audit", "list", "--limit=1"]);
    let row = &rows["items"][0];
    assert_eq!(row["action"], "provider.called");
    assert_eq!((&row["response_status"], &row["reason"]), (&json!(201), &json!("a test")));
    assert_eq!(row["grant_id"], json!(grant));
}

#[test]
fn others_are_served_while_an_approved_call_is_made() {
    static PORTAL: OnceLock<(String, String)> = OnceLock::new();
    let (portal, server) = (Portal::new(["--auto-approve"]), provider(&PORTAL));
    PORTAL.set((portal.base_url.clone(), portal.pat.clone())).expect("the first portal");
    let (key, grant) = key_and_grant(&portal);
    let rule = r#"{"effect":"require_approval","approval":{}}"#;
    portal.ask([
        "policy",
        "rules",
        "create",
        "--type=require_approval",
        "--app",
        APP,
        "--body",
        rule,
    ]);
    let call = json!({ "method": "GET", "url": server.url(), "grant_id": grant });
    let held = proxy(&portal, &key, &call);
    assert_eq!((held.status, &held.body["status"]), (202, &json!("pending")), "{held:?}");
    let target =
        format!("/sdk/approvals/{}/result", held.body["approval_id"].as_str().expect("an id"));
    let mut asked = post(&key, &target, &Value::Null);
    (asked.method, asked.body) = ("GET".into(), String::new());
    let result = asked.sign().send(&portal);
    assert_eq!((result.status, &result.body["status_code"]), (200, &json!(201)), "{result:?}");
    assert_eq!(portal.ask(["audit", "list", "--limit=1"])["items"][0]["response_status"], 201);
}

#[test]
fn a_call_to_another_machine_is_refused_with_the_reason() {
    let portal = Portal::new([]);
    let (key, grant) = key_and_grant(&portal);
    let own = |path: &str| format!("{}{path}", portal.base_url);
    for (url, code, why) in [
        ("https://api.example.com/".into(), (422, "blocked_destination"), "not on this machine"),
        ("https://127.0.0.2/".into(), (422, "blocked_destination"), "not on this machine"),
        ("https://localhost.example/".into(), (422, "blocked_destination"), "not on this machine"),
        (own("/api/v1/apps"), (422, "blocked_destination"), "only its provider"),
        (own("/provider/../approvals/x"), (422, "blocked_destination"), "only its provider"),
        ("http://127.0.0.1:1/".into(), (502, "upstream_unreachable"), "refused"),
    ] {
        let said = proxy(&portal, &key, &json!({ "method": "GET", "url": url, "grant_id": grant }));
        assert_eq!(said.code(), code, "{url}: {said:?}");
        assert!(said.body["message"].as_str().is_some_and(|text| text.contains(why)), "{said:?}");
        let row = &portal.ask(["audit", "list", "--limit=1"])["items"][0];
        assert_eq!(
            (&row["action"], row["outcome"] == "success"),
            (&json!("provider.called"), false)
        );
    }
}

#[test]
fn an_answer_of_any_length_is_kept_to_a_mebibyte() {
    let portal = Portal::new([]);
    let (key, grant) = key_and_grant(&portal);
    for (bytes, is_cut) in [(1 << 20, false), ((1 << 20) + 1, true), (300 << 20, true)] {
        let url = format!("{}/provider/google?bytes={bytes}", portal.base_url);
        let said = proxy(&portal, &key, &json!({ "method": "GET", "url": url, "grant_id": grant }));
        assert_eq!((said.status, &said.body["body_truncated"]), (200, &json!(is_cut)), "{bytes}");
        let length = said.body["body_b64"].as_str().map(str::len);
        assert_eq!(length, Some((1_usize << 20).div_ceil(3) * 4));
    }
}

#[test]
fn an_approved_call_is_checked_again_before_it_is_made() {
    let rule = r#"{"when":{"method":"GET"},"effect":"deny"}"#;
    for (gone, code, why) in [
        (&["keys", "revoke", "KEY", "--yes"][..], "key_revoked", "The key is revoked"),
        (&["grants", "revoke", "GRANT", "--yes"], "grant_revoked", "is revoked"),
        (&["providers", "update", "google", "--status=disabled"], "provider_disabled", "disabled"),
        (&["policy", "rules", "create", "--body", rule], "denied by rule", "denied by rule"),
    ] {
        let (portal, server) = (Portal::new([]), Server::unused());
        let (key, grant) = key_and_grant(&portal);
        let body = r#"{"effect":"require_approval","approval":{}}"#;
        let waits = ["policy", "rules", "create", "--type=require_approval", "--body", body];
        alter(waits).arg("--app").arg(APP).at(&portal).run().exits(0);
        let call = json!({ "method": "GET", "url": server.url(), "grant_id": grant });
        let held = proxy(&portal, &key, &call).body;
        let text = |name: &str| held[name].as_str().expect("text").to_owned();
        let keys = portal.ask(["keys", "list", "--app", APP]);
        let id = keys[0]["id"].as_str().expect("the newest key");
        let words = gone.iter().map(|word| match *word {
            "KEY" => id,
            "GRANT" => &grant,
            word => word,
        });
        words.fold(alter(["--app", APP]), Alter::arg).at(&portal).run().exits(0);
        let path = text("approval_url").replace(&portal.base_url, "");
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        let page = portal.exchange("POST", &path, "decision=yes", &form).expect("a page");
        assert_eq!(page.status, 200, "{gone:?}: {}", page.body);
        server.untouched();
        let shown = portal.exchange("GET", &path, "", &[]).expect("a page").body;
        assert!(shown.contains("decided already: failed"), "{gone:?}: {shown}");
        let row = &portal.ask(["audit", "list", "--limit=1"])["items"][0];
        assert_eq!((&row["policy_decision"], &row["outcome"]), (&json!("DENY"), &json!("denied")));
        let told = (row["policy_error"].as_str().unwrap_or_default(), &row["reason"]);
        assert!(told.0.starts_with(code), "{gone:?}: {row}");
        assert!(told.1.as_str().is_some_and(|reason| reason.contains(why)), "{gone:?}: {row}");
    }
}
