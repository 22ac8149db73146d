//! The resources: a file each, with its shapes, its routes and its handlers. This is the one list of them.

pub(crate) mod agents;
pub(crate) mod analytics;
pub(crate) mod approvals;
pub(crate) mod apps;
pub(crate) mod audit;
pub(crate) mod branding;
pub(crate) mod end_users;
pub(crate) mod grant_events;
pub(crate) mod grants;
pub(crate) mod identity_providers;
pub(crate) mod keys;
pub(crate) mod managed_secrets;
pub(crate) mod pats;
pub(crate) mod plaintext;
pub(crate) mod portal_actions;
pub(crate) mod providers;
pub(crate) mod rules;
pub(crate) mod stored_key;

use crate::portal::handler::call::Call;
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::route::Route;
use crate::portal::store::{Reader, reader};

/// Every route.
pub(crate) const ROUTES: &[&[Route]] = &[
    pats::ROUTES,
    apps::ROUTES,
    keys::ROUTES,
    agents::ROUTES,
    providers::ROUTES,
    managed_secrets::ROUTES,
    managed_secrets::grants::ROUTES,
    identity_providers::ROUTES,
    grants::ROUTES,
    end_users::ROUTES,
    audit::ROUTES,
    portal_actions::ROUTES,
    grant_events::ROUTES,
    rules::ROUTES,
    analytics::ROUTES,
    branding::ROUTES,
    approvals::ROUTES,
];

/// Refuses a path that names what is not there, or not in its app.
type Named = fn(&Call<'_>) -> Result<(), Refusal>;

/// What the placeholders of paths name, as far as it has a row of its own.
const NAMED: &[(&str, Named)] = &[
    ("agent", |call| call.row::<agents::agent::StoredAgent>().map(drop)),
    ("grant", |call| call.row::<grants::grant::Grant>().map(drop)),
    ("group", |call| call.row::<end_users::group::Group>().map(drop)),
    ("identity_provider", |call| {
        call.row::<identity_providers::provider::IdentityProvider>().map(drop)
    }),
    ("key", |call| match call.params.get("agent") {
        "" => keys::named(call).map(drop),
        _ => agents::keys::named(call).map(drop),
    }),
    ("managed_secret", |call| call.row::<managed_secrets::secret::StoredSecret>().map(drop)),
    ("provider", |call| call.row::<providers::StoredProvider>().map(drop)),
    ("rule", rules::of_target),
    ("user", |call| call.row::<end_users::user::User>().map(drop)),
];

/// Refuses a request unless everything that its path names is there: whatever its body is like.
pub(crate) fn check_path(call: &Call<'_>) -> Result<(), Refusal> {
    let mut named = NAMED.iter().filter(|(name, _)| !call.params.get(name).is_empty());
    named.try_for_each(|(_, check)| check(call))
}

/// Every table of the state file.
pub(crate) const TABLES: &[Reader] = &[
    reader::<pats::StoredPat>(),
    reader::<apps::App>(),
    reader::<crate::portal::audit::synthetic::DeletedApp>(),
    reader::<stored_key::StoredKey>(),
    reader::<agents::agent::StoredAgent>(),
    reader::<agents::keys::StoredAgentKey>(),
    reader::<providers::StoredProvider>(),
    reader::<managed_secrets::secret::StoredSecret>(),
    reader::<identity_providers::provider::IdentityProvider>(),
    reader::<grants::grant::Grant>(),
    reader::<end_users::user::User>(),
    reader::<end_users::group::Group>(),
    reader::<crate::portal::audit::Recorded>(),
    reader::<crate::portal::portal_actions::PortalAction>(),
    reader::<grants::events::GrantEvent>(),
    reader::<crate::portal::policy::StoredRule>(),
    reader::<branding::StoredBranding>(),
];
