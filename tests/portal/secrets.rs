//! Managed secrets: templates, credentials, slugs, hosts.

use serde_json::{Value, json};

use crate::support::{Portal, Reply};

/// What no answer may hold.
const MARK: &str = "marked-credential";

fn create(portal: &Portal, app: &str, body: &Value) -> Reply {
    portal.post(&format!("/apps/{app}/managed-secrets"), &body.to_string())
}

fn plain(name: &str) -> Value {
    json!({"name": name, "credential_value": MARK})
}

/// A new secret's path.
fn secret(portal: &Portal, app: &str, body: &Value) -> String {
    let reply = create(portal, app, body);
    assert_eq!(reply.status, 201, "{body}: {}", reply.body);
    assert!(!reply.body.contains(MARK), "{}", reply.body);
    format!("/apps/{app}/managed-secrets/{}", reply.text("id"))
}

#[test]
fn every_template_wants_all_its_fields() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let templates = portal.get(&format!("/apps/{app}/managed-secrets/templates")).json();
    let templates = templates.as_array().unwrap();
    assert_eq!(templates.len(), 63);
    for template in templates {
        let id = template["id"].as_str().unwrap();
        let fields = template["fields"].as_array().unwrap();
        let body = |without: Option<&str>| {
            let mut body = json!({"name": id, "template_id": id, "additional_credentials": {}});
            for field in fields.iter().filter(|field| field["required"] == true) {
                let name = field["name"].as_str().unwrap();
                let part = format!("{MARK}-{name}");
                match name {
                    _ if Some(name) == without => {}
                    "credential_value" => body[name] = json!(part),
                    _ => body["additional_credentials"][name] = json!(part),
                }
            }
            body
        };
        for field in fields.iter().filter(|field| field["required"] == true) {
            let name = field["name"].as_str().unwrap();
            let reply = create(&portal, &app, &body(Some(name)));
            assert_eq!(reply.status, 422, "{id} without {name}: {}", reply.body);
            assert!(reply.body.contains(&format!("`{name}`")), "{}", reply.body);
            assert!(!reply.body.contains(MARK), "{}", reply.body);
        }
        let path = secret(&portal, &app, &body(None));
        let shown = portal.get(&path);
        assert!(!shown.body.contains(MARK), "{}", shown.body);
        for key in ["credential_type", "injection_header", "injection_format", "allowed_hosts"] {
            assert_eq!(shown.json()[key], template[key], "{id}: {key}");
        }
        assert_eq!((&shown.json()["template_id"], &shown.json()["slug"]), (&json!(id), &json!(id)));
    }
}

#[test]
fn credentials_of_each_type() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let aws = json!({"access_key_id": "a", "secret_access_key": "b", "region": "c"});
    let old_names =
        json!({"access_key": "a", "secret_key": "b", "region": "c", "session_token": "d"});
    for (kind, value, fields, taken) in [
        ("bearer_token", json!("t"), json!({}), true),
        ("bearer_token", json!("t"), json!({"more": "x"}), true),
        ("bearer_token", Value::Null, json!({"credential_value": "t"}), true),
        ("bearer_token", Value::Null, json!({"token": "t"}), false),
        ("header_key", json!("t"), json!({}), true),
        ("header_key", Value::Null, json!({}), false),
        ("basic_auth", json!("dTpw"), json!({}), true),
        ("basic_auth", Value::Null, json!({"username": "u", "password": "p"}), true),
        ("basic_auth", Value::Null, json!({"username": "u"}), false),
        ("aws_sig_v4", Value::Null, aws, true),
        ("aws_sig_v4", Value::Null, old_names, true),
        ("aws_sig_v4", json!("a"), json!({"secret_access_key": "b", "region": "c"}), true),
        ("aws_sig_v4", json!("a"), json!({"secret_access_key": "b"}), false),
        ("aws_sig_v4", json!("a"), json!({}), false),
    ] {
        let mut body =
            json!({"name": "n", "credential_type": kind, "additional_credentials": fields});
        if value.is_string() {
            body["credential_value"] = value;
        }
        let reply = create(&portal, &app, &body);
        assert_eq!(reply.status, if taken { 201 } else { 422 }, "{body}: {}", reply.body);
    }
    for (kind, format) in [
        ("bearer_token", "Bearer {token}"),
        ("header_key", "Bearer {token}"),
        ("basic_auth", "Basic {token}"),
    ] {
        let body = json!({"name": "n", "credential_type": kind, "credential_value": "t"});
        assert_eq!(create(&portal, &app, &body).text("injection_format"), format);
    }
}

#[test]
fn values_are_checked() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    for (key, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(121))),
        ("template_id", json!("nothing")),
        ("credential_type", json!("password")),
        ("credential_value", json!("")),
        ("credential_value", json!("a\r\nX: y")),
        ("credential_value", Value::Null),
        ("additional_credentials", json!({"a": 1})),
        ("additional_credentials", json!("a")),
        ("injection_header", json!("Host")),
        ("injection_header", json!("a b")),
        ("injection_format", json!("Bearer")),
        ("injection_rules", json!({})),
        ("injection_rules", json!([{"target": "body"}])),
        ("label", json!(7)),
        ("allow_group_delegation", json!("yes")),
        ("max_delegation_ttl_days", json!(0)),
        ("max_delegation_ttl_days", json!(1826)),
        ("allowed_hosts", json!(["a.example"])),
    ] {
        let mut body = plain("n");
        body[key] = value;
        create(&portal, &app, &body).is_invalid("body", key);
    }
    let several =
        json!({"name": "", "credential_value": "", "injection_format": "x", "colour": MARK});
    let reply = create(&portal, &app, &several);
    assert_eq!(reply.json()["detail"].as_array().unwrap().len(), 4, "{}", reply.body);
    assert!(!reply.body.contains(MARK), "{}", reply.body);
    // A flag goes before the template.
    let body = json!({"name": "n", "template_id": "datadog", "credential_value": "v", "injection_header": "X-Key",
                      "injection_format": "Key {token}", "additional_credentials": {"application_key": "a"}});
    let shown = create(&portal, &app, &body).json();
    assert_eq!(
        (&shown["injection_header"], &shown["injection_format"]),
        (&json!("X-Key"), &json!("Key {token}"))
    );
    assert_eq!(shown["credential_type"], "header_key");
}

#[test]
fn a_new_secret_has_a_slug_and_a_base_grant() {
    let portal = Portal::empty([]);
    let (app, other) = (portal.create_app("A"), portal.create_app("B"));
    for (app, name, slug) in [
        (&app, "Stripe Production", "stripe-production"),
        (&app, "stripe  production!", "stripe-production-2"),
        (&app, "STRIPE_PRODUCTION", "stripe-production-3"),
        (&other, "Stripe Production", "stripe-production"),
        (&app, "日本", "secret"),
    ] {
        let mut body = plain(name);
        body["slug"] = json!("mine");
        body["label"] = json!("base");
        let created = create(&portal, app, &body).json();
        assert_eq!(created["slug"], slug);
        let grant = &created["base_grant"];
        assert_eq!(grant["principal"], json!({"type": "system"}));
        assert_eq!((&grant["label"], &grant["status"]), (&json!("base"), &json!("active")));
        assert_eq!(
            (&grant["managed_secret_slug"], &created["grant_count"]),
            (&json!(slug), &json!(1))
        );
        let id = created["id"].as_str().unwrap();
        let grants = portal.get(&format!("/apps/{app}/managed-secrets/{id}/grants")).json();
        assert_eq!(grants, json!([grant]));
    }
    let listed = portal.get(&format!("/apps/{app}/managed-secrets"));
    assert_eq!(listed.json().as_array().unwrap().len(), 4);
    assert!(!listed.body.contains(MARK));
}

#[test]
fn rotating() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let path = secret(&portal, &app, &plain("n"));
    let rotate = |body: &str| portal.post(&format!("{path}/rotate"), body);
    rotate("{}").is_invalid("body", "credential_value");
    rotate("{\"name\":\"x\",\"credential_value\":\"y\"}").is_invalid("body", "name");
    assert_eq!(portal.get(&path).json()["rotated_at"], Value::Null);
    let rotated = rotate("{\"credential_value\":\"marked-credential-2\"}");
    assert_eq!(rotated.status, 200);
    assert!(!rotated.body.contains(MARK) && rotated.json()["rotated_at"].is_string());
    assert_eq!(portal.get(&format!("{path}/grants")).json().as_array().unwrap().len(), 1);
}

#[test]
fn deleting_needs_the_slug() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let path = secret(&portal, &app, &plain("My Secret"));
    let delete = |body: &str| portal.api("DELETE", &path, body);
    delete("").is_invalid("body", "confirm");
    delete("{\"confirm\":\"My Secret\"}").is_error(409, "confirmation_mismatch");
    let grant = portal.get(&format!("{path}/grants")).json()[0]["id"].as_str().unwrap().to_owned();
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(delete("{\"confirm\":\"my-secret\"}").json(), json!({"id": id, "deleted": true}));
    portal.get(&path).is_error(404, "secret_not_found");
    let grant = format!("/apps/{app}/managed-secret-grants/{grant}");
    portal.api("DELETE", &grant, "").is_error(404, "grant_not_found");
    assert_eq!(portal.get(&format!("/apps/{app}/grants")).json()["total"], 0);
}

#[test]
fn policies_and_hosts_are_replaced() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let path = secret(&portal, &app, &plain("n"));
    let put =
        |part: &str, body: &Value| portal.api("PUT", &format!("{path}/{part}"), &body.to_string());
    for (body, allowed, days) in [
        (json!({"allow_group_delegation": true, "max_delegation_ttl_days": 7}), true, 7),
        (json!({"allow_group_delegation": true}), true, 90),
        (json!({}), false, 90),
    ] {
        let expected = json!({"allow_group_delegation": allowed, "max_delegation_ttl_days": days});
        assert_eq!(put("delegation-policy", &body).json()["delegation_policy"], expected, "{body}");
    }
    put("delegation-policy", &json!({"max_delegation_ttl_days": 0}))
        .is_invalid("body", "max_delegation_ttl_days");
    for (hosts, kept) in [
        (
            json!(["API.a.example", "*.b.example", "api.a.example"]),
            json!(["api.a.example", "*.b.example"]),
        ),
        (json!([]), json!([])),
    ] {
        assert_eq!(
            put("allowed-hosts", &json!({"allowed_hosts": hosts})).json()["allowed_hosts"],
            kept
        );
    }
    put("allowed-hosts", &json!({})).is_invalid("body", "allowed_hosts");
    for bad in ["https://a.example", "a.example:1", "a.example/x", "*.example", "*", ""] {
        put("allowed-hosts", &json!({"allowed_hosts": [bad]})).is_invalid("body", "allowed_hosts");
    }
}

#[test]
fn a_credential_is_found_in_the_state_file_alone() {
    let folder = crate::support::Home::new();
    let file = folder.file("state.json");
    let portal = Portal::new(["--state", &file]);
    let app = portal.create_app("A");
    let body = json!({"name": "n", "credential_type": "aws_sig_v4", "additional_credentials":
        {"access_key": format!("{MARK}-a"), "secret_key": format!("{MARK}-b"), "region": "r"}});
    let path = secret(&portal, &app, &body);
    let provider = json!({"provider_id": "slack", "scopes": ["chat:write"], "client_id": "i",
        "client_secret": format!("{MARK}-c"), "redirect_uris": ["https://a.example"]});
    assert_eq!(portal.post(&format!("/apps/{app}/providers"), &provider.to_string()).status, 201);
    let idp = json!({"issuer_url": "https://a.okta.example", "wallet_client_id": "w",
        "wallet_client_secret": format!("{MARK}-d")});
    assert_eq!(
        portal.post(&format!("/apps/{app}/identity-providers"), &idp.to_string()).status,
        201
    );
    for path in [
        path.as_str(),
        &format!("{path}/access"),
        &format!("{path}/grants"),
        &format!("/apps/{app}/managed-secrets"),
        &format!("/apps/{app}/providers"),
        &format!("/apps/{app}/grants"),
        "/audit/portal-actions",
        "/audit/events",
    ] {
        let reply = portal.get(path);
        assert_eq!(reply.status, 200, "{path}");
        assert!(!reply.body.contains(MARK), "{path}");
    }
    assert!(!portal.exchange("GET", "/", "", &[]).unwrap().body.contains(MARK));
    let state: String = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for part in ["a", "b", "c", "d"] {
        assert!(state.contains(&format!("\"{MARK}-{part}\"")), "{part}");
    }
}
