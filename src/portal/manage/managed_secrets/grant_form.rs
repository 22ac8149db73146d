//! What a body may say of a grant: whom it is for, what it is called, how long it lasts.

use serde_json::Value;

use super::secret::MAX_LABEL;
use crate::portal::handler::call::Call;
use crate::portal::handler::checks::{Checked, future, integer, null, text, wrong};
use crate::portal::handler::form::{
    Key, Mode, clear_or_put, fill, optional, put, required, with_issues,
};
use crate::portal::handler::refusal::{Issue, Refusal};
use crate::portal::manage::grants::grant::{Grant, Policy};
use crate::portal::manage::grants::principal::Principal;
use crate::portal::timestamp::Stamp;

const MAX_DESCRIPTION: usize = 2000;
const MAX_ID: usize = 255;

/// A grant that does not exist yet.
pub(super) struct Draft {
    pub(super) principal: Principal,
    pub(super) label: Option<String>,
    pub(super) description: Option<String>,
    pub(super) policy: Policy,
}

/// A draft, and what its values are measured against.
struct Form {
    draft: Draft,
    now: Stamp,
}

const NEW: &[Key<Form>] = &[
    required("principal", |form, value| put(&mut form.draft.principal, principal(value))),
    LABEL,
    DESCRIPTION,
    POLICY,
];
const CHANGE: &[Key<Form>] = &[LABEL, DESCRIPTION, POLICY];
const LABEL: Key<Form> =
    optional("label", |form, value| clear_or_put(&mut form.draft.label, value, text(1, MAX_LABEL)));
const DESCRIPTION: Key<Form> = optional("description", |form, value| {
    clear_or_put(&mut form.draft.description, value, text(1, MAX_DESCRIPTION))
});
const POLICY: Key<Form> = optional("grant_policy", |form, value| {
    let changed = policy(form.draft.policy.clone(), value, form.now);
    put(&mut form.draft.policy, changed)
});

/// The grant that a body asks for.
pub(super) fn read(call: &Call<'_>) -> Result<Draft, Refusal> {
    let draft = Draft {
        principal: Principal::System,
        label: None,
        description: None,
        policy: Policy::default(),
    };
    let mut form = Form { draft, now: call.now };
    let filled = fill(NEW, Mode::Create, &call.request.body, &mut form);
    with_issues(filled, unlabelled(&form.draft))?;
    Ok(form.draft)
}

/// Changes a grant as a body says; gives the names of the keys that were there.
pub(super) fn change(call: &Call<'_>, grant: &mut Grant) -> Result<Vec<&'static str>, Refusal> {
    let draft = Draft {
        principal: grant.principal.clone(),
        label: grant.label.clone(),
        description: grant.description.clone(),
        policy: grant.policy.clone(),
    };
    let mut form = Form { draft, now: call.now };
    let filled = fill(CHANGE, Mode::Change, &call.request.body, &mut form);
    let changed = with_issues(filled, unlabelled(&form.draft))?;
    let Draft { label, description, policy, .. } = form.draft;
    (grant.label, grant.description, grant.policy) = (label, description, policy);
    Ok(changed)
}

/// Users and groups may hold several grants of one secret, and need to tell them apart.
fn unlabelled(draft: &Draft) -> Vec<Issue> {
    let needed = matches!(draft.principal, Principal::User { .. } | Principal::Group { .. });
    if !needed || draft.label.is_some() {
        return Vec::new();
    }
    let msg = format!("A grant to a {} needs a label", draft.principal.kind());
    vec![Issue::new("body", "label", "missing", msg)]
}

/// A principal: its type, and the keys of that type alone.
fn principal(value: &Value) -> Checked<Principal> {
    let Some(given) = value.as_object() else {
        return wrong("dict_type", "Input should be an object");
    };
    let part = |name: &str| match given.get(name).map(text(1, MAX_ID)) {
        Some(Ok(part)) => Ok(part),
        _ => wrong("missing", format!("`{name}` should be a string of 1 to {MAX_ID} characters")),
    };
    let kind = given.get("type").and_then(Value::as_str);
    let principal = match kind {
        Some("user") => Principal::User { app_user_id: part("app_user_id")? },
        Some("group") => Principal::Group {
            idp_id: part("idp_id")?,
            external_group_id: part("external_group_id")?,
        },
        Some("agent") => Principal::Agent { agent_id: part("agent_id")? },
        Some("system") => Principal::System,
        _ => return wrong("enum", "`type` should be one of user, group, agent, system"),
    };
    let own: &[&str] = match principal {
        Principal::User { .. } => &["type", "app_user_id"],
        Principal::Group { .. } => &["type", "idp_id", "external_group_id"],
        Principal::Agent { .. } => &["type", "agent_id"],
        Principal::System => &["type"],
    };
    match given.keys().find(|key| !own.contains(&key.as_str())) {
        Some(extra) => wrong("extra_forbidden", format!("`{extra}` does not go with this type")),
        None => Ok(principal),
    }
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
            "expires_at" => clear_or_put(&mut policy.expires_at, value, future(now))?,
            "max_ttl_seconds" => put(&mut policy.max_ttl_seconds, seconds())?,
            "default_ttl_seconds" => put(&mut policy.default_ttl_seconds, seconds())?,
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
