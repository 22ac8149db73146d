//! The runtime side: what the SDK and `alter sdk-passthrough` ask, each request signed with a runtime key.

mod actors;
mod audit_rows;
mod catalogues;
mod credential;
mod grants;
mod issuer;
mod memory;
mod policies;
pub(crate) mod provider;
mod request_rule;
mod resolution;
mod scopes;
mod serve;
mod signature;
mod signer;
mod tokens;
mod users;

pub(crate) use memory::Runtime;
use serve::{serve, serve_paused};

use crate::contract::route::Route;
use crate::store::{Reader, reader};

/// Every route, by subject.
pub(crate) const ROUTES: &[Route] = &[
    Route::runtime("POST", "/sdk/token", |call| {
        serve(call, &["tokens:retrieve"], tokens::retrieve)
    })
    .ahead(users::fetch_keys),
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
    .query(&["kind"]),
    Route::runtime("GET", "/sdk/provider-specs/{kind}/{provider}/operations", |call| {
        serve(call, &["providers:read"], catalogues::operations)
    })
    .query(&["search"])
    .paged(500, 100),
    Route::runtime("GET", "/sdk/provider-specs/{kind}/{provider}/operation", |call| {
        serve(call, &["providers:read"], catalogues::operation)
    })
    .query(&["operation_id"]),
];

/// Every table of the state file that is the runtime side's own.
pub(crate) const TABLES: &[Reader] = &[reader::<actors::Actor>()];
