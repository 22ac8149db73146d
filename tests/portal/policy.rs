//! Policy rules: bodies checked key by key, and each rule under its own target.

use serde_json::{Value, json};

use crate::support::Portal;
use crate::support::rule_bodies::bodies;

const BODY: &str = r#"{"when":{"method":"DELETE"},"effect":"deny"}"#;

/// The place of a fault as a path: `$.when.method[2]`.
fn path(issue: &Value) -> String {
    let parts = issue["loc"].as_array().unwrap().iter().map(|part| part.as_str().unwrap());
    let within = parts.skip_while(|part| ["body", "rule_body"].contains(part));
    within.fold("$".to_owned(), |path, part| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match part.parse::<usize>() {
            Ok(index) => format!("{path}[{index}]"),
            Err(_) if !part.is_empty() && part.bytes().all(plain) => format!("{path}.{part}"),
            Err(_) => format!("{path}[{}]", Value::from(part)),
        }
    })
}

fn rules(portal: &Portal) -> String {
    format!("/apps/{}/policy/rules", portal.app_id.as_ref().unwrap())
}

#[test]
fn every_body_is_judged_by_its_parts() {
    let portal = Portal::new([]);
    let rules = rules(&portal);
    let types = ["json_match", "ip_allowlist", "time_window", "require_approval"];
    for (rule_type, body, expected) in bodies() {
        let whole = format!("{{\"rule_type\":{},\"rule_body\":{body}}}", json!(rule_type));
        let reply = portal.post(&rules, &whole);
        if !types.contains(&rule_type) {
            reply.is_invalid("body", "rule_type");
        } else if expected.is_empty() {
            assert_eq!(reply.status, 201, "{body}: {}", reply.body);
            let sent: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(reply.json()["rule_body"], sent);
        } else {
            assert_eq!(reply.status, 422, "{body}: {}", reply.body);
            let detail = reply.json()["detail"].as_array().unwrap().clone();
            let loc = detail.iter().map(|issue| issue["loc"][1].as_str());
            assert!(loc.into_iter().all(|key| key == Some("rule_body")), "{}", reply.body);
            assert_eq!(detail.iter().map(path).collect::<Vec<_>>(), expected, "{body}");
        }
    }
}

#[test]
fn a_life() {
    let portal = Portal::new([]);
    let rules = rules(&portal);
    let before = portal.get(&rules).json().as_array().unwrap().len();
    let rule = portal.post(&rules, &format!("{{\"rule_body\":{BODY}}}"));
    assert_eq!(rule.status, 201, "{}", rule.body);
    let keys = "id rule_type rule_body name description enabled target created_at updated_at";
    let places: Vec<_> =
        keys.split(' ').map(|key| rule.body.find(&format!("\"{key}\":"))).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{}", rule.body);
    let shown = rule.json();
    assert_eq!((&shown["rule_type"], &shown["enabled"]), (&json!("json_match"), &json!(true)));
    assert_eq!(shown["target"], json!({ "kind": "app", "id": null }));
    assert_eq!(shown["name"], Value::Null);

    let one = format!("{rules}/{}", rule.text("id"));
    assert_eq!(portal.get(&one).json(), shown);
    let change = r#"{"name":"n","description":"d","enabled":false}"#;
    let changed = portal.api("PATCH", &one, change).json();
    assert_eq!((&changed["name"], &changed["enabled"]), (&json!("n"), &json!(false)));
    assert_eq!(changed["rule_body"], shown["rule_body"]);
    let cleared = portal.api("PATCH", &one, r#"{"name":null}"#).json();
    assert_eq!((&cleared["name"], &cleared["description"]), (&Value::Null, &json!("d")));
    let cleared = portal.api("PATCH", &one, r#"{"description":""}"#).json();
    assert_eq!(cleared["description"], Value::Null);
    let body = r#"{"rule_body":{"when":{"method":["GET","PUT"]},"effect":"deny"}}"#;
    assert_eq!(portal.api("PATCH", &one, body).json()["rule_body"]["when"]["method"][1], "PUT");

    for (wrong, place) in [
        ("{}", json!(["body"])),
        (r#"{"rule_type":"json_match"}"#, json!(["body", "rule_type"])),
        (r#"{"enabled":null}"#, json!(["body", "enabled"])),
        (r#"{"name":""}"#, json!(["body", "name"])),
        (r#"{"rule_body":{"allow":["::1"]}}"#, json!(["body", "rule_body", "when"])),
        (r#"{"rule_body":null}"#, json!(["body", "rule_body"])),
    ] {
        let reply = portal.api("PATCH", &one, wrong);
        assert_eq!(reply.status, 422, "{wrong}");
        assert_eq!(reply.json()["detail"][0]["loc"], place, "{wrong}");
    }
    let long = format!("{{\"rule_body\":{BODY},\"name\":\"{}\"}}", "ü".repeat(121));
    portal.post(&rules, &long).is_invalid("body", "name");
    let long = format!("{{\"rule_body\":{BODY},\"description\":\"{}\"}}", "x".repeat(2001));
    portal.post(&rules, &long).is_invalid("body", "description");
    portal.post(&rules, "{}").is_invalid("body", "rule_body");

    assert_eq!(portal.get(&rules).json().as_array().unwrap().len(), before + 1);
    assert_eq!(portal.api("DELETE", &one, "").json()["deleted"], true);
    portal.get(&one).is_error(404, "rule_not_found");
    portal.api("DELETE", &one, "").is_error(404, "rule_not_found");
    let actions = portal.get("/audit/portal-actions?resource_type=rule").json();
    let names: Vec<&Value> =
        actions["items"].as_array().unwrap().iter().map(|row| &row["action"]).collect();
    assert_eq!(names[0], "rule.deleted");
    assert!(names.contains(&&json!("rule.updated")));
}

#[test]
fn lists_are_cut_to_their_page() {
    let portal = Portal::new([]);
    let app = portal.create_app("pages");
    let rules = format!("/apps/{app}/policy/rules");
    for number in 0..5 {
        portal.post(&rules, &format!("{{\"rule_body\":{BODY},\"name\":\"{number}\"}}"));
    }
    let names = |query: &str| {
        let page = portal.get(&format!("{rules}?{query}")).json();
        let rows = page.as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(names(""), "01234");
    assert_eq!(names("limit=2"), "01");
    assert_eq!(names("limit=2&offset=3"), "34");
    assert_eq!(names("limit=2&offset=5"), "");
    portal.get(&format!("{rules}?limit=101")).is_invalid("query", "limit");
}

#[test]
fn zones_are_those_of_the_machine() {
    let portal = Portal::new([]);
    let rules = rules(&portal);
    let body = |zone: &str| {
        json!({ "rule_type": "time_window", "rule_body": { "weekdays_only": true, "timezone": zone } })
            .to_string()
    };
    for good in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+12"] {
        assert_eq!(portal.post(&rules, &body(good)).status, 201, "{good}");
    }
    for bad in ["Europe/Atlantis", "Mars/Olympus", "america/new_york", "Europe/Berlin/Mitte"] {
        let reply = portal.post(&rules, &body(bad));
        assert_eq!(reply.status, 422, "{bad}");
        let loc = &reply.json()["detail"][0]["loc"];
        assert_eq!(*loc, json!(["body", "rule_body", "timezone"]), "{bad}");
    }
}

#[test]
fn each_target_has_rules_of_its_own() {
    let portal = Portal::new([]);
    let app = format!("/apps/{}", portal.app_id.as_ref().unwrap());
    let first = |list: &str, key: &str| {
        let rows = portal.get(&format!("{app}{list}")).json();
        let rows =
            rows.as_array().cloned().unwrap_or_else(|| rows["items"].as_array().unwrap().clone());
        rows[0][key].as_str().unwrap().to_owned()
    };
    let agent = first("/agents", "id");
    let grant = first("/grants?status=active", "id");
    let provider = first("/providers", "provider_id");
    let targets = [
        ("app", String::new(), Value::Null),
        ("agent", format!("/agents/{agent}"), json!(agent)),
        ("grant", format!("/grants/{grant}"), json!(grant)),
        ("provider", format!("/providers/{provider}"), json!(provider)),
    ];
    let made: Vec<(String, String)> = targets
        .iter()
        .map(|(kind, path, id)| {
            let rules = format!("{app}{path}/policy/rules");
            let rule = portal.post(&rules, &format!("{{\"rule_body\":{BODY}}}"));
            assert_eq!(rule.status, 201, "{}", rule.body);
            assert_eq!(rule.json()["target"], json!({ "kind": kind, "id": id }));
            (rules, rule.text("id"))
        })
        .collect();
    for (rules, _) in &made {
        let listed = portal.get(rules).json();
        for (other, id) in &made {
            let here = rules == other;
            let found = listed.as_array().unwrap().iter().any(|row| row["id"] == *id);
            assert_eq!(found, here, "{id} under {rules}");
            let one = format!("{rules}/{id}");
            if here {
                assert_eq!(portal.get(&one).status, 200);
            } else {
                portal.get(&one).is_error(404, "rule_not_found");
                portal.api("PATCH", &one, r#"{"enabled":false}"#).is_error(404, "rule_not_found");
                portal.api("DELETE", &one, "").is_error(404, "rule_not_found");
            }
        }
    }
    for (path, code) in [
        ("/agents/x", "agent_not_found"),
        ("/grants/x", "grant_not_found"),
        ("/providers/x", "provider_not_found"),
    ] {
        portal.get(&format!("{app}{path}/policy/rules")).is_error(404, code);
        portal.post(&format!("{app}{path}/policy/rules"), "{}").is_error(404, code);
    }
    let id = &made[0].1;
    let other = portal.create_app("other");
    portal.get(&format!("/apps/{other}/policy/rules/{id}")).is_error(404, "rule_not_found");
}

#[test]
fn the_demo_is_decided_by_its_rules() {
    let portal = Portal::new([]);
    let denied = portal.get("/audit/events?policy_decision=DENY&limit=1000").json();
    let rows = denied["items"].as_array().unwrap();
    assert!(!rows.is_empty());
    let rules = portal.get(&rules(&portal)).json();
    for row in rows {
        let why = row["policy_error"].as_str().unwrap();
        let rule = why.strip_prefix("denied by rule ").unwrap();
        let rule = rules.as_array().unwrap().iter().find(|row| row["id"] == rule).unwrap();
        assert_eq!(rule["rule_body"]["when"]["provider_id"], row["provider_id"]);
        assert_eq!((&row["outcome"], &row["response_status"]), (&json!("denied"), &json!(403)));
    }
}

#[test]
fn the_front_page_lists_rules_and_secrets() {
    let portal = Portal::new([]);
    let body = r#"{"when":{"agent_id":"<script>"},"effect":"deny"}"#;
    portal.post(&rules(&portal), &format!("{{\"rule_body\":{body},\"name\":\"<i>mine</i>\"}}"));
    let page = portal.exchange("GET", "/", "", &[]).unwrap().body;
    for text in ["&lt;i&gt;mine", "Nothing is deleted in Slack", "aws-reports"] {
        assert!(page.contains(text), "{text}");
    }
    for text in ["<i>", "<script>", "demo-stripe-key", "demo-aws-secret"] {
        assert!(!page.contains(text), "{text}");
    }
}
