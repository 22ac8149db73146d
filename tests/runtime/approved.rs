//! Calls that wait for a person: decided by the same conditions as any other, at the moment they are made.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::signed::{Said, Wanted, post};
use crate::support::server::Exchange;
use crate::support::{APP, Play, Portal, Reply, Server, alter};

const STRIPE: &str = "5ec4e700-0001-4000-8000-000000000000";
/// The demo's grant of Stripe to the app itself.
const SYSTEM: &str = "9a470000-0001-4000-8000-000000000064";

fn key(portal: &Portal) -> String {
    let made = portal.ask(["keys", "mint", "--name", "k", "--scopes", "*", "--app", APP]);
    made["api_key"].as_str().expect("a key").to_owned()
}

/// Has every call of the app wait for an approval, for a minute.
fn hold_all(portal: &Portal) {
    let body = r#"{"effect":"require_approval","approval":{"expires_in_seconds":60}}"#;
    let made = ["policy", "rules", "create", "--type=require_approval", "--app", APP, "--body"];
    alter(made).arg(body).at(portal).run().exits(0);
}

fn hold(portal: &Portal, key: &str, call: &Value) -> Value {
    let held = post(key, "/sdk/proxy", call).sign().send(portal);
    assert_eq!(held.status, 202, "{held:?}");
    held.body
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn get(key: &str, target: &str) -> Wanted {
    Wanted { method: "GET".into(), body: String::new(), ..post(key, target, &Value::Null) }
}

fn status(portal: &Portal, key: &str, id: &str) -> Said {
    get(key, &format!("/sdk/approvals/{id}")).sign().send(portal)
}

fn page(portal: &Portal, held: &Value, decision: Option<&str>) -> Reply {
    let path = text(held, "approval_url").replace(&portal.base_url, "");
    let origin = [("Origin", portal.base_url.as_str())];
    let method = if decision.is_some() { "POST" } else { "GET" };
    portal.exchange(method, &path, decision.unwrap_or_default(), &origin).expect("a page")
}

#[test]
fn an_expired_one_cannot_be_given_and_the_page_says_so() {
    let (portal, server) = (Portal::new([]), Server::unused());
    let key = key(&portal);
    hold_all(&portal);
    let url = format!("{}/provider/stripe", portal.base_url);
    let call = json!({ "method": "POST", "url": url, "grant_id": SYSTEM,
        "body": { "amount": 4200, "to": "<b>" }, "headers": { "X-One": "1" } });
    let held = hold(&portal, &key, &call);
    let shown = page(&portal, &held, None).body;
    for part in ["amount&quot;: 4200", "&lt;b&gt;", "X-One: 1", "Decide before", "(in 1 minute)"] {
        assert!(shown.contains(part), "no {part} in {shown}");
    }
    portal.advance("61s");
    let shown = page(&portal, &held, None);
    assert!(shown.status == 200 && shown.body.contains("Nobody decided before"), "{}", shown.body);
    assert!(!shown.body.contains("<form"), "{}", shown.body);
    let late = page(&portal, &held, Some("decision=yes"));
    assert!(late.status == 409 && late.body.contains("Nobody decided before"), "{}", late.body);
    server.untouched();
    let rows = portal.ask(["audit", "list", "--limit=1"]);
    assert_eq!(rows["items"][0]["policy_error"], "approval_expired");
    let said = status(&portal, &key, text(&held, "approval_id"));
    assert_eq!(said.body["status"], "expired");
}

#[test]
fn a_wait_ends_with_the_expiry_and_nobody_waits_for_what_is_not_theirs() {
    let portal = Portal::new([]);
    let key = key(&portal);
    hold_all(&portal);
    let call = json!({ "method": "GET", "grant_id": SYSTEM,
        "url": format!("{}/provider/stripe", portal.base_url) });
    let held = hold(&portal, &key, &call);
    let target = format!("/sdk/approvals/{}?wait=25", text(&held, "approval_id"));
    let at_once = |said: Said, begun: Instant| {
        assert!(begun.elapsed() < Duration::from_secs(10), "{said:?}");
        said
    };
    // Without a signature that is good, and with the key of another app, nothing is waited for.
    let begun = Instant::now();
    let unsigned = get(&key, &target).sign().with("X-Alter-Signature", "00").send(&portal);
    assert_eq!(at_once(unsigned, begun).code(), (401, "invalid_signature"));
    let other = portal.app("Other");
    let minted = portal.ask(["keys", "mint", "--name", "k", "--scopes", "*", "--app", &other]);
    let stranger = get(text(&minted, "api_key"), &target).sign().send(&portal);
    assert_eq!(at_once(stranger, begun).code(), (404, "approval_not_found"));
    thread::scope(|scope| {
        let waiting = scope.spawn(|| get(&key, &target).sign().send(&portal));
        portal.advance("61s");
        let said = at_once(waiting.join().expect("an answer"), begun);
        assert_eq!((said.status, &said.body["status"]), (200, &json!("expired")), "{said:?}");
    });
}

#[test]
fn what_changed_meanwhile_counts() {
    let portal = Portal::new([]);
    let server = Server::unused();
    let host = ["managed-secrets", "set-allowed-hosts", STRIPE, "--app", APP, "--host"];
    alter(host).arg("127.0.0.1").at(&portal).run().exits(0);
    let key = key(&portal);
    hold_all(&portal);
    let call = json!({ "method": "GET", "url": server.url(), "grant_id": SYSTEM });
    let held = hold(&portal, &key, &call);
    alter(host).arg("api.stripe.com").at(&portal).run().exits(0);
    let shown = page(&portal, &held, Some("decision=yes"));
    assert!(shown.body.contains("the call may no longer be made"), "{}", shown.body);
    server.untouched();
    let said = status(&portal, &key, text(&held, "approval_id"));
    assert_eq!((&said.body["status"], &said.body["executed_at"]), (&json!("failed"), &Value::Null));

    // An agent that an app's key calls for, and that is suspended meanwhile.
    let agent = "a9e47000-0001-4000-8000-000000000000";
    let bound = "9a470000-0001-4000-8000-000000000066";
    let minted = portal.ask(["agents", "mint-key", agent, "--app", APP]);
    let agents = text(&minted, "api_key");
    let own = format!("{}/provider/stripe", portal.base_url);
    let held = hold(&portal, agents, &json!({ "method": "GET", "url": own, "grant_id": bound }));
    let narrow = json!({ "scopes": { "managed_secret_slugs": ["nothing"] } }).to_string();
    let scopes = portal.api("PATCH", &format!("/apps/{APP}/agents/{agent}"), &narrow);
    assert_eq!(scopes.status, 200, "{}", scopes.body);
    let shown = page(&portal, &held, Some("decision=yes"));
    assert!(shown.body.contains("The scopes of the agent"), "{}", shown.body);
}

#[test]
fn a_call_that_the_provider_drops_has_failed_and_the_page_says_so() {
    let (portal, server) = (Portal::new([]), Server::new(|_: &Exchange| Play::close()));
    let key = key(&portal);
    hold_all(&portal);
    let grants =
        portal.ask(["grants", "list", "--provider=google", "--status=active", "--app", APP]);
    let grant = text(&grants["items"][0], "id").to_owned();
    let call = json!({ "method": "POST", "url": server.url(), "grant_id": grant });
    let held = hold(&portal, &key, &call);
    let shown = page(&portal, &held, Some("decision=yes")).body;
    assert!(shown.contains("It was allowed, but the call failed."), "{shown}");
    assert!(!shown.contains("It is allowed"), "{shown}");
    let said = status(&portal, &key, text(&held, "approval_id"));
    assert_eq!(said.body["status"], "failed", "{said:?}");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_call_under_two_rules_has_a_page_for_each_and_none_that_decides_both() {
    let portal = Portal::new([]);
    let key = key(&portal);
    hold_all(&portal);
    hold_all(&portal);
    let call = json!({ "method": "GET", "grant_id": SYSTEM,
        "url": format!("{}/provider/stripe", portal.base_url) });
    let held = hold(&portal, &key, &call);
    let gate = |at: usize| json!({ "approval_url": held["gates"][at]["approval_url"] });
    let group =
        json!({ "approval_url": format!("/approvals/{}", text(&held, "approval_group_id")) });
    let shown = page(&portal, &group, None).body;
    assert!(shown.contains(text(&held["gates"][1], "approval_id")), "{shown}");
    let decided = page(&portal, &group, Some("decision=yes"));
    assert!(decided.status == 404 && !decided.body.contains("allowed"), "{}", decided.body);
    let first = page(&portal, &gate(0), Some("decision=yes")).body;
    assert!(first.contains("The call waits for one more decision"), "{first}");
    let last = page(&portal, &gate(1), Some("decision=yes")).body;
    assert!(last.contains("the call was made. The answer: 200"), "{last}");
    let result = format!("/sdk/approvals/{}/result", text(&held, "approval_group_id"));
    assert_eq!(get(&key, &result).sign().send(&portal).body["status_code"], 200);
    portal.advance("25h");
    assert_eq!(get(&key, &result).sign().send(&portal).code(), (404, "approval_not_found"));
}
