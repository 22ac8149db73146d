//! A body's keys, read one by one. All faults are reported at once.

use serde_json::{Map, Value};

use super::checks::{Checked, Wrong};
use super::refusal::{Issue, Refusal};

/// The keys of a JSON object that have not been asked for yet, and what was wrong with the others.
#[derive(Debug)]
pub(crate) struct Fields {
    left: Map<String, Value>,
    issues: Vec<Issue>,
}

impl Fields {
    /// Reads a body; an empty one is an object without keys. What `take` does not ask for is refused.
    pub(crate) fn read<T>(body: &[u8], take: impl FnOnce(&mut Self) -> T) -> Result<T, Refusal> {
        let mut fields = Self { left: object(body)?, issues: Vec::new() };
        let taken = take(&mut fields);
        let (left, mut issues) = (fields.left, fields.issues);
        let extra = "Extra inputs are not permitted";
        issues.extend(left.keys().map(|name| Issue::new("body", name, "extra_forbidden", extra)));
        if issues.is_empty() { Ok(taken) } else { Err(Refusal::Invalid(issues)) }
    }

    /// A key that must be there. What stands for a wrong one is never used.
    pub(crate) fn required<T: Default>(
        &mut self,
        name: &str,
        check: impl FnOnce(&Value) -> Checked<T>,
    ) -> T {
        if let Some(value) = self.left.remove(name) {
            return self.checked(name, check(&value)).unwrap_or_default();
        }
        self.refuse(name, "missing", "Field required");
        T::default()
    }

    /// A key that may be left out.
    pub(crate) fn optional<T>(
        &mut self,
        name: &str,
        check: impl FnOnce(&Value) -> Checked<T>,
    ) -> Option<T> {
        let value = self.left.remove(name)?;
        self.checked(name, check(&value))
    }

    /// A key that may be left out or null.
    pub(crate) fn nullable<T>(
        &mut self,
        name: &str,
        check: impl FnOnce(&Value) -> Checked<T>,
    ) -> Option<T> {
        self.optional(name, |value| if value.is_null() { Ok(None) } else { check(value).map(Some) })
            .flatten()
    }

    /// Notes something wrong with a key, or with the body where the name is empty.
    pub(crate) fn refuse(&mut self, name: &str, kind: &'static str, msg: impl Into<String>) {
        self.issues.push(Issue::new("body", name, kind, msg));
    }

    fn checked<T>(&mut self, name: &str, checked: Checked<T>) -> Option<T> {
        checked.map_err(|Wrong { kind, msg }| self.refuse(name, kind, msg)).ok()
    }
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Refusal::invalid("body", "", "dict_type", "Input should be an object")),
        Err(error) => {
            let message = format!("The body is not JSON: {error}.");
            Err(Refusal::new(400, "invalid_request", message))
        }
    }
}
