//! The portal's API: the one way every request goes, from its credential to its answer.

pub(crate) mod call;
pub(crate) mod checks;
pub(crate) mod faults;
pub(crate) mod fields;
pub(crate) mod idempotency;
pub(crate) mod limiter;
pub(crate) mod page;
pub(crate) mod query;
pub(crate) mod refusal;
pub(crate) mod routes;

use std::thread;

use alter::auth::scopes;
use serde_json::json;

use crate::http::answer::{Answer, Reply};
use crate::http::request::Request;
use crate::portal::Portal;
use crate::resources::pats::{self, Caller};
use crate::stamp::Stamp;
use crate::store::Store;
use call::{Call, Outcome};
use idempotency::Claim;
use query::Query;
use refusal::Refusal;

/// Answers a request to `path`, below `/api/v1`.
pub(crate) fn reply(portal: &Portal, request: &Request, path: &str) -> Reply {
    let plan = faults::plan(&portal.settings.faults, &request.method, path);
    thread::sleep(portal.settings.latency);
    plan.instead.unwrap_or_else(|| Reply {
        answer: answer(portal, request, path, plan.forget_secret),
        delivery: plan.delivery,
    })
}

fn answer(portal: &Portal, request: &Request, path: &str, forget_secret: bool) -> Answer {
    // One lock from the credential to the saved state: two requests under one Idempotency-Key cannot both act.
    let mut store = portal.store();
    let now = Stamp::now();
    let caller = pats::authenticate(&mut store.state, request.header("authorization"), now);
    let budget = match &caller {
        Ok(caller) => store.limiter.take(&caller.id, now),
        Err(_) => None,
    };
    let outcome = caller.and_then(|caller| {
        budget.map_or(Ok(()), |budget| budget.check(now))?;
        let exchange = Exchange {
            portal,
            request,
            path,
            caller,
            now,
            forget_secret,
        };
        exchange.run(&mut store)
    });
    let outcome = store.save().and(outcome);
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
            let records = &store.state.idempotency;
            if let Some(answer) =
                records.replay(claim, &request.body, self.now, self.forget_secret)?
            {
                return Ok(answer);
            }
        }
        let outcome = (route.handler)(&mut Call {
            state: &mut store.state,
            computed: &self.portal.computed,
            caller: &self.caller,
            now: self.now,
            params,
            query,
            page,
            body: &request.body,
        });
        let Some(claim) = claim else {
            return outcome;
        };
        let answer = outcome.unwrap_or_else(Refusal::into_answer);
        store
            .state
            .idempotency
            .keep(claim, &request.body, self.now, &answer);
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
