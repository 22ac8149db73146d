//! What a user's token beside a call changes.

use serde_json::json;

use super::client::{AGENT, Client, text, user};
use crate::support::{APP, Portal};

/// The demo's base grant of Stripe, the one of its agent, and Chloé's.
const SYSTEM: &str = "9a470000-0001-4000-8000-000000000064";

fn revoke(client: &Client, grant: &str, token: &str) -> (u16, String) {
    let body = json!({ "user_token": token, "reason": "a test" });
    let said = client.post(&format!("/sdk/oauth/grants/{grant}/revoke"), &body);
    (said.status, said.body["error"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_user_revokes_their_own_grants_and_no_others() {
    let portal = Portal::new([]);
    let app = Client::new(&portal);
    let (ana, ben) = (app.token(&user(0)), app.token(&user(1)));
    let session = |agent: Option<&str>| json!({ "allowed_providers": ["github"], "user_token": ana, "agent": agent });
    let own = app.connect(&session(Some(AGENT)), "decision=yes")["grants"][0].clone();
    let own = text(&own, "grant_id");
    let not_found = (404, "grant_not_found".to_owned());
    let groups = portal.ask(["grants", "list", "--app", APP, "--provider", "datadog"]);
    let group = groups["items"].as_array().expect("rows");
    let group = group.iter().find(|grant| grant["label"] == "on-call").expect("a group's grant");
    for other in [SYSTEM, text(group, "id")] {
        assert_eq!(revoke(&app, other, &ana), not_found, "{other}");
    }
    assert_eq!(revoke(&app, own, &ben), not_found);
    let delegated =
        app.ask("/sdk/grants/list", &json!({ "user_token": ana, "provider_id": "github" }));
    let mut delegated = delegated["grants"].as_array().expect("grants").iter();
    let delegated = delegated.find(|grant| grant["parent_grant_id"] == own).expect("one");
    assert_eq!(revoke(&app, text(delegated, "grant_id"), &ben), not_found);
    assert_eq!(revoke(&app, text(delegated, "grant_id"), &ana).0, 200);
    assert_eq!(revoke(&app, own, &ana).0, 200);
    assert_eq!(revoke(&app, own, &ana), not_found);
    let again = app.post(&format!("/sdk/oauth/grants/{own}/revoke"), &json!({}));
    assert_eq!(again.code(), (404, "grant_not_found"));
    assert_eq!(revoke(&app, SYSTEM, "a.b.c"), (401, "jwt_validation_error".to_owned()));
}

#[test]
fn a_users_token_leaves_their_groups_alone() {
    let portal = Portal::new([]);
    let app = Client::new(&portal);
    let groups =
        || portal.ask(["end-users", "show", "--app", APP, "--user", &user(2)])["groups"].take();
    let before = groups();
    assert_eq!(before.as_array().map(Vec::len), Some(2), "{before}");
    let body = json!({ "include_profile": true, "user_token": app.token(&user(2)) });
    let who = app.ask("/sdk/identity/resolve", &body);
    assert_eq!(who["group_ids"].as_array().map(Vec::len), Some(2), "{who}");
    assert_eq!(groups(), before);
}

#[test]
fn nobody_signs_in_by_choosing_nothing() {
    let portal = Portal::new([]);
    let app = Client::new(&portal);
    let asked = app.ask("/sdk/auth/session", &json!({}));
    for form in ["decision=yes", "decision=yes&user=new", "decision=yes&user=&email="] {
        let page = app.page("POST", text(&asked, "auth_url"), form);
        assert!(page.starts_with("HTTP/1.1 409"), "{page}");
    }
    let body = json!({ "session_token": asked["session_token"] });
    assert_eq!(app.ask("/sdk/auth/poll", &body)["status"], "pending");
    app.page("POST", text(&asked, "auth_url"), "decision=yes&user=new&email=zoe%40new.example");
    let done = app.ask("/sdk/auth/poll", &body);
    assert_eq!(done["user_info"]["email"], "zoe@new.example", "{done}");
}

#[test]
fn an_agents_narrower_scopes_are_so_at_every_door() {
    let portal = Portal::new([]);
    let app = Client::new(&portal);
    let path = format!("/apps/{APP}/agents/{AGENT}");
    let scopes = || portal.get(&path).json()["scopes"].clone();
    let narrowed = json!({ "slack": ["chat:write"] });
    let version = portal.get(&path).json()["version"].clone();
    let target = format!("/sdk/agents/{AGENT}?grace_seconds=1&expected_version={version}");
    let said = app.send("PATCH", &target, &json!({ "scopes": narrowed }).to_string());
    assert_eq!(said.body["scopes_pending"], narrowed, "{said:?}");
    assert_ne!(scopes(), narrowed);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while scopes() != narrowed {
        assert!(std::time::Instant::now() < deadline, "{}", scopes());
        std::thread::yield_now();
    }
}

#[test]
fn what_was_taken_away_from_an_agent_is_not_its_way_to_a_provider() {
    let portal = Portal::new([]);
    let (app, agent) = (Client::new(&portal), Client::agent(&portal));
    portal.api("PATCH", &format!("/apps/{APP}/agents/{AGENT}"), r#"{"scopes":{}}"#);
    let token = app.token(&user(0));
    let session = json!({ "allowed_providers": ["github"], "user_token": token, "agent": AGENT });
    let grant = app.connect(&session, "decision=yes")["grants"][0].clone();
    let url = format!("{}/provider/github/user", portal.base_url);
    let call = json!({ "method": "GET", "url": url, "provider_id": "github" });
    assert_eq!(agent.post("/sdk/proxy", &call).status, 200);
    let path = format!("/sdk/grants/{}/delegations/{AGENT}", text(&grant, "grant_id"));
    assert_eq!(app.send("DELETE", &path, "").status, 204);
    assert_eq!(agent.post("/sdk/proxy", &call).code(), (404, "no_delegated_grant"));
}
