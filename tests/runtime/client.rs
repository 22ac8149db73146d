//! An application as the portal sees it: its keys, its requests, and the person in front of its pages.

use serde_json::{Value, json};

use super::signed::{Message, Said, Wanted, post};
use crate::support::{APP, Portal};

/// The demo's agent at work, and a few of the demo's grants of it.
pub(crate) const AGENT: &str = "a9e47000-0001-4000-8000-000000000000";

/// The address of a demo user's page choice.
pub(crate) fn user(number: usize) -> String {
    format!("05e40000-0001-4000-8000-{number:012x}")
}

/// An application with a key.
pub(crate) struct Client<'a> {
    pub(crate) portal: &'a Portal,
    pub(crate) key: String,
}

impl<'a> Client<'a> {
    /// The demo's first app, with a key of every scope.
    pub(crate) fn new(portal: &'a Portal) -> Self {
        Self::of_app(portal, APP)
    }

    /// Any app, with a key of every scope.
    pub(crate) fn of_app(portal: &'a Portal, app: &str) -> Self {
        let body = json!({ "name": "client", "scopes": ["*"] }).to_string();
        let key = portal.post(&format!("/apps/{app}/keys"), &body).text("api_key");
        Self { portal, key }
    }

    /// The demo's first agent, with a key of its own.
    pub(crate) fn agent(portal: &'a Portal) -> Self {
        let key = portal.post(&format!("/apps/{APP}/agents/{AGENT}/keys"), "{}").text("api_key");
        Self { portal, key }
    }

    pub(crate) fn post(&self, target: &str, body: &Value) -> Said {
        post(&self.key, target, body).sign().send(self.portal)
    }

    pub(crate) fn send(&self, method: &str, target: &str, body: &str) -> Said {
        let (method, body) = (method.to_owned(), body.to_owned());
        let wanted = Wanted { method, body, ..post(&self.key, target, &Value::Null) };
        wanted.sign().send(self.portal)
    }

    /// What a request that must succeed says.
    #[track_caller]
    pub(crate) fn ask(&self, target: &str, body: &Value) -> Value {
        let said = self.post(target, body);
        assert!(matches!(said.status, 200..=202), "{target} {body}: {said:?}");
        said.body
    }

    /// The page of an address, or what comes of its form.
    pub(crate) fn page(&self, method: &str, url: &str, form: &str) -> String {
        let path = url.strip_prefix(&self.portal.base_url).unwrap_or(url);
        let line = format!("{method} {path} HTTP/1.1");
        Message { line, headers: Vec::new(), body: form.to_owned() }.exchange(self.portal)
    }

    /// The token of a user who signs in on the page.
    #[track_caller]
    pub(crate) fn token(&self, user: &str) -> String {
        let asked = self.ask("/sdk/auth/session", &json!({}));
        self.page("POST", text(&asked, "auth_url"), &format!("decision=yes&user={user}"));
        let body = json!({ "session_token": asked["session_token"] });
        let done = self.ask("/sdk/auth/poll", &body);
        assert_eq!(done["status"], "completed", "{done}");
        text(&done, "user_token").to_owned()
    }

    /// What comes of a connect session whose page is answered with a form.
    #[track_caller]
    pub(crate) fn connect(&self, session: &Value, form: &str) -> Value {
        let asked = self.ask("/sdk/oauth/connect/session", session);
        self.page("POST", text(&asked, "connect_url"), form);
        self.poll(&asked)
    }

    pub(crate) fn poll(&self, asked: &Value) -> Value {
        let body = json!({ "session_token": asked["session_token"] });
        self.ask("/sdk/oauth/connect/session/poll", &body)
    }
}

/// A text of an answer.
#[track_caller]
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}
