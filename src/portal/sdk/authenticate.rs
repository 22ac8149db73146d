//! From a signed request to its signer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::protocol::sign::CONSTRAINTS;

use super::signer::Signer;
use super::signing_key::Key;
use super::{actors, request_rule, scopes, signature};
use crate::portal::handler::call::Call;
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::request::Request;
use crate::portal::manage::apps::App;
use crate::portal::memory::{Budget, Runtime, WINDOW};
use crate::portal::portal_actions::Principal;
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

/// Finds the key that signed a request, before anything is done for it; gives the key's id.
pub(super) fn verify(
    tables: &mut Tables,
    runtime: &Runtime,
    request: &Request,
    now: Stamp,
) -> Result<String, Refusal> {
    let key = Key::find(tables, request)?;
    signature::verify(request, key.plaintext())?;
    signature::is_new(tables, request, key.id(), runtime, now)?;
    // What only some routes refuse is refused by the route.
    key.check(tables, now, true)?;
    Ok(key.id().to_owned())
}

/// Finds out who signed a verified request. A paused agent may only look at itself and tell what it did.
pub(super) fn authenticate(call: &mut Call<'_>, paused_too: bool) -> Result<Signer, Refusal> {
    let tables = &call.state.tables;
    // Time may have passed since the signature was verified.
    let key = Key::of_id(tables, &call.caller.id);
    let key = key.ok_or_else(|| Refusal::new(401, "invalid_key", "The key is gone."))?;
    key.check(tables, call.now, paused_too)?;
    let app_id = key.app_id().to_owned();
    call.params.put("app", app_id.clone());
    call.principal = Principal::sdk(key.id(), key.name());
    let app = tables.of::<App>().get(&app_id);
    if app.is_none_or(|app| app.archived_at.is_some()) {
        let message = "The app is archived; nothing of it can be used.";
        return Err(Refusal::new(403, "app_archived", message));
    }
    let client_ip = client_ip(call);
    key.admits(tables, client_ip)?;
    let root = key.clone().root(tables);
    let budget = call.runtime.count(root.id(), root.limit(), call.now);
    check(budget, call.now)?;
    key.touch(call);
    let granted = key.scopes();
    let constraints = signature::header(call.request, CONSTRAINTS);
    let scopes = match constraints {
        "" => granted,
        constraints => scopes::narrowed(&granted, constraints)?,
    };
    let actor = actors::of(call, key.agent_id())?;
    Ok(Signer {
        app_id,
        key_id: key.id().to_owned(),
        key_name: key.name().to_owned(),
        key_prefix: key.prefix().to_owned(),
        scopes,
        agent_id: actor.agent_id.or_else(|| key.agent_id().map(str::to_owned)),
        is_agents: key.agent_id().is_some(),
        actor: actor.row,
        context: actor.context,
        rule: request_rule::of(call)?,
        trace_id: actors::trace_id(call.request),
        client_ip,
        is_deprecated: key.is_deprecated(),
        budget,
    })
}

/// The portal hears this machine alone: the client's address is the one that it found the portal at.
fn client_ip(call: &Call<'_>) -> IpAddr {
    let host = call.request.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    match name.parse() {
        Ok(IpAddr::V6(_)) => Ipv6Addr::LOCALHOST.into(),
        Ok(address) => address,
        Err(_) => Ipv4Addr::LOCALHOST.into(),
    }
}

fn check(budget: Budget, now: Stamp) -> Result<(), Refusal> {
    if !budget.exhausted {
        return Ok(());
    }
    let wait = (budget.reset.0 - now.0).max(1);
    let message = format!("The key may make {} requests a minute.", budget.limit);
    Err(Refusal::new(429, "rate_limit_exceeded", message)
        .also("scope", "api_key")
        .also("limit", budget.limit)
        .also("window_seconds", WINDOW)
        .also("retry_after", wait)
        .header("Retry-After", wait.to_string())
        .header("X-Alter-Rate-Limited-Scope", "api_key")
        .header("X-RateLimit-Limit", budget.limit.to_string())
        .header("X-RateLimit-Remaining", "0")
        .header("X-RateLimit-Reset", budget.reset.0.to_string()))
}
