//! Branding of an app, and the defaults of approvals.

use serde_json::{Value, json};

use crate::support::Portal;

const WHOLE: &str = r##"{"logo_url":"https://a.example/l.png","colors":{"primary":"#1a2B3c","text":"#000000","background":"#FFFFFF"}}"##;

#[test]
fn a_life() {
    let portal = Portal::new([]);
    let app = portal.create_app("branded");
    let path = format!("/apps/{app}/branding");
    portal.get(&path).is_error(404, "branding_not_found");
    portal.api("DELETE", &path, "").is_error(404, "branding_not_found");
    portal
        .api("PATCH", &path, r#"{"font_family":"Inter"}"#)
        .is_error(409, "branding_not_configured");

    let made = portal.api("PUT", &path, WHOLE);
    assert_eq!(made.status, 200, "{}", made.body);
    let keys = ["logo_url", "colors", "font_family", "updated_at"];
    let places = keys.map(|key| made.body.find(&format!("\"{key}\":")));
    assert!(places.is_sorted() && places[0].is_some(), "{}", made.body);
    assert_eq!(made.json()["font_family"], Value::Null);
    assert_eq!(portal.get(&path).json(), made.json());

    let change = r##"{"colors":{"text":"#123456"},"font_family":"Inter"}"##;
    let changed = portal.api("PATCH", &path, change).json();
    assert_eq!(
        changed["colors"],
        json!({ "primary": "#1a2B3c", "text": "#123456", "background": "#FFFFFF" })
    );
    assert_eq!(changed["logo_url"], "https://a.example/l.png");
    assert_eq!(changed["font_family"], "Inter");
    let cleared = portal.api("PATCH", &path, r#"{"font_family":null}"#).json();
    assert_eq!(cleared["font_family"], Value::Null);
    // What a replacement leaves out is gone.
    portal.api("PATCH", &path, r#"{"font_family":"Inter"}"#);
    assert_eq!(portal.api("PUT", &path, WHOLE).json()["font_family"], Value::Null);

    let other = portal.create_app("plain");
    portal.get(&format!("/apps/{other}/branding")).is_error(404, "branding_not_found");
    assert_eq!(portal.api("DELETE", &path, "").json(), json!({ "id": app, "deleted": true }));
    portal.get(&path).is_error(404, "branding_not_found");
    let actions = portal.get("/audit/portal-actions?resource_type=branding").json();
    let names = actions["items"].as_array().unwrap().iter().map(|row| row["action"].clone());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["reset", "replaced", "updated", "updated", "updated", "replaced"]
            .map(|verb| format!("branding.{verb}"))
    );
}

#[test]
fn every_key_is_checked() {
    let portal = Portal::new([]);
    let path = format!("/apps/{}/branding", portal.app_id.as_ref().unwrap());
    portal.api("PUT", &path, WHOLE);
    let refused = |method: &str, body: &str, expected: Value| {
        let reply = portal.api(method, &path, body);
        assert_eq!(reply.status, 422, "{method} {body}");
        let detail = reply.json()["detail"].clone();
        let places: Vec<&Value> =
            detail.as_array().unwrap().iter().map(|issue| &issue["loc"]).collect();
        assert_eq!(json!(places), expected, "{method} {body}");
    };
    let colors = |name: &str| json!([["body", "colors", name]]);
    refused("PUT", "{}", json!([["body", "logo_url"], ["body", "colors"]]));
    refused(
        "PUT",
        r#"{"logo_url":"https://a.example/l.png","colors":{}}"#,
        json!([
            ["body", "colors", "primary"],
            ["body", "colors", "text"],
            ["body", "colors", "background"]
        ]),
    );
    refused("PATCH", "{}", json!([["body"]]));
    refused("PATCH", r#"{"colors":{}}"#, json!([["body", "colors"]]));
    refused("PATCH", r#"{"colors":null}"#, json!([["body", "colors"]]));
    refused("PATCH", r#"{"logo_url":null}"#, json!([["body", "logo_url"]]));
    refused("PATCH", r#"{"logo_url":"http://a.example/l.png"}"#, json!([["body", "logo_url"]]));
    refused("PATCH", r#"{"logo_url":"a.png"}"#, json!([["body", "logo_url"]]));
    refused("PATCH", r#"{"font_family":5}"#, json!([["body", "font_family"]]));
    refused(
        "PATCH",
        r#"{"updated_at":"2026-01-01","font_family":"x"}"#,
        json!([["body", "updated_at"]]),
    );
    for bad in ["red", "#fff", "#12345g", "123456", "#1234567", " #123456", ""] {
        refused("PATCH", &format!("{{\"colors\":{{\"text\":\"{bad}\"}}}}"), colors("text"));
    }
    refused("PATCH", r#"{"colors":{"text":7}}"#, colors("text"));
    refused("PATCH", r##"{"colors":{"link":"#123456"}}"##, colors("link"));
}

#[test]
fn approvals_have_defaults_within_their_bounds() {
    let portal = Portal::empty([]);
    let answer = portal.get("/approvals/defaults").json();
    for key in ["expires_in_seconds", "max_pending"] {
        let (value, bounds) = (&answer["defaults"][key], &answer["bounds"][key]);
        let number = |value: &Value| value.as_i64().unwrap();
        assert!(
            (number(&bounds["min"])..=number(&bounds["max"])).contains(&number(value)),
            "{key}"
        );
    }
    assert_eq!(answer["defaults"]["expires_in_seconds"], 600);
    assert_eq!(answer["defaults"]["channels"], json!(["email"]));
    assert!(answer["defaults"]["result_retention_seconds"].is_number());
}
