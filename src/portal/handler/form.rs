//! The keys a body may have, declared once for creation and for change. All faults are reported at once.

use serde_json::Value;

use super::checks::{Checked, null};
use super::fields::Fields;
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

/// Adds what does not fit together to what is wrong with single keys; each key is complained about once.
pub(crate) fn with_issues<T>(
    filled: Result<T, Refusal>,
    misfits: Vec<Issue>,
) -> Result<T, Refusal> {
    match filled {
        Err(Refusal::Invalid(mut issues)) => {
            let known = |misfit: &Issue| issues.iter().any(|issue| issue.is_at(misfit));
            let new: Vec<Issue> = misfits.into_iter().filter(|misfit| !known(misfit)).collect();
            issues.extend(new);
            Err(Refusal::Invalid(issues))
        }
        Ok(_) if !misfits.is_empty() => Err(Refusal::Invalid(misfits)),
        filled => filled,
    }
}

/// Fills a row from a body; gives the names of the keys that were there.
pub(crate) fn fill<R>(
    keys: &[Key<R>],
    mode: Mode,
    body: &[u8],
    row: &mut R,
) -> Result<Vec<&'static str>, Refusal> {
    Fields::read(body, |fields| {
        let mut names = Vec::new();
        for key in keys {
            let set = |value: &Value| (key.set)(row, value);
            if fields.has(key.name) {
                names.push(key.name);
            }
            if key.required && mode == Mode::Create {
                fields.required(key.name, set);
            } else {
                fields.optional(key.name, set);
            }
        }
        if mode == Mode::Change && names.is_empty() && fields.is_empty() {
            let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
            fields.refuse("", "missing", format!("Give at least one of {}", known.join(", ")));
        }
        names
    })
}
