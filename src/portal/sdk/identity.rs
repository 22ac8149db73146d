//! The identity of a key and of a user's token.

use serde_json::{Value, json};

use super::grants::user_behind;
use super::resolution::stands;
use super::signer::Signer;
use super::users;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{Checked, boolean, integer, text, web_url, wrong};
use crate::portal::handler::fields::Fields;
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::manage::end_users::group::Group;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::random;

const MAX_TOKEN: usize = 8192;
const MAX_AUDIENCE: usize = 512;
const MIN_LIFE: i64 = 10;
const MAX_LIFE: i64 = 300;
const LIFE: i64 = 120;

/// Who is asked about.
#[derive(Default)]
struct Asked {
    include_profile: bool,
    user_token: Option<String>,
    app_user_id: Option<String>,
}

impl Asked {
    fn read(fields: &mut Fields) -> Self {
        Self {
            include_profile: fields.optional("include_profile", boolean).unwrap_or(false),
            user_token: fields.nullable("user_token", text(1, MAX_TOKEN)),
            app_user_id: fields.nullable("app_user_id", text(1, 200)),
        }
    }
}

pub(super) fn resolve(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let asked = call.fields(Asked::read)?;
    Ok(Response::json(200, &identity(call, signer, &asked)?))
}

/// A signed statement of an identity, for one audience.
pub(super) fn assert(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let (asked, audience, life) = call.fields(|fields| {
        (
            Asked::read(fields),
            fields.required("audience", text(1, MAX_AUDIENCE)),
            fields.nullable("ttl_seconds", integer(MIN_LIFE, MAX_LIFE)),
        )
    })?;
    if uri(&json!(audience)).is_err() {
        let message = "An audience is a URI with a scheme.";
        return Err(Refusal::new(422, "invalid_audience", message));
    }
    let identity = identity(call, signer, &asked)?;
    let end = call.now.plus(life.unwrap_or(LIFE));
    let subject = match identity["app_user_id"].as_str() {
        Some(user) => format!("alter:user:{user}"),
        None => format!("alter:app:{}", signer.app_id),
    };
    let mut claims = json!({
        "iss": call.origin(), "aud": audience, "sub": subject, "iat": call.now.0, "exp": end.0,
        "jti": random::uuid(), "azp": signer.app_id, "alter": { "app_id": signer.app_id },
    });
    if let Some(agent) = &signer.agent_id {
        let auth = if signer.is_agents { "key" } else { "asserted" };
        claims["act"] = json!({ "sub": format!("alter:agent:{agent}") });
        claims["alter"]["agent_auth"] = json!(auth);
    }
    let token = call.runtime.issuer.sign("alter-identity+jwt", &claims);
    let body = json!({ "token": token, "expires_at": end, "identity": identity });
    Ok(Response::json(200, &body).with_secret(&token))
}

fn uri(value: &Value) -> Checked<()> {
    match value.as_str().and_then(|text| text.split_once(':')) {
        Some((scheme, rest))
            if !rest.is_empty()
                && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) =>
        {
            if scheme.starts_with("http") {
                web_url(value).map(|_| ())
            } else {
                Ok(())
            }
        }
        _ => wrong("uri", "Input should be a URI"),
    }
}

fn identity(call: &mut Call<'_>, signer: &Signer, asked: &Asked) -> Result<Value, Refusal> {
    let user = match (&asked.user_token, &asked.app_user_id) {
        (Some(token), _) => Some(users::of_token(call, token)?),
        (None, Some(id)) => Some(delegator(call, signer, id)?),
        (None, None) => None,
    };
    let trace = |name: &str| signer.context.get(name).cloned().unwrap_or_default();
    let traced = signer.context.contains_key("run_id") || signer.context.contains_key("thread_id");
    let user = user.as_ref();
    let mut identity = json!({
        "app_id": signer.app_id,
        "app_user_id": user.map(|user| &user.id),
        "external_subject_id": user.map(User::subject),
        "idp_id": user.and_then(|user| user.idp_id.as_ref()),
        "user_status": user.map(|user| &user.status),
        "group_ids": user.map_or_else(Vec::new, |user| groups(call, user)),
        "agent_id": signer.agent_id,
        "actor_id": signer.actor.as_ref().map(|(id, _)| id),
        "trace": traced.then(|| json!({ "run_id": trace("run_id"), "thread_id": trace("thread_id") })),
    });
    if asked.include_profile {
        identity["email"] = json!(user.and_then(|user| user.email.as_ref()));
        identity["display_name"] = json!(user.and_then(|user| user.display_name.as_ref()));
    }
    Ok(identity)
}

/// A user who delegated something to the agent that asks.
fn delegator(call: &Call<'_>, signer: &Signer, id: &str) -> Result<User, Refusal> {
    let Some(agent) = signer.agent_id.as_deref() else {
        let message = "`app_user_id` is for agents; name the user by a token.";
        return Err(Refusal::new(400, "invalid_request", message));
    };
    let mut grants = call.state.tables.of::<Grant>().of_app(&signer.app_id);
    let delegated = grants.any(|grant| {
        grant.principal.agent_id() == Some(agent)
            && stands(&call.state.tables, grant, call.now).is_ok()
            && user_behind(&call.state.tables, grant).as_deref() == Some(id)
    });
    let user = call.state.tables.of::<User>().get(id).filter(|_| delegated);
    match user {
        Some(user) if user.is_active() => Ok(user.clone()),
        _ => Err(Refusal::not_found("not_found", "There is no such user.")),
    }
}

/// What the identity provider calls the user's groups.
fn groups(call: &Call<'_>, user: &User) -> Vec<String> {
    let groups = user.group_ids.iter().filter_map(|id| call.state.tables.of::<Group>().get(id));
    groups.map(|group| group.external_group_id.clone()).collect()
}
