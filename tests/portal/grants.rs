//! Grants of managed secrets and connections.

use serde_json::{Value, json};

use crate::support::{Home, Portal, Reply};

/// The demo with one more secret in its first app.
pub(crate) struct Setting {
    pub(crate) portal: Portal,
    pub(crate) app: String,
    pub(crate) secret: String,
}

impl Setting {
    pub(crate) fn new() -> Self {
        let portal = Portal::new([]);
        let app = portal.app_id.clone().unwrap();
        let body = json!({"name": "n", "credential_value": "v"}).to_string();
        let reply = portal.post(&format!("/apps/{app}/managed-secrets"), &body);
        let secret = format!("/apps/{app}/managed-secrets/{}", reply.text("id"));
        Self { portal, app, secret }
    }

    fn grant(&self, body: &Value) -> Reply {
        self.portal.post(&format!("{}/grants", self.secret), &body.to_string())
    }

    pub(crate) fn granted(&self, body: &Value) -> String {
        let reply = self.grant(body);
        assert_eq!(reply.status, 201, "{body}: {}", reply.body);
        format!("/apps/{}/managed-secret-grants/{}", self.app, reply.text("id"))
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let reply = self.portal.get(&format!("/apps/{}/{path}", self.app));
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply.json()
    }
}

/// Ids of the demo.
pub(crate) const USER: &str = "05e40000-0001-4000-8000-000000000000";
pub(crate) const SUSPENDED: &str = "05e40000-0001-4000-8000-000000000005";
pub(crate) const OTHER_APPS_USER: &str = "05e40000-0001-4000-8000-000000000006";
pub(crate) const AGENT: &str = "a9e47000-0001-4000-8000-000000000002";
const REVOKED_AGENT: &str = "a9e47000-0001-4000-8000-000000000004";
pub(crate) const IDP: &str = "1d900000-0001-4000-8000-000000000000";
const SUPPORT: &str = "00gsupport01";

pub(crate) fn user(label: &str) -> Value {
    json!({"principal": {"type": "user", "app_user_id": USER}, "label": label})
}

pub(crate) fn group(label: &str) -> Value {
    json!({"principal": {"type": "group", "idp_id": IDP, "external_group_id": SUPPORT}, "label": label})
}

pub(crate) fn agent() -> Value {
    json!({"principal": {"type": "agent", "agent_id": AGENT}})
}

#[test]
fn four_kinds_of_principals() {
    let setting = Setting::new();
    for body in [user("u"), group("g"), agent(), json!({"principal": {"type": "system"}})] {
        let reply = setting.grant(&body);
        assert_eq!(reply.status, 201, "{body}: {}", reply.body);
        assert_eq!(reply.json()["principal"], body["principal"]);
        assert_eq!(reply.json()["grant_policy"], Value::Null);
    }
    assert_eq!(
        setting.portal.get(&format!("{}/grants", setting.secret)).json().as_array().unwrap().len(),
        5
    );
    let of_agent = setting.get(&format!("agents/{AGENT}/managed-secret-grants"));
    let slugs: Vec<&str> = of_agent
        .as_array()
        .unwrap()
        .iter()
        .map(|grant| grant["managed_secret_slug"].as_str().unwrap())
        .collect();
    assert_eq!(slugs, ["datadog", "n"]);
    assert_eq!(setting.portal.get(&setting.secret).json()["grant_count"], 5);
}

#[test]
fn invalid_grants_are_refused() {
    let setting = Setting::new();
    setting.granted(&user("taken"));
    let none = "00000000-0000-4000-8000-000000000000";
    let of = |principal: Value| json!({"principal": principal, "label": "l"});
    for (body, status, code) in [
        (of(json!({"type": "user", "app_user_id": none})), 404, "user_not_found"),
        (of(json!({"type": "user", "app_user_id": OTHER_APPS_USER})), 404, "user_not_found"),
        (of(json!({"type": "agent", "agent_id": none})), 404, "agent_not_found"),
        (of(json!({"type": "agent", "agent_id": REVOKED_AGENT})), 409, "agent_revoked"),
        (
            of(json!({"type": "group", "idp_id": none, "external_group_id": "g"})),
            404,
            "identity_provider_not_found",
        ),
        (user("taken"), 409, "label_in_use"),
        (group("taken"), 409, "label_in_use"),
    ] {
        setting.grant(&body).is_error(status, code);
    }
    for (key, value) in [
        ("principal", Value::Null),
        ("principal", json!({})),
        ("principal", json!({"type": "person"})),
        ("principal", json!({"type": "user"})),
        ("principal", json!({"type": "user", "app_user_id": USER, "agent_id": AGENT})),
        ("principal", json!({"type": "system", "app_user_id": USER})),
        ("label", Value::Null),
        ("label", json!("x".repeat(256))),
        ("grant_policy", json!("soon")),
        ("grant_policy", json!({"expires_at": "2020-01-01T00:00:00Z"})),
        ("grant_policy", json!({"colour": 1})),
        ("grant_policy", json!({"max_ttl_seconds": 0})),
        ("grant_policy", json!({"max_ttl_seconds": 1, "default_ttl_seconds": 2})),
        ("expires_at", json!("2999-01-01T00:00:00Z")),
    ] {
        let mut body = user("other");
        body[key] = value;
        setting.grant(&body).is_invalid("body", key);
    }
    let auth0 = json!({"principal": {"type": "group", "idp_id": "1d900000-0001-4000-8000-000000000001",
        "external_group_id": "g"}, "label": "l"});
    let runner = "a1a1a1a1-0001-4000-8000-000000000002";
    let secrets = setting.portal.get(&format!("/apps/{runner}/managed-secrets")).json();
    let path =
        format!("/apps/{runner}/managed-secrets/{}/grants", secrets[0]["id"].as_str().unwrap());
    setting.portal.post(&path, &auth0.to_string()).is_error(409, "stable_groups_required");
}

#[test]
fn changing_and_revoking() {
    let setting = Setting::new();
    let (path, other) = (setting.granted(&user("one")), setting.granted(&group("two")));
    let change = |body: &Value| setting.portal.api("PATCH", &path, &body.to_string());
    let end = "2999-01-01T00:00:00Z";
    let changed = change(
        &json!({"description": "why", "grant_policy": {"expires_at": end, "max_ttl_seconds": 60}}),
    );
    let policy = json!({"expires_at": end, "max_ttl_seconds": 60});
    assert_eq!(
        (&changed.json()["grant_policy"], &changed.json()["expires_at"]),
        (&policy, &json!(end))
    );
    assert_eq!(
        (&changed.json()["description"], &changed.json()["label"]),
        (&json!("why"), &json!("one"))
    );
    // What is not given stays; null clears.
    let changed = change(&json!({"grant_policy": {"expires_at": null}})).json();
    assert_eq!(
        (&changed["grant_policy"], &changed["expires_at"]),
        (&json!({"max_ttl_seconds": 60}), &Value::Null)
    );
    assert_eq!(change(&json!({"label": "one"})).status, 200);
    change(&json!({"label": "two"})).is_error(409, "label_in_use");
    change(&json!({"label": null})).is_invalid("body", "label");
    change(&json!({"principal": {"type": "system"}})).is_invalid("body", "principal");
    assert_eq!(change(&json!({})).status, 422);
    let revoked = setting.portal.api("DELETE", &path, "");
    assert_eq!((revoked.status, revoked.text("status")), (200, "revoked".to_owned()));
    setting.portal.api("DELETE", &path, "").is_error(409, "grant_already_revoked");
    change(&json!({"label": "x"})).is_error(409, "grant_already_revoked");
    // Its label is free again.
    setting.granted(&user("one"));
    let connection = "9a470000-0001-4000-8000-000000000000";
    let not_a_secrets = format!("/apps/{}/managed-secret-grants/{connection}", setting.app);
    setting.portal.api("DELETE", &not_a_secrets, "").is_error(404, "grant_not_found");
    assert_eq!(setting.portal.api("DELETE", &other, "").status, 200);
}

#[test]
fn all_grants_of_an_app() {
    let setting = Setting::new();
    let total = |query: &str| setting.get(&format!("grants?{query}"))["total"].as_u64().unwrap();
    let all = total("");
    assert!(all > 15);
    assert_eq!(total("status=active") + total("status=expired") + total("status=revoked"), all);
    assert!(total("status=expired") >= 1 && total("status=revoked") >= 1);
    assert_eq!(total("provider=slack"), 2);
    assert_eq!(total("provider=datadog"), 3);
    assert_eq!(total(&format!("app_user={USER}")), 2);
    assert_eq!(total("search=ANA%20R"), 2);
    assert_eq!(total("search=ana@northwind"), 2);
    let page = setting.get("grants?limit=2");
    assert_eq!(
        (&page["is_truncated"], page["items"].as_array().unwrap().len()),
        (&json!(false), 2)
    );
    let clamped = setting.get("grants?offset=10001");
    assert_eq!((&clamped["is_truncated"], &clamped["offset"]), (&json!(true), &json!(10_000)));
    for (query, name) in [("status=gone", "status"), ("limit=0", "limit"), ("colour=x", "colour")] {
        setting
            .portal
            .get(&format!("/apps/{}/grants?{query}", setting.app))
            .is_invalid("query", name);
    }
    let long = "x".repeat(101);
    setting
        .portal
        .get(&format!("/apps/{}/grants?search={long}", setting.app))
        .is_invalid("query", "search");
    for path in ["grants/none/revoke", "grants/9a470000-0001-4000-8000-000000000007/revoke"] {
        setting
            .portal
            .post(&format!("/apps/{}/{path}", setting.app), "")
            .is_error(404, "grant_not_found");
    }
}

#[test]
fn every_change_of_a_grant_is_an_event() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::empty(["--state", &file]);
    let app = portal.create_app("A");
    let body = json!({"name": "n", "credential_value": "v"}).to_string();
    let created = portal.post(&format!("/apps/{app}/managed-secrets"), &body).json();
    let grant = created["base_grant"]["id"].as_str().unwrap();
    let path = format!("/apps/{app}/managed-secret-grants/{grant}");
    portal.api("PATCH", &path, "{\"label\":\"x\"}");
    portal.post(&format!("/apps/{app}/grants/{grant}/revoke"), "{\"reason\":\"no need\"}");
    let actions = portal.get("/audit/portal-actions?resource_type=grant").json();
    let actions: Vec<&str> = actions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["grant.revoked", "grant.updated", "grant.created"]);
    portal.kill();
    let text: String = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for part in ["grant.created", "grant.updated", "grant.revoked"] {
        assert!(text.contains(&format!("\"event\":\"{part}\"")), "{part}");
    }
    assert!(text.contains("\"actor_source\":\"pat\"") && text.contains("\"reason\":\"no need\""));
}

#[test]
fn a_deleted_app_leaves_nothing_but_the_record_of_changes() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::new(["--state", &file]);
    let app = portal.app_id.clone().unwrap();
    let body = json!({"confirm": "Support Copilot"}).to_string();
    assert_eq!(portal.api("DELETE", &format!("/apps/{app}"), &body).status, 200);
    portal.kill();
    // Starting again writes the state file whole.
    Portal::new(["--state", &file]).kill();
    let state: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    for (table, rows) in state["tables"].as_object().unwrap() {
        let left = rows.to_string().contains(&app);
        // The rows that are computed of an app have to be known as gone.
        let may_be_left = ["portal_actions", "deleted_apps"].contains(&table.as_str());
        assert_eq!(left, may_be_left, "{table}");
        assert!(rows.is_array(), "{table}");
    }
    for table in
        ["agents", "agent_keys", "providers", "managed_secrets", "grants", "users", "groups"]
    {
        assert!(state["tables"][table].is_array(), "{table}");
    }
}

#[test]
fn wrong_and_missing_keys_are_reported_together() {
    let setting = Setting::new();
    let group = json!({"type": "group", "idp_id": IDP, "external_group_id": "g"});
    let grants = format!("managed-secrets/{}/grants", setting.secret.rsplit('/').next().unwrap());
    for (path, body, places) in [
        (
            "providers",
            json!({}),
            &["provider_id", "scopes", "client_id", "client_secret", "redirect_uris"][..],
        ),
        ("managed-secrets", json!({}), &["name", "credential_value"]),
        (
            "managed-secrets",
            json!({"name": "", "template_id": "twilio"}),
            &["name", "credential_value", "additional_credentials"],
        ),
        (
            "identity-providers",
            json!({"wallet_client_id": "w"}),
            &["issuer_url", "wallet_client_secret"],
        ),
        ("agents", json!({"type": "human"}), &["name", "type"]),
        (&grants, json!({"principal": group, "grant_policy": "x"}), &["grant_policy", "label"]),
    ] {
        let reply =
            setting.portal.post(&format!("/apps/{}/{path}", setting.app), &body.to_string());
        let detail = reply.json()["detail"].clone();
        let told: Vec<&str> = detail
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| issue["loc"][1].as_str().unwrap())
            .collect();
        assert_eq!(told, places, "{path} {body}: {}", reply.body);
    }
}
