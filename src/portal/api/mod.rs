//! The portal's API: the one way every request goes, from its credential to its answer.

pub(crate) mod routes;

use std::sync::MutexGuard;

use crate::auth::scopes;
use serde_json::{Value, json};

use crate::portal::deferred::Later;
use crate::portal::emulator::Advanced;
use crate::portal::faults;
use crate::portal::handler::body::Body;
use crate::portal::handler::call::{Call, Caller, Outcome};
use crate::portal::handler::idempotency::{self, Claim};
use crate::portal::handler::params::Params;
use crate::portal::handler::query::Query;
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::route::{Credential, Route};
use crate::portal::http::request::Request;
use crate::portal::http::response::{Reply, Response};
use crate::portal::instance::Portal;
use crate::portal::limiter::Budget;
use crate::portal::manage::apps::App;
use crate::portal::manage::{self, pats};
use crate::portal::portal_actions::Principal;
use crate::portal::sdk::{self, Wait};
use crate::portal::store::state::State;
use crate::portal::store::{Reader, Store, reader};
use crate::portal::timestamp::Stamp;

/// The tables of the state file that are the API's own.
pub(crate) const TABLES: &[Reader] = &[reader::<idempotency::Record>(), reader::<Advanced>()];

/// Answers a request to `path`, below `/api/v1`.
pub(crate) fn reply(portal: &Portal, request: &Request, path: &str) -> Reply {
    let plan = faults::plan(&portal.settings.faults, &request.method, path);
    request.pause(portal.settings.latency);
    plan.instead.unwrap_or_else(|| Reply {
        answer: answer(portal, request, path, plan.forget_secret),
        delivery: plan.delivery,
    })
}

fn answer(portal: &Portal, request: &Request, path: &str, forget_secret: bool) -> Response {
    // What there is, is no secret: a wrong path is reported before anyone has to sign in.
    let (route, params) = match routes::find(&request.method, path) {
        Ok(found) => found,
        Err(refusal) => return refusal.into_answer(),
    };
    // One lock from the credential to the saved state: two requests under one Idempotency-Key cannot both act.
    let mut store = portal.store();
    let mut now = Stamp::now();
    let (caller, budget) = admit(portal, &mut store, route, request, now);
    let mut prefetched = Value::Null;
    let wait = Wait::asked(request).filter(|_| route.credential == Credential::RuntimeKey);
    if let Ok(caller) = &caller
        && (route.prefetch.is_some() || wait.is_some())
    {
        // Others are served while this request waits for somebody else; what it has changed is theirs to see.
        if let Err(refusal) = save(&mut store, &request.method) {
            return refusal.into_answer();
        }
        drop(store);
        prefetched = route.prefetch.map_or(Value::Null, |task| task(&request.body));
        if let Some(wait) = wait {
            wait.wait(portal, request, &caller.id);
        }
        store = portal.store();
        now = Stamp::now();
    }
    let ran = caller.and_then(|caller| {
        let exchange = Exchange { portal, request, route, caller, now, prefetched, forget_secret };
        exchange.run(params, &mut store)
    });
    let outcome = complete(portal, store, request, now, ran);
    let answer = outcome.unwrap_or_else(Refusal::into_answer);
    match budget {
        Some(budget) => budget.label(answer),
        None => answer,
    }
}

/// Finds out who calls, before anything is done for them, and what a PAT has left of its minute.
fn admit(
    portal: &Portal,
    store: &mut Store,
    route: &Route,
    request: &Request,
    now: Stamp,
) -> (Result<Caller, Refusal>, Option<Budget>) {
    match route.credential {
        Credential::Public => (Ok(Caller::default()), None),
        Credential::RuntimeKey => {
            let key_id = sdk::verify(&mut store.state.tables, &portal.runtime, request, now);
            (key_id.map(|id| Caller { id, ..Caller::default() }), None)
        }
        Credential::Pat(scope) => {
            let authorization = request.header("authorization");
            let caller = pats::authenticate(&mut store.state, authorization, now);
            let known = caller.as_ref().ok();
            let budget = known.and_then(|caller| portal.limiter().take(&caller.id, now));
            let allowed = |caller: Caller| {
                budget.map_or(Ok(()), |budget| budget.check(now))?;
                require(scope, &caller.scopes).map(|()| caller)
            };
            (caller.and_then(allowed), budget)
        }
    }
}

/// Runs what a handler deferred, and saves everything.
fn complete<'a>(
    portal: &'a Portal,
    mut store: MutexGuard<'a, Store>,
    request: &Request,
    now: Stamp,
    ran: Result<Ran, Refusal>,
) -> Outcome {
    let outcome = match ran {
        Err(refusal) => Err(refusal),
        Ok(mut ran) => {
            if let Some(later) = ran.later {
                save(&mut store, &request.method)?;
                let epoch = store.epoch;
                drop(store);
                (store, ran.answer) = portal.finish(epoch, later, ran.answer);
            }
            if let Some(claim) = ran.claim {
                let records = store.state.tables.of_mut();
                idempotency::keep(records, claim, &request.body, now, &ran.answer);
            }
            Ok(ran.answer)
        }
    };
    save(&mut store, &request.method).and(outcome)
}

/// Reading works while the disk is full; a change is refused until it can be saved.
fn save(store: &mut Store, method: &str) -> Result<(), Refusal> {
    match store.save() {
        Err(message) if method != "GET" => Err(Refusal::new(503, "unavailable", message)),
        _ => Ok(()),
    }
}

/// An answer, the work to do before it is sent, and the key it is stored under.
struct Ran {
    answer: Response,
    later: Option<Box<dyn Later>>,
    claim: Option<Claim>,
}

/// A request that is let in.
struct Exchange<'a> {
    portal: &'a Portal,
    request: &'a Request,
    route: &'static Route,
    caller: Caller,
    now: Stamp,
    prefetched: Value,
    forget_secret: bool,
}

impl Exchange<'_> {
    fn run(&self, params: Params, store: &mut Store) -> Result<Ran, Refusal> {
        let (request, route) = (self.request, self.route);
        let (query, page) = Query::parse(&request.query, route.query, route.limits, self.now)?;
        let claim = self.claim(&params)?;
        if let Some(claim) = &claim {
            let records = store.state.tables.of();
            let (body, forget) = (&request.body, self.forget_secret);
            if let Some(answer) = idempotency::replay(records, claim, body, self.now, forget)? {
                return Ok(Ran { answer, later: None, claim: None });
            }
        }
        let outcome = stands(route, &params, &store.state).and_then(|()| {
            let mut call = Call {
                state: &mut store.state,
                computed: &self.portal.computed,
                runtime: &self.portal.runtime,
                caller: &self.caller,
                principal: Principal::pat(&self.caller.id, &self.caller.name),
                now: self.now,
                params,
                query,
                page,
                body: Body::default(),
                prefetched: self.prefetched.clone(),
                later: None,
                request,
            };
            if let Some(operation) = route.operation {
                manage::check_path(&call)?;
                if route.method != "GET" {
                    call.check_body(operation, route.check)?;
                }
            }
            (route.handler)(&mut call).map(|answer| (answer, call.later))
        });
        // A refused change leaves no trace; what a runtime key is refused is audited.
        if outcome.is_err() && route.credential != Credential::RuntimeKey {
            store.state.tables.roll_back();
        }
        let (answer, later) = match (outcome, &claim) {
            (Ok(done), _) => done,
            // A refusal is an answer too, and kept as one.
            (Err(refusal), Some(_)) => (refusal.into_answer(), None),
            (Err(refusal), None) => return Err(refusal),
        };
        Ok(Ran { answer, later, claim })
    }

    /// What an answer is kept under, where a PAT asks for it.
    fn claim(&self, params: &Params) -> Result<Option<Claim>, Refusal> {
        match (self.route.credential, self.request.header("idempotency-key")) {
            (Credential::Pat(_), Some(key)) if self.route.method == "POST" => {
                let route = format!("POST {}", params.path(self.route.pattern));
                Claim::new(&self.caller.id, key, &route).map(Some)
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
    if route.allows_archived() || app.archived_at.is_none() {
        return Ok(());
    }
    let message = format!("The app {} is archived; unarchive it first.", app.name);
    Err(Refusal::conflict("app_archived", message))
}
