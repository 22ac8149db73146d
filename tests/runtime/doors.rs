//! Facts that hold at one door hold at all of them: keys and what was derived from them, apps, users, the clock.

use serde_json::{Value, json};

use super::signed::{Said, Wanted, post};
use crate::support::server::Exchange;
use crate::support::{APP, Alter, Home, Play, Portal, Server, alter};

const OTHER: &str = "a1a1a1a1-0001-4000-8000-000000000002";
const SYSTEM: &str = "9a470000-0001-4000-8000-000000000064";

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Mints a key of every scope with more flags; gives its plaintext and its id.
fn mint(portal: &Portal, app: &str, more: &[&str]) -> (String, String) {
    let words = ["keys", "mint", "--name", "k", "--scopes", "*", "--app", app];
    let made = more.iter().fold(alter(words), Alter::arg).at(portal).run();
    let made = made.exits(0).json();
    (text(&made, "api_key").to_owned(), text(&made, "id").to_owned())
}

fn token(portal: &Portal, key: &str) -> Wanted {
    let url = format!("{}/provider/stripe", portal.base_url);
    let body =
        json!({ "grant_id": SYSTEM, "reason": null, "request": { "method": "GET", "url": url } });
    post(key, "/sdk/token", &body)
}

fn ask(portal: &Portal, key: &str) -> Said {
    token(portal, key).sign().send(portal)
}

fn derive(portal: &Portal, key: &str, body: &Value) -> Said {
    post(key, "/sdk/keys/derive", body).sign().send(portal)
}

#[test]
fn a_derived_key_does_no_more_than_its_parent_and_ends_with_it() {
    let portal = Portal::new([]);
    let all = json!({ "scopes": ["tokens:retrieve"], "expires_in": 86_400 });
    // Its addresses.
    let (parent, _) = mint(&portal, APP, &["--cidr", "192.0.2.0/24"]);
    assert_eq!(ask(&portal, &parent).code(), (403, "ip_not_allowed"));
    let (parent, id) = mint(&portal, APP, &["--cidr", "127.0.0.0/8", "--rate-limit-rpm", "4"]);
    let wide = json!({ "scopes": ["tokens:retrieve"], "expires_in": 60, "cidr_allowlist": ["10.0.0.0/8"] });
    assert_eq!(derive(&portal, &parent, &wide).code(), (400, "constraint_not_narrowing"));
    let child = derive(&portal, &parent, &all);
    assert_eq!(child.status, 201, "{child:?}");
    assert_eq!(child.body["cidr_allowlist"], json!(["127.0.0.0/8"]));
    assert_eq!(child.body["effective_rate_limit_rpm"], 4);
    let child = text(&child.body, "api_key").to_owned();
    // Its minute: two were used, and two are left for both.
    assert_eq!([ask(&portal, &child).status, ask(&portal, &parent).status], [200, 200]);
    assert_eq!(ask(&portal, &child).code(), (429, "rate_limit_exceeded"));
    // A rotation without an overlap.
    alter(["keys", "rotate", "--yes", "--key", &id, "--app", APP]).at(&portal).run();
    portal.advance("2m");
    assert_eq!(ask(&portal, &child).status, 200, "the parent works on for a while");
    let (parent, id) = mint(&portal, APP, &[]);
    let child = text(&derive(&portal, &parent, &all).body, "api_key").to_owned();
    let rotated = portal.post(&format!("/apps/{APP}/keys/{id}/rotate"), r#"{"overlap_days":0}"#);
    assert_eq!(rotated.status, 201, "{}", rotated.body);
    assert_eq!(ask(&portal, &child).status, 401);
    let listed = portal.ask(["keys", "list", "--status=active", "--app", APP]);
    assert!(!listed.to_string().contains(&child[..16]), "{listed}");
    // And a revocation.
    let (parent, id) = mint(&portal, APP, &[]);
    let child = text(&derive(&portal, &parent, &all).body, "api_key").to_owned();
    alter(["keys", "revoke", "--yes", "--key", &id, "--app", APP]).at(&portal).run().exits(0);
    assert_eq!(ask(&portal, &child).code(), (401, "key_revoked"));
}

#[test]
fn another_apps_grant_is_told_from_none_by_nothing() {
    let portal = Portal::new([]);
    let other = portal.app("Other");
    let (stranger, _) = mint(&portal, &other, &[]);
    let ended = |grant: &str| {
        let target = format!("/sdk/grants/{grant}/delegations/x");
        let asked = Wanted {
            method: "DELETE".into(),
            body: String::new(),
            ..post(&stranger, &target, &Value::Null)
        };
        let said = asked.sign().send(&portal);
        (said.status, said.body["error"].clone())
    };
    assert_eq!(ended(SYSTEM), (404, json!("grant_not_found")));
    assert_eq!(ended(SYSTEM), ended("9a470000-0001-4000-8000-00000000ffff"));
}

#[test]
fn nothing_is_fetched_for_a_request_that_is_not_signed() {
    let server = Server::new(|_: &Exchange| Play::json(404, "{}"));
    let portal = Portal::new([]);
    let (key, _) = mint(&portal, APP, &[]);
    let part = |value: &Value| ::alter::for_tests::base64_url(value.to_string().as_bytes());
    let jwt = format!(
        "{}.{}.{}",
        part(&json!({ "alg": "RS256" })),
        part(&json!({ "iss": server.url(), "sub": "x" })),
        part(&json!("x"))
    );
    let ask = || post(&key, "/sdk/auth/verify-token", &json!({ "token": jwt })).sign();
    let unsigned = ask().with("X-Alter-Signature", "00").send(&portal);
    assert_eq!(unsigned.code(), (401, "invalid_signature"));
    server.untouched();
    assert_eq!(ask().send(&portal).code(), (401, "jwt_validation_error"));
    assert!(!server.seen().is_empty(), "a signed one is looked into");
}

/// Signs a new user in on the page; gives the token.
fn sign_in(portal: &Portal, key: &str, email: &str) -> (String, String) {
    let asked = post(key, "/sdk/auth/session", &json!({})).sign().send(portal).body;
    let path = text(&asked, "auth_url").replace(&portal.base_url, "");
    let origin = [("Origin", portal.base_url.as_str())];
    let form = format!("decision=yes&user=new&email={email}");
    assert_eq!(portal.exchange("POST", &path, &form, &origin).expect("a page").status, 200);
    let poll = json!({ "session_token": asked["session_token"] });
    let done = post(key, "/sdk/auth/poll", &poll).sign().send(portal).body;
    (text(&done, "user_token").to_owned(), text(&done["user_info"], "sub").to_owned())
}

#[test]
fn a_grant_is_repaired_by_its_user_alone() {
    let portal = Portal::new([]);
    let (key, _) = mint(&portal, APP, &[]);
    let (anna, _) = sign_in(&portal, &key, "anna%40example.com");
    let (ben, _) = sign_in(&portal, &key, "ben%40example.com");
    let connect = |more: Value| {
        let mut body = json!({ "allowed_providers": ["google"] });
        body.as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().unwrap_or_default());
        post(&key, "/sdk/oauth/connect/session", &body).sign().send(&portal)
    };
    let complete = |said: &Said| {
        let path = text(&said.body, "connect_url").replace(&portal.base_url, "");
        let origin = [("Origin", portal.base_url.as_str())];
        let page = portal.exchange("POST", &path, "decision=yes", &origin).expect("a page");
        assert_eq!(page.status, 200, "{}", page.body);
        let poll = json!({ "session_token": said.body["session_token"] });
        let done = post(&key, "/sdk/oauth/connect/session/poll", &poll).sign().send(&portal).body;
        text(&done["grants"][0], "grant_id").to_owned()
    };
    let grant = complete(&connect(json!({ "user_token": anna })));
    assert!(!grant.is_empty());
    for (more, code) in [
        (json!({ "user_token": ben }), (404, "grant_not_found")),
        (json!({}), (422, "")),
        (json!({ "user_token": anna, "switch_account": true }), (422, "")),
        (json!({ "user_token": anna, "requested_grant": { "label": "x" } }), (422, "")),
        (json!({ "user_token": anna, "allowed_providers": ["google", "github"] }), (422, "")),
        (json!({ "user_token": anna, "agent": "a9e47000-0001-4000-8000-000000000000" }), (422, "")),
    ] {
        let mut more = more;
        more["repair_grant_id"] = json!(grant);
        let said = connect(more.clone());
        assert_eq!(said.code(), code, "{more}: {said:?}");
    }
    let notion =
        json!({ "user_token": anna, "allowed_providers": ["notion"], "repair_grant_id": grant });
    assert_eq!(connect(notion).code(), (422, ""));
    let foreign =
        portal.ask(["grants", "list", "--status=active", "--provider=google", "--app", OTHER]);
    let foreign = json!({ "user_token": anna, "repair_grant_id": foreign["items"][0]["id"] });
    assert_eq!(connect(foreign).code(), (404, "grant_not_found"));
    let repaired = connect(json!({ "user_token": anna, "repair_grant_id": grant }));
    assert_eq!(complete(&repaired), grant);
}

#[test]
fn a_session_is_completed_only_if_all_is_still_as_it_was() {
    let portal = Portal::new([]);
    let (key, _) = mint(&portal, APP, &[]);
    let session = || {
        let body = json!({ "allowed_providers": ["google"] });
        post(&key, "/sdk/oauth/connect/session", &body).sign().send(&portal).body
    };
    let complete = |session: &Value| {
        let path = text(session, "connect_url").replace(&portal.base_url, "");
        let origin = [("Origin", portal.base_url.as_str())];
        let page = portal.exchange("POST", &path, "decision=yes", &origin).expect("a page");
        assert!(!page.body.contains("Connected"), "{}", page.body);
    };
    let refused = |session: &Value| {
        let poll = json!({ "session_token": session["session_token"] });
        let polled = post(&key, "/sdk/oauth/connect/session/poll", &poll).sign().send(&portal).body;
        assert_eq!(polled["error"]["error_code"], "connect_config_error", "{polled}");
    };
    let grants =
        || portal.ask(["grants", "list", "--provider=google", "--app", APP])["total"].clone();
    let (one, two, before) = (session(), session(), grants());
    let status = |status: &str| {
        let update = ["providers", "update", "google", "--app", APP, "--status", status];
        alter(update).at(&portal).run().exits(0);
    };
    status("disabled");
    complete(&one);
    refused(&one);
    status("active");
    alter(["apps", "archive", APP]).at(&portal).run().exits(0);
    complete(&two);
    alter(["apps", "unarchive", APP]).at(&portal).run().exits(0);
    refused(&two);
    assert_eq!(grants(), before);
}

#[test]
fn a_user_is_not_called_by_an_id_of_the_portals_own() {
    let portal = Portal::new([]);
    let (key, _) = mint(&portal, APP, &[]);
    let (token, subject) = sign_in(&portal, &key, "anna%40example.com");
    let body = json!({ "include_profile": false, "user_token": token });
    let identity = post(&key, "/sdk/identity/resolve", &body).sign().send(&portal).body;
    assert_eq!(identity["external_subject_id"], json!(subject));
    assert_ne!(identity["app_user_id"], json!(subject));
}

#[test]
fn a_signed_request_is_taken_once_also_by_a_portal_started_again() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let portal = Portal::new(["--state", &file]);
    let (key, _) = mint(&portal, APP, &[]);
    let signed = token(&portal, &key).sign();
    assert_eq!(signed.send(&portal).status, 200);
    portal.kill();
    let portal = Portal::new(["--state", &file]);
    assert_eq!(signed.send(&portal).code(), (401, "nonce_reused"));
    // What was signed by a clock that was moved forward with the portal's is taken, and once as well.
    portal.advance("2h");
    let ahead = Wanted { skew: 7200, ..token(&portal, &key) }.sign();
    assert_eq!([ahead.send(&portal).status, ask(&portal, &key).status], [200, 200]);
    portal.kill();
    let portal = Portal::new(["--state", &file]);
    assert_eq!(ahead.send(&portal).code(), (401, "nonce_reused"));
    let far = Wanted { skew: 7600, ..token(&portal, &key) }.sign();
    assert_eq!(far.send(&portal).code(), (401, "timestamp_out_of_window"));
}

#[test]
fn narrowed_scopes_show_in_the_management_api_when_their_time_has_come() {
    let portal = Portal::new([]);
    let (key, _) = mint(&portal, APP, &[]);
    let agent = "a9e47000-0001-4000-8000-000000000000";
    let path = format!("/apps/{APP}/agents/{agent}");
    let version = portal.get(&path).json()["version"].clone();
    let target = format!("/sdk/agents/{agent}?grace_seconds=3600&expected_version={version}");
    let body = json!({ "scopes": { "managed_secret_slugs": ["stripe"] } });
    let said = Wanted { method: "PATCH".into(), ..post(&key, &target, &body) }.sign().send(&portal);
    assert_eq!(said.status, 200, "{said:?}");
    assert_ne!(portal.get(&path).json()["scopes"], body["scopes"]);
    portal.advance("1h");
    assert_eq!(portal.get(&path).json()["scopes"], body["scopes"]);
}
