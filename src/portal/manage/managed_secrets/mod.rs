//! Managed secrets: credentials of backend services, and who may use them.

pub(crate) mod access;
mod create;
pub(crate) mod credential;
pub(crate) mod directory;
pub(crate) mod grant_form;
pub(crate) mod grants;
mod hosts;
pub(crate) mod injection;
pub(crate) mod secret;
mod slug;

use serde_json::json;

use crate::portal::catalogues::templates;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{boolean, integer, string};
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::manage::grants::counts::counts;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::grants::revocation;
use crate::portal::store::Row;
use create::MAX_TTL_DAYS;
use secret::{DelegationPolicy, StoredSecret};

const READ: &str = "dashboard_secrets:read";
const WRITE: &str = "dashboard_secrets:write";
const DELETE: &str = "dashboard_secrets:delete";

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "/apps/{app}/managed-secrets/templates", READ, list_templates),
    Route::new("GET", "/apps/{app}/managed-secrets", READ, list),
    Route::new("POST", "/apps/{app}/managed-secrets", WRITE, create::create),
    Route::new("GET", "/apps/{app}/managed-secrets/{managed_secret}", READ, |call| {
        call.show::<StoredSecret>()
    }),
    Route::new("DELETE", "/apps/{app}/managed-secrets/{managed_secret}", DELETE, delete),
    Route::new(
        "POST",
        "/apps/{app}/managed-secrets/{managed_secret}/rotate",
        WRITE,
        create::rotate,
    ),
    Route::new("GET", "/apps/{app}/managed-secrets/{managed_secret}/access", READ, access::show),
    Route::new(
        "PUT",
        "/apps/{app}/managed-secrets/{managed_secret}/delegation-policy",
        WRITE,
        set_delegation_policy,
    ),
    Route::new(
        "PUT",
        "/apps/{app}/managed-secrets/{managed_secret}/allowed-hosts",
        WRITE,
        set_allowed_hosts,
    ),
];

fn list_templates(_call: &mut Call<'_>) -> Outcome {
    Ok(Response::json(200, templates::all()))
}

fn list(call: &mut Call<'_>) -> Outcome {
    let app = call.params.get("app");
    let counts = counts(call, Grant::secret_id);
    let secrets = call.state.tables.of::<StoredSecret>().of_app(app).map(|stored| &stored.secret);
    let count = |id: &str| counts.get(id).copied().unwrap_or(0);
    let shown: Vec<_> = secrets.map(|secret| secret.shown_with(count(&secret.id))).collect();
    Ok(Response::json(200, &shown))
}

/// Its grants go with it.
fn delete(call: &mut Call<'_>) -> Outcome {
    let stored: StoredSecret = call.row::<StoredSecret>()?.clone();
    if call.fields(|fields| fields.required("confirm", string))? != stored.secret.slug {
        let message = "`confirm` must be the exact slug of the managed secret.";
        return Err(Refusal::conflict("confirmation_mismatch", message));
    }
    let grants: Vec<Grant> = stored.grants(call).cloned().collect();
    for grant in grants {
        if grant.revoked_at.is_none() {
            let reason = Some("managed secret deleted");
            revocation::revoke(call.state, call.now, &call.principal, &grant, reason);
        }
        call.state.tables.of_mut::<Grant>().remove(&grant.id);
    }
    call.state.tables.of_mut::<StoredSecret>().remove(stored.id());
    call.deleted(&stored)
}

/// What is not given is off, or as it usually is: the policy is replaced.
fn set_delegation_policy(call: &mut Call<'_>) -> Outcome {
    call.row::<StoredSecret>()?;
    let usual = DelegationPolicy::default();
    let policy = call.fields(|fields| DelegationPolicy {
        allow_group_delegation: fields
            .optional("allow_group_delegation", boolean)
            .unwrap_or(usual.allow_group_delegation),
        max_delegation_ttl_days: fields
            .optional("max_delegation_ttl_days", integer(1, MAX_TTL_DAYS))
            .unwrap_or(usual.max_delegation_ttl_days),
    })?;
    call.change("delegation_policy_set", |stored: &mut StoredSecret, _| {
        stored.secret.delegation_policy = policy;
        Ok(json!({ "slug": stored.secret.slug, "delegation_policy": policy }))
    })
}

fn set_allowed_hosts(call: &mut Call<'_>) -> Outcome {
    call.row::<StoredSecret>()?;
    let hosts = call.fields(|fields| fields.required("allowed_hosts", hosts::list))?;
    call.change("allowed_hosts_set", |stored: &mut StoredSecret, _| {
        let details = json!({ "slug": stored.secret.slug, "allowed_hosts": hosts });
        stored.secret.allowed_hosts = hosts;
        Ok(details)
    })
}
