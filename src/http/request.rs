//! A checked request: what is sent, what `--dry-run` prints, and what is hidden in both.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

use super::routes::{self, PREFIX};
use crate::base::failure::Failure;
use crate::base::origin;
use crate::base::redact::{SECRET_KEYS, credentials, holds_credential, loose, remember};
use crate::output::json;
use crate::output::shell;

/// The methods of the portal's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// Reads.
    Get,
    /// Makes, or does.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method as it is written in a request line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// One request to the portal, every part of it checked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// How.
    pub(crate) method: Method,
    /// Where, from `/api/v1` on, segments encoded.
    pub(crate) path: String,
    /// Whether it is sent without the PAT.
    pub(crate) public: bool,
    /// More headers than every request has.
    pub(crate) headers: Vec<(String, String)>,
    query: Vec<(String, String)>,
    body: Option<Body>,
}

impl Request {
    /// A request without query and body.
    pub(crate) fn new(method: Method, path: String) -> Self {
        Self { method, path, public: false, headers: Vec::new(), query: Vec::new(), body: None }
    }

    /// `GET path`
    pub(crate) fn get(path: String) -> Self {
        Self::new(Method::Get, path)
    }

    /// `POST path`
    pub(crate) fn post(path: String) -> Self {
        Self::new(Method::Post, path)
    }

    /// `PUT path`
    pub(crate) fn put(path: String) -> Self {
        Self::new(Method::Put, path)
    }

    /// `PATCH path`
    pub(crate) fn patch(path: String) -> Self {
        Self::new(Method::Patch, path)
    }

    /// `DELETE path`
    pub(crate) fn delete(path: String) -> Self {
        Self::new(Method::Delete, path)
    }

    /// Leaves the PAT out: nobody needs to be signed in.
    #[must_use]
    pub(crate) fn without_pat(mut self) -> Self {
        self.public = true;
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub(crate) fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a query parameter when there is a value for it.
    #[must_use]
    pub(crate) fn maybe(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Sets the body. The credentials in it are hidden wherever the portal should repeat them.
    #[must_use]
    pub(crate) fn body(mut self, body: Body) -> Self {
        remember_secrets(body.text(), false, 0);
        self.body = Some(body);
        self
    }

    /// The path with the query behind it.
    pub(crate) fn target(&self) -> String {
        let pairs: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{}={}", origin::encode(name), origin::encode(value)))
            .collect();
        if pairs.is_empty() {
            return self.path.clone();
        }
        let joint = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{joint}{}", self.path, pairs.join("&"))
    }

    /// The body as it is sent.
    pub(crate) fn body_text(&self) -> Option<&str> {
        self.body.as_ref().map(Body::text)
    }

    /// Whether it is to change something.
    pub(crate) fn changes(&self) -> bool {
        self.method != Method::Get && !routes::only_reads(&self.path)
    }

    /// The app that it acts on.
    pub(crate) fn app(&self) -> Option<String> {
        let path = self.path.strip_prefix(PREFIX)?.strip_prefix("/apps/")?;
        let id = path.split(['/', '?']).next()?;
        Some(percent_decode_str(id).decode_utf8_lossy().into_owned())
    }

    /// The command that shows whether this request, which changes something, did its work: it reads what is changed.
    pub(crate) fn look(&self) -> String {
        /// The end of a path that is only posted or put to.
        const ACTIONS: &[&str] = &[
            "allowed-hosts",
            "archive",
            "delegation-policy",
            "deprecate",
            "revoke",
            "rotate",
            "unarchive",
            "undeprecate",
        ];
        let path = self.path.split('?').next().unwrap_or_default();
        let path = path.strip_prefix(PREFIX).unwrap_or(path);
        let read = match path.rsplit_once('/') {
            Some((thing, action)) if ACTIONS.contains(&action) => thing,
            _ => path,
        };
        let segments: Vec<&str> = read.split('/').skip(1).collect();
        // Not everything has a route of its own to read it by.
        let read = match segments[..] {
            ["apps", app, "agents", agent, "keys", _] => format!("/apps/{app}/agents/{agent}/keys"),
            ["apps", app, "grants" | "managed-secret-grants", _] => format!("/apps/{app}/grants"),
            ["apps", _, "identity-providers"] => {
                return "alter audit portal-actions".into();
            }
            _ => read.to_owned(),
        };
        format!("alter api GET {}", shell::word(&read))
    }

    /// Refuses what looks like a credential in the target: a URL ends up in logs all along the way.
    pub(crate) fn refuse_credential(&self) -> Result<(), Failure> {
        if !holds_credential(&self.target()) {
            return Ok(());
        }
        let parameter = self.query.iter().find(|(_, value)| holds_credential(value));
        let what = parameter.map_or_else(
            || "an id or the path".to_owned(),
            |(name, _)| format!("the value for `{name}`"),
        );
        Err(Failure::usage(what, "looks like a credential, which must not be in a URL"))
    }

    /// What `--dry-run` prints: `{"method","path","body"}` with secrets hidden.
    pub(crate) fn preview(&self) -> String {
        let body = self.body_text().map_or_else(|| "null".into(), redact);
        let preview = format!(
            r#"{{"method":{},"path":{},"body":{body}}}"#,
            json::quote(self.method.name()),
            json::quote(&loose(&self.target()))
        );
        credentials(&preview).into_owned()
    }
}

/// A JSON body; an object's keys stay in the order they were put in.
#[derive(Clone, Debug)]
pub(crate) struct Body(String);

impl Body {
    /// `{}`
    pub(crate) fn object() -> Self {
        Self("{}".into())
    }

    /// A document that was checked elsewhere, as it is.
    pub(crate) fn document(document: &RawValue) -> Self {
        Self(document.get().to_owned())
    }

    /// Adds a key to the object.
    #[must_use]
    pub(crate) fn with(self, key: &str, value: impl Serialize) -> Self {
        self.with_json(key, &serde_json::to_string(&value).unwrap_or_else(|_| "null".into()))
    }

    /// Adds a key whose value is JSON already.
    #[must_use]
    pub(crate) fn with_json(mut self, key: &str, value: &str) -> Self {
        self.0.pop();
        if self.0.len() > 1 {
            self.0.push(',');
        }
        for part in [&json::quote(key), ":", value, "}"] {
            self.0.push_str(part);
        }
        self
    }

    /// Adds a key to the object when there is a value for it.
    #[must_use]
    pub(crate) fn maybe(self, key: &str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Whether it holds a credential.
    pub(crate) fn holds_secret(&self) -> bool {
        redact(&self.0) != json::compact(&self.0)
    }

    /// The document.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document: &RawValue = serde_json::from_str(&self.0).map_err(S::Error::custom)?;
        document.serialize(serializer)
    }
}

/// Nothing of the contract nests deeper; what does is hidden whole.
const MAX_DEPTH: usize = 32;

fn remember_secrets(document: &str, secret: bool, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Some(entries) = json::entries(document) {
        for (key, value) in entries {
            remember_secrets(value, secret || SECRET_KEYS.contains(&key.as_ref()), depth + 1);
        }
    } else if let Some(elements) = json::elements(document) {
        for element in elements {
            remember_secrets(element.text, secret, depth + 1);
        }
    } else if let Ok(text) = serde_json::from_str::<String>(document)
        && secret
    {
        remember(&text);
    }
}

/// A JSON document with the values of its secret keys hidden, and every credential in the others.
pub(crate) fn redact(document: &str) -> String {
    redact_at(document, 0)
}

fn redact_at(document: &str, depth: usize) -> String {
    const HIDDEN: &str = "\"[redacted]\"";
    if depth > MAX_DEPTH {
        return HIDDEN.into();
    }
    if let Some(entries) = json::entries(document) {
        let entries: Vec<String> = entries
            .map(|(key, value)| {
                let secret = SECRET_KEYS.contains(&key.as_ref()) && value != "null";
                let shown = if secret { HIDDEN.into() } else { redact_at(value, depth + 1) };
                format!("{}:{shown}", json::quote(&credentials(&key)))
            })
            .collect();
        return format!("{{{}}}", entries.join(","));
    }
    if let Some(elements) = json::elements(document) {
        let elements: Vec<String> =
            elements.map(|element| redact_at(element.text, depth + 1)).collect();
        return format!("[{}]", elements.join(","));
    }
    // Unescaped first, for a credential may be spelt with escapes.
    match serde_json::from_str::<String>(document) {
        Ok(text) => match credentials(&text) {
            Cow::Owned(hidden) if hidden != text => json::quote(&hidden),
            _ => document.to_owned(),
        },
        Err(_) => document.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_hide_secrets() {
        let body = Body::object()
            .with("name", "é")
            .maybe("none", None::<&str>)
            .with("client_secret", "s")
            .with("deep", serde_json::json!([{ "api_key": "k", "secret": null }]));
        let request = Request::post("/api/v1/x".into()).query("a b", "c&d").body(body);
        assert_eq!(
            request.preview(),
            r#"{"method":"POST","path":"/api/v1/x?a%20b=c%26d","body":{"name":"é","client_secret":"[redacted]","deep":[{"api_key":"[redacted]","secret":null}]}}"#
        );
    }
}
