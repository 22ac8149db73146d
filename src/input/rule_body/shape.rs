//! The checks that all bodies share: objects of known keys, lists, words, numbers.

use std::ops::RangeInclusive;

use serde_json::Value;

use crate::api::path::{Place, Wrong};

/// A check of one value; what is wrong is added to the faults.
pub(super) type Check = fn(&Place<'_>, &mut Vec<Wrong>);

/// A key that an object may have.
pub(super) struct Key {
    name: &'static str,
    required: bool,
    check: Check,
}

pub(super) const fn required(name: &'static str, check: Check) -> Key {
    Key { name, required: true, check }
}

pub(super) const fn optional(name: &'static str, check: Check) -> Key {
    Key { name, required: false, check }
}

/// An object of these keys and no others.
pub(super) fn object(at: &Place<'_>, keys: &[Key], faults: &mut Vec<Wrong>) {
    let Some(map) = at.value.as_object() else {
        return faults.push(at.wrong("dict_type", "must be an object"));
    };
    for key in keys {
        match map.get(key.name) {
            Some(value) => (key.check)(&at.key(key.name, value), faults),
            None if key.required => {
                faults.push(at.key(key.name, &Value::Null).wrong("missing", "is required"));
            }
            None => {}
        }
    }
    for (name, value) in map {
        if !keys.iter().any(|key| key.name == name) {
            let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
            let why = format!("is not a known key; there are {}", known.join(", "));
            faults.push(at.key(name, value).wrong("extra_forbidden", why));
        }
    }
}

/// One of a few words.
pub(super) fn word(at: &Place<'_>, words: &[&str], faults: &mut Vec<Wrong>) {
    if !at.value.as_str().is_some_and(|word| words.contains(&word)) {
        let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
        let which = if words.len() == 1 { "" } else { "one of " };
        faults.push(at.wrong("enum", format!("must be {which}{}", quoted.join(", "))));
    }
}

/// `true` or `false`.
pub(super) fn flag(at: &Place<'_>, faults: &mut Vec<Wrong>) {
    if !at.value.is_boolean() {
        faults.push(at.wrong("bool_type", "must be true or false"));
    }
}

/// That not every one of these is off or left out.
pub(super) fn at_least_one_true(at: &Place<'_>, names: &[&str], faults: &mut Vec<Wrong>) {
    let given = names.iter().filter_map(|name| at.value.get(name));
    // What is neither true nor false has been said already.
    if at.value.is_object() && given.into_iter().all(|value| *value == Value::Bool(false)) {
        let why = format!("must have one of {} true", names.join(", "));
        faults.push(at.wrong("value_error", why));
    }
}

/// A whole number within bounds.
pub(super) fn number(at: &Place<'_>, range: RangeInclusive<i64>, faults: &mut Vec<Wrong>) {
    if at.value.as_i64().is_some_and(|number| range.contains(&number)) {
        return;
    }
    let (least, most) = range.into_inner();
    let bounds = match most {
        i64::MAX => format!("{least} or more"),
        most => format!("from {least} to {most}"),
    };
    faults.push(at.wrong("int_range", format!("must be a whole number, {bounds}")));
}

/// A text of at most so many characters.
pub(super) fn text<'a>(at: &Place<'a>, most: usize, faults: &mut Vec<Wrong>) -> Option<&'a str> {
    let Some(text) = at.value.as_str() else {
        faults.push(at.wrong("string_type", "must be a string"));
        return None;
    };
    if text.chars().count() > most {
        faults.push(at.wrong("string_too_long", format!("must be at most {most} characters")));
        return None;
    }
    Some(text)
}

/// Whether a value is a list of at least one and at most so many items.
pub(super) fn filled_list(at: &Place<'_>, most: usize, faults: &mut Vec<Wrong>) {
    match at.value.as_array().map(Vec::len) {
        None => faults.push(at.wrong("list_type", "must be a list")),
        Some(0) => faults.push(at.wrong("too_short", "must not be empty")),
        Some(count) if count > most => {
            faults.push(at.wrong("too_long", format!("must have at most {most} entries")));
        }
        Some(_) => {}
    }
}
