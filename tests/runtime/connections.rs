//! Accounts that are connected, once and again, and what their grants are restricted to.

use serde_json::{Value, json};

use super::client::{AGENT, Client, text, user};
use crate::support::{APP, Portal};

/// The demo's base grant of Stripe, which is the app's own.
const SYSTEM: &str = "9a470000-0001-4000-8000-000000000064";

fn session(token: &str, more: Value) -> Value {
    let mut session = json!({ "allowed_providers": ["github"], "user_token": token });
    for (name, value) in more.as_object().expect("an object") {
        session[name] = value.clone();
    }
    session
}

fn grant(done: &Value) -> Value {
    assert_eq!(done["status"], "completed", "{done}");
    done["grants"][0].clone()
}

#[test]
fn an_account_is_connected_once() {
    let portal = Portal::new([]);
    let app = Client::new(&portal);
    let token = app.token(&user(0));
    let connect = |more: Value, form: &str| grant(&app.connect(&session(&token, more), form));
    let first = connect(json!({}), "decision=yes");
    assert_eq!(first["account_identifier"], "ana@northwind.example", "{first}");
    assert_eq!(first["operation"], "creation");
    let again = connect(json!({}), "decision=yes");
    assert_eq!((&again["grant_id"], &again["operation"]), (&first["grant_id"], &json!("reauth")));
    let other = connect(json!({}), "decision=yes&account=me%40home.example");
    assert_ne!(other["grant_id"], first["grant_id"]);
    let url = format!("{}/provider/github/user", portal.base_url);
    let call = json!({ "method": "GET", "url": url, "provider_id": "github", "user_token": token,
        "account": "ana@northwind.example" });
    assert_eq!(app.post("/sdk/proxy", &call).status, 200);
    let revoke = format!("/sdk/oauth/grants/{}/revoke", text(&first, "grant_id"));
    app.ask(&revoke, &json!({}));
    let third = connect(json!({}), "decision=yes");
    assert_ne!(third["grant_id"], first["grant_id"]);
    assert_eq!(third["operation"], "creation");
}

#[test]
fn a_label_makes_one_sibling_and_reshapes_none() {
    let portal = Portal::new([]);
    let app = Client::new(&portal);
    let token = app.token(&user(0));
    let connect = |more: Value| grant(&app.connect(&session(&token, more), "decision=yes"));
    let base = connect(json!({ "required_scopes": { "github": ["read:user"] } }));
    assert_eq!(base["scopes"], json!(["read:user"]), "{base}");
    let reading = json!({ "label": "reading", "restrictions": { "allowed_methods": ["get"] } });
    let sibling = connect(json!({ "requested_grant": reading }));
    assert_ne!(sibling["grant_id"], base["grant_id"]);
    assert_eq!(sibling["operation"], "creation");
    assert_eq!(sibling["grant_policy"]["restrictions"], json!({ "allowed_methods": ["GET"] }));
    assert_eq!(sibling["credential_id"], base["credential_id"]);
    let wider = json!({ "label": "reading", "restrictions": { "allowed_methods": ["DELETE"] } });
    let same = connect(json!({ "requested_grant": wider }));
    assert_eq!((&same["grant_id"], &same["operation"]), (&sibling["grant_id"], &json!("reauth")));
    assert_eq!(same["grant_policy"], sibling["grant_policy"]);
    let again = connect(json!({}));
    assert_eq!(again["grant_id"], base["grant_id"]);
    for bad in [
        json!({}),
        json!({ "label": "" }),
        json!({ "label": "a", "grant_policy": {} }),
        json!({ "label": "a", "restrictions": { "allowed_methods": [] } }),
        json!({ "label": "a", "restrictions": { "allowed_methods": ["FETCH"] } }),
        json!({ "label": "a", "restrictions": { "allowedMethods": ["GET"] } }),
    ] {
        let body = session(&token, json!({ "requested_grant": bad }));
        let said = app.post("/sdk/oauth/connect/session", &body);
        assert_eq!(said.status, 422, "{bad}: {said:?}");
        assert_eq!(said.body["detail"][0]["loc"], json!(["body", "requested_grant"]), "{said:?}");
    }
}

#[test]
fn a_restricted_grant_is_held_to_its_restrictions() {
    let portal = Portal::new([]);
    let (app, agent) = (Client::new(&portal), Client::agent(&portal));
    portal.api("PATCH", &format!("/apps/{APP}/agents/{AGENT}"), r#"{"scopes":{}}"#);
    let token = app.token(&user(0));
    let only = json!({ "allowed_methods": ["GET"], "allowed_endpoints": ["/provider/github/*"] });
    let more = json!({ "requested_grant": { "label": "r", "restrictions": only }, "agent": AGENT });
    let own = grant(&app.connect(&session(&token, more), "decision=yes"));
    let own = text(&own, "grant_id");
    let listed = agent.ask("/sdk/grants/list", &json!({ "provider_id": "github" }));
    let delegated = listed["grants"].as_array().expect("grants").iter();
    let mut delegated = delegated.filter(|grant| grant["parent_grant_id"] == own);
    let delegated = text(delegated.next().expect("a delegation"), "grant_id").to_owned();
    let url = |path: &str| format!("{}/provider/{path}", portal.base_url);
    let request = json!({ "method": "GET", "url": url("github/user") });
    let retrieve = json!({ "grant_id": own, "request": request });
    assert_eq!(app.post("/sdk/token", &retrieve).code(), (400, "restricted_grant_requires_proxy"));
    for (client, id) in [(&app, own), (&agent, &delegated)] {
        let call = |method: &str, path: &str| {
            let body = json!({ "method": method, "url": url(path), "grant_id": id });
            client.post("/sdk/proxy", &body).status
        };
        assert_eq!(call("GET", "github/user"), 200);
        assert_eq!(call("POST", "github/user"), 403);
        assert_eq!(call("GET", "github/user/repos"), 403);
        assert_eq!(call("GET", "github/..%2fslack/user"), 403);
    }
    let mint = |id: &str, policy: Value| {
        let body = json!({ "label": policy.to_string(), "grant_policy": policy });
        app.post(&format!("/sdk/grants/{id}/mint"), &body)
    };
    let sibling = mint(SYSTEM, json!({ "restrictions": { "allowed_methods": ["GET"] } }));
    assert_eq!(sibling.status, 201, "{sibling:?}");
    let sibling = text(&sibling.body, "grant_id");
    let put = json!({ "method": "PUT", "url": url("stripe/x"), "grant_id": sibling });
    assert_eq!(app.post("/sdk/proxy", &put).status, 403);
    let wider = mint(sibling, json!({ "restrictions": { "allowed_methods": ["GET", "PUT"] } }));
    assert_eq!(wider.code(), (422, "invalid_grant_policy"));
    let inherited = mint(sibling, json!({ "max_ttl_seconds": 60 }));
    assert_eq!(
        inherited.body["grant_policy"]["restrictions"],
        json!({ "allowed_methods": ["GET"] })
    );
    assert!(inherited.body["grant_expires_at"].is_string(), "{inherited:?}");
    let approval = mint(SYSTEM, json!({ "requires_approval": { "approvers": ["a@b.example"] } }));
    assert_eq!(approval.code(), (422, "invalid_grant_policy"));
    assert!(approval.body["message"].as_str().expect("text").contains("requires_approval"));
}

#[test]
fn a_person_leaves_out_what_they_do_not_want() {
    let portal = Portal::new([]);
    let app = Client::new(&portal);
    let token = app.token(&user(0));
    let two = json!({ "allowed_providers": ["github", "slack"], "user_token": token });
    let asked = app.ask("/sdk/oauth/connect/session", &two);
    let page = app.page("POST", text(&asked, "connect_url"), "decision=yes&choice=1");
    assert!(page.starts_with("HTTP/1.1 409"), "{page}");
    app.page("POST", text(&asked, "connect_url"), "decision=yes&choice=1&provider=slack");
    let done = app.poll(&asked);
    assert_eq!(grant(&done)["provider_id"], "slack");
    assert_eq!(done["grants"].as_array().map(Vec::len), Some(1));
    assert_eq!(done["failed_grants"][0]["provider_id"], "github");
    assert_eq!(done["failed_grants"][0]["reason"], "not_selected");
}

#[test]
fn a_person_is_led_back_with_what_was_connected() {
    let portal = Portal::new([]);
    let app = Client::new(&portal);
    let token = app.token(&user(0));
    let back = json!({ "return_url": "https://app.example/done?a=1" });
    let asked =
        |client: &Client| client.ask("/sdk/oauth/connect/session", &session(&token, back.clone()));
    let yes = asked(&app);
    let page = app.page("GET", text(&yes, "connect_url"), "");
    assert!(
        page.contains("form-action 'self' https://app.example;")
            || page.contains("form-action 'self' https://app.example\r\n"),
        "{page}"
    );
    assert!(!page.contains("dana@northwind.example") && page.contains("Support Copilot"), "{page}");
    let page = app.page("POST", text(&yes, "connect_url"), "decision=yes");
    assert!(page.starts_with("HTTP/1.1 303"), "{page}");
    let to =
        page.split("\r\nLocation: ").nth(1).expect("an address").lines().next().expect("a line");
    assert!(to.starts_with("https://app.example/done?a=1&alter_connect_success=true&"), "{to}");
    for part in ["grant_id=", "provider=github", "provider_name=GitHub", "operation=creation"] {
        assert!(to.contains(part), "{to}");
    }
    assert!(to.contains("account_identifier=ana%40northwind.example"), "{to}");
    let no = asked(&app);
    let page = app.page("POST", text(&no, "connect_url"), "decision=no");
    assert!(page.contains("alter_connect_error=true&error_code=connect_denied"), "{page}");
}
