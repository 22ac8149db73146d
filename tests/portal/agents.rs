//! Agents and their keys.

use serde_json::{Value, json};

use crate::support::{Portal, Reply};

fn create(portal: &Portal, app: &str, body: &Value) -> Reply {
    portal.post(&format!("/apps/{app}/agents"), &body.to_string())
}

/// A new agent's path and id.
fn agent(portal: &Portal, app: &str, name: &str) -> (String, String) {
    let reply = create(portal, app, &json!({ "name": name }));
    assert_eq!(reply.status, 201, "{}", reply.body);
    let id = reply.text("id");
    (format!("/apps/{app}/agents/{id}"), id)
}

fn names(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[test]
fn creating() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let scopes = json!({"google": ["openid"], "managed_secret_slugs": ["stripe"]});
    let body = json!({"name": "bot-1", "display_name": "Bot", "type": "service", "scopes": scopes});
    let created = create(&portal, &app, &body);
    assert_eq!(created.status, 201, "{}", created.body);
    let plaintext = created.text("api_key");
    assert!(plaintext.starts_with("alter_key_") && plaintext.len() == 50, "{plaintext}");
    let path = format!("/apps/{app}/agents/{}", created.text("id"));
    let shown = portal.get(&path);
    let mut expected = created.json();
    expected.as_object_mut().unwrap().retain(|key, _| key != "api_key" && key != "key_id");
    assert_eq!(shown.json(), expected);
    assert_eq!((&expected["scopes"], &expected["version"]), (&scopes, &json!(1)));
    let keys = portal.get(&format!("{path}/keys"));
    assert_eq!(keys.json()[0]["key_id"], created.json()["key_id"]);
    assert_eq!(keys.json()[0]["name"], "bot-1-1");
    assert!(!keys.body.contains(&plaintext) && !shown.body.contains(&plaintext));
    let plain = create(&portal, &app, &json!({"name": "b"})).json();
    assert_eq!((&plain["type"], &plain["scopes"]), (&json!("agent"), &json!({})));
}

#[test]
fn values_are_checked() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    for (key, value) in [
        ("name", json!("")),
        ("name", json!("Bot")),
        ("name", json!("-bot")),
        ("name", json!("a b")),
        ("name", json!("x".repeat(64))),
        ("type", json!("human")),
        ("display_name", json!(7)),
        ("scopes", json!([])),
        ("scopes", json!({"google": []})),
        ("scopes", json!({" ": ["a"]})),
        ("scopes", json!({"google": "openid"})),
        ("scopes", json!({"google": ["x".repeat(13_000)]})),
        ("metadata", json!("text")),
        ("api_key", json!("mine")),
    ] {
        let mut body = json!({"name": "bot"});
        body[key] = value;
        create(&portal, &app, &body).is_invalid("body", key);
    }
    create(&portal, &app, &json!({})).is_invalid("body", "name");
    let (path, _) = agent(&portal, &app, "bot");
    for (body, key) in [("{\"name\":\"x\"}", "name"), ("{\"status\":\"revoked\"}", "status")] {
        portal.api("PATCH", &path, body).is_invalid("body", key);
    }
    assert_eq!(portal.api("PATCH", &path, "{}").status, 422);
    let changed =
        portal.api("PATCH", &path, "{\"metadata\":{\"team\":\"a\"},\"display_name\":\"B\"}");
    assert_eq!(
        (&changed.json()["metadata"], &changed.json()["version"]),
        (&json!({"team": "a"}), &json!(2))
    );
    let changed = portal.api("PATCH", &path, "{\"display_name\":\"\",\"status\":\"inactive\"}");
    assert_eq!(
        (&changed.json()["display_name"], &changed.json()["status"]),
        (&Value::Null, &json!("inactive"))
    );
}

#[test]
fn names_are_taken_until_their_agent_is_revoked() {
    let portal = Portal::empty([]);
    let (app, other) = (portal.create_app("A"), portal.create_app("B"));
    let (path, id) = agent(&portal, &app, "bot");
    create(&portal, &app, &json!({"name": "bot"})).is_error(409, "agent_name_exists");
    agent(&portal, &other, "bot");
    portal.get(&format!("/apps/{other}/agents/{id}")).is_error(404, "agent_not_found");
    portal.post(&format!("{path}/keys"), "");
    let revoked = portal.api("DELETE", &path, "");
    assert_eq!((revoked.status, revoked.text("status")), (200, "revoked".to_owned()));
    let keys = portal.get(&format!("{path}/keys")).json();
    assert_eq!(keys.as_array().unwrap().len(), 2);
    assert!(keys.as_array().unwrap().iter().all(|key| key["revoked_at"].is_string()));
    // Once is enough, also when the answer was lost.
    assert_eq!(portal.api("DELETE", &path, "").json(), revoked.json());
    portal.api("PATCH", &path, "{\"display_name\":\"x\"}").is_error(409, "agent_revoked");
    portal.post(&format!("{path}/keys"), "").is_error(409, "agent_revoked");
    agent(&portal, &app, "bot");
}

#[test]
fn lists() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let list = format!("/apps/{app}/agents");
    for (name, kind, scopes) in [
        ("one", "agent", json!({"google": ["a"]})),
        ("two", "service", json!({})),
        ("three", "agent", json!({})),
    ] {
        let body = json!({"name": name, "type": kind, "scopes": scopes, "display_name": name.to_uppercase()});
        assert_eq!(create(&portal, &app, &body).status, 201);
    }
    let id = portal.get(&list).json()["items"][1]["id"].as_str().unwrap().to_owned();
    portal.api("DELETE", &format!("{list}/{id}"), "");
    for (query, expected) in [
        ("", &["three", "two", "one"][..]),
        ("?limit=1&offset=1", &["two"]),
        ("?status=active", &["three", "one"]),
        ("?status=inactive,revoked", &["two"]),
        ("?type=service", &["two"]),
        ("?provider=google", &["one"]),
        ("?search=TH", &["three"]),
        ("?search=o", &["two", "one"]),
    ] {
        assert_eq!(names(&portal.get(&format!("{list}{query}")).json()), expected, "{query}");
    }
    for (query, name) in
        [("status=gone", "status"), ("type=x", "type"), ("limit=1001", "limit"), ("name=x", "name")]
    {
        portal.get(&format!("{list}?{query}")).is_invalid("query", name);
    }
}

#[test]
fn keys() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let (path, _) = agent(&portal, &app, "bot");
    let (other, _) = agent(&portal, &app, "other");
    let minted = portal.post(&format!("{path}/keys"), "");
    assert_eq!((minted.status, minted.text("name")), (201, "bot-2".to_owned()));
    let first =
        portal.get(&format!("{path}/keys")).json()[0]["key_id"].as_str().unwrap().to_owned();
    let second = minted.text("key_id");
    portal.api("DELETE", &format!("{other}/keys/{second}"), "").is_error(404, "key_not_found");
    let mark = |verb: &str| portal.post(&format!("{path}/keys/{second}/{verb}"), "");
    let deprecated = mark("deprecate").text("deprecated_at");
    assert_eq!(mark("deprecate").text("deprecated_at"), deprecated);
    assert_eq!(mark("undeprecate").json()["deprecated_at"], Value::Null);
    mark("deprecate");
    let revoke =
        |id: &str, query: &str| portal.api("DELETE", &format!("{path}/keys/{id}{query}"), "");
    assert!(revoke(&first, "").json()["revoked_at"].is_string());
    revoke(&first, "?force=true").is_error(409, "key_already_revoked");
    // A deprecated key still works, so it is the last one.
    let refused = revoke(&second, "");
    refused.is_error(409, "last_active_key");
    assert!(refused.body.contains("--force"));
    assert_eq!(revoke(&second, "?force=true").status, 200);
    mark("deprecate").is_error(409, "key_already_revoked");
    assert_eq!(portal.post(&format!("{path}/keys"), "").text("name"), "bot-3");
    portal.post(&format!("{path}/keys"), "{\"name\":\"x\"}").is_invalid("body", "name");
}

#[test]
fn what_was_done_to_an_agent() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let (path, id) = agent(&portal, &app, "bot");
    agent(&portal, &app, "other");
    let key = portal.post(&format!("{path}/keys"), "").text("key_id");
    portal.post(&format!("{path}/keys/{key}/deprecate"), "");
    portal.api("PATCH", &path, "{\"display_name\":\"B\"}");
    portal.api("DELETE", &path, "");
    let feed = portal.get(&format!("{path}/audit")).json();
    let items = feed["items"].as_array().unwrap();
    let actions: Vec<&str> = items.iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        [
            "agent.revoked",
            "agent_key.revoked",
            "agent_key.revoked",
            "agent.updated",
            "agent_key.deprecated",
            "agent_key.minted",
            "agent_key.minted",
            "agent.created"
        ]
    );
    assert!(
        items
            .iter()
            .all(|row| row["resource_id"] == json!(id) || row["resource_type"] == "agent_key")
    );
    assert_eq!(
        portal.get(&format!("{path}/audit?limit=2&offset=7")).json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn the_registry_comes_from_audit_rows() {
    let portal = Portal::new(["--audit-rows", "1000"]);
    let app = portal.app_id.clone().unwrap();
    let registry = format!("/apps/{app}/agent-registry");
    let page = portal.get(&registry).json();
    let items = page["items"].as_array().unwrap();
    assert!(items.len() >= 2, "{page}");
    for entry in items {
        let actor = entry["actor_id"].as_str().unwrap();
        let events = format!("/audit/events?app_id={app}&actor={actor}&limit=1");
        let newest = portal.get(&events).json();
        assert_eq!(entry["last_activity_at"], newest["items"][0]["created_at"], "{entry}");
        let oldest = newest["total"].as_u64().unwrap() - 1;
        let oldest = portal.get(&format!("{events}&offset={oldest}")).json();
        assert_eq!(entry["first_seen_at"], oldest["items"][0]["created_at"], "{entry}");
        let since = ::alter::for_tests::format_time(::alter::for_tests::now() - 30 * 86_400);
        let recent = portal.get(&format!("{events}&start={since}")).json();
        assert_eq!(entry["calls_30d"], recent["total"], "{entry}");
        assert_eq!(portal.get(&format!("{registry}/{actor}")).json(), *entry);
    }
    assert!(items.iter().any(|entry| entry["agent_id"].is_string()));
    portal.get(&format!("{registry}/nobody")).is_error(404, "agent_not_found");
}
