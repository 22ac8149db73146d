//! The body of a request, checked by the declaration of its keys.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::refusal::{Issue, Refusal};
use crate::api::field::{Clearing, Field};
use crate::api::kind::{Kind, whole};
use crate::api::path::Wrong;

/// The checked keys of a body, each as its declaration writes it: what clears a value is `null`, a whole number has no
/// fraction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    keys: Map<String, Value>,
    names: Vec<&'static str>,
}

/// Reads a body; an empty one is an object without keys.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, Refusal> {
    if bytes.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        Refusal::new(400, "invalid_request", format!("The body is not JSON: {error}."))
    })
}

/// Returns the faults of a body as a 422 tells them.
pub(crate) fn issues(faults: &[Wrong]) -> Vec<Issue> {
    let issue = |wrong: &Wrong| {
        let path = wrong.path.parts().iter().map(ToString::to_string);
        Issue::new("body", "", wrong.kind, &wrong.why).within(path)
    };
    faults.iter().map(issue).collect()
}

impl Body {
    /// Takes what has passed the checks of these declarations.
    pub(crate) fn checked(declared: &'static [Field], value: Value) -> Self {
        let Value::Object(mut keys) = value else {
            return Self::default();
        };
        normalize(declared, &mut keys);
        let names = declared.iter().map(|field| field.name);
        let names = names.filter(|name| keys.contains_key(*name)).collect();
        Self { keys, names }
    }

    /// Returns the names of the keys that were given, in the order of their declarations.
    pub(crate) fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// Returns the value of a key; none where it is absent or null. An error is a fault of this program: a value that
    /// passed its check and yet is not what the handler takes it for.
    pub(crate) fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Refusal> {
        match self.keys.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => typed(name, value).map(Some),
        }
    }

    /// Returns whether a key is given as null.
    pub(crate) fn clears(&self, name: &str) -> bool {
        self.keys.get(name).is_some_and(Value::is_null)
    }

    /// Returns the keys of an object under a key.
    pub(crate) fn object(&self, name: &str) -> Option<Self> {
        let keys = self.keys.get(name)?.as_object()?.clone();
        Some(Self { keys, names: Vec::new() })
    }

    /// Returns the value of a key that its declaration requires.
    pub(crate) fn required<T: DeserializeOwned>(&self, name: &str) -> Result<T, Refusal> {
        typed(name, self.keys.get(name).unwrap_or(&Value::Null))
    }

    /// Puts the value of a key, where it is given, into its place.
    pub(crate) fn set<T: DeserializeOwned>(
        &self,
        name: &str,
        place: &mut T,
    ) -> Result<(), Refusal> {
        if let Some(value) = self.keys.get(name) {
            *place = typed(name, value)?;
        }
        Ok(())
    }
}

fn typed<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T, Refusal> {
    T::deserialize(value).map_err(|error| {
        Refusal::new(500, "internal", format!("The portal cannot use `{name}`: {error}."))
    })
}

fn normalize(declared: &[Field], keys: &mut Map<String, Value>) {
    for field in declared {
        let Some(value) = keys.get_mut(field.name) else {
            continue;
        };
        if field.clearing == Clearing::NullOrEmpty && value == "" {
            *value = Value::Null;
        }
        match (&field.kind, value) {
            (Kind::Number { .. }, value) => {
                if let Some(number) = whole(value) {
                    *value = number.into();
                }
            }
            (Kind::Object(declared), Value::Object(inner)) => normalize(declared, inner),
            _ => {}
        }
    }
}
