//! Connect sessions: an app asks, a user connects accounts, and grants come of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::grant_changes::policy_of;
use super::grants::reachable;
use super::sessions::{self, Connect, OwnKey, Session, Terms, What};
use super::signer::Signer;
use super::{completion, delegations, grant_list, scopes, users};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{
    Checked, boolean, integer, list, object, string, text, web_url, wrong,
};
use crate::portal::handler::fields::Fields;
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::grants::restrictions::Restrictions;
use crate::portal::manage::managed_secrets::access::{Access, Requester};
use crate::portal::manage::managed_secrets::secret::StoredSecret;
use crate::portal::manage::providers::StoredProvider;

const MAX_TOKEN: usize = 8192;
const MAX_TEXT: usize = 255;
const MAX_METADATA: usize = 16_384;

/// The keys that both kinds of session have.
struct Shared {
    user_token: Option<String>,
    agent: Option<String>,
    delegable: Option<bool>,
    constraint: Option<Vec<String>>,
    policy: Option<Value>,
    requested: Option<Requested>,
    repairs: Option<String>,
    switches: bool,
    direct: bool,
    return_url: Option<String>,
    allowed_origin: Option<String>,
}

/// The sibling grant that a session asks for.
struct Requested {
    label: String,
    restrictions: Restrictions,
}

impl Requested {
    fn read(value: &Value) -> Checked<Self> {
        let Some(given) = value.as_object() else {
            return wrong("dict_type", "Input should be an object");
        };
        let label = given.get("label").unwrap_or(&Value::Null);
        let label = text(1, MAX_TEXT)(label).or_else(|_| {
            wrong("missing", format!("`label` should be a string of 1 to {MAX_TEXT} characters"))
        })?;
        let restrictions = given.get("restrictions").filter(|value| !value.is_null());
        let restrictions = restrictions.map(Restrictions::read).transpose()?.unwrap_or_default();
        match given.keys().find(|key| !["label", "restrictions"].contains(&key.as_str())) {
            Some(extra) => wrong("extra_forbidden", format!("`{extra}` is not part of a request")),
            None => Ok(Self { label, restrictions }),
        }
    }
}

impl Shared {
    fn read(fields: &mut Fields) -> Self {
        fields.optional("allow_user_policy_rules", boolean);
        let anything = |value: &Value| Ok(value.clone());
        Self {
            user_token: fields.nullable("user_token", text(1, MAX_TOKEN)),
            agent: fields.nullable("agent", text(1, MAX_TEXT)),
            delegable: fields.nullable("delegable", boolean),
            constraint: fields.nullable("scope_constraint", delegations::constraint),
            policy: fields.nullable("grant_policy", anything),
            requested: fields.nullable("requested_grant", Requested::read),
            repairs: fields.nullable("repair_grant_id", text(1, MAX_TEXT)),
            switches: fields.nullable("switch_account", boolean).unwrap_or(false),
            direct: fields.nullable("direct", boolean).unwrap_or(false),
            return_url: fields.nullable("return_url", web_url),
            allowed_origin: fields.nullable("allowed_origin", origin),
        }
    }

    fn terms(&self, call: &Call<'_>, signer: &Signer) -> Result<Terms, Refusal> {
        let mut policy = policy_of(self.policy.as_ref(), call.now)?;
        if let Some(requested) = &self.requested
            && !requested.restrictions.are_none()
        {
            policy.restrictions = requested.restrictions.clone();
        }
        Ok(Terms {
            agent_id: self.agent_id(call, signer)?,
            delegable: self.delegable,
            constraint: self.constraint.clone(),
            label: self.requested.as_ref().map(|requested| requested.label.clone()),
            policy,
            return_url: self.return_url.clone(),
            allowed_origin: self.allowed_origin.clone(),
        })
    }

    /// Refuses to repair a grant unless it is the user's, the key reaches it, and nothing else is asked for with it.
    fn check_repair(
        &self,
        call: &Call<'_>,
        signer: &Signer,
        user: Option<&User>,
        providers: &[String],
    ) -> Result<(), Refusal> {
        let Some(id) = &self.repairs else {
            return Ok(());
        };
        let invalid = |name, msg| Err(Refusal::invalid("body", name, "value_error", msg));
        let Some(user) = user else {
            return invalid("user_token", "A grant is repaired by its user: give a user_token");
        };
        match () {
            () if self.agent.is_some() => {
                return invalid("agent", "A repair passes nothing on to an agent");
            }
            () if self.requested.is_some() => {
                return invalid("requested_grant", "A repair makes no other grant");
            }
            () if self.switches => {
                return invalid("switch_account", "A repair keeps the account");
            }
            () => {}
        }
        let grant = reachable(call, signer, id)?;
        if grant.principal.user_id() != Some(&user.id) || grant.revoked_at.is_some() {
            let message = format!("There is no grant {id} of this user that could be repaired.");
            return Err(Refusal::not_found("grant_not_found", message));
        }
        match providers {
            [provider] if provider == grant.provider_id() => Ok(()),
            _ => {
                let msg = format!("A repair is at one provider, here {}", grant.provider_id());
                Err(Refusal::invalid("body", "allowed_providers", "value_error", msg))
            }
        }
    }

    /// The agent that the connection is passed on to: the one that asks, or the one that an app names.
    fn agent_id(&self, call: &Call<'_>, signer: &Signer) -> Result<Option<String>, Refusal> {
        let own = signer.agent_id.clone();
        let Some(wanted) = &self.agent else {
            return Ok(own);
        };
        let mut agents = call.state.tables.of::<StoredAgent>().of_app(&signer.app_id);
        let found = agents.find(|stored| {
            stored.agent.is_active() && (stored.agent.id == *wanted || stored.agent.name == *wanted)
        });
        let id = found.map(|stored| stored.agent.id.clone()).ok_or_else(|| {
            Refusal::not_found(
                "agent_not_found",
                format!("There is no active agent {wanted} in this app."),
            )
        })?;
        if own.is_some_and(|own| own != id) {
            let message = "An agent can connect only for itself.";
            return Err(Refusal::new(400, "agent_cannot_delegate_to_other_agent", message));
        }
        Ok(Some(id))
    }
}

fn scopes_by_provider(value: &Value) -> Checked<BTreeMap<String, Vec<String>>> {
    let lists = object(MAX_METADATA)(value)?;
    let scopes = list(text(1, MAX_TEXT));
    lists.iter().map(|(provider, given)| Ok((provider.clone(), scopes(given)?))).collect()
}

/// An origin, with or without a slash at its end.
fn origin(value: &Value) -> Checked<String> {
    let url = string(value)?;
    match crate::api::format::secure_origin(&url) {
        Some(origin) if url.trim_end_matches('/') == origin.to_string() => Ok(origin.to_string()),
        _ => wrong("origin", "Input should be an origin, such as https://app.example"),
    }
}

/// A session to connect accounts at OAuth providers.
pub(super) fn oauth(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let (shared, providers, wanted) = call.fields(|fields| {
        fields.nullable("metadata", object(MAX_METADATA));
        (
            Shared::read(fields),
            fields.nullable("allowed_providers", list(text(1, MAX_TEXT))),
            fields.nullable("required_scopes", scopes_by_provider),
        )
    })?;
    let user = shared.user_token.as_ref().map(|token| users::of_token(call, token)).transpose()?;
    let terms = shared.terms(call, signer)?;
    if terms.agent_id.is_some() && user.is_none() {
        let message = "What is passed on to an agent is a user's: give a user_token.";
        return Err(Refusal::new(400, "agent_requires_user_token", message));
    }
    let configured = call.state.tables.of::<StoredProvider>().of_app(&signer.app_id);
    let configured: Vec<&StoredProvider> =
        configured.filter(|stored| stored.config.status == "active").collect();
    let known = |id: &String| configured.iter().any(|stored| stored.config.provider_id == *id);
    let providers = match providers {
        Some(given) => {
            let mut ids: Vec<String> = Vec::new();
            for id in given.iter().map(|id| id.trim().to_lowercase()) {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            ids
        }
        None => {
            configured.iter().map(|stored| stored.config.provider_id.clone()).collect::<Vec<_>>()
        }
    };
    if providers.is_empty() || !providers.iter().all(known) {
        let message =
            "The app has not set up every provider that is asked for: alter providers create.";
        return Err(Refusal::new(400, "provider_configuration_unavailable", message));
    }
    shared.check_repair(call, signer, user.as_ref(), &providers)?;
    let required = wanted.unwrap_or_default();
    for (provider, scopes) in &required {
        let stored = configured.iter().find(|stored| stored.config.provider_id == *provider);
        let may = |scope: &&String| stored.is_some_and(|one| one.config.scopes.contains(scope));
        if let Some(scope) = scopes.iter().find(|scope| !may(scope)) {
            let message =
                format!("The app does not ask {provider} for {scope}: alter providers update.");
            return Err(Refusal::new(400, "scope_not_allowed", message));
        }
    }
    let single = providers.len() == 1;
    let what = Connect { providers, required, repairs: shared.repairs, terms };
    let session =
        Session::new("sess_", &signer.app_id, What::Connect(what), user.as_ref(), call.now);
    let mut body = session.given(call, "connect_url", "connect");
    body["scope_constraint_warnings"] = json!([]);
    body["single_provider"] = json!(single);
    body["direct"] = json!(shared.direct);
    Ok(begin(call, session, 200, &body))
}

/// Stores a session; where no person is to be asked, completes it.
pub(super) fn begin(call: &mut Call<'_>, session: Session, status: u16, body: &Value) -> Response {
    let token = session.token().to_owned();
    call.state.tables.of_mut().add(session);
    match call.runtime.completion.answer() {
        Some(true) => {
            let said = completion::Said::by_nobody(&call.state.tables, call.params.get("app"));
            completion::approve(call.state, &token, &said, call.now);
        }
        Some(false) => {
            completion::deny(call.state, &token, call.now);
        }
        None => {}
    }
    Response::json(status, body).with_secret(&token)
}

/// A session to use a managed secret, or to enter a key of one's own for its service.
pub(super) fn secret(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    scopes::require(&signer.scopes, &["secrets:write"])?;
    let (shared, provider, template, delegated, life) = call.fields(|fields| {
        (
            Shared::read(fields),
            fields.nullable("provider", text(1, MAX_TEXT)),
            fields.nullable("template_slug", text(1, MAX_TEXT)),
            fields.nullable("delegated_agent_id", text(1, MAX_TEXT)),
            fields.nullable("requested_ttl_seconds", integer(1, i64::MAX)),
        )
    })?;
    let shared = Shared { agent: shared.agent.clone().or(delegated), ..shared };
    let Some(token) = &shared.user_token else {
        let msg = "A secret is connected for a user";
        return Err(Refusal::invalid("body", "user_token", "missing", msg));
    };
    let user = users::of_token(call, token)?;
    let mut terms = shared.terms(call, signer)?;
    if let Some(life) = life {
        terms.policy.expires_at = Some(call.now.plus(life));
    }
    let fits = |stored: &&StoredSecret| {
        let of_template = template.is_none() || stored.secret.template_id == template;
        let named = provider.as_ref().is_none_or(|slug| stored.secret.slug == *slug);
        named && of_template
    };
    let stored = call.state.tables.of::<StoredSecret>().of_app(&signer.app_id).find(fits).cloned();
    let stored = stored.ok_or_else(|| {
        let name = provider.as_ref().or(template.as_ref()).cloned().unwrap_or_default();
        Refusal::not_found(
            "secret_not_found",
            format!("There is no managed secret {name} in this app."),
        )
    })?;
    let slug = stored.secret.slug.clone();
    shared.check_repair(call, signer, Some(&user), &[slug])?;
    let held = held(call, &stored, &user);
    let path = match (&held, &shared.repairs) {
        (_, Some(_)) => "repair",
        (Some(_), None) => "fast_path",
        (None, None) => "key_entry",
    };
    let what = OwnKey {
        secret_id: stored.secret.id.clone(),
        grant_id: held.clone(),
        terms: terms.clone(),
    };
    let session =
        Session::new("ms_sess_", &signer.app_id, What::Secret(what), Some(&user), call.now);
    let mut body = session.given(call, "connect_url", "connect");
    body["delegable_requested"] = json!(terms.delegable.unwrap_or(false));
    body["path"] = json!(path);
    body["existing_grant_id"] = json!(held);
    body["direct"] = json!(shared.direct);
    body["secret_slug"] = json!(stored.secret.slug);
    body["template_slug"] = json!(stored.secret.template_id);
    body["agent_id"] = json!(terms.agent_id);
    Ok(begin(call, session, 200, &body))
}

/// The grant of a secret that a user has already, alone or through a group.
fn held(call: &Call<'_>, secret: &StoredSecret, user: &User) -> Option<String> {
    let access = Access { tables: &call.state.tables, secret, now: call.now };
    let grants = call.state.tables.of::<Grant>().of_app(&secret.app_id);
    let mut own = grants.filter(|grant| access.by(grant, Requester::User(user)).is_some());
    own.next().map(|grant| grant.id.clone())
}

/// The state of a session; a failure is reported in a 200 answer.
pub(super) fn poll(call: &mut Call<'_>, _: &Signer) -> Outcome {
    let token = call.fields(|fields| fields.required("session_token", text(1, MAX_TEXT)))?;
    let body = match sessions::find(call, &token) {
        None => json!({ "status": "expired" }),
        Some(session) => match session.status.as_str() {
            "completed" => {
                let grants = session.grant_ids.iter();
                let grants = grants.filter_map(|id| call.state.tables.of::<Grant>().get(id));
                let grants: Vec<Value> = grants
                    .filter(|grant| grant.parent_grant_id.is_none())
                    .map(|grant| connected(call, session, grant))
                    .collect();
                json!({ "status": "completed", "grants": grants, "failed_grants": left_out(call, session) })
            }
            "denied" => json!({ "status": "error", "error": {
                "error_code": "connect_denied", "error_message": "The user said no.",
            } }),
            "failed" => json!({ "status": "error", "error": {
                "error_code": sessions::CHANGED.0, "error_message": sessions::CHANGED.1,
            } }),
            _ if session.is_open(call.now) => json!({ "status": "pending" }),
            _ => json!({ "status": "expired" }),
        },
    };
    Ok(Response::json(200, &body))
}

/// The providers that the person did not choose.
fn left_out(call: &Call<'_>, session: &Session) -> Vec<Value> {
    let What::Connect(connect) = &session.what else {
        return Vec::new();
    };
    let grants = session.grant_ids.iter().filter_map(|id| call.state.tables.of::<Grant>().get(id));
    let connected: Vec<&str> = grants.map(Grant::provider_id).collect();
    let left = connect.providers.iter().filter(|provider| !connected.contains(&provider.as_str()));
    let shown = left.map(|provider| {
        json!({
            "provider_id": provider, "reason": "not_selected",
            "message": "The user did not choose this provider.",
        })
    });
    shown.collect()
}

/// A grant that a session made.
fn connected(call: &Call<'_>, session: &Session, grant: &Grant) -> Value {
    let mut shown = grant_list::shown(call, grant);
    shown["provider_id"] = json!(grant.provider_id());
    shown["operation"] = json!(session.operation(&grant.id));
    if let Some(agent_id) = session.terms().and_then(|terms| terms.agent_id.as_ref()) {
        let below = call.state.tables.of::<Grant>().of_app(&grant.app_id);
        let below = below.filter(|child| child.parent_grant_id.as_ref() == Some(&grant.id));
        let delegated = below.rev().find(|child| child.principal.agent_id() == Some(agent_id));
        shown["delegation"] = json!({
            "agent_id": agent_id, "delegable": delegated.is_some_and(|child| child.delegable),
            "policy_refused": false,
        });
    }
    shown
}
