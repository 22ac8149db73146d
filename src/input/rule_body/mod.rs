//! Bodies of policy rules, checked key by key: the command line refuses a body before it is sent, and the portal
//! refuses the same ones, since both ask here.

mod addresses;
mod approval;
mod conditions;
mod shape;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::api::path::{Place, Wrong};
#[cfg(feature = "portal")]
pub(crate) use approval::{EXPIRES_IN_SECONDS, MAX_PENDING};
use shape::{Key, at_least_one_true, flag, object, required, word};

/// The types of rule there are.
pub(crate) const TYPES: [&str; 4] =
    ["json_match", "ip_allowlist", "time_window", "require_approval"];

/// Returns a right body of this type, as the help of `alter policy rules create` shows it.
pub(crate) fn example(rule_type: &str) -> Option<&'static str> {
    Some(match rule_type {
        "json_match" => r#"{"when":{"method":"DELETE"},"effect":"deny"}"#,
        "ip_allowlist" => r#"{"allow":["10.0.0.0/8"]}"#,
        "time_window" => r#"{"business_hours_only":true,"timezone":"Europe/Berlin"}"#,
        "require_approval" => r#"{"effect":"require_approval","approval":{}}"#,
        _ => return None,
    })
}

/// A larger body is refused, blanks between its parts not counted.
pub(crate) const MAX_BODY_BYTES: usize = 16 * 1024;

/// Checks a body of a rule of this type; gives all that is wrong with it.
pub(crate) fn check(rule_type: &str, body: &Value) -> Result<(), Vec<Wrong>> {
    let root = Place::root(body);
    let mut faults = Vec::new();
    match rule_type {
        "json_match" => object(&root, JSON_MATCH, &mut faults),
        "ip_allowlist" => object(&root, IP_ALLOWLIST, &mut faults),
        "time_window" => {
            object(&root, TIME_WINDOW, &mut faults);
            at_least_one_true(&root, &["business_hours_only", "weekdays_only"], &mut faults);
        }
        "require_approval" => object(&root, approval::KEYS, &mut faults),
        _ => faults.push(root.wrong("enum", "belongs to a rule of an unknown type")),
    }
    if body.to_string().len() > MAX_BODY_BYTES {
        faults.push(root.wrong("too_long", "must be at most 16 KiB"));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// What is allowed in a good body, and yet worth a second look.
pub(crate) fn warnings(rule_type: &str, body: &Value) -> Vec<Wrong> {
    match rule_type {
        "ip_allowlist" => addresses::everyone(&Place::root(body)),
        _ => Vec::new(),
    }
}

const JSON_MATCH: &[Key] = &[
    required("when", conditions::check),
    required("effect", |at, faults| word(at, &["deny"], faults)),
];

const IP_ALLOWLIST: &[Key] = &[required("allow", addresses::list)];

const TIME_WINDOW: &[Key] = &[
    shape::optional("business_hours_only", flag),
    shape::optional("weekdays_only", flag),
    shape::optional("timezone", zone),
];

/// `UTC`, or `Area/City`; whether there is such a zone is known only to whoever has the list of them.
fn zone(at: &Place<'_>, faults: &mut Vec<Wrong>) {
    let part = |part: &str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte);
        !part.is_empty() && part.bytes().all(known)
    };
    let named = |name: &str| name == "UTC" || name.contains('/') && name.split('/').all(part);
    if !at.value.as_str().is_some_and(named) {
        let why = "must be UTC or an IANA name such as Europe/Berlin";
        faults.push(at.wrong("timezone", why));
    }
}
