//! Which grant a request means, and whether it may be used now.

use serde_json::{Value, json};

use super::grants::{chain, is_reachable, reachable, user_behind};
use super::signer::Signer;
use super::users;
use crate::portal::handler::call::Call;
use crate::portal::handler::checks::{string, text};
use crate::portal::handler::fields::Fields;
use crate::portal::handler::refusal::Refusal;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::grant::{Grant, Target};
use crate::portal::manage::grants::principal::Principal;
use crate::portal::manage::grants::restrictions::Restrictions;
use crate::portal::manage::managed_secrets::access::{Access, Requester};
use crate::portal::manage::managed_secrets::secret::StoredSecret;
use crate::portal::manage::providers::StoredProvider;
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

const MAX_TEXT: usize = 8192;
const MAX_CANDIDATES: usize = 20;

/// How a request names a grant: by its id, or by provider and what narrows it down.
#[derive(Clone, Debug, Default)]
pub(super) struct Address {
    grant_id: Option<String>,
    provider_id: Option<String>,
    user_token: Option<String>,
    app_user_id: Option<String>,
    account: Option<String>,
    label: Option<String>,
}

impl Address {
    /// Reads the keys of a body that are one.
    pub(super) fn read(fields: &mut Fields) -> Self {
        let mut part = |name| fields.nullable(name, text(1, MAX_TEXT));
        let address = Self {
            grant_id: part("grant_id"),
            provider_id: part("provider_id"),
            user_token: part("user_token"),
            app_user_id: part("app_user_id"),
            account: part("account"),
            label: part("label"),
        };
        if address.grant_id.is_some() == address.provider_id.is_some() {
            fields.refuse(
                "grant_id",
                "value_error",
                "Give exactly one of grant_id and provider_id",
            );
        }
        address
    }
}

/// The grant that is meant, and the user whose token came with it. It may still not be usable.
pub(super) fn find(
    call: &mut Call<'_>,
    signer: &Signer,
    at: &Address,
) -> Result<(Grant, Option<String>), Refusal> {
    let user = at.user_token.as_deref().map(|token| users::of_token(call, token)).transpose()?;
    if at.app_user_id.is_some() && signer.agent_id.is_none() {
        let message = "`app_user_id` is for agents: it picks one of what was delegated to them.";
        return Err(Refusal::new(400, "invalid_request", message));
    }
    let grant = match (&at.grant_id, &at.provider_id) {
        (Some(id), _) => {
            let grant = reachable(call, signer, id)?.clone();
            if let Some(user) = &user {
                owned(call, signer, &grant, user, at)?;
            }
            grant
        }
        (None, provider) => {
            by_provider(call, signer, at, provider.as_deref().unwrap_or_default(), user.as_ref())?
        }
    };
    Ok((grant, user.map(|user| user.id)))
}

/// Refuses a grant that is not the user's.
fn owned(
    call: &Call<'_>,
    signer: &Signer,
    grant: &Grant,
    user: &User,
    at: &Address,
) -> Result<(), Refusal> {
    let theirs = match &grant.principal {
        Principal::System => {
            let message = "The grant is the app's own; it is not used for a user.";
            return Err(Refusal::new(403, "system_grant_user_token_mismatch", message));
        }
        Principal::Agent { .. } => {
            user_behind(&call.state.tables, grant).as_ref() == Some(&user.id)
        }
        _ => is_for(&call.state.tables, grant, user, call.now),
    };
    if theirs {
        return Ok(());
    }
    Err(not_found(signer, &grant.id, at))
}

/// Whether a user has a grant, alone or through a group.
fn is_for(tables: &Tables, grant: &Grant, user: &User, now: Stamp) -> bool {
    match (&grant.principal, secret(tables, grant)) {
        (Principal::User { app_user_id }, _) => *app_user_id == user.id,
        (Principal::Group { .. }, Some(secret)) => {
            Access { tables, secret, now }.by(grant, Requester::User(user)).is_some()
        }
        _ => false,
    }
}

fn secret<'a>(tables: &'a Tables, grant: &Grant) -> Option<&'a StoredSecret> {
    tables.of::<StoredSecret>().get(grant.secret_id()?)
}

fn by_provider(
    call: &Call<'_>,
    signer: &Signer,
    at: &Address,
    provider: &str,
    user: Option<&User>,
) -> Result<Grant, Refusal> {
    let fits = |grant: &&Grant| {
        let theirs = match (&grant.principal, user) {
            (Principal::Agent { .. }, user) => {
                let behind = user_behind(&call.state.tables, grant);
                at.app_user_id.is_none_or_is(behind.as_ref())
                    && user.is_none_or(|user| behind.as_ref() == Some(&user.id))
            }
            (Principal::System, None) => true,
            (_, Some(user)) => is_for(&call.state.tables, grant, user, call.now),
            (_, None) => false,
        };
        grant.provider_id() == provider
            && is_reachable(signer, grant)
            && theirs
            && at.account.is_none_or_is(account(call, grant).as_ref())
            && at.label.is_none_or_is(grant.label.as_ref())
    };
    let all: Vec<&Grant> =
        call.state.tables.of::<Grant>().of_app(&signer.app_id).rev().filter(fits).collect();
    let usable: Vec<&Grant> = all
        .iter()
        .copied()
        .filter(|grant| stands(&call.state.tables, grant, call.now).is_ok())
        .collect();
    // What was taken away from an agent is not a way to the provider; an app is told that its grant was revoked.
    let tells =
        |refusal: &Refusal| signer.agent_id.is_none() || refusal.code().1 != "grant_revoked";
    match usable[..] {
        [grant] => Ok(grant.clone()),
        // One that is over says why better than none at all.
        [] => {
            let mut over =
                all.iter().filter_map(|grant| stands(&call.state.tables, grant, call.now).err());
            Err(over.find(tells).unwrap_or_else(|| not_found(signer, provider, at)))
        }
        _ => Err(ambiguous(call, signer, at, provider, &usable)),
    }
}

/// What the provider calls the account of a grant.
pub(super) fn account(call: &Call<'_>, grant: &Grant) -> Option<String> {
    let of_secret = secret(&call.state.tables, grant)
        .and_then(|stored| stored.secret.account_identifier.clone());
    grant.account().map(str::to_owned).or(of_secret)
}

trait Narrows {
    fn is_none_or_is(&self, found: Option<&String>) -> bool;
}

impl Narrows for Option<String> {
    fn is_none_or_is(&self, found: Option<&String>) -> bool {
        self.is_none() || self.as_ref() == found
    }
}

fn not_found(signer: &Signer, what: &str, at: &Address) -> Refusal {
    let (code, message) = match &signer.agent_id {
        Some(_) => (
            "no_delegated_grant",
            format!("Nothing for {what} was granted or delegated to this agent."),
        ),
        None => {
            ("grant_not_found", format!("There is no grant for {what} that this key can reach."))
        }
    };
    Refusal::not_found(code, message)
        .also("provider_id", json!(at.provider_id))
        .also("agent_id", json!(signer.agent_id))
        .also("app_user_id", json!(at.app_user_id))
}

fn ambiguous(
    call: &Call<'_>,
    signer: &Signer,
    at: &Address,
    provider: &str,
    grants: &[&Grant],
) -> Refusal {
    let is_agent = signer.agent_id.is_some();
    let shown = &grants[..grants.len().min(MAX_CANDIDATES)];
    let candidate = |grant: &&Grant| {
        let account = account(call, grant).filter(|_| !is_agent);
        json!({
            "grant_id": grant.id, "label": grant.label,
            "account_identifier": account, "account_display_name": account,
        })
    };
    let accounts = shown.iter().filter_map(|grant| account(call, grant)).filter(|_| !is_agent);
    let users = shown.iter().filter_map(|grant| user_behind(&call.state.tables, grant));
    let message = format!(
        "{} grants for {provider} fit; narrow it down by label, account or grant_id.",
        grants.len()
    );
    let refusal = Refusal::conflict("ambiguous_grant", message)
        .also("provider_id", provider)
        .also("account_identifiers", accounts.collect::<Vec<_>>())
        .also("account_was_provided", at.account.is_some())
        .also("app_user_ids", users.collect::<Vec<_>>())
        .also("grant_ids", shown.iter().map(|grant| grant.id.clone()).collect::<Vec<_>>())
        .also("candidates", shown.iter().map(candidate).collect::<Vec<Value>>());
    if shown.len() < grants.len() { refusal.also("candidates_truncated", true) } else { refusal }
}

/// Refuses a grant that is over, or that comes from one that is.
pub(super) fn stands(tables: &Tables, grant: &Grant, now: Stamp) -> Result<(), Refusal> {
    let refuse = |code, message: String| Err(Refusal::new(403, code, message));
    let links = chain(tables, grant);
    for (above, link) in links.iter().enumerate() {
        match link.status(now) {
            "revoked" => {
                return refuse("grant_revoked", format!("The grant {} is revoked.", link.id));
            }
            "expired" => {
                return refuse("grant_expired", format!("The grant {} has expired.", link.id));
            }
            _ => {}
        }
        let user = link.principal.user_id().and_then(|id| tables.of::<User>().get(id));
        if user.is_some_and(|user| !user.is_active()) {
            return refuse("user_not_active", "The user of the grant is suspended.".to_owned());
        }
        let agent = link.principal.agent_id().filter(|_| above > 0);
        let agent = agent.and_then(|id| tables.of::<StoredAgent>().get(id));
        if agent.is_some_and(|stored| !stored.agent.is_active()) {
            let message = "The agent that delegated the grant is not active.".to_owned();
            return refuse("delegator_not_active", message);
        }
    }
    if let Some(parent) = links.last().and_then(|link| link.parent_grant_id.as_ref()) {
        return refuse("grant_revoked", format!("The grant {parent} is gone."));
    }
    let providers = tables.of::<StoredProvider>().of_app(&grant.app_id);
    let mut disabled = providers.filter(|stored| stored.config.status == "disabled");
    if matches!(grant.target, Target::Oauth(_))
        && disabled.any(|stored| stored.config.provider_id == grant.provider_id())
    {
        let message = format!("The app has disabled {}.", grant.provider_id());
        return refuse("provider_disabled", message);
    }
    Ok(())
}

/// The restrictions of a grant and of everything that it was delegated from.
pub(super) fn restrictions<'a>(tables: &'a Tables, grant: &'a Grant) -> Vec<&'a Restrictions> {
    let links = chain(tables, grant).into_iter();
    links.map(|link| &link.policy.restrictions).filter(|all| !all.are_none()).collect()
}

/// Refuses a call that the restrictions of a grant leave out.
pub(super) fn admits_call(
    tables: &Tables,
    grant: &Grant,
    method: &str,
    path: &str,
) -> Result<(), Refusal> {
    if restrictions(tables, grant).iter().all(|all| all.admit(method, path)) {
        return Ok(());
    }
    let message =
        format!("The grant {} is restricted to other calls than {method} {path}.", grant.id);
    Err(Refusal::new(403, "grant_restricted", message))
}

/// Refuses an agent that may not use a grant although it is the agent's.
pub(super) fn allows_agent(
    tables: &Tables,
    agent_id: Option<&str>,
    grant: &Grant,
    now: Stamp,
) -> Result<(), Refusal> {
    let Some(stored) = agent_id.and_then(|id| tables.of::<StoredAgent>().get(id)) else {
        return Ok(());
    };
    let open = match secret(tables, grant) {
        Some(secret) => {
            Access { tables, secret, now }.by(grant, Requester::Agent(stored)).is_some()
        }
        None => may_use(stored, grant.provider_id()),
    };
    if open {
        return Ok(());
    }
    let message =
        format!("The scopes of the agent {} leave {} out.", stored.agent.name, grant.provider_id());
    Err(Refusal::new(403, "agent_scope_not_allowed", message))
}

/// Refuses a user who is suspended, or who has left the group that the grant is for.
pub(super) fn allows_user(
    tables: &Tables,
    user_id: Option<&str>,
    grant: &Grant,
    now: Stamp,
) -> Result<(), Refusal> {
    let Some(id) = user_id else {
        return Ok(());
    };
    let user = tables.of::<User>().get(id).filter(|user| user.is_active());
    let user = user.ok_or_else(|| {
        Refusal::new(403, "user_not_active", "The user of the call is not active.")
    })?;
    if matches!(grant.principal, Principal::Group { .. }) && !is_for(tables, grant, user, now) {
        let message = "The user is not in the group that the grant is for.";
        return Err(Refusal::not_found("grant_not_found", message));
    }
    Ok(())
}

/// Whether an agent's scopes have a provider among them; without any, its grants alone decide.
pub(super) fn may_use(stored: &StoredAgent, provider: &str) -> bool {
    stored.agent.scopes.is_empty() || stored.agent.scopes.contains_key(provider)
}

/// Refuses a host that the credential of a grant may not go to. `required` is whether a secret must name its hosts.
pub(super) fn admits_host(
    tables: &Tables,
    grant: &Grant,
    host: &str,
    required: bool,
) -> Result<(), Refusal> {
    let Target::ManagedSecret { .. } = grant.target else {
        return Ok(());
    };
    let hosts = secret(tables, grant).map_or(&[][..], |stored| &stored.secret.allowed_hosts);
    let fits = |allowed: &String| match allowed.strip_prefix("*.") {
        Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
        None => allowed == host,
    };
    if hosts.iter().any(fits) || (hosts.is_empty() && !required) {
        return Ok(());
    }
    let message =
        format!("{host} is not one of the hosts that {} may be sent to.", grant.provider_id());
    let hint = format!(
        "alter managed-secrets set-allowed-hosts names them; allowed: {}",
        hosts.join(", ")
    );
    // What the portal would call itself is checked as a destination; what the caller would, as a permission.
    let named = required && !hosts.is_empty();
    let (status, code) =
        if named { (422, "blocked_destination") } else { (403, "host_not_allowed") };
    Err(Refusal::new(status, code, message).also("hint", hint))
}

/// A method: one word in capitals.
pub(super) fn method(value: &Value) -> crate::portal::handler::checks::Checked<String> {
    let method = string(value)?.to_ascii_uppercase();
    if method.is_empty()
        || method.len() > 20
        || !method.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        return crate::portal::handler::checks::wrong("method", "Input should be an HTTP method");
    }
    Ok(method)
}
