//! What agents pass on to each other.

use serde_json::{Value, json};

use super::grants::{chain, reachable, user_behind};
use super::resolution::{allows_agent, stands};
use super::scopes;
use super::serve::nothing;
use super::signer::Signer;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{Checked, boolean, integer, list, string, text, wrong};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::grants::principal::Principal;
use crate::portal::manage::grants::revocation;
use crate::portal::manage::managed_secrets::grants::add;
use crate::portal::manage::managed_secrets::secret::StoredSecret;
use crate::portal::timestamp::Stamp;

const MAX_DEPTH: usize = 8;
const MAX_ATOMS: usize = 100;
const MAX_ATOM: usize = 512;
const DAY: i64 = 86_400;

/// An agent passes on what was delegated to it.
pub(super) fn delegate(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let Some(agent_id) = signer.agent_id.clone() else {
        let message =
            "Only an agent delegates; a user's connect session makes the first delegation.";
        return Err(Refusal::new(403, "agent_key_required", message));
    };
    let (to, delegable, constraint, ttl) = call.fields(|fields| {
        (
            fields.required("to_agent_id", text(1, 200)),
            fields.nullable("delegable", boolean).unwrap_or(false),
            fields.nullable("scope_constraint", constraint),
            fields.nullable("ttl_seconds", integer(1, i64::MAX)),
        )
    })?;
    let grant = reachable(call, signer, call.params.get("grant"))?.clone();
    stands(&call.state.tables, &grant, call.now)?;
    // What an agent may not use itself, it passes on to nobody.
    allows_agent(&call.state.tables, Some(&agent_id), &grant, call.now)?;
    let target = call.state.tables.of::<StoredAgent>().get(&to);
    let active = target.filter(|stored| stored.app_id == signer.app_id && stored.agent.is_active());
    if active.is_none() || to == agent_id {
        let message = format!("{to} is no other active agent of this app.");
        return Err(Refusal::not_found("agent_not_found", message));
    }
    delegates(call, &grant)?;
    let constraint = narrowed(&grant, constraint)?;
    let end = ttl.map(|ttl| call.now.plus(ttl)).into_iter().chain(grant.policy.expires_at).min();
    let most = secret(call, &grant)
        .map(|stored| call.now.plus(stored.secret.delegation_policy.max_delegation_ttl_days * DAY));
    let child =
        below(&grant, to, delegable, constraint, end.into_iter().chain(most).min(), call.now);
    let body = json!({
        "grant_id": child.id, "grant_kind": child.kind(), "parent_grant_id": grant.id,
        "depth": chain(&call.state.tables, &grant).len(), "delegable": child.delegable, "status": "active",
        "expires_at": child.policy.expires_at,
    });
    add(call, child);
    Ok(Response::json(201, &body))
}

/// A grant for an agent below another one.
pub(super) fn below(
    parent: &Grant,
    agent_id: String,
    delegable: bool,
    scope_constraint: Option<Vec<String>>,
    end: Option<Stamp>,
    now: Stamp,
) -> Grant {
    let principal = Principal::Agent { agent_id };
    let mut child = Grant::new(&parent.app_id, parent.target.clone(), principal, now);
    child.parent_grant_id = Some(parent.id.clone());
    child.policy.expires_at = end;
    child.delegable = delegable;
    child.scope_constraint = scope_constraint;
    child
}

fn secret<'a>(call: &'a Call<'_>, grant: &Grant) -> Option<&'a StoredSecret> {
    call.state.tables.of::<StoredSecret>().get(grant.secret_id()?)
}

/// Refuses a grant that its holder may not pass on.
fn delegates(call: &Call<'_>, grant: &Grant) -> Result<(), Refusal> {
    let refuse = |reason: &str, message: &str| {
        Err(Refusal::new(403, "grant_not_delegable", message).also("detail_reason", reason))
    };
    let links = chain(&call.state.tables, grant);
    let by_group = links.iter().any(|link| matches!(link.principal, Principal::Group { .. }));
    let allowed = secret(call, grant)
        .is_some_and(|stored| stored.secret.delegation_policy.allow_group_delegation);
    match () {
        () if by_group && !allowed => {
            refuse("ceiling_off", "The secret is not passed on by groups.")
        }
        () if !by_group && user_behind(&call.state.tables, grant).is_none() => {
            refuse("no_consenting_user", "The grant has no user who could have agreed.")
        }
        () if !grant.delegable => {
            refuse("holder_not_delegable", "The grant was not given to be passed on.")
        }
        () if links.len() > MAX_DEPTH => {
            refuse("no_onward_hop", "The grant has been passed on as often as may be.")
        }
        () => Ok(()),
    }
}

/// Scopes of a provider, none of them everything.
pub(super) fn constraint(value: &Value) -> Checked<Vec<String>> {
    let atom = |value: &Value| {
        let atom = string(value)?;
        let plain =
            atom.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
        if atom.is_empty() || atom.len() > MAX_ATOM || !plain || atom == "*" {
            return wrong("scope", "Input should be a scope of the provider");
        }
        Ok(atom)
    };
    let atoms = list(atom)(value)?;
    if atoms.len() > MAX_ATOMS {
        return wrong("too_long", format!("List should have at most {MAX_ATOMS} items"));
    }
    Ok(atoms)
}

/// What a grant is narrowed to below its own narrowness.
fn narrowed(grant: &Grant, wanted: Option<Vec<String>>) -> Result<Option<Vec<String>>, Refusal> {
    let Some(wanted) = wanted else {
        return Ok(grant.scope_constraint.clone());
    };
    if grant.secret_id().is_some() {
        let message = "A managed secret has no scopes to be narrowed to.";
        return Err(Refusal::new(422, "invalid_scope_constraint", message));
    }
    let widens = |own: &Vec<String>| wanted.iter().find(|atom| !own.contains(atom)).cloned();
    match grant.scope_constraint.as_ref().and_then(widens) {
        Some(atom) => {
            let message = format!("The grant itself does not have {atom}.");
            Err(Refusal::new(422, "invalid_scope_constraint", message))
        }
        None => Ok(Some(wanted)),
    }
}

/// An app's key takes a delegation away.
pub(super) fn revoke(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    if signer.is_agents {
        let message = "An agent gives up its own delegation: /delegations/me.";
        return Err(Refusal::new(403, "use_self_revoke_path", message));
    }
    scopes::require(&signer.scopes, &["grants:write"])?;
    let agent = call.params.get("agent").to_owned();
    end(call, signer, &agent)
}

/// An agent gives its own up.
pub(super) fn give_up(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let Some(agent) = signer.agent_id.clone() else {
        let message = "Only an agent has delegations of its own to give up.";
        return Err(Refusal::new(403, "agent_key_required", message));
    };
    end(call, signer, &agent)
}

/// Ends what an agent has of a grant, whether its parent is named or the delegation itself.
fn end(call: &mut Call<'_>, signer: &Signer, agent: &str) -> Outcome {
    let id = call.params.get("grant").to_owned();
    let all = call.state.tables.of::<Grant>().of_app(&signer.app_id);
    let named = all.filter(|grant| grant.parent_grant_id.as_ref() == Some(&id) || grant.id == id);
    let named: Vec<Grant> = named.cloned().collect();
    let all = call.state.tables.of::<Grant>();
    let known = all.get(&id).is_some_and(|grant| grant.app_id == signer.app_id);
    if named.is_empty() && !known {
        let message = format!("There is no grant {id} in this app.");
        return Err(Refusal::not_found("grant_not_found", message));
    }
    let theirs = named.iter().filter(|grant| {
        grant.principal.agent_id() == Some(agent)
            && grant.parent_grant_id.is_some()
            && grant.revoked_at.is_none()
    });
    let by = call.principal.clone();
    for grant in theirs {
        revocation::revoke(call.state, call.now, &by, grant, Some("delegation revoked"));
    }
    Ok(nothing())
}
