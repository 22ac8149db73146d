//! The portal's API: the one way every request goes, from its credential to its answer.

pub(crate) mod faults;
pub(crate) mod idempotency;
pub(crate) mod limiter;
mod routes;

use std::thread;

use alter::auth::scopes;
use serde_json::json;

use crate::contract::call::{Call, Caller, Outcome};
use crate::contract::query::Query;
use crate::contract::refusal::Refusal;
use crate::contract::route::{Params, Route};
use crate::http::request::Request;
use crate::http::response::{Reply, Response};
use crate::portal::Portal;
use crate::resources::apps::App;
use crate::resources::pats;
use crate::stamp::Stamp;
use crate::store::state::State;
use crate::store::{Reader, Store, reader};
use idempotency::Claim;

/// The tables of the state file that are the API's own.
pub(crate) const TABLES: &[Reader] = &[reader::<idempotency::Record>()];

/// Answers a request to `path`, below `/api/v1`.
pub(crate) fn reply(portal: &Portal, request: &Request, path: &str) -> Reply {
    let plan = faults::plan(&portal.settings.faults, &request.method, path);
    thread::sleep(portal.settings.latency);
    plan.instead.unwrap_or_else(|| Reply {
        answer: answer(portal, request, path, plan.forget_secret),
        delivery: plan.delivery,
    })
}

fn answer(portal: &Portal, request: &Request, path: &str, forget_secret: bool) -> Response {
    // One lock from the credential to the saved state: two requests under one Idempotency-Key cannot both act.
    let mut store = portal.store();
    let now = Stamp::now();
    let caller = pats::authenticate(&mut store.state, request.header("authorization"), now);
    let budget = match &caller {
        Ok(caller) => portal.limiter().take(&caller.id, now),
        Err(_) => None,
    };
    let outcome = caller.and_then(|caller| {
        budget.map_or(Ok(()), |budget| budget.check(now))?;
        let exchange = Exchange { portal, request, path, caller, now, forget_secret };
        exchange.run(&mut store)
    });
    // Reading goes on while the disk is full; a change waits until it can be kept.
    let saved = match (store.save(), request.method.as_str()) {
        (Err(message), method) if method != "GET" => Err(Refusal::new(503, "unavailable", message)),
        _ => Ok(()),
    };
    let outcome = saved.and(outcome);
    let answer = outcome.unwrap_or_else(Refusal::into_answer);
    match budget {
        Some(budget) => budget.label(answer),
        None => answer,
    }
}

/// A request whose credential is known.
struct Exchange<'a> {
    portal: &'a Portal,
    request: &'a Request,
    path: &'a str,
    caller: Caller,
    now: Stamp,
    forget_secret: bool,
}

impl Exchange<'_> {
    fn run(&self, store: &mut Store) -> Outcome {
        let request = self.request;
        let (route, params) = routes::find(&request.method, self.path)?;
        require(route.scope, &self.caller.scopes)?;
        let (query, page) = Query::parse(&request.query, route.query, route.limits)?;
        let claim = self.claim()?;
        if let Some(claim) = &claim {
            let records = store.state.tables.of();
            let (body, forget) = (&request.body, self.forget_secret);
            if let Some(answer) = idempotency::replay(records, claim, body, self.now, forget)? {
                return Ok(answer);
            }
        }
        let outcome = stands(route, &params, &store.state).and_then(|()| {
            (route.handler)(&mut Call {
                state: &mut store.state,
                computed: &self.portal.computed,
                caller: &self.caller,
                now: self.now,
                params,
                query,
                page,
                body: &request.body,
            })
        });
        let Some(claim) = claim else {
            return outcome;
        };
        let answer = outcome.unwrap_or_else(Refusal::into_answer);
        let records = store.state.tables.of_mut();
        idempotency::keep(records, claim, &request.body, self.now, &answer);
        store.state.changed = true;
        Ok(answer)
    }

    fn claim(&self) -> Result<Option<Claim>, Refusal> {
        let request = self.request;
        match request.header("idempotency-key") {
            Some(key) if request.method == "POST" => {
                Claim::new(&self.caller.id, key, format!("POST {}", self.path)).map(Some)
            }
            _ => Ok(None),
        }
    }
}

fn require(scope: &str, granted: &[String]) -> Result<(), Refusal> {
    if scopes::allows(granted, scope) {
        return Ok(());
    }
    let message = format!("This needs the scope {scope}, which the PAT does not have.");
    let details = json!({ "required": [scope], "granted": granted, "missing": [scope] });
    Err(Refusal::new(403, "insufficient_scope", message).details(details))
}

/// Refuses what lies under an app that is not there, and changes under one that is archived.
fn stands(route: &Route, params: &Params, state: &State) -> Result<(), Refusal> {
    let id = params.get("app");
    if id.is_empty() {
        return Ok(());
    }
    let Some(app) = state.tables.of::<App>().get(id) else {
        let message = format!("There is no app {id} in this organization.");
        return Err(Refusal::not_found("app_not_found", message));
    };
    if route.method == "GET" || route.archived_too || app.archived_at.is_none() {
        return Ok(());
    }
    let message = format!("The app {} is archived; unarchive it first.", app.name);
    Err(Refusal::conflict("app_archived", message))
}
