//! Pages on which a person decides.

use serde_json::{Value, json};

use super::signed::{Message, post};
use crate::support::{APP, Home, Portal, alter};

const SYSTEM: &str = "9a470000-0001-4000-8000-000000000064";

fn key(portal: &Portal) -> String {
    let made =
        alter(["keys", "mint", "--name", "k", "--scopes", "*", "--app", APP]).at(portal).run();
    made.exits(0).json()["api_key"].as_str().expect("a key").to_owned()
}

/// A page or a form of the portal, by its address.
fn page(portal: &Portal, method: &str, url: &str, body: &str) -> Message {
    let path = url.strip_prefix(&portal.base_url).unwrap_or(url);
    Message {
        line: format!("{method} {path} HTTP/1.1"),
        headers: Vec::new(),
        body: body.to_owned(),
    }
}

/// A session that a key asks for: its answer, and a key that may poll it.
fn session(portal: &Portal, key: &str, target: &str, body: &Value) -> Value {
    let said = post(key, target, body).sign().send(portal);
    assert!(matches!(said.status, 200..=202), "{said:?}");
    said.body
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

#[test]
fn a_page_says_what_is_asked_and_takes_one_answer() {
    let portal = Portal::new([]);
    let key = key(&portal);
    let connect = json!({ "allowed_providers": ["github"], "return_url": null, "metadata": null });
    let connect = session(&portal, &key, "/sdk/oauth/connect/session", &connect);
    let sign_in = session(&portal, &key, "/sdk/auth/session", &json!({}));
    let rule = r#"{"effect":"require_approval","approval":{},"when":{"method":"PUT"}}"#;
    let words =
        ["policy", "rules", "create", "--type", "require_approval", "--app", APP, "--body", rule];
    alter(words).arg("--name=Ask before writing").at(&portal).run().exits(0);
    let url = format!("{}/provider/stripe/<i>", portal.base_url);
    let call = json!({ "method": "PUT", "url": url, "grant_id": SYSTEM });
    let held = session(&portal, &key, "/sdk/proxy", &call);
    for (url, denied, shown) in [
        (
            text(&connect, "connect_url"),
            "Nothing was connected",
            &[
                "Let Support Copilot use your GitHub account?",
                "<code>read:user</code>",
                "Your account at GitHub",
            ][..],
        ),
        (
            text(&sign_in, "auth_url"),
            "You are not signed in",
            &[
                "Sign in to Support Copilot",
                "Chlo\u{e9} Martin",
                "Somebody new",
                ">Cancel</button>",
            ],
        ),
        (
            text(&held, "approval_url"),
            "It is denied",
            &[
                "Let this call be made?",
                "PUT http://",
                "%3Ci%3E",
                "Ask before writing",
                "<dd>stripe, 9a470000",
            ],
        ),
    ] {
        let get = || page(&portal, "GET", url, "").exchange(&portal);
        let first = get();
        for part in shown {
            assert!(first.contains(part), "no {part} in {first}");
        }
        assert!(first.starts_with("HTTP/1.1 200") && !first.contains("<script"), "{first}");
        assert!(
            first.contains("frame-ancestors 'none'") && first.contains("Cache-Control: no-store")
        );
        let elsewhere =
            page(&portal, "POST", url, "decision=yes").with("Origin", "https://evil.example");
        assert!(elsewhere.exchange(&portal).starts_with("HTTP/1.1 403"));
        let unclear = page(&portal, "POST", url, "decision=perhaps").exchange(&portal);
        assert!(unclear.starts_with("HTTP/1.1 400"), "{unclear}");
        assert!(page(&portal, "PUT", url, "").exchange(&portal).starts_with("HTTP/1.1 405"));
        let no = page(&portal, "POST", url, "decision=no").exchange(&portal);
        assert!(no.starts_with("HTTP/1.1 200") && no.contains(denied), "{no}");
        assert!(get().contains("decided already: denied"));
        let late = page(&portal, "POST", url, "decision=yes").exchange(&portal);
        assert!(late.starts_with("HTTP/1.1 409"), "{late}");
    }
    for path in ["/connect/none", "/sign-in/none", "/approvals/none"] {
        let nothing = page(&portal, "GET", path, "").exchange(&portal);
        assert!(nothing.starts_with("HTTP/1.1 404"), "{nothing}");
    }
}

#[test]
fn a_connection_is_the_users_who_is_named_and_no_secret_is_shown() {
    let portal = Portal::new([]);
    let key = key(&portal);
    let body = json!({ "allowed_providers": ["slack"], "return_url": null, "metadata": null });
    let asked = session(&portal, &key, "/sdk/oauth/connect/session", &body);
    let poll = || {
        let body = json!({ "session_token": asked["session_token"] });
        post(&key, "/sdk/oauth/connect/session/poll", &body).sign().send(&portal).body
    };
    assert_eq!(poll(), json!({ "status": "pending" }));
    let form = "decision=yes&account=me%40slack.example";
    page(&portal, "POST", text(&asked, "connect_url"), form).exchange(&portal);
    let done = poll();
    assert_eq!(done["status"], "completed");
    let grant = &done["grants"][0];
    assert_eq!((&grant["provider_id"], &grant["operation"]), (&json!("slack"), &json!("creation")));
    assert_eq!(grant["account_identifier"], "me@slack.example");
    let list = alter(["grants", "list", "--app", APP, "--provider", "slack"]).at(&portal).run();
    list.exits(0).shows(text(grant, "grant_id"));
    let stranger = alter(["keys", "mint", "--name", "k", "--scopes", "*"])
        .at(&portal)
        .env("ALTER_APP_ID", "a1a1a1a1-0001-4000-8000-000000000002")
        .run();
    let stranger = stranger.exits(0).json()["api_key"].as_str().expect("a key").to_owned();
    let body = json!({ "session_token": asked["session_token"] });
    let said = post(&stranger, "/sdk/oauth/connect/session/poll", &body).sign().send(&portal);
    assert_eq!(said.body, json!({ "status": "expired" }));
}

#[test]
fn a_grant_without_a_near_end_survives_a_restart() {
    let folder = Home::new();
    let file = folder.file("state.json");
    let start = || Portal::new(["--auto-approve", "--state", &file]);
    let portal = start();
    let key = key(&portal);
    let policy = json!({ "default_ttl_seconds": i64::MAX });
    let body = json!({ "allowed_providers": ["notion"], "grant_policy": policy });
    session(&portal, &key, "/sdk/oauth/connect/session", &body);
    let grants =
        |portal: &Portal| portal.ask(["grants", "list", "--app", APP, "--provider=notion"]);
    let made = grants(&portal);
    assert_eq!(made["items"][0]["expires_at"], "9999-12-31T23:59:59Z");
    portal.kill();
    assert_eq!(grants(&start()), made);
}
