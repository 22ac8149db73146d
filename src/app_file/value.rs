//! Values of an app file as JSON, by the kind that is wanted; variables put in.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::fault::Faults;
use crate::api::kind::Kind;
use crate::input::yaml::{Entry, Mark, Node, Value as Yaml};

/// The variables of a run.
#[derive(Debug, Default)]
pub(crate) struct Values {
    given: BTreeMap<String, String>,
    used: RefCell<BTreeSet<String>>,
    /// Set where a variable without a value is a fault; without it, its place stays open.
    needed: bool,
}

/// The key of a place for a variable.
const VAR: &str = "var";
/// The key of a place for a credential.
pub(crate) const SECRET: &str = "secret";

/// The parts of a credential that may stand in the file: they are not secret.
const PLAIN_PARTS: &[&str] = &[
    "access_key",
    "access_key_id",
    "account_id",
    "account_sid",
    "client_id",
    "domain",
    "email",
    "project_id",
    "region",
    "service",
    "site",
    "subdomain",
    "tenant_id",
    "user",
    "username",
];

impl Values {
    /// Returns the variables of a run that needs all of them.
    pub(crate) fn needed(given: BTreeMap<String, String>) -> Self {
        Self { given, used: RefCell::default(), needed: true }
    }

    /// Has these values.
    #[must_use]
    pub(crate) fn with(self, given: BTreeMap<String, String>) -> Self {
        Self { given, ..self }
    }

    /// Returns those that were given and are not used.
    pub(crate) fn unused(&self) -> Vec<String> {
        let used = self.used.borrow();
        self.given.keys().filter(|name| !used.contains(*name)).cloned().collect()
    }

    /// Reads a value of a kind.
    pub(crate) fn read(&self, node: &Node, kind: &Kind, at: &str, faults: &mut Faults) -> Value {
        if let Some(name) = place_for(node, VAR) {
            return self.variable(name, node.mark, kind, at, faults);
        }
        if place_for(node, SECRET).is_some() && !matches!(kind, Kind::Any | Kind::AnyObject { .. })
        {
            faults.add(
                node.mark,
                at,
                "is not a credential: `{secret: NAME}` stands only where one belongs",
            );
            return Value::Null;
        }
        match &node.value {
            Yaml::Null => Value::Null,
            Yaml::Text { text, plain } => scalar(text, *plain, kind),
            Yaml::List(items) => {
                let of = match kind {
                    Kind::List { of, .. } => of,
                    Kind::Text { .. } => kind,
                    _ => &Kind::Any,
                };
                let read = |(index, item)| self.read(item, of, &format!("{at}[{index}]"), faults);
                items.iter().enumerate().map(read).collect()
            }
            Yaml::Map(entries) => self.map(entries, kind, at, faults),
        }
    }

    fn map(&self, entries: &[Entry], kind: &Kind, at: &str, faults: &mut Faults) -> Value {
        let mut map = Map::new();
        for entry in entries {
            let of = match kind {
                Kind::Object(fields) => fields
                    .iter()
                    .find(|field| field.name == entry.key)
                    .map_or(&Kind::Any, |field| &field.kind),
                Kind::Map { of, .. } => of,
                _ => &Kind::Any,
            };
            let value = self.read(&entry.value, of, &format!("{at}.{}", entry.key), faults);
            map.insert(entry.key.clone(), value);
        }
        Value::Object(map)
    }

    fn variable(
        &self,
        name: &str,
        mark: Mark,
        kind: &Kind,
        at: &str,
        faults: &mut Faults,
    ) -> Value {
        self.used.borrow_mut().insert(name.to_owned());
        match self.given.get(name) {
            Some(text) => scalar(text, true, kind),
            None if self.needed => {
                faults.add(mark, at, format!("needs a value: give --var {name}=VALUE"));
                Value::Null
            }
            None => json!({ VAR: name }),
        }
    }
}

/// Returns the name in a `{key: NAME}`, and nothing else.
fn place_for<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    match &node.value {
        Yaml::Map(entries) => match &entries[..] {
            [entry] if entry.key == key => entry.value.value.text(),
            _ => None,
        },
        _ => None,
    }
}

/// Returns true where a place for a variable is still open in a value.
pub(crate) fn holds_variable(value: &Value) -> bool {
    match value {
        Value::Object(map) if map.len() == 1 && map.get(VAR).is_some_and(Value::is_string) => true,
        Value::Object(map) => map.values().any(holds_variable),
        Value::Array(list) => list.iter().any(holds_variable),
        _ => false,
    }
}

/// Returns a scalar as the kind wants it: a word without quotes is a number or a truth value only where one is wanted.
fn scalar(text: &str, plain: bool, kind: &Kind) -> Value {
    let any = matches!(kind, Kind::Any | Kind::AnyObject { .. });
    let number = any || matches!(kind, Kind::Number { .. });
    let flag = any || matches!(kind, Kind::Flag);
    match text {
        "true" if plain && flag => Value::Bool(true),
        "false" if plain && flag => Value::Bool(false),
        _ if plain && number && is_number(text) => {
            serde_json::from_str(text).unwrap_or_else(|_| text.into())
        }
        _ => text.into(),
    }
}

/// Returns true for what JSON takes as a number.
pub(crate) fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && matches!(serde_json::from_str(text), Ok(Value::Number(_)))
}

/// Reads where a credential belongs; `parts` where it may be a map of several.
pub(crate) fn credential(
    node: &Node,
    at: &str,
    parts: bool,
    names: &mut Vec<(String, Mark)>,
    faults: &mut Faults,
) -> Value {
    if let Some(name) = place_for(node, SECRET) {
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        {
            faults.add(
                node.mark,
                at,
                "names a secret by something else than letters, digits, `-`, `_` and `.`",
            );
        }
        names.push((name.to_owned(), node.mark));
        return json!({ SECRET: name });
    }
    match &node.value {
        Yaml::Map(entries) if parts && place_for(node, VAR).is_none() => {
            let mut map = Map::new();
            for entry in entries {
                let place = format!("{at}.{}", entry.key);
                let plain = PLAIN_PARTS.contains(&entry.key.as_str());
                let value = match entry.value.value.text().filter(|_| plain) {
                    Some(text) => text.into(),
                    None => credential(&entry.value, &place, false, names, faults),
                };
                map.insert(entry.key.clone(), value);
            }
            if map.is_empty() {
                faults.add(node.mark, at, "has no parts");
            }
            Value::Object(map)
        }
        _ => {
            let why = "must be {secret: NAME}: a credential never stands in the file";
            faults.add(node.mark, at, why);
            Value::Null
        }
    }
}
