//! The credential of a managed secret: which parts it needs, and keeping them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::portal::catalogues::templates::{Field, Template, VALUE};
use crate::portal::handler::refusal::Issue;
use crate::portal::secret::Sealed;

/// What the body calls the parts beside the credential itself.
pub(super) const FIELDS: &str = "additional_credentials";

/// Other names that are taken for a field.
const ALIASES: [(&str, &str); 2] =
    [("access_key", "access_key_id"), ("secret_key", "secret_access_key")];

/// A credential as it is kept: no answer has any part of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Credential {
    /// The credential itself: a token, an access key id, an account's name.
    pub(crate) value: Option<Sealed>,
    /// Its other parts by name.
    pub(crate) fields: BTreeMap<String, Sealed>,
}

fn canonical(name: &str) -> String {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    alias.map_or(name, |(_, name)| name).to_owned()
}

impl Credential {
    /// A credential of this value and these parts, each under the name that it is known by.
    pub(super) fn new(value: Option<Sealed>, fields: BTreeMap<String, Sealed>) -> Self {
        let fields = fields.into_iter().map(|(name, part)| (canonical(&name), part)).collect();
        Self { value, fields }
    }

    /// The parts among the keys of a body that are texts.
    pub(super) fn lenient(keys: &Map<String, Value>) -> Self {
        let part = |value: &Value| value.as_str().map(Sealed::new);
        let fields = keys.get(FIELDS).and_then(Value::as_object).into_iter().flatten();
        let fields = fields.filter_map(|(name, value)| Some((name.clone(), part(value)?)));
        Self::new(keys.get(VALUE).and_then(part), fields.collect())
    }

    /// Puts the credential itself into its place, whatever it is called.
    pub(super) fn arranged(mut self, kind: &str, template: Option<&Template>) -> Self {
        let needed = needed(kind, template);
        let primary = needed.iter().find(|field| field.primary).map(|field| field.name.as_str());
        for name in [Some(VALUE), primary].into_iter().flatten() {
            if let Some(part) = self.fields.remove(name) {
                self.value.get_or_insert(part);
            }
        }
        self
    }

    /// The parts that are missing.
    pub(super) fn missing(&self, kind: &str, template: Option<&Template>) -> Vec<Issue> {
        let pair = ["username", "password"].map(|name| self.fields.contains_key(name));
        if kind == "basic_auth" && self.value.is_none() && pair == [true, true] {
            return Vec::new();
        }
        let needed = needed(kind, template);
        needed.iter().filter(|field| field.required && !self.has(field)).map(issue).collect()
    }

    fn has(&self, field: &Field) -> bool {
        if field.primary { self.value.is_some() } else { self.fields.contains_key(&field.name) }
    }
}

fn issue(field: &Field) -> Issue {
    let place = if field.primary { VALUE } else { FIELDS };
    Issue::new("body", place, "missing", format!("The credential needs `{}`", field.name))
}

/// The parts that a credential of this kind has; a template knows its service's.
fn needed(kind: &str, template: Option<&Template>) -> Vec<Field> {
    match template.filter(|template| template.credential_type == kind) {
        Some(template) => template.fields.clone(),
        None if kind == "aws_sig_v4" => vec![
            Field::new("access_key_id", true, true),
            Field::new("secret_access_key", true, false),
            Field::new("region", true, false),
        ],
        None => vec![Field::new(VALUE, true, true)],
    }
}
