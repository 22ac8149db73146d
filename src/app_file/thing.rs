//! A thing as the file asks for it, and as the portal has it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::compare::normal;
use super::declare::Kind;
use crate::input::yaml::Mark;

/// A thing that the file holds.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) kind: &'static Kind,
    /// Where it stands, without its section: `worker`, `stripe.grants.for-billing`.
    pub(crate) address: String,
    /// The key it stands under.
    pub(crate) key: String,
    /// The slug of a grant's secret, or the target of a rule: `app`, `agents.billing`.
    pub(crate) parent: String,
    /// The id that it is pinned to.
    pub(crate) id: Option<String>,
    /// The name given beside `id`, where it is not the key.
    pub(crate) name: Option<String>,
    pub(crate) mark: Mark,
    /// Its fields by name; a credential is `{"secret": NAME}`, a variable without a value `{"var": NAME}`.
    pub(crate) fields: BTreeMap<&'static str, Value>,
}

/// How a thing is told from its siblings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Identity {
    /// By its name.
    Name(String),
    /// Without a name, by what it is.
    Content(String),
}

/// A thing that the portal has.
#[derive(Clone, Debug)]
pub(crate) struct Existing {
    pub(crate) kind: &'static Kind,
    pub(crate) id: String,
    pub(crate) identity: Identity,
    /// See [`Thing::parent`].
    pub(crate) parent: String,
    pub(crate) fields: BTreeMap<&'static str, Value>,
    /// The ids that its requests need beside its own: of its base grant, its target.
    pub(crate) also: String,
}

impl Thing {
    /// Returns its name at the portal.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.key)
    }

    /// Returns the address with its section, as flags and messages have it.
    pub(crate) fn full_address(&self) -> String {
        match self.kind.section {
            "app" | "branding" | "identity_provider" => self.kind.section.to_owned(),
            section => format!("{section}.{}", self.address),
        }
    }

    /// Returns how it is told from its siblings.
    pub(crate) fn identity(&self) -> Identity {
        let is_null = |name| self.fields.get(name).is_some_and(Value::is_null);
        match self.kind.noun {
            "grant" if is_null("label") => Identity::Content(
                self.fields.get("principal").map_or_else(String::new, normal_text),
            ),
            "rule" if is_null("name") => Identity::Content(rule_content(
                self.fields.get("type").unwrap_or(&Value::Null),
                self.fields.get("body").unwrap_or(&Value::Null),
            )),
            _ => Identity::Name(self.name().to_owned()),
        }
    }
}

fn normal_text(value: &Value) -> String {
    value.to_string()
}

/// Returns the text by which a rule without a name is told from others of its target.
pub(crate) fn rule_content(rule_type: &Value, body: &Value) -> String {
    json!([rule_type, normal(body)]).to_string()
}
