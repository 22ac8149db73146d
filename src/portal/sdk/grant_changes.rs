//! Grants made, ended and marked by an app's key.

use serde_json::{Value, json};

use super::agents::in_runtime_words;
use super::completion::lasting;
use super::credential;
use super::grant_list;
use super::grants::{reachable, user_behind};
use super::resolution::stands;
use super::serve::nothing;
use super::signer::Signer;
use super::users;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{integer, list_or_empty, null, text};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::manage::grants::grant::{Grant, Policy};
use crate::portal::manage::grants::principal::Principal;
use crate::portal::manage::grants::revocation;
use crate::portal::manage::managed_secrets::grant_form;
use crate::portal::manage::managed_secrets::grants::{add, check_label, check_principal};
use crate::portal::manage::managed_secrets::secret::StoredSecret;
use crate::portal::policy::StoredRule;
use crate::portal::timestamp::Stamp;

const MAX_LABEL: usize = 255;
const MAX_TOKEN: usize = 8192;
const MAX_CHALLENGE: usize = 4096;
const MAX_ENDPOINT: usize = 2048;
const MAX_SCOPE: usize = 256;
const MAX_SCOPES: usize = 50;

/// A sibling of a grant, on the same credential.
pub(super) fn mint(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    if signer.agent_id.is_some() {
        let message = "An agent mints no grants; it delegates those it has.";
        return Err(Refusal::new(403, "agents_cannot_mint", message));
    }
    super::scopes::require(&signer.scopes, &["grants:write"])?;
    let (label, policy) = call.fields(|fields| {
        fields.nullable("grant_tags", list_or_empty(text(1, MAX_LABEL)));
        let policy = fields.optional("grant_policy", |value| Ok(value.clone()));
        (fields.required("label", text(1, MAX_LABEL)), policy)
    })?;
    let source = reachable(call, signer, call.params.get("grant"))?.clone();
    stands(&call.state.tables, &source, call.now).map_err(|_| {
        Refusal::not_found("grant_not_found", format!("The grant {} is over.", source.id))
    })?;
    let ruled = |stored: &StoredRule| {
        stored.rule.enabled
            && stored.rule.target.kind == "grant"
            && stored.rule.target.id.as_ref() == Some(&source.id)
    };
    if call.state.tables.of::<StoredRule>().of_app(&signer.app_id).any(ruled) {
        let message = "The grant has policy rules of its own, which a sibling would not have.";
        return Err(Refusal::new(403, "mint_source_has_grant_rules", message));
    }
    let siblings = call.state.tables.of::<Grant>().of_app(&signer.app_id);
    let taken = |grant: &Grant| {
        credential::id(grant) == credential::id(&source)
            && grant.label.as_deref() == Some(&label)
            && grant.is_active(call.now)
    };
    if siblings.into_iter().any(taken) {
        let message = format!("An active grant on this credential has the label {label}.");
        return Err(Refusal::conflict("sibling_label_conflict", message).also("label", label));
    }
    let policy = tighter(policy_of(policy.as_ref(), call.now)?, &source.policy, call.now)?;
    let blank = Grant::new(&signer.app_id, source.target, source.principal, call.now);
    let grant = Grant { label: Some(label), policy, ..blank };
    let mut body = grant_list::shown(call, &grant);
    if body.get("provider_id").is_none() {
        body["provider_id"] = json!(grant.provider_id());
    }
    add(call, grant);
    Ok(Response::json(201, &body))
}

/// Returns the policy of a sibling, which lasts no longer and allows no more than its source does.
fn tighter(own: Policy, source: &Policy, now: Stamp) -> Result<Policy, Refusal> {
    let mut policy = lasting(own, now);
    policy.expires_at = policy.expires_at.into_iter().chain(source.expires_at).min();
    policy.restrictions = policy.restrictions.within(&source.restrictions).ok_or_else(|| {
        let message = "`restrictions` allows more than the grant that it is minted from.";
        Refusal::new(422, "invalid_grant_policy", message)
    })?;
    Ok(policy)
}

/// A policy as a body gives it; null is none.
pub(super) fn policy_of(value: Option<&Value>, now: Stamp) -> Result<Policy, Refusal> {
    let Some(value) = value.filter(|value| !null(value)) else {
        return Ok(Policy::default());
    };
    grant_form::policy(Policy::default(), value, now)
        .map_err(|wrong| Refusal::new(422, "invalid_grant_policy", format!("{}.", wrong.msg)))
}

/// The managed secret that the path names, by its id or its slug.
fn secret(call: &Call<'_>, name: &str) -> Result<StoredSecret, Refusal> {
    let mut all = call.state.tables.of::<StoredSecret>().of_app(call.params.get("app"));
    let found = all.find(|stored| stored.secret.id == name || stored.secret.slug == name);
    found.cloned().ok_or_else(|| {
        let message = format!("There is no managed secret {name}.");
        Refusal::not_found("secret_not_found", message)
    })
}

/// Grants a managed secret to a principal.
pub(super) fn create(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let (principal, policy) = call.fields(|fields| {
        fields.nullable("credential_id", text(1, MAX_LABEL));
        (
            fields.required("principal", |value| Ok(value.clone())),
            fields.optional("grant_policy", |value| Ok(value.clone())),
        )
    })?;
    let secret = secret(call, call.params.get("managed_secret"))?;
    let part = |name: &str| {
        principal.get(name).map(text(1, MAX_TOKEN)).and_then(Result::ok).ok_or_else(|| {
            Refusal::invalid(
                "body",
                "principal",
                "missing",
                format!("The principal needs `{name}`"),
            )
        })
    };
    let label = principal.get("label").and_then(Value::as_str).map(str::to_owned);
    let whom = match principal.get("type").and_then(Value::as_str) {
        Some("user") => {
            part("label")?;
            let user = users::of_token(call, &part("user_token")?)?;
            Principal::User { app_user_id: user.id }
        }
        Some("group") => {
            part("label")?;
            Principal::Group {
                idp_id: part("idp_id")?,
                external_group_id: part("external_group_id")?,
            }
        }
        Some("system") => Principal::System,
        _ => {
            let msg = "Grants to agents are made in the dashboard or with alter; here are users, groups and the system";
            return Err(Refusal::invalid("body", "principal", "enum", msg));
        }
    };
    check_principal(call, &whom)?;
    check_label(call, &secret, label.as_deref(), None).map_err(in_runtime_words)?;
    let policy = lasting(policy_of(policy.as_ref(), call.now)?, call.now);
    let blank = Grant::new(&signer.app_id, secret.target(), whom, call.now);
    let grant = Grant { label, policy, ..blank };
    let body = json!({
        "grant_id": grant.id, "principal_type": grant.principal.kind(), "label": grant.label,
        "created_at": grant.created_at, "credential_id": credential::id(&grant),
    });
    add(call, grant);
    Ok(Response::json(201, &body))
}

/// Ends an active grant of either kind; beside a user's token, one of that user.
pub(super) fn revoke(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let (reason, token) = call.fields(|fields| {
        let reason = fields.nullable("reason", text(0, MAX_LABEL));
        (reason, fields.nullable("user_token", text(1, MAX_TOKEN)))
    })?;
    let user = token.map(|token| users::of_token(call, &token)).transpose()?;
    let id = call.params.get("grant").to_owned();
    let tables = &call.state.tables;
    let theirs = |grant: &&Grant| {
        user.as_ref().is_none_or(|user| user_behind(tables, grant).as_ref() == Some(&user.id))
    };
    let grant = tables.of::<Grant>().get(&id).filter(|grant| grant.app_id == signer.app_id);
    let grant = grant.filter(|grant| grant.is_active(call.now)).filter(theirs);
    let grant = grant.cloned().ok_or_else(|| {
        let whose = if user.is_some() { "of this user" } else { "in this app" };
        let message = format!("There is no active grant {id} {whose}.");
        Refusal::not_found("grant_not_found", message)
    })?;
    let by = call.principal.clone();
    revocation::revoke(call.state, call.now, &by, &grant, reason.as_deref());
    Ok(Response::json(
        200,
        &json!({
            "success": true, "message": "The grant is revoked.", "grant_id": id,
            "revoked_at": call.now,
        }),
    ))
}

/// Notes that the provider found the credential's scopes too few.
pub(super) fn mismatch(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    call.fields(|fields| {
        fields.required("provider_status_code", integer(400, 599));
        fields.required("provider_error_code", text(1, MAX_SCOPE));
        let scopes = fields.nullable("missing_scopes", list_or_empty(text(1, MAX_SCOPE)));
        if scopes.is_some_and(|scopes| scopes.len() > MAX_SCOPES) {
            fields.refuse("missing_scopes", "too_long", "List should have at most 50 items");
        }
        fields.nullable("raw_www_authenticate", text(0, MAX_CHALLENGE));
        fields.nullable("api_endpoint", text(0, MAX_ENDPOINT));
        fields.nullable("detection_source", text(1, MAX_SCOPE));
        fields.nullable("sdk_correlation_id", text(1, MAX_SCOPE));
    })?;
    let id = reachable(call, signer, call.params.get("grant"))?.id.clone();
    call.state.tables.of_mut::<Grant>().change(&id, |grant| grant.scope_mismatch = true);
    Ok(nothing())
}
