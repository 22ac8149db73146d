//! What the first page of a dashboard shows.

use serde::Serialize;

use super::{Calls, ProviderCount, Span, calls, tally};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::http::response::Response;
use crate::portal::manage::apps::App;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::grant::Grant;

const MAX_PROVIDERS: usize = 5;

#[derive(Serialize)]
struct Dashboard {
    apps: Apps,
    users: Users,
    connections: Connections,
    popular_providers: Vec<ProviderCount>,
    api_usage: Calls,
}

#[derive(Serialize)]
struct Apps {
    total: usize,
    active: usize,
    archived: usize,
}

#[derive(Serialize)]
struct Users {
    total: usize,
    active: usize,
    /// Within the window.
    seen: usize,
}

/// Accounts that users have connected.
#[derive(Serialize)]
struct Connections {
    total: usize,
    active: usize,
    expired: usize,
    revoked: usize,
}

/// `dashboard`.
pub(super) fn show(call: &mut Call<'_>) -> Outcome {
    let span = Span::of(call);
    let mut api_usage = Calls::default();
    let usage = tally(call, |event| Some(event.is_success()));
    usage.counts(span.window()).for_each(|(success, count)| api_usage.add(*success, count));
    let providers = calls::grouped(call, span, |event| event.provider_id.clone());
    let providers = providers.into_iter().map(|(provider, calls)| (provider, calls.total));
    let mut popular_providers = ProviderCount::sorted(providers.filter(|(id, _)| id.is_some()));
    popular_providers.truncate(MAX_PROVIDERS);
    Ok(Response::json(
        200,
        &Dashboard {
            apps: apps(call),
            users: users(call, span),
            connections: connections(call),
            popular_providers,
            api_usage,
        },
    ))
}

fn apps(call: &Call<'_>) -> Apps {
    let apps = || call.state.tables.of::<App>().iter();
    let (total, archived) =
        (apps().count(), apps().filter(|app| app.archived_at.is_some()).count());
    Apps { total, active: total - archived, archived }
}

fn users(call: &Call<'_>, span: Span) -> Users {
    let users = || call.state.tables.of::<User>().iter();
    Users {
        total: users().count(),
        active: users().filter(|user| user.is_active()).count(),
        seen: users().filter(|user| user.last_seen_at.is_some_and(|at| at >= span.start)).count(),
    }
}

fn connections(call: &Call<'_>) -> Connections {
    let grants = call.state.tables.of::<Grant>().iter().filter(|grant| grant.kind() == "oauth");
    let states: Vec<&str> = grants.map(|grant| grant.status(call.now)).collect();
    let of = |wanted: &str| states.iter().filter(|state| **state == wanted).count();
    Connections {
        total: states.len(),
        active: of("active"),
        expired: of("expired"),
        revoked: of("revoked"),
    }
}
