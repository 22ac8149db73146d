//! A checked request: what is sent, what `--dry-run` prints, and what is hidden in both.

use std::borrow::Cow;

use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::api::field::Field;
use crate::api::method::Method;
use crate::api::operation::Operation;
use crate::api::path::{Part, Wrong};
use crate::api::{self, PREFIX};
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::base::origin;
use crate::base::redact::{SECRET_KEYS, credentials, holds_credential, loose, remember};
use crate::base::time;
use crate::output::json;
use crate::output::shell;

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
    /// The operation that it is of, where it is one of the portal's API.
    operation: Option<&'static Operation>,
    /// Whether a command built it, which must keep to what the operation takes.
    declared: bool,
    query: Vec<(String, String)>,
    body: Option<Body>,
}

impl Request {
    /// Returns a request of an operation: an id for each placeholder of its path, in order.
    pub(crate) fn of(operation: &'static Operation, ids: &[&Id]) -> Self {
        let ids: Vec<&str> = ids.iter().map(|id| id.text()).collect();
        Self {
            method: operation.method,
            path: operation.fill(&ids),
            public: operation.scope().is_none(),
            headers: Vec::new(),
            operation: Some(operation),
            declared: true,
            query: Vec::new(),
            body: None,
        }
    }

    /// Returns a request to any path, without query and body.
    pub(crate) fn to(method: Method, path: String) -> Self {
        let operation = api::find(method, &path);
        Self {
            method,
            path,
            public: false,
            headers: Vec::new(),
            operation,
            declared: false,
            query: Vec::new(),
            body: None,
        }
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
        debug_assert!(
            !self.declared || self.operation.is_some_and(|of| of.parameter(name).is_some()),
            "{} has no parameter {name}",
            self.path
        );
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
        debug_assert!(
            !self.declared
                || body
                    .keys
                    .iter()
                    .all(|key| self.operation.is_some_and(|of| of.key(key).is_some())),
            "{} does not take all of {:?}",
            self.path,
            body.keys
        );
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

    /// Refuses a value that the operation does not take, by the flag that gave it. What a person's own document or
    /// credential holds is the portal's to judge.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let Some(operation) = self.operation.filter(|_| self.declared) else {
            return Ok(());
        };
        let now = time::now();
        for (name, value) in &self.query {
            if let Some(field) = operation.parameter(name) {
                field.read(value, now).map_err(|wrong| refused(field, &wrong))?;
            }
        }
        let Some(body) = self.body.as_ref().filter(|body| !body.keys.is_empty()) else {
            return Ok(());
        };
        let document: Value = serde_json::from_str(&body.text).unwrap_or_default();
        let keys = body.keys.iter().filter_map(|key| operation.key(key));
        for field in keys.filter(|field| field.kind.is_plain()) {
            let value = document.get(field.name).unwrap_or(&Value::Null);
            let checked = field.check_value(value, now);
            checked.map_err(|faults| refused(field, &faults[0]))?;
        }
        Ok(())
    }

    /// Returns whether it is to change something.
    pub(crate) fn changes(&self) -> bool {
        self.operation.map_or(self.method != Method::Get, Operation::changes)
    }

    /// Returns the app that it acts on.
    pub(crate) fn app(&self) -> Option<String> {
        let params = self.params();
        params.into_iter().find(|(name, _)| *name == "app").map(|(_, id)| id)
    }

    /// Returns the command that shows whether this request, which changes something, did its work: it reads what is
    /// changed.
    pub(crate) fn look(&self) -> String {
        let shown_at = self.operation.map(|operation| {
            let params = self.params();
            let ids: Vec<&str> = params.iter().map(|(_, id)| id.as_str()).collect();
            operation.shown_at(&ids)
        });
        let shown_at = shown_at.unwrap_or_else(|| Some(self.below_prefix().to_owned()));
        match shown_at {
            Some(path) => format!("alter api GET {}", shell::word(&path)),
            None => "alter audit portal-actions".into(),
        }
    }

    /// Returns the values of the placeholders in the path.
    fn params(&self) -> Vec<(&'static str, String)> {
        let params = self.operation.and_then(|operation| operation.params(self.below_prefix()));
        params.unwrap_or_default()
    }

    fn below_prefix(&self) -> &str {
        let path = self.path.split('?').next().unwrap_or_default();
        path.strip_prefix(PREFIX).unwrap_or(path)
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

/// Names a fault by the flag: `--cidr: entry 2 is not a CIDR block such as 10.0.0.0/8`.
fn refused(field: &Field, wrong: &Wrong) -> Failure {
    let why = match wrong.path.parts() {
        [] => wrong.why.clone(),
        [Part::Index(index)] => format!("entry {} {}", index + 1, wrong.why),
        _ => format!("{} {}", wrong.path, wrong.why),
    };
    Failure::usage(field.flag(), why)
}

/// A JSON body; an object's keys stay in the order they were put in.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    text: String,
    /// The keys that a command put in, which the operation must take; those of a person's document are not among them.
    keys: Vec<String>,
}

impl Body {
    /// `{}`
    pub(crate) fn object() -> Self {
        Self { text: "{}".into(), keys: Vec::new() }
    }

    /// A document that was checked elsewhere, as it is.
    pub(crate) fn document(document: &RawValue) -> Self {
        Self { text: document.get().to_owned(), keys: Vec::new() }
    }

    /// Adds a key to the object.
    #[must_use]
    pub(crate) fn with(self, key: &str, value: impl Serialize) -> Self {
        self.with_json(key, &serde_json::to_string(&value).unwrap_or_else(|_| "null".into()))
    }

    /// Adds a key whose value is JSON already.
    #[must_use]
    pub(crate) fn with_json(mut self, key: &str, value: &str) -> Self {
        self.text.pop();
        if self.text.len() > 1 {
            self.text.push(',');
        }
        for part in [&json::quote(key), ":", value, "}"] {
            self.text.push_str(part);
        }
        self.keys.push(key.to_owned());
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
        redact(&self.text) != json::compact(&self.text)
    }

    /// The document.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document: &RawValue = serde_json::from_str(&self.text).map_err(S::Error::custom)?;
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
        let request = Request::to(Method::Post, "/api/v1/x".into()).query("a b", "c&d").body(body);
        assert_eq!(
            request.preview(),
            r#"{"method":"POST","path":"/api/v1/x?a%20b=c%26d","body":{"name":"é","client_secret":"[redacted]","deep":[{"api_key":"[redacted]","secret":null}]}}"#
        );
    }
}
