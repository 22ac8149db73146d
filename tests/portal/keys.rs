//! Keys: secrets shown once, and the rules around them.

use serde_json::{Value, json};

use crate::support::{Portal, Reply};

fn mint(portal: &Portal, app: &str, name: &str) -> Reply {
    let body = json!({"name": name, "scopes": ["tokens:retrieve"]}).to_string();
    let reply = portal.post(&format!("/apps/{app}/keys"), &body);
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply
}

#[test]
fn minting() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let keys = format!("/apps/{app}/keys");
    let body = json!({
        "name": "k", "scopes": ["*", "grants:read:1"], "key_type": "agent", "rate_limit_rpm": 5,
        "cidr_allowlist": ["10.0.0.0/8", "::1"], "expires_at": "2999-01-01T00:00:00+01:00",
    });
    let minted = portal.post(&keys, &body.to_string());
    let plaintext = minted.text("api_key");
    assert!(plaintext.starts_with("alter_ak_") && plaintext.len() == 38, "{plaintext}");
    let key = minted.json();
    assert_eq!(key["key_prefix"], plaintext[..16]);
    assert_eq!(key["key_type"], "ak");
    assert_eq!(key["expires_at"], "2998-12-31T23:00:00Z");
    assert_eq!(
        (&key["effective_rate_limit_rpm"], &key["rate_limit_source"]),
        (&json!(5), &json!("key"))
    );
    let shown = portal.get(&format!("{keys}/{}", minted.text("id")));
    assert_eq!(shown.json()["cidr_allowlist"], json!(["10.0.0.0/8", "::1"]));
    let listed = portal.get(&keys);
    assert!(!shown.body.contains(&plaintext) && !listed.body.contains(&plaintext));
    assert!(mint(&portal, &app, "other").text("api_key").starts_with("alter_rk_"));
    // Newest first, also within a second.
    assert_eq!(portal.get(&keys).json()["items"][0]["name"], "other");
}

#[test]
fn values_are_checked() {
    let portal = Portal::empty([]);
    let keys = format!("/apps/{}/keys", portal.create_app("A"));
    for (key, value) in [
        ("name", json!("")),
        ("scopes", json!([])),
        ("scopes", json!(["tokens"])),
        ("scopes", json!("tokens:retrieve")),
        ("scopes", json!(["a:b"])),
        ("scopes", json!(["tokens:retrieve", "grants:erase"])),
        ("scopes", json!(["grants:*"])),
        ("key_type", json!("rk")),
        ("cidr_allowlist", json!(["0.0.0.0/0"])),
        ("cidr_allowlist", json!(["10.0.0.0/33"])),
        ("rate_limit_rpm", json!(0)),
        ("rate_limit_rpm", json!(100_001)),
        ("rate_limit_rpm", json!(1.5)),
        ("expires_at", json!("2020-01-01T00:00:00Z")),
        ("expires_at", json!("soon")),
        ("api_key", json!("mine")),
    ] {
        let mut body = json!({"name": "k", "scopes": ["grants:read"]});
        body[key] = value;
        portal.post(&keys, &body.to_string()).is_invalid("body", key);
    }
    portal.post(&keys, "{\"name\":\"k\"}").is_invalid("body", "scopes");
    assert_eq!(portal.get(&keys).json()["total"], 0);
}

#[test]
fn quota() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let keys = format!("/apps/{app}/keys");
    for number in 0..50 {
        mint(&portal, &app, &format!("k{number}"));
    }
    let one_more = json!({"name": "k", "scopes": ["grants:read"]}).to_string();
    portal.post(&keys, &one_more).is_error(409, "key_limit_reached");
    let newest = portal.get(&format!("{keys}?limit=1")).json();
    assert_eq!((&newest["total"], &newest["has_more"]), (&json!(50), &json!(true)));
    let id = newest["items"][0]["id"].as_str().unwrap();
    // A rotation replaces one active key by another, so it fits in.
    assert_eq!(portal.post(&format!("{keys}/{id}/rotate"), "").status, 201);
    portal.post(&keys, &one_more).is_error(409, "key_limit_reached");
    let last = portal.get(&format!("{keys}?status=active&offset=49")).json();
    let id = last["items"][0]["id"].as_str().unwrap();
    assert_eq!(portal.api("DELETE", &format!("{keys}/{id}"), "").status, 200);
    assert_eq!(portal.post(&keys, &one_more).status, 201);
    // Another app has a quota of its own.
    mint(&portal, &portal.create_app("B"), "k");
}

#[test]
fn rotation() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let keys = format!("/apps/{app}/keys");
    let old = mint(&portal, &app, "k");
    let path = format!("{keys}/{}", old.text("id"));
    portal
        .post(&format!("{path}/rotate"), "{\"overlap_days\":31}")
        .is_invalid("body", "overlap_days");
    portal
        .post(&format!("{path}/rotate"), "{\"scopes\":[\"grants:erase\"]}")
        .is_invalid("body", "scopes");
    let new = portal.post(&format!("{path}/rotate"), "{\"scopes\":[\"grants:read\"]}");
    assert_eq!(new.status, 201);
    assert_ne!(new.text("api_key"), old.text("api_key"));
    assert_eq!(new.json()["scopes"], json!(["grants:read"]));
    assert_eq!(new.json()["name"], "k");
    assert_eq!(new.json()["rotated_from"]["id"], old.json()["id"]);
    let deprecated = portal.get(&path).text("deprecated_at");
    let grace = new.json()["rotated_from"]["grace_until"].as_str().unwrap().to_owned();
    assert_eq!(seconds(&grace) - seconds(&deprecated), 7 * 86_400);
    let statistics = |active, rotated, total| {
        let expected = json!({"active": active, "rotated_in_grace": rotated, "total": total, "max_allowed": 50});
        assert_eq!(portal.get(&format!("{keys}/statistics")).json(), expected);
    };
    statistics(1, 1, 2);
    portal.post(&format!("{path}/rotate"), "").is_error(400, "invalid_request");

    let next = format!("{keys}/{}/rotate", new.text("id"));
    assert_eq!(portal.post(&next, "{\"overlap_days\":0}").status, 201);
    statistics(1, 1, 3);
}

fn seconds(text: &str) -> i64 {
    ::alter::for_tests::parse_time(text).unwrap()
}

#[test]
fn revocation() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let keys = format!("/apps/{app}/keys");
    let agent = |name: &str| {
        let body = json!({"name": name, "scopes": ["tokens:retrieve"], "key_type": "agent"});
        portal.post(&keys, &body.to_string()).text("id")
    };
    let (one, two) = (agent("one"), agent("two"));
    // A runtime key neither is guarded nor stands in for an agent's.
    let runtime = mint(&portal, &app, "runtime").text("id");
    let revoke = |id: &str, query: &str| portal.api("DELETE", &format!("{keys}/{id}{query}"), "");
    assert!(revoke(&one, "").json()["revoked_at"].is_string());
    revoke(&one, "?force=true").is_error(409, "key_already_revoked");
    revoke(&two, "").is_error(409, "last_active_key");
    revoke(&two, "?force=maybe").is_invalid("query", "force");
    assert_eq!(revoke(&two, "?force=true").status, 200);
    revoke("nobody", "").is_error(404, "key_not_found");
    let path = format!("{keys}/{one}");
    portal.api("PATCH", &path, "{\"name\":\"x\"}").is_error(409, "key_already_revoked");
    portal.post(&format!("{path}/rotate"), "").is_error(409, "key_already_revoked");
    let listed =
        |status: &str| portal.get(&format!("{keys}?status={status}")).json()["total"].clone();
    assert_eq!((listed("active"), listed("revoked")), (json!(1), json!(2)));
    assert_eq!(revoke(&runtime, "").status, 200);
    portal.get(&format!("{keys}?status=rotated")).is_invalid("query", "status");
}

#[test]
fn the_demo_lists_in_order() {
    let portal = Portal::new([]);
    let keys = format!("/apps/{}/keys", portal.app_id.clone().unwrap());
    for path in [keys.as_str(), "/audit/portal-actions", "/audit/events"] {
        let page = portal.get(path).json();
        let items = page["items"].as_array().unwrap();
        let times: Vec<&str> =
            items.iter().map(|row| row["created_at"].as_str().unwrap()).collect();
        assert!(
            times.len() > 3 && times.is_sorted_by(|newer, older| newer >= older),
            "{path}: {times:?}"
        );
    }
}

#[test]
fn derived_keys_go_with_their_parent() {
    let portal = Portal::new([]);
    let keys = format!("/apps/{}/keys", portal.app_id.clone().unwrap());
    let all = portal.get(&keys).json()["items"].clone();
    let all = all.as_array().unwrap();
    let derived = all.iter().find(|key| key["key_type"] == "dk").unwrap();
    let parent = derived["parent_key_id"].as_str().unwrap();
    let derived = format!("{keys}/{}", derived["id"].as_str().unwrap());
    portal.post(&format!("{derived}/rotate"), "").is_error(400, "invalid_request");
    assert_eq!(portal.get(&derived).json()["revoked_at"], Value::Null);
    assert_eq!(portal.api("DELETE", &format!("{keys}/{parent}"), "").status, 409);
    assert_eq!(portal.api("DELETE", &format!("{keys}/{parent}?force=true"), "").status, 200);
    assert!(portal.get(&derived).json()["revoked_at"].is_string());
    let actions = portal.get("/audit/portal-actions?action=key.revoked").json();
    assert_eq!(actions["total"], 2);
}

#[test]
fn renaming_and_the_isolation_of_apps() {
    let portal = Portal::empty([]);
    let (app, other) = (portal.create_app("A"), portal.create_app("B"));
    let id = mint(&portal, &app, "k").text("id");
    let path = format!("/apps/{app}/keys/{id}");
    assert_eq!(portal.api("PATCH", &path, "{\"name\":\"new\"}").json()["name"], "new");
    assert_eq!(portal.get(&path).json()["name"], "new");
    portal.api("PATCH", &path, "{}").is_invalid("body", "name");
    let across = format!("/apps/{other}/keys/{id}");
    portal.get(&across).is_error(404, "key_not_found");
    portal.api("PATCH", &across, "{\"name\":\"x\"}").is_error(404, "key_not_found");
    portal.api("DELETE", &format!("{across}?force=true"), "").is_error(404, "key_not_found");
    portal.get(&format!("/apps/nobody/keys/{id}")).is_error(404, "app_not_found");
}
