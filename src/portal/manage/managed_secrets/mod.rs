//! Managed secrets: credentials of backend services, and who may use them.

pub(crate) mod access;
mod create;
pub(crate) mod credential;
pub(crate) mod directory;
pub(crate) mod grant_form;
pub(crate) mod grants;
pub(crate) mod injection;
pub(crate) mod secret;
mod slug;

use serde_json::json;

use crate::api::managed_secrets as api;
use crate::portal::catalogues::templates;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::manage::grants::counts::counts;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::grants::revocation;
use crate::portal::store::Row;
use secret::{DelegationPolicy, StoredSecret};

pub(crate) const ROUTES: &[Route] = &[
    Route::new(&api::TEMPLATES, list_templates),
    Route::new(&api::LIST, list),
    Route::new(&api::CREATE, create::create).check(create::new_faults),
    Route::new(&api::SHOW, |call| call.show::<StoredSecret>()),
    Route::new(&api::DELETE, delete),
    Route::new(&api::ROTATE, create::rotate).check(create::rotate_faults),
    Route::new(&api::ACCESS_LIST, access::show),
    Route::new(&api::SET_DELEGATION_POLICY, set_delegation_policy),
    Route::new(&api::SET_ALLOWED_HOSTS, set_allowed_hosts),
    Route::new(&api::USERS, directory::users),
    Route::new(&api::GROUPS, directory::groups),
    Route::new(&api::SHOW_GROUP, directory::show_group),
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
    if call.body.required::<String>("confirm")? != stored.secret.slug {
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
    let mut policy = DelegationPolicy::default();
    call.body.set("allow_group_delegation", &mut policy.allow_group_delegation)?;
    call.body.set("max_delegation_ttl_days", &mut policy.max_delegation_ttl_days)?;
    call.change("delegation_policy_set", |stored: &mut StoredSecret, _| {
        stored.secret.delegation_policy = policy;
        Ok(json!({ "slug": stored.secret.slug, "delegation_policy": policy }))
    })
}

fn set_allowed_hosts(call: &mut Call<'_>) -> Outcome {
    let mut hosts: Vec<String> = Vec::new();
    for host in call.body.required::<Vec<String>>("allowed_hosts")? {
        let host = host.to_ascii_lowercase();
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    call.change("allowed_hosts_set", |stored: &mut StoredSecret, _| {
        let details = json!({ "slug": stored.secret.slug, "allowed_hosts": hosts });
        stored.secret.allowed_hosts = hosts;
        Ok(details)
    })
}
