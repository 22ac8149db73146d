//! Who reaches a managed secret, and the people and groups it can be granted to.

use serde_json::{Value, json};

use super::grants::{AGENT, IDP, OTHER_APPS_USER, SUSPENDED, Setting, USER, agent, group, user};

impl Setting {
    fn access(&self) -> Value {
        self.portal.get(&format!("{}/access", self.secret)).json()
    }

    /// `path name` of every entry.
    fn reached(&self) -> Vec<String> {
        let access = self.access();
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let entry = |entry: &Value| {
            format!("{} {}", word(&entry["path"]), word(&entry["principal"]["name"]))
        };
        access["entries"].as_array().unwrap().iter().map(entry).collect()
    }
}

#[test]
fn access_is_what_grants_groups_and_delegations_give() {
    let setting = Setting::new();
    assert_eq!(setting.reached(), ["system -"]);
    let direct = setting.granted(&user("u"));
    setting.granted(&group("g"));
    setting.granted(&agent());
    setting
        .granted(&json!({"principal": {"type": "user", "app_user_id": SUSPENDED}, "label": "s"}));
    let members = ["group Support", "group Ana Ruiz", "group Ben Okafor", "group Chloé Martin"];
    let all = [&["system -", "direct Ana Ruiz"][..], &members, &["agent triage"]].concat();
    assert_eq!(setting.reached(), all);
    let counts =
        json!({"direct": 1, "group": 4, "system": 1, "agent": 1, "delegation": 0, "total": 7});
    assert_eq!(setting.access()["counts"], counts);
    setting.portal.api("DELETE", &direct, "");
    let suspend = |status: &str| {
        let path = format!("/apps/{}/agents/{AGENT}", setting.app);
        setting.portal.api("PATCH", &path, &json!({"status": status}).to_string())
    };
    suspend("inactive");
    assert_eq!(setting.reached(), [&["system -"][..], &members].concat());
    suspend("active");
    // An agent's own scopes narrow what its grants give.
    let path = format!("/apps/{}/agents/{AGENT}", setting.app);
    for (slugs, reached) in [(json!(["other"]), false), (json!(["n", "other"]), true)] {
        let body = json!({"scopes": {"managed_secret_slugs": slugs}}).to_string();
        assert_eq!(setting.portal.api("PATCH", &path, &body).status, 200);
        assert_eq!(setting.reached().contains(&"agent triage".to_owned()), reached);
    }
}

#[test]
fn a_delegation_ends_with_its_parent() {
    let setting = Setting::new();
    let secrets = setting.get("managed-secrets");
    let datadog =
        secrets.as_array().unwrap().iter().find(|secret| secret["slug"] == "datadog").unwrap();
    let path = format!("/apps/{}/managed-secrets/{}", setting.app, datadog["id"].as_str().unwrap());
    let delegated =
        || setting.portal.get(&format!("{path}/access")).json()["counts"]["delegation"].clone();
    assert_eq!(delegated(), 1);
    let policy = |body: &str| setting.portal.api("PUT", &format!("{path}/delegation-policy"), body);
    policy("{}");
    assert_eq!(delegated(), 0);
    policy("{\"allow_group_delegation\":true}");
    assert_eq!(delegated(), 1);
    let grants = setting.portal.get(&format!("{path}/grants")).json();
    let child = grants
        .as_array()
        .unwrap()
        .iter()
        .find(|grant| grant["parent_grant_id"].is_string())
        .unwrap();
    let revoke = format!(
        "/apps/{}/grants/{}/revoke",
        setting.app,
        child["parent_grant_id"].as_str().unwrap()
    );
    assert_eq!(setting.portal.post(&revoke, "{\"reason\":\"over\"}").text("status"), "revoked");
    assert_eq!(delegated(), 0);
    let grants = setting.portal.get(&format!("{path}/grants")).json();
    let revoked =
        grants.as_array().unwrap().iter().filter(|grant| grant["status"] == "revoked").count();
    assert_eq!(revoked, 2);
    setting.portal.post(&revoke, "").is_error(409, "grant_already_revoked");
}

#[test]
fn users_and_groups() {
    let setting = Setting::new();
    let user = setting.get(&format!("end-users/{USER}"));
    assert_eq!(
        (&user["email"], &user["grant_count"]),
        (&json!("ana@northwind.example"), &json!(2))
    );
    assert_eq!(user["groups"][0]["name"], "Support");
    for (path, total) in [
        ("end-users", 6),
        ("end-users?search=ben", 1),
        ("managed-secrets/users", 6),
        ("managed-secrets/users?search=NORTHWIND", 6),
        ("managed-secrets/users?idp_id=00000000-0000-4000-8000-000000000000", 0),
        ("managed-secrets/groups", 3),
        ("managed-secrets/groups?search=eng", 1),
        (&format!("managed-secrets/groups?idp_id={IDP}"), 3),
    ] {
        assert_eq!(setting.get(path)["total"], total, "{path}");
    }
    let support = "managed-secrets/groups/96000000-0001-4000-8000-000000000000";
    let whole = setting.get(&format!("{support}?member_limit=2&member_offset=1"));
    assert_eq!((&whole["member_count"], &whole["members"]["total"]), (&json!(3), &json!(3)));
    assert_eq!(whole["members"]["items"].as_array().unwrap().len(), 2);
    assert_eq!(whole["grants"]["items"][0]["label"], "support desk");
    setting
        .portal
        .get(&format!("/apps/{}/{support}?grant_limit=0", setting.app))
        .is_invalid("query", "grant_limit");
    for (path, code) in [
        (format!("end-users/{OTHER_APPS_USER}"), "user_not_found"),
        ("managed-secrets/groups/none".to_owned(), "group_not_found"),
    ] {
        setting.portal.get(&format!("/apps/{}/{path}", setting.app)).is_error(404, code);
    }
}
