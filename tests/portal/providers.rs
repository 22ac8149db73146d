//! OAuth providers and their catalogue.

use serde_json::{Value, json};

use crate::support::{Portal, Reply};

fn create(portal: &Portal, app: &str, body: &Value) -> Reply {
    portal.post(&format!("/apps/{app}/providers"), &body.to_string())
}

fn google() -> Value {
    json!({
        "provider_id": "google", "scopes": ["openid", "email"], "client_id": "id-1",
        "client_secret": "marked-secret", "redirect_uris": ["https://a.example/cb", "http://localhost:1/cb"],
    })
}

#[test]
fn the_catalogue_is_public_and_all_of_it_can_be_set_up() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let catalog = portal.exchange("GET", "/api/v1/providers/catalog", "", &[]).unwrap();
    let catalog = catalog.json();
    let providers = catalog.as_array().unwrap();
    assert_eq!(providers.len(), 70);
    for provider in providers {
        let id = provider["id"].as_str().unwrap();
        let required = provider["required_scopes"].clone();
        let one = json!({"provider_id": id, "credential_source": "shared_dev", "scopes": required});
        let reply = create(&portal, &app, &one);
        if required == json!([]) && reply.status == 422 {
            // It has scopes, of which one at least is needed; the refusal of a wrong one comes from the same list.
            reply.is_invalid("body", "scopes");
            let wrong = json!({"provider_id": id, "credential_source": "shared_dev", "scopes": ["no such scope"]});
            create(&portal, &app, &wrong).is_invalid("body", "scopes");
            let known = scopes_of(id);
            let one =
                json!({"provider_id": id, "credential_source": "shared_dev", "scopes": [known]});
            assert_eq!(create(&portal, &app, &one).status, 201, "{id}");
        } else {
            assert_eq!(reply.status, 201, "{id}: {}", reply.body);
        }
        let shown = portal.get(&format!("/apps/{app}/providers/{id}")).json();
        assert_eq!(shown["display_name"], provider["display_name"]);
        assert_eq!(shown["grant_count"], 0);
    }
    assert_eq!(portal.get(&format!("/apps/{app}/providers")).json().as_array().unwrap().len(), 70);
}

/// The first scope that the catalogue's file has for a provider.
fn scopes_of(id: &str) -> String {
    let text = include_str!("../../src/portal/catalogues/oauth-providers.json");
    let file: Value = serde_json::from_str(text).unwrap();
    let providers = file["providers"].as_array().unwrap();
    let provider = providers.iter().find(|provider| provider["id"] == id).unwrap();
    provider["scopes"][0].as_str().unwrap().to_owned()
}

#[test]
fn what_a_configuration_needs() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    for (key, value) in [
        ("provider_id", json!("nobody")),
        ("provider_id", Value::Null),
        ("scopes", json!(["email"])),
        ("scopes", json!(["openid", "everything"])),
        ("scopes", json!([])),
        ("scopes", json!("openid")),
        ("credential_source", json!("mine")),
        ("client_id", Value::Null),
        ("client_id", json!("")),
        ("client_secret", json!(" ")),
        ("client_secret", json!("a\nb")),
        ("redirect_uris", json!([])),
        ("redirect_uris", json!(["http://a.example/cb"])),
        ("redirect_uris", json!(["javascript:alert(1)"])),
        ("status", json!("active")),
    ] {
        let mut body = google();
        body[key] = value.clone();
        let reply = create(&portal, &app, &body);
        reply.is_invalid("body", key);
        assert!(!reply.body.contains("marked-secret"));
    }
    for key in ["provider_id", "scopes", "client_id", "client_secret", "redirect_uris"] {
        let mut body = google();
        body.as_object_mut().unwrap().remove(key);
        create(&portal, &app, &body).is_invalid("body", key);
    }
    let reply = create(&portal, &app, &google());
    assert_eq!(reply.status, 201, "{}", reply.body);
    assert!(!reply.body.contains("secret") && reply.json().get("breaking_changes").is_none());
    assert_eq!(
        (&reply.json()["status"], &reply.json()["credential_source"]),
        (&json!("active"), &json!("custom"))
    );
    create(&portal, &app, &google()).is_error(409, "provider_exists");
    let other = portal.create_app("B");
    portal.get(&format!("/apps/{other}/providers/google")).is_error(404, "provider_not_found");
    assert_eq!(create(&portal, &other, &google()).status, 201);
}

#[test]
fn breaking_changes_are_reported() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    create(&portal, &app, &google());
    let path = format!("/apps/{app}/providers/google");
    for (body, kinds) in [
        (json!({"scopes": ["openid", "email", "profile"]}), &[][..]),
        (json!({"scopes": ["openid"]}), &["scopes_narrowed"]),
        (json!({"redirect_uris": ["https://a.example/cb"]}), &["redirect_uri_removed"]),
        (json!({"client_id": "id-2", "client_secret": "s"}), &["client_id_changed"]),
        (json!({"client_secret": "t"}), &[]),
        (json!({"status": "disabled"}), &["disabled"]),
        (json!({"status": "active"}), &[]),
        (json!({"credential_source": "shared_dev"}), &["client_id_changed"]),
    ] {
        let reply = portal.api("PATCH", &path, &body.to_string());
        let changes = reply.json()["breaking_changes"].clone();
        let told: Vec<&str> = changes
            .as_array()
            .unwrap()
            .iter()
            .map(|change| change["kind"].as_str().unwrap())
            .collect();
        assert_eq!(told, kinds, "{body}: {}", reply.body);
        assert!(changes.as_array().unwrap().iter().all(|change| change["detail"].is_string()));
    }
    for (body, name) in
        [("{\"scopes\":[\"email\"]}", "scopes"), ("{\"provider_id\":\"slack\"}", "provider_id")]
    {
        portal.api("PATCH", &path, body).is_invalid("body", name);
    }
    assert_eq!(portal.api("PATCH", &path, "{}").status, 422);
}

#[test]
fn a_provider_with_grants_goes_by_force_alone() {
    let portal = Portal::new([]);
    let app = portal.app_id.clone().unwrap();
    let providers = portal.get(&format!("/apps/{app}/providers")).json();
    let with_grants = |row: &&Value| row["grant_count"].as_u64() > Some(0);
    let provider = providers.as_array().unwrap().iter().find(with_grants).unwrap();
    let id = provider["provider_id"].as_str().unwrap();
    let path = format!("/apps/{app}/providers/{id}");
    let refused = portal.api("DELETE", &path, "");
    refused.is_error(409, "active_grants");
    assert!(refused.body.contains("--force"));
    assert_eq!(refused.json()["details"]["grant_count"], provider["grant_count"]);
    let gone = portal.api("DELETE", &format!("{path}?force=true"), "");
    assert_eq!(gone.json(), json!({"id": id, "deleted": true}));
    portal.get(&path).is_error(404, "provider_not_found");
    let active = portal.get(&format!("/apps/{app}/grants?provider={id}&status=active")).json();
    assert_eq!(active["total"], 0);
}

#[test]
fn the_demo_rules_pass_the_checks_of_the_portal() {
    let portal = Portal::new([]);
    for app in portal.get("/apps").json().as_array().unwrap() {
        let list = format!("/apps/{}/providers", app["id"].as_str().unwrap());
        for provider in portal.get(&list).json().as_array().unwrap() {
            let path = format!("{list}/{}", provider["provider_id"].as_str().unwrap());
            let keys = ["scopes", "redirect_uris", "client_id", "credential_source", "status"];
            let body: serde_json::Map<String, Value> =
                keys.iter().map(|key| ((*key).to_owned(), provider[*key].clone())).collect();
            let reply = portal.api("PATCH", &path, &Value::Object(body).to_string());
            assert_eq!(reply.status, 200, "{path}: {}", reply.body);
            assert_eq!(reply.json()["breaking_changes"], json!([]));
        }
    }
}
