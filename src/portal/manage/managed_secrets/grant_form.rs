//! What a body may say of a grant: what it is called, how long it lasts.

use serde_json::{Map, Value};

use crate::portal::handler::body::Body;
use crate::portal::handler::call::Call;
use crate::portal::handler::checks::{Checked, future, integer, null, wrong};
use crate::portal::handler::refusal::{Issue, Refusal};
use crate::portal::manage::grants::grant::{Grant, Policy};
use crate::portal::manage::grants::restrictions::Restrictions;
use crate::portal::timestamp::Stamp;

/// Takes over what a checked body says of a grant.
pub(super) fn fill(body: &Body, grant: &mut Grant) -> Result<(), Refusal> {
    body.set("label", &mut grant.label)?;
    body.set("description", &mut grant.description)?;
    if body.clears("grant_policy") {
        grant.policy = Policy::default();
    }
    let Some(policy) = body.object("grant_policy") else {
        return Ok(());
    };
    policy.set("expires_at", &mut grant.policy.expires_at)?;
    policy.set("max_ttl_seconds", &mut grant.policy.max_ttl_seconds)?;
    policy.set("default_ttl_seconds", &mut grant.policy.default_ttl_seconds)
}

/// Finds what does not fit together in a new grant.
pub(super) fn new_faults(_: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let kind = keys.get("principal").and_then(|principal| principal.get("type")?.as_str());
    faults(kind.unwrap_or_default(), None, &Policy::default(), keys)
}

/// Finds what would not fit together in a changed grant.
pub(super) fn change_faults(call: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let Ok(grant) = call.row::<Grant>() else {
        return Vec::new();
    };
    faults(grant.principal.kind(), grant.label.as_deref(), &grant.policy, keys)
}

fn faults(
    kind: &str,
    label: Option<&str>,
    policy: &Policy,
    keys: &Map<String, Value>,
) -> Vec<Issue> {
    let mut issues = Vec::new();
    let label = keys.get("label").map_or(label, Value::as_str);
    // Users and groups may hold several grants of one secret, and need to tell them apart.
    if ["user", "group"].contains(&kind) && label.is_none_or(str::is_empty) {
        let msg = format!("is required for a grant to a {kind}");
        issues.push(Issue::new("body", "label", "missing", msg));
    }
    let given = keys.get("grant_policy").filter(|given| !given.is_null());
    let seconds = |name: &str, stored: Option<i64>| match given.and_then(|given| given.get(name)) {
        Some(value) => value.as_i64(),
        None => stored,
    };
    let default = seconds("default_ttl_seconds", policy.default_ttl_seconds);
    let most = seconds("max_ttl_seconds", policy.max_ttl_seconds);
    if given.is_some() && default.zip(most).is_some_and(|(default, most)| default > most) {
        let path = ["default_ttl_seconds".to_owned()].into_iter();
        let issue = Issue::new(
            "body",
            "grant_policy",
            "less_than_equal",
            "must not be more than `max_ttl_seconds`",
        );
        issues.push(issue.within(path));
    }
    issues
}

/// A policy with the keys that are given changed, and those that are null cleared.
pub(crate) fn policy(mut policy: Policy, value: &Value, now: Stamp) -> Checked<Policy> {
    if value.is_null() {
        return Ok(Policy::default());
    }
    let Some(given) = value.as_object() else {
        return wrong("dict_type", "Input should be an object");
    };
    for (name, value) in given {
        let seconds = || if null(value) { Ok(None) } else { integer(1, i64::MAX)(value).map(Some) };
        match name.as_str() {
            "expires_at" if null(value) => policy.expires_at = None,
            "expires_at" => policy.expires_at = Some(future(now)(value)?),
            "max_ttl_seconds" => policy.max_ttl_seconds = seconds()?,
            "default_ttl_seconds" => policy.default_ttl_seconds = seconds()?,
            "restrictions" if value.is_null() => policy.restrictions = Restrictions::default(),
            "restrictions" => policy.restrictions = Restrictions::read(value)?,
            "requires_approval" => {
                let msg = "`requires_approval` is not kept here; a require_approval rule of the grant holds its calls";
                return wrong("extra_forbidden", msg);
            }
            _ => return wrong("extra_forbidden", format!("`{name}` is not part of a policy")),
        }
    }
    match (policy.default_ttl_seconds, policy.max_ttl_seconds) {
        (Some(default), Some(max)) if default > max => {
            wrong("less_than_equal", "`default_ttl_seconds` is more than `max_ttl_seconds`")
        }
        _ => Ok(policy),
    }
}
