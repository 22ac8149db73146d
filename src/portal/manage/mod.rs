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

use crate::portal::handler::route::Route;
use crate::portal::store::{Reader, reader};

/// Every route.
pub(crate) const ROUTES: &[&[Route]] = &[
    pats::ROUTES,
    apps::ROUTES,
    keys::ROUTES,
    agents::ROUTES,
    agents::keys::ROUTES,
    agents::audit::ROUTES,
    agents::registry::ROUTES,
    providers::ROUTES,
    managed_secrets::ROUTES,
    managed_secrets::grants::ROUTES,
    managed_secrets::directory::ROUTES,
    identity_providers::ROUTES,
    identity_providers::webhook::ROUTES,
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
