//! What comes of a session when a person says yes: grants, and delegations below them, or a user who is signed in.

use serde_json::json;

use super::connections;
use super::delegations::below;
use super::sessions::{OwnKey, Session, Terms, What};
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::apps::App;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::events;
use crate::portal::manage::grants::grant::{Grant, Policy, Target};
use crate::portal::manage::grants::principal::Principal;
use crate::portal::manage::identity_providers::provider::IdentityProvider;
use crate::portal::manage::managed_secrets::access::{Access, Requester};
use crate::portal::manage::managed_secrets::credential::Credential;
use crate::portal::manage::managed_secrets::secret::StoredSecret;
use crate::portal::manage::providers::StoredProvider;
use crate::portal::portal_actions::{self, Principal as By, Subject};
use crate::portal::random;
use crate::portal::secret::Sealed;
use crate::portal::store::Tables;
use crate::portal::store::state::State;
use crate::portal::timestamp::Stamp;

/// The address of the user who is made where an app has none.
const ADDRESS: &str = "demo@example.com";

/// What a person puts into the page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// The account at the provider.
    pub(crate) account: Option<String>,
    /// A key of their own.
    pub(crate) credential: Option<String>,
    /// The user who signs in, or the address of a new one.
    pub(crate) user: Option<String>,
    /// The providers to connect; all that are offered where nothing is said of them.
    pub(crate) providers: Option<Vec<String>>,
}

impl Said {
    /// Returns what is said where nobody is asked: the first active user of the app signs in, else somebody new.
    pub(crate) fn by_nobody(tables: &Tables, app_id: &str) -> Self {
        let mut users = tables.of::<User>().of_app(app_id);
        let first = users.find(|user| user.is_active()).map(|user| user.id.clone());
        Self { user: Some(first.unwrap_or_else(|| ADDRESS.to_owned())), ..Self::default() }
    }

    /// Returns true for a provider that is to be connected.
    pub(super) fn chooses(&self, provider: &String) -> bool {
        self.providers.as_ref().is_none_or(|chosen| chosen.contains(provider))
    }
}

/// Completes an open session; `false` where there is none, or where what was said does not do.
pub(crate) fn approve(state: &mut State, token: &str, said: &Said, now: Stamp) -> bool {
    let open = state.tables.of::<Session>().get(token).filter(|session| session.is_open(now));
    let Some(session) = open.cloned() else {
        return false;
    };
    if !stands(&state.tables, &session, said, now) {
        state
            .tables
            .of_mut::<Session>()
            .change(token, |session| session.status = String::from("failed"));
        return false;
    }
    let mut again = Vec::new();
    let (grants, user) = match &session.what {
        What::Connect(connect) => {
            let connected = connections::connect(state, &session, connect, said, now);
            let reused = connected.iter().filter(|connected| connected.again);
            again = reused.map(|connected| connected.grant.id.clone()).collect();
            let ids = connected.into_iter().map(|connected| connected.grant.id).collect();
            (ids, session.user_id.clone())
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
        session.again = again;
        session.user_id = user;
    });
    true
}

/// Whether what a session is about is still as it was asked for: much can have happened at other doors since.
fn stands(tables: &Tables, session: &Session, said: &Said, now: Stamp) -> bool {
    let app = tables.of::<App>().get(&session.app_id);
    let user = session.user_id.as_ref().map(|id| tables.of::<User>().get(id));
    let is_well = app.is_some_and(|app| app.archived_at.is_none())
        && user.is_none_or(|user| user.is_some_and(User::is_active));
    let agent_is_active = |terms: &Terms| {
        let agent = terms.agent_id.as_ref().map(|id| tables.of::<StoredAgent>().get(id));
        agent.is_none_or(|agent| agent.is_some_and(|stored| stored.agent.is_active()))
    };
    let is_configured = |provider: &String| {
        let mut configured = tables.of::<StoredProvider>().of_app(&session.app_id);
        configured.any(|stored| {
            stored.config.provider_id == *provider && stored.config.status == "active"
        })
    };
    is_well
        && match &session.what {
            What::Connect(connect) => {
                let mut chosen = connect.providers.iter().filter(|id| said.chooses(id));
                chosen.all(is_configured) && agent_is_active(&connect.terms)
            }
            What::Secret(secret) => {
                agent_is_active(&secret.terms) && is_held(tables, secret, user.flatten(), now)
            }
            What::SignIn => true,
        }
}

/// Whether a secret is there, and its user still has the grant that is to be used, where it is one.
fn is_held(tables: &Tables, wanted: &OwnKey, user: Option<&User>, now: Stamp) -> bool {
    let Some(secret) = tables.of::<StoredSecret>().get(&wanted.secret_id) else {
        return false;
    };
    let Some(id) = &wanted.grant_id else {
        return true;
    };
    let grant = tables.of::<Grant>().get(id);
    let access = Access { tables, secret, now };
    grant.zip(user).is_some_and(|(grant, user)| access.by(grant, Requester::User(user)).is_some())
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
pub(super) fn principal(session: &Session) -> Principal {
    match &session.user_id {
        Some(user) => Principal::User { app_user_id: user.clone() },
        None => Principal::System,
    }
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
        passed_on(state, &held, terms, now);
        return vec![held.id];
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
    grant.policy = lasting(terms.policy.clone(), now);
    add(state, &grant, now);
    passed_on(state, &grant, terms, now);
    vec![grant.id]
}

/// Gives a policy the end that its bounds ask for: what is usual, and never more than the most.
pub(super) fn lasting(mut policy: Policy, now: Stamp) -> Policy {
    let most = policy.max_ttl_seconds.map(|life| now.plus(life));
    let usual = policy.default_ttl_seconds.map(|life| now.plus(life));
    policy.expires_at = policy.expires_at.or(usual).into_iter().chain(most).min();
    policy
}

/// Passes a grant on to the agent that the terms name; what that agent has of it already is changed in place.
pub(super) fn passed_on(state: &mut State, grant: &Grant, terms: &Terms, now: Stamp) {
    let Some(agent) = terms.agent_id.clone() else {
        return;
    };
    let end = grant.policy.expires_at;
    let held = state.tables.of::<Grant>().of_app(&grant.app_id).find(|child| {
        child.parent_grant_id.as_ref() == Some(&grant.id)
            && child.principal.agent_id() == Some(&agent)
            && child.revoked_at.is_none()
    });
    if let Some(id) = held.map(|child| child.id.clone()) {
        state.tables.of_mut::<Grant>().change(&id, |child| {
            child.delegable = terms.delegable.unwrap_or(child.delegable);
            child.policy.expires_at = end;
            if terms.constraint.is_some() {
                child.scope_constraint.clone_from(&terms.constraint);
            }
        });
        return;
    }
    let delegable = terms.delegable.unwrap_or(false);
    let child = below(grant, agent, delegable, terms.constraint.clone(), end, now);
    add(state, &child, now);
}

pub(super) fn add(state: &mut State, grant: &Grant, now: Stamp) {
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

/// The user who was picked, or a new one of that address.
fn sign_in(state: &mut State, app_id: &str, said: &Said, now: Stamp) -> Option<String> {
    let provider = state.tables.of::<IdentityProvider>().of_app(app_id).next()?.id.clone();
    let chosen = said.user.clone()?;
    let users = state.tables.of_mut::<User>();
    let wanted = |user: &&User| {
        user.is_active() && (user.id == chosen || user.email.as_ref() == Some(&chosen))
    };
    let picked = users.of_app(app_id).find(wanted).map(|user| user.id.clone());
    if let Some(id) = picked {
        users.change(&id, |user| user.last_seen_at = Some(now));
        return Some(id);
    }
    let email = chosen;
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
