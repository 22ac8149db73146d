//! The keys a body may have, said once for creation and for change. All that is wrong is told at once.

use serde_json::{Map, Value};

use super::checks::{Checked, Wrong, null};
use super::refusal::{Issue, Refusal};

/// One key of a body: what it may be, and where it goes.
pub(crate) struct Key<R> {
    name: &'static str,
    required: bool,
    set: fn(&mut R, &Value) -> Checked<()>,
}

/// A key that a new row must have and a change may have.
pub(crate) const fn required<R>(
    name: &'static str,
    set: fn(&mut R, &Value) -> Checked<()>,
) -> Key<R> {
    Key { name, required: true, set }
}

/// A key that may be left out.
pub(crate) const fn optional<R>(
    name: &'static str,
    set: fn(&mut R, &Value) -> Checked<()>,
) -> Key<R> {
    Key { name, required: false, set }
}

/// Puts a value that passes into its place.
pub(crate) fn put<T>(place: &mut T, value: Checked<T>) -> Checked<()> {
    value.map(|value| *place = value)
}

/// The same for what null and the empty string clear.
pub(crate) fn clear_or_put<T>(
    place: &mut Option<T>,
    value: &Value,
    check: impl Fn(&Value) -> Checked<T>,
) -> Checked<()> {
    put(place, if null(value) { Ok(None) } else { check(value).map(Some) })
}

/// Whether the row is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Create,
    Change,
}

/// Fills a row from a body; gives the names of the keys that were there.
pub(crate) fn fill<R>(
    keys: &[Key<R>],
    mode: Mode,
    body: &[u8],
    row: &mut R,
) -> Result<Vec<&'static str>, Refusal> {
    let mut given = object(body)?;
    let (mut names, mut issues) = (Vec::new(), Vec::new());
    for key in keys {
        match given.remove(key.name) {
            Some(value) => match (key.set)(row, &value) {
                Ok(()) => names.push(key.name),
                Err(Wrong { kind, msg }) => issues.push(Issue::new("body", key.name, kind, msg)),
            },
            None if key.required && mode == Mode::Create => {
                issues.push(Issue::new("body", key.name, "missing", "Field required"));
            }
            None => {}
        }
    }
    let extra = "Extra inputs are not permitted";
    let unknown = given.keys();
    issues.extend(unknown.map(|name| Issue::new("body", name, "extra_forbidden", extra)));
    if issues.is_empty() {
        return Ok(names);
    }
    Err(Refusal::Invalid(issues))
}

/// A body as an object; an empty one has no keys.
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
