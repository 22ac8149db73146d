//! The grants that a key can see, as the SDK reads them.

use serde_json::{Value, json};

use super::credential;
use super::grants::{chain, is_reachable, user_behind};
use super::resolution::account;
use super::signer::Signer;
use super::users;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{integer, one_of, text};
use crate::portal::http::response::Response;
use crate::portal::manage::grants::grant::{Grant, Policy, Target};
use crate::portal::manage::grants::principal::Principal;
use crate::portal::manage::managed_secrets::secret::StoredSecret;

const MAX_LIMIT: i64 = 1000;
const LIMIT: i64 = 100;
const MAX_TEXT: usize = 8192;
const STATUSES: &[&str] = &["active", "expired", "revoked"];

pub(super) fn list(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let (limit, offset, provider, status, wanted_account, label, token) =
        call.fields(|fields| {
            (
                fields.optional("limit", integer(1, MAX_LIMIT)).unwrap_or(LIMIT),
                fields.optional("offset", integer(0, i64::MAX)).unwrap_or(0),
                fields.nullable("provider_id", text(1, MAX_TEXT)),
                fields.nullable("status", one_of(STATUSES)),
                fields.nullable("account", text(1, MAX_TEXT)),
                fields.nullable("label", text(1, MAX_TEXT)),
                fields.nullable("user_token", text(1, MAX_TEXT)),
            )
        })?;
    let user = token.map(|token| users::of_token(call, &token)).transpose()?;
    let fits = |grant: &&Grant| {
        let seen = signer.agent_id.is_none() || is_reachable(signer, grant);
        let owner = user
            .as_ref()
            .is_none_or(|user| user_behind(&call.state.tables, grant).as_ref() == Some(&user.id));
        seen && owner
            && provider.as_ref().is_none_or(|provider| grant.provider_id() == provider)
            && status.is_none_or(|status| grant.status(call.now) == status)
            && wanted_account
                .as_ref()
                .is_none_or(|wanted| account(call, grant).as_ref() == Some(wanted))
            && label.as_ref().is_none_or(|label| grant.label.as_ref() == Some(label))
    };
    let all = call.state.tables.of::<Grant>().of_app(&signer.app_id).rev();
    let found: Vec<&Grant> = all.filter(fits).collect();
    let (skip, take) =
        (usize::try_from(offset).unwrap_or(usize::MAX), usize::try_from(limit).unwrap_or(0));
    let shown: Vec<Value> =
        found.iter().skip(skip).take(take).map(|grant| shown(call, grant)).collect();
    let has_more = skip.saturating_add(shown.len()) < found.len();
    Ok(Response::json(
        200,
        &json!({
            "grants": shown, "total": found.len(), "limit": limit, "offset": offset, "has_more": has_more,
        }),
    ))
}

/// A grant as the SDK reads it.
pub(super) fn shown(call: &Call<'_>, grant: &Grant) -> Value {
    let delegated = grant.parent_grant_id.is_some();
    let account = account(call, grant);
    let mut shown = json!({
        "grant_kind": grant.kind(), "grant_id": grant.id, "label": grant.label,
        "status": grant.status(call.now), "account_identifier": account, "account_display_name": account,
        "grant_policy": Some(&grant.policy).filter(|policy| **policy != Policy::default()),
        "expires_at": grant.policy.expires_at, "grant_expires_at": grant.policy.expires_at,
        "created_at": grant.created_at, "last_used_at": grant.last_used_at,
        "principal_type": grant.principal.kind(), "delegated_at": delegated.then_some(grant.created_at),
        "parent_grant_id": grant.parent_grant_id, "depth": chain(&call.state.tables, grant).len() - 1,
        "delegable": grant.delegable, "scope_constraint": grant.scope_constraint,
        "credential_id": credential::id(grant),
    });
    match &grant.target {
        Target::Oauth(connection) => {
            let access = if delegated { "oauth_delegation" } else { "ownership" };
            shown["provider_id"] = json!(connection.provider_id);
            shown["scopes"] = json!(connection.scopes);
            shown["api_base_url"] = Value::Null;
            shown["scope_mismatch"] = json!(grant.scope_mismatch);
            shown["needs_reconnect"] = json!(grant.scope_mismatch);
            shown["access_via"] = json!(access);
            shown["delegated_agent_ids"] = json!(delegates(call, grant));
        }
        Target::ManagedSecret { secret_id, slug } => {
            let secret = call.state.tables.of::<StoredSecret>().get(secret_id);
            let access = if delegated { "ms_delegation" } else { "ownership" };
            shown["managed_secret_id"] = json!(secret_id);
            shown["managed_secret_slug"] = json!(slug);
            shown["managed_secret_name"] = json!(secret.map_or(slug, |stored| &stored.secret.name));
            shown["agent_id"] = json!(grant.principal.agent_id());
            shown["access_via"] = json!(access);
            shown["credential_kind"] = json!("developer");
        }
    }
    shown
}

/// The agents that a grant was delegated to.
fn delegates(call: &Call<'_>, grant: &Grant) -> Vec<String> {
    let below = call.state.tables.of::<Grant>().of_app(&grant.app_id);
    let below = below.filter(|child| {
        child.parent_grant_id.as_ref() == Some(&grant.id) && child.is_active(call.now)
    });
    let agents = below.filter_map(|child| match &child.principal {
        Principal::Agent { agent_id } => Some(agent_id.clone()),
        _ => None,
    });
    agents.collect()
}
