//! A body's keys, read one by one, with anything unknown refused.

use serde_json::{Map, Value};

use super::checks::{Checked, Wrong};
use super::refusal::{Issue, Refusal};

/// The keys of a JSON object.
#[derive(Debug)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body; an empty one is an object without keys.
    pub(crate) fn parse(body: &[u8], known: &[&str]) -> Result<Self, Refusal> {
        let map = if body.is_empty() {
            Map::new()
        } else {
            match serde_json::from_slice(body) {
                Ok(Value::Object(map)) => map,
                Ok(_) => return Err(refused("", "dict_type", "Input should be an object")),
                Err(error) => return Err(not_json(&error)),
            }
        };
        let keys = map.keys().map(String::as_str);
        let issues: Vec<Issue> = keys.filter(|key| !known.contains(key)).map(extra).collect();
        if issues.is_empty() {
            return Ok(Self(map));
        }
        Err(Refusal::Invalid(issues))
    }

    /// A key that must be there.
    pub(crate) fn required<T>(
        &self,
        name: &str,
        check: impl Fn(&Value) -> Checked<T>,
    ) -> Result<T, Refusal> {
        match self.0.get(name) {
            None => Err(refused(name, "missing", "Field required")),
            Some(value) => check(value).map_err(|wrong| at(name, wrong)),
        }
    }

    /// A key that may be absent or null.
    pub(crate) fn optional<T>(
        &self,
        name: &str,
        check: impl Fn(&Value) -> Checked<T>,
    ) -> Result<Option<T>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => check(value).map(Some).map_err(|wrong| at(name, wrong)),
        }
    }
}

fn extra(name: &str) -> Issue {
    Issue::new("body", name, "extra_forbidden", "Extra inputs are not permitted")
}

fn at(name: &str, wrong: Wrong) -> Refusal {
    refused(name, wrong.kind, wrong.msg)
}

fn refused(name: &str, kind: &'static str, msg: impl Into<String>) -> Refusal {
    Refusal::invalid("body", name, kind, msg)
}

fn not_json(error: &serde_json::Error) -> Refusal {
    let message = format!("The body is not JSON: {error}.");
    Refusal::new(400, "invalid_request", message)
}
