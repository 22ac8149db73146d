//! `require_approval`: whom to ask, and for how long.

use std::ops::RangeInclusive;

use super::conditions;
use super::shape::{Key, number, object, optional, required, text, word};
use crate::api::path::{Place, Wrong};

/// How long a request can wait for its approval.
pub(crate) const EXPIRES_IN_SECONDS: RangeInclusive<i64> = 60..=86_400;
/// How many requests can wait under one rule.
pub(crate) const MAX_PENDING: RangeInclusive<i64> = 1..=100;

/// As long as an address of mail can be.
const MAX_EMAIL_CHARS: usize = 254;

pub(super) const KEYS: &[Key] = &[
    required("effect", |at, faults| word(at, &["require_approval"], faults)),
    required("approval", |at, faults| object(at, APPROVAL, faults)),
    optional("when", conditions::check),
];

const APPROVAL: &[Key] = &[
    optional("approvers", approvers),
    optional("expires_in_seconds", |at, faults| number(at, EXPIRES_IN_SECONDS, faults)),
    optional("channels", channels),
    optional("step_up_max_session_age_seconds", session_age),
    optional("max_pending", |at, faults| number(at, MAX_PENDING, faults)),
    optional("result_retention_seconds", |at, faults| number(at, 1..=i64::MAX, faults)),
];

/// Nobody named means the owner of the connection.
fn approvers(at: &Place<'_>, faults: &mut Vec<Wrong>) {
    if !at.value.is_array() {
        return faults.push(at.wrong("list_type", "must be a list"));
    }
    for item in at.items() {
        if text(&item, MAX_EMAIL_CHARS, faults).is_some_and(|text| !is_email(text)) {
            faults.push(item.wrong("email", "must be an e-mail address"));
        }
    }
}

fn is_email(text: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '@';
    text.split_once('@').is_some_and(|(name, host)| {
        let named = !name.is_empty() && name.chars().all(plain) && host.chars().all(plain);
        named && host.contains('.') && host.split('.').all(|label| !label.is_empty())
    })
}

/// No channel sends nothing.
fn channels(at: &Place<'_>, faults: &mut Vec<Wrong>) {
    let Some(channels) = at.value.as_array() else {
        return faults.push(at.wrong("list_type", "must be [\"email\"] or []"));
    };
    at.items().for_each(|item| word(&item, &["email"], faults));
    if channels.len() > 1 {
        faults.push(at.wrong("too_long", "must be [\"email\"] or []"));
    }
}

fn session_age(at: &Place<'_>, faults: &mut Vec<Wrong>) {
    if !at.value.as_i64().is_some_and(|seconds| seconds == -1 || seconds >= 1) {
        let why = "must be a whole number, 1 or more, or -1 to switch it off";
        faults.push(at.wrong("int_range", why));
    }
}
