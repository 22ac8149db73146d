//! The runtime side: what the SDK and `alter sdk-passthrough` ask, each request signed with a runtime key.

mod actors;
mod agents;
mod approval_page;
pub(crate) mod approvals;
mod audit_rows;
mod authenticate;
mod catalogues;
pub(crate) mod completion;
mod connect;
pub(crate) mod connections;
mod credential;
mod decision;
mod delegations;
mod grant_changes;
mod grant_list;
mod grants;
mod identity;
mod keys;
mod policies;
pub(crate) mod provider;
mod proxy;
mod request_rule;
mod resolution;
mod scopes;
mod serve;
pub(crate) mod sessions;
mod sign_in;
mod signature;
mod signer;
mod signing_key;
mod spans;
mod tokens;
mod upstream;
mod users;
mod waiting;

pub(crate) use serve::verify;
use serve::{serve, serve_paused};
pub(crate) use waiting::Wait;

use crate::api::field::{choice, flag, number, text};
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::instance::Portal;
use crate::portal::memory::Nonce;
use crate::portal::store::{Reader, Tables, reader};
use crate::portal::timestamp::Stamp;

/// Where the keys are that identities are signed with.
pub(crate) const JWKS: &str = "/.well-known/alter-identity-jwks.json";

/// Those keys.
pub(crate) fn jwks(portal: &Portal) -> Response {
    Response::json(200, &portal.runtime.issuer.jwks())
}

/// Ends what the time for is over, whoever asks next.
pub(crate) fn settle(tables: &mut Tables, now: Stamp) {
    agents::settle(tables, now);
    approvals::settle(tables, now);
}

/// Every route, by subject.
pub(crate) const ROUTES: &[Route] = &[
    Route::runtime("POST", "/sdk/token", |call| {
        serve(call, &["tokens:retrieve"], tokens::retrieve)
    })
    .prefetch(users::fetch_keys),
    Route::runtime("POST", "/sdk/proxy", |call| serve(call, &["proxy:execute"], proxy::execute))
        .prefetch(users::fetch_keys),
    Route::runtime("GET", "/sdk/approvals/{approval}", |call| {
        serve(call, &["approvals:read", "proxy:execute"], approvals::status)
    })
    .query(&[number("wait", 0, approvals::MAX_WAIT)]),
    Route::runtime("GET", "/sdk/approvals/{approval}/result", |call| {
        serve(call, &["approvals:read", "proxy:execute"], approvals::result)
    }),
    Route::runtime("POST", "/sdk/oauth/audit/api-call", |call| {
        serve_paused(call, &["audit:emit"], audit_rows::report)
    }),
    Route::runtime("GET", "/sdk/scopes", |call| serve(call, &[], scopes::catalogue)),
    Route::runtime("GET", "/sdk/oauth/provider-catalog", |call| {
        serve(call, &["providers:read"], catalogues::oauth)
    }),
    Route::runtime("GET", "/sdk/provider-specs", |call| {
        serve(call, &["providers:read"], catalogues::specs)
    })
    .query(&[choice("kind", &catalogues::KINDS)]),
    Route::runtime("GET", "/sdk/provider-specs/{kind}/{provider}", |call| {
        serve(call, &["providers:read"], catalogues::show)
    }),
    Route::runtime("GET", "/sdk/provider-specs/{kind}/{provider}/operations", |call| {
        serve(call, &["providers:read"], catalogues::operations)
    })
    .query(&[text("search", 0, usize::MAX)])
    .paged(500, 100),
    Route::runtime("GET", "/sdk/provider-specs/{kind}/{provider}/operation", |call| {
        serve(call, &["providers:read"], catalogues::operation)
    })
    .query(&[text("operation_id", 0, 200)]),
    Route::runtime("POST", "/sdk/spans", |call| serve_paused(call, &["spans:emit"], spans::take)),
    Route::runtime("POST", "/sdk/identity/resolve", |call| {
        serve(call, &["identity:resolve"], identity::resolve)
    })
    .prefetch(users::fetch_keys),
    Route::runtime("POST", "/sdk/identity/assert", |call| {
        serve(call, &["identity:assert"], identity::assert)
    })
    .prefetch(users::fetch_keys),
    Route::runtime("POST", "/sdk/grants/list", |call| {
        serve(call, &["grants:read"], grant_list::list)
    })
    .prefetch(users::fetch_keys),
    Route::runtime("POST", "/sdk/grants/{grant}/mint", |call| {
        serve(call, &[], grant_changes::mint)
    }),
    Route::runtime("POST", "/sdk/grants/{grant}/report-scope-mismatch", |call| {
        serve(call, &["tokens:retrieve", "proxy:execute"], grant_changes::mismatch)
    }),
    Route::runtime("POST", "/sdk/oauth/grants/{grant}/revoke", |call| {
        serve(call, &["grants:write"], grant_changes::revoke)
    })
    .prefetch(users::fetch_keys),
    Route::runtime("POST", "/sdk/managed-secrets/{managed_secret}/grants", |call| {
        serve(call, &["grants:write"], grant_changes::create)
    })
    .prefetch(users::fetch_keys),
    Route::runtime("POST", "/sdk/grants/{grant}/delegate", |call| {
        serve(call, &[], delegations::delegate)
    }),
    Route::runtime("DELETE", "/sdk/grants/{grant}/delegations/me", |call| {
        serve(call, &[], delegations::give_up)
    }),
    Route::runtime("DELETE", "/sdk/grants/{grant}/delegations/{agent}", |call| {
        serve(call, &[], delegations::revoke)
    }),
    Route::runtime("POST", "/sdk/oauth/connect/session", |call| {
        serve(call, &["connect:initiate"], connect::oauth)
    })
    .prefetch(users::fetch_keys),
    Route::runtime("POST", "/sdk/oauth/connect/session/poll", |call| {
        serve(call, &["connect:initiate"], connect::poll)
    }),
    Route::runtime("POST", "/sdk/managed-secrets/connect/session", |call| {
        serve(call, &["connect:initiate"], connect::secret)
    })
    .prefetch(users::fetch_keys),
    Route::runtime("POST", "/sdk/auth/session", |call| {
        serve(call, &["idp_users:write"], sign_in::start)
    }),
    Route::runtime("POST", "/sdk/auth/poll", |call| {
        serve(call, &["idp_users:read"], sign_in::poll)
    }),
    Route::runtime("POST", "/sdk/auth/verify-token", |call| serve(call, &[], sign_in::verify))
        .prefetch(users::fetch_keys),
    Route::runtime("GET", "/sdk/agents", |call| serve(call, &[], agents::list))
        .query(&[text("name", 0, 200), flag("include_revoked")])
        .paged(1000, 100),
    Route::runtime("POST", "/sdk/agents", |call| serve(call, &[], agents::create)),
    Route::runtime("GET", "/sdk/agents/me", |call| serve_paused(call, &[], agents::me)),
    Route::runtime("GET", "/sdk/agents/{agent}", |call| serve(call, &[], agents::show)),
    Route::runtime("PATCH", "/sdk/agents/{agent}", |call| serve(call, &[], agents::update)).query(
        &[number("grace_seconds", 0, agents::MAX_GRACE), number("expected_version", 0, i64::MAX)],
    ),
    Route::runtime("DELETE", "/sdk/agents/{agent}", |call| serve(call, &[], agents::revoke)),
    Route::runtime("GET", "/sdk/agents/{agent}/keys", |call| serve(call, &[], agents::list_keys)),
    Route::runtime("POST", "/sdk/agents/{agent}/keys", |call| serve(call, &[], agents::mint_key)),
    Route::runtime("PATCH", "/sdk/agents/{agent}/keys/{key}/deprecate", |call| {
        serve(call, &[], agents::deprecate_key)
    }),
    Route::runtime("PATCH", "/sdk/agents/{agent}/keys/{key}/undeprecate", |call| {
        serve(call, &[], agents::restore_key)
    }),
    Route::runtime("DELETE", "/sdk/agents/{agent}/keys/{key}", |call| {
        serve(call, &[], agents::revoke_key)
    })
    .query(&[flag("force")]),
    Route::runtime("POST", "/sdk/keys/derive", |call| serve(call, &["keys:derive"], keys::derive)),
    Route::runtime("POST", "/sdk/keys/{key}/rotate", |call| {
        serve(call, &["keys:admin"], keys::rotate)
    }),
    Route::runtime("DELETE", "/sdk/keys/{key}", |call| serve(call, &["keys:admin"], keys::revoke))
        .query(&[flag("force")]),
];

/// Every table of the state file that is the runtime side's own.
pub(crate) const TABLES: &[Reader] = &[
    reader::<actors::Actor>(),
    reader::<agents::Narrowing>(),
    reader::<approvals::Approval>(),
    reader::<sessions::Session>(),
    reader::<Nonce>(),
];
