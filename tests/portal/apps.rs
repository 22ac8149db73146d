//! Apps, from creation to deletion.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Home, Portal};

fn names(portal: &Portal, query: &str) -> Vec<String> {
    let apps = portal.get(&format!("/apps{query}")).json();
    let names = apps.as_array().unwrap().iter().map(|app| app["name"].as_str().unwrap().to_owned());
    names.collect()
}

fn actions(portal: &Portal) -> Vec<Value> {
    portal.get("/audit/portal-actions").json()["items"].as_array().unwrap().clone()
}

#[test]
fn a_life() {
    let portal = Portal::empty([]);
    assert_eq!(portal.app_id, None);
    let body = "{\"name\":\"Ünï\",\"description\":\"d\",\"website_url\":\"https://a.example\"}";
    let app = portal.post("/apps", body);
    assert_eq!(app.status, 201);
    let path = format!("/apps/{}", app.text("id"));
    // The order of the contract, which a map would have lost.
    let keys = "id name description website_url status archived_at created_at updated_at stats";
    let places: Vec<_> = keys.split(' ').map(|key| app.body.find(&format!("\"{key}\":"))).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{}", app.body);
    assert_eq!(app.json()["stats"], json!({"grants": 0, "keys": 0, "api_calls": 0}));

    let updated = portal.api("PATCH", &path, "{\"name\":\"B\",\"description\":\"\"}").json();
    assert_eq!((&updated["name"], &updated["description"]), (&json!("B"), &Value::Null));
    assert_eq!(updated["website_url"], "https://a.example");

    assert_eq!(portal.post(&format!("{path}/archive"), "").json()["status"], "archived");
    portal.post(&format!("{path}/archive"), "").is_error(409, "app_already_archived");
    portal.api("PATCH", &path, "{\"name\":\"C\"}").is_error(409, "app_archived");
    portal.post(&format!("{path}/keys"), "{}").is_error(409, "app_archived");
    assert!(names(&portal, "").is_empty());
    assert_eq!(names(&portal, "?include_archived=true"), ["B"]);
    let live = portal.post(&format!("{path}/unarchive"), "{}").json();
    assert_eq!((&live["status"], &live["archived_at"]), (&json!("active"), &Value::Null));
    portal.post(&format!("{path}/unarchive"), "").is_error(409, "app_not_archived");

    portal.api("DELETE", &path, "").is_invalid("body", "confirm");
    portal.api("DELETE", &path, "{\"confirm\":\"b\"}").is_error(409, "confirmation_mismatch");
    let deleted = portal.api("DELETE", &path, "{\"confirm\":\"B\"}");
    assert_eq!(deleted.json(), json!({"id": app.text("id"), "deleted": true}));
    portal.get(&path).is_error(404, "app_not_found");

    let done: Vec<_> = actions(&portal).iter().map(|row| row["action"].clone()).collect();
    assert_eq!(
        done,
        ["app.deleted", "app.unarchived", "app.archived", "app.updated", "app.created"]
    );
    let first = &actions(&portal)[4];
    let me = portal.get("/pats/me").json();
    assert_eq!(first["principal"], json!({"id": me["id"], "name": me["name"]}));
    assert_eq!(first["principal_kind"], "pat");
    assert_eq!(first["app_id"], first["resource_id"]);
}

#[test]
fn lists_come_in_the_order_of_creation() {
    let portal = Portal::empty([]);
    for name in ["c", "a", "b"] {
        portal.create_app(name);
    }
    assert_eq!(names(&portal, ""), ["c", "a", "b"]);
    let bare = portal.get("/apps?include_stats=false").json();
    assert_eq!(bare[0]["stats"], Value::Null);
}

#[test]
fn values_are_checked() {
    let portal = Portal::empty([]);
    let long = "é".repeat(121);
    for (body, name) in [
        (json!({"name": ""}), "name"),
        (json!({"name": long}), "name"),
        (json!({"name": 1}), "name"),
        (json!({"name": null}), "name"),
        (json!({"name": "a", "website_url": "ftp://x"}), "website_url"),
        (json!({"name": "a", "website_url": "https://"}), "website_url"),
        (json!({"name": "a", "website_url": "http://@/"}), "website_url"),
        (json!({"name": "a", "website_url": "http://a:b"}), "website_url"),
        (json!({"name": "a", "description": []}), "description"),
        (json!({"name": "a", "owner": "b"}), "owner"),
    ] {
        portal.post("/apps", &body.to_string()).is_invalid("body", name);
    }
    let body = json!({"name": "é".repeat(120), "website_url": "HTTPS://A.example"}).to_string();
    assert_eq!(portal.post("/apps", &body).status, 201);
    let id = portal.get("/apps").json()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/apps/{id}");
    portal.api("PATCH", &path, "{\"name\":\"\"}").is_invalid("body", "name");
    portal.post(&format!("{path}/archive"), "{\"x\":1}").is_invalid("body", "x");
    assert_eq!(actions(&portal).len(), 1, "a refused change leaves no trace");
}

#[test]
fn deletion_takes_everything_along() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let start = || Portal::new(["--audit-rows", "840", "--state", &file]);
    let portal = start();
    let app = portal.app_id.clone().unwrap();
    let path = format!("/apps/{app}");
    let shown = portal.get(&path);
    let calls = shown.json()["stats"]["api_calls"].as_u64().unwrap();
    let total = |portal: &Portal, query: &str| {
        portal.get(&format!("/audit/events?limit=1{query}")).json()["total"].as_u64().unwrap()
    };
    let all = total(&portal, "");
    assert!(0 < calls && calls < all);
    let body = json!({"confirm": shown.text("name")}).to_string();
    assert_eq!(portal.api("DELETE", &path, &body).status, 200);
    portal.get(&format!("{path}/keys")).is_error(404, "app_not_found");
    // Also after a restart, recorded and computed rows alike.
    let gone = |portal: &Portal| {
        assert_eq!(total(portal, &format!("&app_id={app}")), 0);
        assert_eq!(total(portal, ""), all - calls);
        for list in ["/audit/events", "/audit/traces", "/audit/threads"] {
            assert!(!portal.get(&format!("{list}?limit=1000")).body.contains(&app), "{list}");
        }
    };
    gone(&portal);
    portal.kill();
    gone(&start());
}

fn app_id(number: usize) -> String {
    format!("{number:08}-0000-4000-8000-000000000000")
}

#[test]
fn counting_for_a_list_is_one_pass() {
    let folder = Home::new();
    let file = folder.file("state.json");
    Portal::empty(["--state", &file]).kill();
    let mut state: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let portal = Portal::empty([]);
    let row = portal.get(&format!("/apps/{}", portal.create_app("A"))).json();
    let apps = (0..10_000).map(|number| {
        let mut app = row.clone();
        app.as_object_mut().unwrap().remove("stats");
        app["id"] = json!(app_id(number));
        app
    });
    state["tables"]["apps"] = apps.collect();
    fs::write(&file, state.to_string()).unwrap();
    let portal = Portal::empty(["--state", &file]);
    for number in 0..300 {
        let body = json!({"name": "k", "scopes": ["grants:read"]}).to_string();
        let path = format!("/apps/{}/keys", app_id(number / 50));
        assert_eq!(portal.post(&path, &body).status, 201);
    }
    let (without, with) = (portal.get("/apps?include_stats=false"), portal.get("/apps"));
    assert_eq!(without.json().as_array().unwrap().len(), 10_000);
    assert_eq!(with.json()[5]["stats"]["keys"], 50);
    assert_eq!(with.json()[6]["stats"]["keys"], 0);
}
