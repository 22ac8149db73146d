//! Identity providers: found out about, set up, told of changes.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Portal, Reply};

/// An issuer on this machine that answers each request with what `answer` makes of its path and body.
fn issuer(answer: impl Fn(&str, &str, &str) -> (u16, String) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let own = issuer.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut part = [0; 4096];
            loop {
                let count = stream.read(&mut part).unwrap_or(0);
                request.extend_from_slice(&part[..count]);
                let text = String::from_utf8_lossy(&request).to_lowercase();
                let length = text.split("content-length: ").nth(1);
                let length =
                    length.and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok());
                let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
                if count == 0 || body.is_some_and(|body| body >= length.unwrap_or(0)) {
                    break;
                }
            }
            let text = String::from_utf8_lossy(&request).into_owned();
            let path = text.split(' ').nth(1).unwrap_or_default();
            let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            let (status, body) = answer(&own, path, body);
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    issuer
}

/// A proper one.
fn proper(issuer: &str, path: &str, body: &str) -> (u16, String) {
    match path {
        "/.well-known/openid-configuration" => {
            let document = json!({
                "issuer": issuer, "jwks_uri": format!("{issuer}/keys"), "token_endpoint": format!("{issuer}/token"),
                "authorization_endpoint": format!("{issuer}/authorize"), "claims_supported": ["sub", "groups"],
            });
            (200, document.to_string())
        }
        "/token" if body.contains("client_secret=right") => {
            (200, json!({"access_token": "t"}).to_string())
        }
        "/token" if body.contains("client_secret=odd") => (500, String::new()),
        "/token" => (401, json!({"error": "invalid_client"}).to_string()),
        _ => (404, String::new()),
    }
}

fn discover(portal: &Portal, app: &str, url: &str) -> Reply {
    let body = json!({"issuer_url": url}).to_string();
    portal.post(&format!("/apps/{app}/identity-providers/discover"), &body)
}

fn create(portal: &Portal, app: &str, body: &Value) -> Reply {
    portal.post(&format!("/apps/{app}/identity-providers"), &body.to_string())
}

#[test]
fn known_issuers_are_not_probed() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    for (url, kind, keys, group) in [
        (
            "https://a.eu.auth0.com/",
            "auth0",
            "https://a.eu.auth0.com/.well-known/jwks.json",
            Value::Null,
        ),
        (
            "https://x.clerk.accounts.dev",
            "clerk",
            "https://x.clerk.accounts.dev/.well-known/jwks.json",
            json!("org_id"),
        ),
        (
            "https://a.okta.com/oauth2/default",
            "okta",
            "https://a.okta.com/oauth2/default/v1/keys",
            json!("groups"),
        ),
        (
            "https://login.a.example",
            "custom",
            "https://login.a.example/.well-known/jwks.json",
            Value::Null,
        ),
    ] {
        let found = discover(&portal, &app, url).json();
        assert_eq!(found["issuer"], url.trim_end_matches('/'));
        assert_eq!((&found["provider_type"], &found["jwks_uri"]), (&json!(kind), &json!(keys)));
        let claims = &found["suggested_claims"];
        assert_eq!((&claims["user_id"], &claims["group"]), (&json!("sub"), &group), "{url}");
    }
    for (url, kind) in [
        ("https://login.microsoftonline.com/x/v2.0", "issuer_not_supported"),
        ("https://a.example/realms/main", "issuer_not_supported"),
        ("https://accounts.google.com", "issuer_not_supported"),
        ("https://login.invalid", "issuer_unreachable"),
        ("http://a.example", "issuer"),
        ("https://a.example/.well-known/openid-configuration", "issuer"),
    ] {
        let reply = discover(&portal, &app, url);
        reply.is_invalid("body", "issuer_url");
        assert_eq!(reply.json()["detail"][0]["type"], kind, "{url}");
        create(&portal, &app, &json!({"issuer_url": url})).is_invalid("body", "issuer_url");
    }
    discover(&portal, "none", "https://a.okta.com").is_error(404, "app_not_found");
    // Nothing of this was saved.
    assert_eq!(
        portal.get("/audit/portal-actions?resource_type=identity_provider").json()["total"],
        0
    );
}

#[test]
fn an_issuer_on_this_machine_is_asked() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let good = issuer(proper);
    let found = discover(&portal, &app, &good).json();
    let expected = json!({
        "issuer": good, "provider_type": "custom", "jwks_uri": format!("{good}/keys"),
        "authorization_endpoint": format!("{good}/authorize"), "token_endpoint": format!("{good}/token"),
        "suggested_claims": {"user_id": "sub", "group": "groups", "role": null},
    });
    assert_eq!(found, expected);
    for (name, bad) in [
        (
            "another issuer",
            issuer(|own, _, _| {
                (200, json!({"issuer": format!("{own}x"), "jwks_uri": own}).to_string())
            }),
        ),
        ("no keys", issuer(|own, _, _| (200, json!({"issuer": own}).to_string()))),
        (
            "foreign keys",
            issuer(|own, _, _| {
                (200, json!({"issuer": own, "jwks_uri": "https://a.example"}).to_string())
            }),
        ),
        ("no JSON", issuer(|_, _, _| (200, "<html>".to_owned()))),
        ("not found", issuer(|_, _, _| (404, "{}".to_owned()))),
        ("endless", issuer(|_, _, _| (200, format!("\"{}\"", "x".repeat(1 << 20))))),
        ("nobody", "http://127.0.0.1:1".to_owned()),
    ] {
        let reply = discover(&portal, &app, &bad);
        assert_eq!(reply.status, 422, "{name}: {}", reply.body);
        reply.is_invalid("body", "issuer_url");
    }
}

#[test]
fn a_silent_issuer_blocks_no_other_request() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    thread::scope(|scope| {
        let asking = scope.spawn(|| discover(&portal, &app, &silent));
        // Once it has been asked, the portal is waiting for it.
        let _connection = listener.accept().unwrap();
        let start = Instant::now();
        assert_eq!(portal.get(&format!("/apps/{app}")).status, 200);
        assert!(start.elapsed() < Duration::from_secs(2));
        asking.join().unwrap().is_invalid("body", "issuer_url");
    });
    // Who may not do this does not make the portal ask.
    let reply = portal.api_as(
        "alter_pat_nobody",
        "POST",
        &format!("/apps/{app}/identity-providers/discover"),
        &json!({"issuer_url": silent}).to_string(),
        &[],
    );
    reply.unwrap().is_error(401, "pat_invalid");
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err());
}

#[test]
fn the_demo_has_an_issuer_of_each_known_kind() {
    let portal = Portal::new([]);
    let made = portal.get("/audit/portal-actions?action=identity_provider.created&limit=9").json();
    let mut kinds = Vec::new();
    for action in made["items"].as_array().unwrap() {
        let app = action["app_id"].as_str().unwrap();
        let users = portal.get(&format!("/apps/{app}/end-users")).json();
        assert!(users["items"][0]["idp_id"] == action["resource_id"], "{action} {users}");
        let issuer = action["details"]["name"].as_str().unwrap();
        kinds.extend(["auth0", "clerk", "okta"].into_iter().filter(|kind| issuer.contains(kind)));
    }
    kinds.sort_unstable();
    assert_eq!(kinds, ["auth0", "clerk", "okta"]);
}

#[test]
fn an_app_has_one() {
    let portal = Portal::empty([]);
    let app = portal.create_app("A");
    let body = json!({"issuer_url": "https://a.okta.example/", "audience": "api", "role_claim": "r", "user_id_claim": "uid"});
    let created = create(&portal, &app, &body);
    assert_eq!(created.status, 201, "{}", created.body);
    let shown = created.json();
    assert_eq!(shown["claims"], json!({"user_id": "uid", "group": "groups", "role": "r"}));
    assert_eq!(
        (&shown["wallet_enabled"], &shown["wallet_verification"]),
        (&json!(false), &Value::Null)
    );
    create(&portal, &app, &body).is_error(409, "identity_provider_exists");
    let other = portal.create_app("B");
    assert_eq!(create(&portal, &other, &body).status, 201);
    assert_eq!(
        portal.get("/audit/portal-actions?action=identity_provider.created").json()["total"],
        2
    );
}

#[test]
fn wallets_are_checked() {
    let portal = Portal::empty([]);
    let local = issuer(proper);
    for (issuer, id, secret, outcome) in [
        ("https://a.okta.example", "w", "s", "verified"),
        ("https://a.example", "w", "s", "inconclusive"),
        ("https://a.example", "refused-1", "s", "refused"),
        (local.as_str(), "w", "right", "verified"),
        (&local, "w", "odd", "inconclusive"),
        (&local, "w", "wrong", "refused"),
    ] {
        let app = portal.create_app("A");
        let body =
            json!({"issuer_url": issuer, "wallet_client_id": id, "wallet_client_secret": secret});
        let reply = create(&portal, &app, &body);
        if outcome == "refused" {
            reply.is_invalid("body", "wallet_client_secret");
            assert_eq!(create(&portal, &app, &json!({"issuer_url": issuer})).status, 201);
        } else {
            assert_eq!(reply.text("wallet_verification"), outcome, "{issuer} {secret}");
            assert_eq!(reply.json()["wallet_enabled"], true);
        }
    }
    let app = portal.create_app("A");
    for (given, missing) in
        [("wallet_client_id", "wallet_client_secret"), ("wallet_client_secret", "wallet_client_id")]
    {
        let mut body = json!({"issuer_url": "https://a.okta.example"});
        body[given] = json!("x");
        create(&portal, &app, &body).is_invalid("body", missing);
    }
}

#[test]
fn webhooks() {
    let portal = Portal::empty([]);
    for (issuer, own, wrong) in [
        ("https://a.auth0.example", None, None),
        ("https://a.example", None, None),
        ("https://a.clerk.example", Some("whsec_0123456789abcdef0123456789"), Some("plain")),
        ("https://a.okta.example", Some("a secret that was chosen there"), None),
    ] {
        let app = portal.create_app("A");
        let id = create(&portal, &app, &json!({"issuer_url": issuer})).text("id");
        let path = format!("/apps/{app}/identity-providers/{id}/webhook");
        let rotate = format!("{path}/rotate");
        let off = json!({"enabled": false, "endpoint_url": null, "secret_prefix": null, "created_at": null,
            "rotated_at": null, "last_event_at": null});
        assert_eq!(portal.get(&path).json(), off);
        portal.api("DELETE", &path, "").is_error(409, "webhook_not_enabled");
        portal.post(&rotate, "").is_error(409, "webhook_not_enabled");
        if let Some(wrong) = wrong {
            portal.post(&path, &json!({"secret": wrong}).to_string()).is_invalid("body", "secret");
        }
        let enabled = if let Some(secret) = own {
            portal.post(&path, "").is_invalid("body", "secret");
            portal.post(&path, &json!({"secret": secret}).to_string())
        } else {
            portal.post(&path, "")
        };
        assert_eq!(enabled.status, 201, "{}", enabled.body);
        let secret = enabled.text("secret");
        assert!(
            own.is_none_or(|own| own == secret)
                && secret.starts_with(&enabled.text("secret_prefix"))
        );
        let endpoint = format!("{}/webhooks/{id}", portal.base_url);
        assert_eq!(enabled.text("endpoint_url"), endpoint);
        portal
            .post(&path, &json!({"secret": secret}).to_string())
            .is_error(409, "webhook_already_enabled");
        let status = portal.get(&path);
        assert!(!status.body.contains(&secret) && status.json()["enabled"] == true);
        let rotated = portal.post(&rotate, "");
        assert_ne!(rotated.text("secret"), secret);
        for reply in [&status, &rotated] {
            assert_eq!(reply.text("endpoint_url"), endpoint);
        }
        assert!(rotated.json()["rotated_at"].is_string() && rotated.status == 200);
        assert_eq!(portal.api("DELETE", &path, "").json(), off);
    }
}
