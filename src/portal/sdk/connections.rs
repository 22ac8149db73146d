//! Accounts that a connect session connects. There is one connection for each user, provider and account: connecting it
//! again signs in anew and makes no second grant; only a label asks for one beside it, on the same credential.

use super::completion::{Said, add, lasting, passed_on, principal};
use super::sessions::{Connect, Session};
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::grant::{Connection, Grant, Policy, Target};
use crate::portal::manage::providers::StoredProvider;
use crate::portal::random;
use crate::portal::secret::Sealed;
use crate::portal::store::Tables;
use crate::portal::store::state::State;
use crate::portal::timestamp::Stamp;

/// The account of an app that connects for no user.
const ACCOUNT: &str = "demo@example.com";

/// The grant of an account, and how it came about.
#[derive(Debug)]
pub(super) struct Connected {
    pub(super) grant: Grant,
    /// Whether it was there before.
    pub(super) again: bool,
}

/// Connects the accounts that a person chose.
pub(super) fn connect(
    state: &mut State,
    session: &Session,
    connect: &Connect,
    said: &Said,
    now: Stamp,
) -> Vec<Connected> {
    let mut made = Vec::new();
    for provider in connect.providers.iter().filter(|provider| said.chooses(provider)) {
        let wanted = Connection {
            provider_id: provider.clone(),
            scopes: scopes(&state.tables, session, connect, provider),
            account_identifier: Some(
                said.account.clone().unwrap_or_else(|| account(&state.tables, session)),
            ),
            access_token: Sealed::new(format!("{provider}-{}", random::alphanumeric(32))),
        };
        let connected = match &connect.repairs {
            // One that cannot be repaired any more is not replaced by another.
            Some(id) => repaired(state, session, id, &wanted),
            None => Some(connected_with(state, session, connect, wanted, now)),
        };
        let Some(connected) = connected else {
            continue;
        };
        passed_on(state, &connected.grant, &connect.terms, now);
        made.push(connected);
    }
    made
}

/// The account of whoever connects, where nobody says another: the user's address.
pub(crate) fn account(tables: &Tables, session: &Session) -> String {
    let user = session.user_id.as_ref().and_then(|id| tables.of::<User>().get(id));
    match user {
        Some(user) => user.email.as_ref().or(user.subject.as_ref()).unwrap_or(&user.id).clone(),
        None => ACCOUNT.to_owned(),
    }
}

/// The scopes that an account is connected with: those that the session asks for, else all that the app asks for.
pub(crate) fn scopes(
    tables: &Tables,
    session: &Session,
    connect: &Connect,
    provider: &str,
) -> Vec<String> {
    if let Some(wanted) = connect.required.get(provider) {
        return wanted.clone();
    }
    let mut configured = tables.of::<StoredProvider>().of_app(&session.app_id);
    let found = configured.find(|stored| stored.config.provider_id == provider);
    found.map_or_else(Vec::new, |stored| stored.config.scopes.clone())
}

/// Gives the grant that a session repairs a new credential, if it is the user's, for this provider, and was not revoked
/// meanwhile.
fn repaired(
    state: &mut State,
    session: &Session,
    id: &str,
    wanted: &Connection,
) -> Option<Connected> {
    let grants = state.tables.of_mut::<Grant>();
    let grant = grants.get(id).filter(|grant| grant.app_id == session.app_id)?;
    let is_theirs = grant.principal.user_id().is_some() && grant.principal == principal(session);
    if !is_theirs || grant.provider_id() != wanted.provider_id || grant.revoked_at.is_some() {
        return None;
    }
    let renew = |grant: &mut Grant| {
        grant.target = Target::Oauth(wanted.clone());
        grant.scope_mismatch = false;
    };
    Some(Connected { grant: grants.change(id, renew)?.clone(), again: true })
}

/// Finds the grant of an account, or makes it.
fn connected_with(
    state: &mut State,
    session: &Session,
    connect: &Connect,
    mut wanted: Connection,
    now: Stamp,
) -> Connected {
    let terms = &connect.terms;
    let holder = principal(session);
    let siblings: Vec<Grant> = state
        .tables
        .of::<Grant>()
        .of_app(&session.app_id)
        .filter(|grant| {
            grant.principal == holder
                && grant.parent_grant_id.is_none()
                && grant.revoked_at.is_none()
                && grant.oauth_provider() == Some(&wanted.provider_id)
                && grant.account() == wanted.account_identifier.as_deref()
        })
        .cloned()
        .collect();
    let labelled = |label: Option<&String>| {
        let is_it = |grant: &&Grant| grant.label.as_ref() == label;
        siblings.iter().filter(is_it).find(|grant| label.is_none() || grant.is_active(now))
    };
    let known = match &terms.label {
        Some(label) => labelled(Some(label)),
        None => labelled(None).or_else(|| siblings.iter().find(|grant| grant.is_active(now))),
    };
    if let Some(known) = known {
        return Connected { grant: again(state, known, &wanted, &terms.policy, now), again: true };
    }
    // The grants of one account have one credential.
    if let Some(Target::Oauth(connection)) = siblings.first().map(|grant| &grant.target) {
        wanted.access_token = connection.access_token.clone();
    }
    let blank = Grant::new(&session.app_id, Target::Oauth(wanted), holder, now);
    let policy = lasting(terms.policy.clone(), now);
    let grant = Grant { label: terms.label.clone(), policy, ..blank };
    add(state, &grant, now);
    Connected { grant, again: false }
}

/// Signs in anew to the account of a grant. Only the grant without a label gets the scopes and the life that were asked
/// for: those with one stay as they were made.
fn again(
    state: &mut State,
    known: &Grant,
    wanted: &Connection,
    policy: &Policy,
    now: Stamp,
) -> Grant {
    let renew = |grant: &mut Grant| {
        grant.scope_mismatch = false;
        if grant.label.is_some() {
            return;
        }
        if let Target::Oauth(connection) = &mut grant.target {
            connection.scopes.clone_from(&wanted.scopes);
        }
        if *policy != Policy::default() || !grant.is_active(now) {
            grant.policy = lasting(policy.clone(), now);
        }
    };
    let renewed = state.tables.of_mut::<Grant>().change(&known.id, renew);
    renewed.cloned().unwrap_or_else(|| known.clone())
}
