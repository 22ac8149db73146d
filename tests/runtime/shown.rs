//! What calls of a runtime key leave behind on the management side.

use serde_json::{Value, json};

use super::signed::post;
use crate::support::{APP, Portal, alter};

/// The demo's grants of Stripe: to the app itself, and to its first agent.
const GRANTS: [&str; 2] =
    ["9a470000-0001-4000-8000-000000000064", "9a470000-0001-4000-8000-000000000066"];
const AGENT: &str = "a9e47000-0001-4000-8000-000000000000";

/// When the app's grants were last used, in the order of [`GRANTS`].
fn grants_used(portal: &Portal) -> Vec<Value> {
    let listed = portal.ask(["grants", "list", "--app", APP, "--limit=100"]);
    let rows = listed["items"].as_array().expect("rows");
    let used =
        |id| rows.iter().find(|row| row["id"] == id).expect("the grant")["last_used_at"].clone();
    GRANTS.map(|id| used(json!(id))).to_vec()
}

fn calls(portal: &Portal) -> [u64; 3] {
    let totals = portal.ask(["analytics", "api-calls", "--app", APP])["totals"].take();
    ["total", "success", "failure"].map(|name| totals[name].as_u64().expect("a count"))
}

#[test]
fn every_kind_of_call_is_counted_dated_and_explained() {
    let portal = Portal::new([]);
    let key = portal.ask(["keys", "mint", "--name=k", "--scopes=*", "--app", APP]);
    let agents_key = portal.ask(["agents", "mint-key", AGENT, "--app", APP]);
    let text = |value: &Value, name: &str| value[name].as_str().expect("text").to_owned();
    let [url, failing] =
        ["", "?status=500"].map(|end| format!("{}/provider/stripe/v1{end}", portal.base_url));
    let before = calls(&portal);
    let used_before = grants_used(&portal);
    let start = ::alter::for_tests::format_time(::alter::for_tests::now());
    for (key, grant, url) in [
        (text(&key, "api_key"), GRANTS[0], &url),
        (text(&key, "api_key"), GRANTS[0], &failing),
        (text(&agents_key, "api_key"), GRANTS[1], &url),
    ] {
        let call = json!({ "method": "GET", "url": url, "grant_id": grant });
        assert_eq!(post(&key, "/sdk/proxy", &call).sign().send(&portal).status, 200);
    }
    let [total, success, failure] = calls(&portal);
    assert_eq!([total, success, failure], [before[0] + 3, before[1] + 2, before[2] + 1]);
    let since = |value: &Value| value.as_str().is_some_and(|text| *text >= *start);
    for (before, after) in used_before.iter().zip(grants_used(&portal)) {
        assert!(!since(before) && since(&after), "{before} {after}");
    }
    let agent = portal.ask(["agents", "show", AGENT, "--app", APP]);
    assert!(since(&agent["last_used_at"]), "{agent}");
    let shown = portal.ask(["keys", "show", &text(&key, "id"), "--app", APP]);
    assert!(since(&shown["last_used_at"]), "{shown}");
    let row = &portal.ask(["audit", "list", "--limit=1"])["items"][0];
    assert_eq!((&row["actor_id"], &row["grant_id"]), (&json!(AGENT), &json!(GRANTS[1])));
    let trace = text(row, "trace_id");
    alter(["audit", "explain", &trace])
        .at(&portal)
        .run()
        .exits(0)
        .shows("\"outcome\": \"success\"");
}

#[test]
fn what_is_revoked_makes_no_more_calls() {
    let portal = Portal::new([]);
    let url = format!("{}/provider/stripe/v1", portal.base_url);
    let mint = || portal.ask(["keys", "mint", "--name=k", "--scopes=*", "--app", APP]);
    let (first, second) = (mint(), mint());
    let agents = portal.ask(["agents", "mint-key", AGENT, "--app", APP]);
    let call = |key: &Value, grant: &str| {
        let body = json!({ "method": "GET", "url": url, "grant_id": grant });
        let said =
            post(key["api_key"].as_str().expect("a key"), "/sdk/proxy", &body).sign().send(&portal);
        (said.status, said.body["error"].as_str().unwrap_or_default().to_owned())
    };
    let id = first["id"].as_str().expect("an id");
    for (key, grant, revoke, code) in [
        (&first, GRANTS[0], ["keys", "revoke", id], (401, "key_revoked")),
        (&second, GRANTS[0], ["grants", "revoke", GRANTS[0]], (403, "grant_revoked")),
        (&agents, GRANTS[1], ["agents", "revoke", AGENT], (401, "agent_revoked")),
    ] {
        assert_eq!(call(key, grant).0, 200, "{revoke:?}");
        alter(revoke).arg("--yes").arg("--app").arg(APP).at(&portal).run().exits(0);
        assert_eq!(call(key, grant), (code.0, code.1.to_owned()));
    }
}
