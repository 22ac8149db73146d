//! What comes of a session when a person says yes: grants, and delegations below them, or a user who is signed in.

use serde_json::json;

use super::delegations::below;
use super::sessions::{Connect, OwnKey, Session, Terms, What};
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::events;
use crate::portal::manage::grants::grant::{Connection, Grant, Target};
use crate::portal::manage::grants::principal::Principal;
use crate::portal::manage::identity_providers::provider::IdentityProvider;
use crate::portal::manage::managed_secrets::credential::Credential;
use crate::portal::manage::managed_secrets::secret::StoredSecret;
use crate::portal::manage::providers::StoredProvider;
use crate::portal::portal_actions::{self, Principal as By, Subject};
use crate::portal::random;
use crate::portal::secret::Sealed;
use crate::portal::store::state::State;
use crate::portal::timestamp::Stamp;

/// The account of somebody who did not say which.
const ACCOUNT: &str = "demo@example.com";

/// What a person puts into the page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// The account at the provider.
    pub(crate) account: Option<String>,
    /// A key of their own.
    pub(crate) credential: Option<String>,
    /// The user who signs in, or the address of a new one.
    pub(crate) user: Option<String>,
}

/// Completes an open session; `false` where there is none, or where what was said does not do.
pub(crate) fn approve(state: &mut State, token: &str, said: &Said, now: Stamp) -> bool {
    let open = state.tables.of::<Session>().get(token).filter(|session| session.is_open(now));
    let Some(session) = open.cloned() else {
        return false;
    };
    let (grants, user) = match &session.what {
        What::Connect(connect) => {
            (accounts(state, &session, connect, said, now), session.user_id.clone())
        }
        What::Secret(secret) => {
            (secrets(state, &session, secret, said, now), session.user_id.clone())
        }
        What::SignIn => (Vec::new(), sign_in(state, &session.app_id, said, now)),
    };
    if grants.is_empty() && !matches!(session.what, What::SignIn if user.is_some()) {
        return false;
    }
    state.tables.of_mut::<Session>().change(token, |session| {
        session.status = String::from("completed");
        session.grant_ids = grants;
        session.user_id = user;
    });
    true
}

/// Ends an open session without anything coming of it.
pub(crate) fn deny(state: &mut State, token: &str, now: Stamp) -> bool {
    let open = state.tables.of::<Session>().get(token).is_some_and(|session| session.is_open(now));
    if open {
        state
            .tables
            .of_mut::<Session>()
            .change(token, |session| session.status = String::from("denied"));
    }
    open
}

/// Whom the grants of a session are for.
fn principal(session: &Session) -> Principal {
    match &session.user_id {
        Some(user) => Principal::User { app_user_id: user.clone() },
        None => Principal::System,
    }
}

/// A grant for each provider.
fn accounts(
    state: &mut State,
    session: &Session,
    connect: &Connect,
    said: &Said,
    now: Stamp,
) -> Vec<String> {
    let mut made = Vec::new();
    for provider in &connect.providers {
        let configured = state.tables.of::<StoredProvider>().of_app(&session.app_id);
        let scopes = configured.filter(|stored| stored.config.provider_id == *provider);
        let scopes = scopes.flat_map(|stored| &stored.config.scopes).cloned().collect();
        let connection = Connection {
            provider_id: provider.clone(),
            scopes,
            account_identifier: Some(said.account.clone().unwrap_or_else(|| ACCOUNT.to_owned())),
            access_token: Sealed::new(format!("{provider}-{}", random::alphanumeric(32))),
        };
        if let Some(repaired) =
            connect.repairs.as_ref().and_then(|id| repair(state, session, id, &connection))
        {
            made.push(repaired);
            continue;
        }
        let grant = Grant::new(&session.app_id, Target::Oauth(connection), principal(session), now);
        made.extend(grant_with(state, grant, &connect.terms, now));
    }
    made
}

/// Gives a grant of the app a new credential, if it is for this provider and was not revoked.
fn repair(
    state: &mut State,
    session: &Session,
    id: &str,
    connection: &Connection,
) -> Option<String> {
    let grants = state.tables.of_mut::<Grant>();
    let grant = grants.get(id).filter(|grant| grant.app_id == session.app_id)?;
    if grant.provider_id() != connection.provider_id || grant.revoked_at.is_some() {
        return None;
    }
    let renew = |grant: &mut Grant| {
        grant.target = Target::Oauth(connection.clone());
        grant.scope_mismatch = false;
    };
    grants.change(id, renew).map(|grant| grant.id.clone())
}

/// The user's grant of a secret; one who has none enters a key of their own.
fn secrets(
    state: &mut State,
    session: &Session,
    secret: &OwnKey,
    said: &Said,
    now: Stamp,
) -> Vec<String> {
    let terms = &secret.terms;
    if let Some(held) =
        secret.grant_id.as_ref().and_then(|id| state.tables.of::<Grant>().get(id)).cloned()
    {
        let mut made = vec![held.id.clone()];
        made.extend(passed_on(state, &held, terms, now));
        return made;
    }
    let Some(stored) = state.tables.of::<StoredSecret>().get(&secret.secret_id).cloned() else {
        return Vec::new();
    };
    let slug = stored.secret.slug.clone();
    let key =
        said.credential.clone().unwrap_or_else(|| format!("{slug}-{}", random::alphanumeric(24)));
    let mut own = stored;
    own.secret.id = random::uuid();
    own.secret.slug = format!("{slug}-{}", &own.secret.id[..8]);
    own.secret.name = format!("{} (a user's own)", own.secret.name);
    own.credential = Credential { value: Some(Sealed::new(key)), ..Credential::default() };
    // Calls name the service, whoever's key it is.
    let target = Target::ManagedSecret { secret_id: own.secret.id.clone(), slug };
    state.tables.of_mut().add(own);
    let grant = Grant::new(&session.app_id, target, principal(session), now);
    grant_with(state, grant, terms, now)
}

/// Adds a grant on these terms, and the delegation that they ask for.
fn grant_with(state: &mut State, mut grant: Grant, terms: &Terms, now: Stamp) -> Vec<String> {
    grant.label.clone_from(&terms.label);
    grant.policy.clone_from(&terms.policy);
    if let (None, Some(life)) = (grant.policy.expires_at, grant.policy.default_ttl_seconds) {
        grant.policy.expires_at = Some(now.plus(life));
    }
    let mut made = vec![grant.id.clone()];
    add(state, &grant, now);
    made.extend(passed_on(state, &grant, terms, now));
    made
}

fn passed_on(state: &mut State, grant: &Grant, terms: &Terms, now: Stamp) -> Option<String> {
    let agent = terms.agent_id.clone()?;
    let end = grant.policy.expires_at;
    let child = below(grant, agent, terms.delegable, terms.constraint.clone(), end, now);
    add(state, &child, now);
    Some(child.id)
}

fn add(state: &mut State, grant: &Grant, now: Stamp) {
    let by = match &grant.principal {
        Principal::User { app_user_id } => By::sdk(app_user_id, "connect session"),
        _ => By::sdk(&grant.app_id, "connect session"),
    };
    let subject = Subject { kind: "grant", id: &grant.id, app_id: Some(&grant.app_id) };
    let details =
        json!({ "provider_id": grant.provider_id(), "principal_type": grant.principal.kind() });
    portal_actions::note(state, now, "grant.created", by.clone(), subject, details);
    events::note(state, now, "grant.created", &by, grant, None);
    state.tables.of_mut().add(grant.clone());
}

/// The user who was picked, or a new one of that address; without either, the first there is.
fn sign_in(state: &mut State, app_id: &str, said: &Said, now: Stamp) -> Option<String> {
    let provider = state.tables.of::<IdentityProvider>().of_app(app_id).next()?.id.clone();
    let users = state.tables.of_mut::<User>();
    let wanted = |user: &&User| {
        let named = |wanted: &String| user.id == *wanted || user.email.as_ref() == Some(wanted);
        user.is_active() && said.user.as_ref().is_none_or(named)
    };
    let picked = users.of_app(app_id).find(wanted).map(|user| user.id.clone());
    if let Some(id) = picked {
        users.change(&id, |user| user.last_seen_at = Some(now));
        return Some(id);
    }
    let email = said.user.clone().unwrap_or_else(|| ACCOUNT.to_owned());
    if !email.contains('@') || users.of_app(app_id).any(|user| user.email.as_ref() == Some(&email))
    {
        return None;
    }
    let user = User {
        id: random::uuid(),
        app_id: app_id.to_owned(),
        display_name: email.split('@').next().map(str::to_owned),
        email: Some(email),
        idp_id: Some(provider),
        subject: None,
        status: "active".to_owned(),
        created_at: now,
        last_seen_at: Some(now),
        group_ids: Vec::new(),
    };
    let id = user.id.clone();
    users.add(user);
    Some(id)
}
