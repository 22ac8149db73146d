//! Who may use a managed secret: its grants.

use serde::Serialize;
use serde_json::json;

use super::grant_form;
use super::secret::StoredSecret;
use crate::api::secret_grants;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::resource::Resource;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::events;
use crate::portal::manage::grants::grant::{Grant, Policy};
use crate::portal::manage::grants::principal::Principal;
use crate::portal::manage::grants::{already_revoked, revocation};
use crate::portal::manage::identity_providers::provider::IdentityProvider;
use crate::portal::timestamp::Stamp;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(&secret_grants::LIST, list),
    Route::new(&secret_grants::CREATE, create).check(grant_form::new_faults),
    Route::new(&secret_grants::LIST_FOR_AGENT, list_for_agent),
    Route::new(&secret_grants::UPDATE, update).check(grant_form::change_faults),
    Route::new(&secret_grants::REVOKE, revoke),
];

/// A grant of a managed secret as it is shown.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    id: &'a str,
    grant_kind: &'static str,
    managed_secret_id: &'a str,
    managed_secret_slug: &'a str,
    principal: &'a Principal,
    label: Option<&'a str>,
    description: Option<&'a str>,
    status: &'static str,
    grant_policy: Option<&'a Policy>,
    expires_at: Option<Stamp>,
    created_at: Stamp,
    revoked_at: Option<Stamp>,
    last_used_at: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_grant_id: Option<&'a str>,
}

/// A grant of a managed secret as it is shown.
pub(super) fn shown(grant: &Grant, now: Stamp) -> Shown<'_> {
    Shown {
        id: &grant.id,
        grant_kind: grant.kind(),
        managed_secret_id: grant.secret_id().unwrap_or_default(),
        managed_secret_slug: grant.provider_id(),
        principal: &grant.principal,
        label: grant.label.as_deref(),
        description: grant.description.as_deref(),
        status: grant.status(now),
        grant_policy: Some(&grant.policy).filter(|policy| **policy != Policy::default()),
        expires_at: grant.policy.expires_at,
        created_at: grant.created_at,
        revoked_at: grant.revoked_at,
        last_used_at: grant.last_used_at,
        parent_grant_id: grant.parent_grant_id.as_deref(),
    }
}

/// Adds a grant, with its rows in journal and feed.
pub(crate) fn add(call: &mut Call<'_>, grant: Grant) {
    let details =
        json!({ "provider_id": grant.provider_id(), "principal_type": grant.principal.kind() });
    call.record(&grant, "created", details);
    events::note(call.state, call.now, "grant.created", &call.principal, &grant, None);
    call.state.tables.of_mut().add(grant);
}

fn list(call: &mut Call<'_>) -> Outcome {
    let secret: &StoredSecret = call.row()?;
    let grants: Vec<_> = secret.grants(call).map(|grant| shown(grant, call.now)).collect();
    Ok(Response::json(200, &grants))
}

fn list_for_agent(call: &mut Call<'_>) -> Outcome {
    let agent = &call.row::<StoredAgent>()?.agent.id;
    let grants = call.state.tables.of::<Grant>().of_app(call.params.get("app"));
    let of_agent =
        |grant: &&Grant| grant.secret_id().is_some() && grant.principal.agent_id() == Some(agent);
    let grants: Vec<_> = grants.filter(of_agent).map(|grant| shown(grant, call.now)).collect();
    Ok(Response::json(200, &grants))
}

fn create(call: &mut Call<'_>) -> Outcome {
    let secret: &StoredSecret = call.row()?;
    let principal: Principal = call.body.required("principal")?;
    check_principal(call, &principal)?;
    let mut grant = Grant::new(&secret.app_id, secret.target(), principal, call.now);
    grant_form::fill(&call.body, &mut grant)?;
    check_label(call, secret, grant.label.as_deref(), None)?;
    let answer = Response::json(201, &shown(&grant, call.now));
    add(call, grant);
    Ok(answer)
}

/// Refuses a principal that is not there, or that cannot be told from others.
pub(crate) fn check_principal(call: &Call<'_>, principal: &Principal) -> Result<(), Refusal> {
    match principal {
        Principal::User { app_user_id } => call.named::<User>(app_user_id).map(|_| ()),
        Principal::Agent { agent_id } => {
            let agent = &call.named::<StoredAgent>(agent_id)?.agent;
            if agent.is_revoked() {
                let message = format!("The agent {} is revoked.", agent.name);
                return Err(Refusal::conflict("agent_revoked", message));
            }
            Ok(())
        }
        Principal::Group { idp_id, .. } => {
            let idp = call.named::<IdentityProvider>(idp_id)?;
            if idp.has_stable_groups() {
                return Ok(());
            }
            let message = format!(
                "The ids of groups at {} may change; grants to groups need Clerk or Okta.",
                idp.issuer
            );
            Err(Refusal::conflict("stable_groups_required", message))
        }
        Principal::System => Ok(()),
    }
}

/// Refuses a label that another grant of the secret has.
pub(crate) fn check_label(
    call: &Call<'_>,
    secret: &StoredSecret,
    label: Option<&str>,
    own: Option<&str>,
) -> Result<(), Refusal> {
    let Some(label) = label else {
        return Ok(());
    };
    let holds = |grant: &Grant| {
        grant.label.as_deref() == Some(label)
            && grant.revoked_at.is_none()
            && Some(grant.id.as_str()) != own
    };
    if !secret.grants(call).any(holds) {
        return Ok(());
    }
    let message = format!("Another grant of {} has the label {label}.", secret.secret.slug);
    Err(Refusal::conflict("label_in_use", message))
}

/// The grant that the path names, which must be one of a managed secret and not be over.
fn unrevoked<'a>(call: &'a Call<'_>) -> Result<(&'a Grant, &'a StoredSecret), Refusal> {
    let grant: &Grant = call.row()?;
    let secret = grant.secret_id().and_then(|id| call.state.tables.of::<StoredSecret>().get(id));
    match secret {
        None => {
            let message = format!("{} is not a grant of a managed secret.", grant.id);
            Err(Refusal::not_found(Grant::NOT_FOUND, message))
        }
        Some(_) if grant.revoked_at.is_some() => Err(already_revoked(grant)),
        Some(secret) => Ok((grant, secret)),
    }
}

fn update(call: &mut Call<'_>) -> Outcome {
    let (grant, secret) = unrevoked(call)?;
    let mut grant = grant.clone();
    grant_form::fill(&call.body, &mut grant)?;
    check_label(call, secret, grant.label.as_deref(), Some(&grant.id))?;
    call.record(&grant, "updated", json!({ "changed": call.body.names() }));
    events::note(call.state, call.now, "grant.updated", &call.principal, &grant, None);
    call.state.tables.of_mut::<Grant>().change(&grant.id, |stored| stored.clone_from(&grant));
    Ok(Response::json(200, &shown(&grant, call.now)))
}

fn revoke(call: &mut Call<'_>) -> Outcome {
    let grant = unrevoked(call)?.0.clone();
    revocation::revoke(call.state, call.now, &call.principal, &grant, None);
    Ok(Response::json(200, &shown(call.row()?, call.now)))
}
