//! The kinds of thing that an app file holds, a file a kind.

pub(crate) mod agents;
pub(crate) mod app;
pub(crate) mod branding;
pub(crate) mod grants;
pub(crate) mod identity_provider;
pub(crate) mod keys;
pub(crate) mod providers;
pub(crate) mod rules;
pub(crate) mod secrets;

use serde_json::Value;

use super::declare::FileField;
use super::step::{Reference, body};
use super::thing::Thing;

/// Returns a thing as the portal is to name it in a path.
fn itself(thing: &Thing) -> Vec<Reference> {
    vec![Reference::Of(thing.full_address())]
}

/// Returns a body of these fields.
fn body_of(thing: &Thing, fields: &[&'static FileField]) -> Value {
    body(thing, fields.iter().copied()).into()
}

/// Refuses two expiries, and a duration that is none.
fn check_expiry(thing: &Thing) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    if thing.fields.contains_key("expires_in") && thing.fields.contains_key("expires_at") {
        wrong.push(("expires_in", "stands beside expires_at: one of the two".to_owned()));
    }
    let duration = thing.fields.get("expires_in").and_then(Value::as_str);
    if duration.is_some_and(|text| crate::base::time::duration(text).is_none()) {
        wrong.push(("expires_in", "must be a duration such as 30d, 12h or 5m".to_owned()));
    }
    wrong
}

/// Turns `expires_in` of a body into the instant that it comes to, as late as possible: when the body is sent.
fn put_expiry(body: &mut serde_json::Map<String, Value>) {
    if let Some(duration) = body.remove("expires_in") {
        body.insert("expires_at".into(), serde_json::json!({ super::step::EXPIRES_IN: duration }));
    }
}
