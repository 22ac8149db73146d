//! `when`: what a request must be like for a rule to speak of it.

use serde_json::Value;

use super::addresses;
use super::shape::{filled_list, text, word};
use crate::api::path::{Place, Wrong};

/// What a condition may look at.
const ATTRIBUTES: [&str; 8] = [
    "app_id",
    "environment",
    "agent_id",
    "api_key_id",
    "provider_id",
    "resource_kind",
    "client_ip",
    "method",
];
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const MAX_VALUES: usize = 100;
const MAX_VALUE_CHARS: usize = 512;

/// At least one attribute, each with a value or a list of values.
pub(super) fn check(at: &Place<'_>, faults: &mut Vec<Wrong>) {
    let Some(map) = at.value.as_object() else {
        return faults.push(at.wrong("dict_type", "must be an object"));
    };
    if map.is_empty() {
        faults.push(at.wrong("too_short", "must not be empty"));
    }
    for (name, value) in map {
        let place = at.key(name, value);
        if ATTRIBUTES.contains(&name.as_str()) {
            values(&place, name, faults);
        } else {
            let why = format!("is not an attribute; there are {}", ATTRIBUTES.join(", "));
            faults.push(place.wrong("extra_forbidden", why));
        }
    }
}

fn values(at: &Place<'_>, attribute: &str, faults: &mut Vec<Wrong>) {
    match at.value {
        Value::String(_) => value(at, attribute, faults),
        Value::Array(_) => {
            filled_list(at, MAX_VALUES, faults);
            at.items().for_each(|item| value(&item, attribute, faults));
        }
        _ => faults.push(at.wrong("string_type", "must be a string or a list of strings")),
    }
}

fn value(at: &Place<'_>, attribute: &str, faults: &mut Vec<Wrong>) {
    let Some(value) = text(at, MAX_VALUE_CHARS, faults) else {
        return;
    };
    match attribute {
        "method" => word(at, &METHODS, faults),
        "client_ip" if addresses::exact(value).is_none() => {
            let why = "must be one exact address; a range needs an ip_allowlist rule";
            faults.push(at.wrong("ip_address", why));
        }
        _ => {}
    }
}
