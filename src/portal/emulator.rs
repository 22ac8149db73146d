//! What an emulator has that a portal has not, for tests of applications: an answer when it is ready, a way back to the seed,
//! and a clock that can be moved forward.

use std::fmt::Display;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::clock;
use super::handler::fields::Fields;
use super::handler::refusal::Refusal;
use super::http::request::Request;
use super::http::response::Response;
use super::instance::Portal;
use super::manage::pats;
use super::store::state::State;
use super::store::{Row, Tables};
use super::timestamp::Stamp;
use crate::auth::scopes;
use crate::base::time;

/// Seconds that the clock may be moved at once: a hundred years.
const MAX_ADVANCE: i64 = 100 * 365 * 86_400;

/// How far the clock was moved, as the state file keeps it: what was made then is not to lie ahead.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Advanced {
    id: String,
    seconds: i64,
}

impl Row for Advanced {
    const TABLE: &'static str = "clock";

    fn id(&self) -> &str {
        &self.id
    }
}

/// Moves the clock to where a state file left it.
pub(crate) fn restore(tables: &Tables) {
    let seconds = tables.of::<Advanced>().iter().map(|advanced| advanced.seconds).sum();
    clock::advance(seconds);
}

/// Answers a request for one of these; nothing where it is for something else.
pub(crate) fn answer(portal: &Portal, request: &Request) -> Option<Response> {
    let (allowed, outcome) = match (request.path.as_str(), request.method.as_str()) {
        ("/healthz", "GET" | "HEAD") => {
            return Some(Response::json(200, &json!({ "status": "ok" })));
        }
        ("/healthz", _) => ("GET", None),
        ("/emulator/reset", "POST") => ("POST", Some(reset(portal, request))),
        ("/emulator/clock", "POST") => ("POST", Some(move_clock(portal, request))),
        ("/emulator/reset" | "/emulator/clock", _) => ("POST", None),
        _ => return None,
    };
    let outcome = outcome.unwrap_or_else(|| {
        let message = format!("{} takes {allowed}.", request.path);
        Err(Refusal::new(405, "method_not_allowed", message).header("Allow", allowed))
    });
    Some(outcome.map_or_else(Refusal::into_answer, |body| Response::json(200, &body)))
}

/// Refuses whoever has not a PAT of every scope, such as the one that the portal begins with.
fn check(state: &mut State, request: &Request) -> Result<(), Refusal> {
    let caller = pats::authenticate(state, request.header("authorization"), Stamp::now())?;
    if scopes::all().iter().all(|scope| scopes::allows(&caller.scopes, scope)) {
        return Ok(());
    }
    let message =
        "This needs a PAT that holds every scope, such as the one that the portal begins with.";
    Err(Refusal::new(403, "insufficient_scope", message))
}

fn unsaved(message: impl Display) -> Refusal {
    Refusal::new(503, "unavailable", message.to_string())
}

/// Goes back to what the portal began with. Its PAT and its key stay, the clock is not put back, and a request that was
/// signed before is not taken again.
fn reset(portal: &Portal, request: &Request) -> Result<Value, Refusal> {
    check(&mut portal.store().state, request)?;
    Fields::read(&request.body, |_| ())?;
    portal.reset().map_err(unsaved)?;
    Ok(json!({ "reset": true, "now": Stamp::now() }))
}

/// Moves the portal's clock forward.
fn move_clock(portal: &Portal, request: &Request) -> Result<Value, Refusal> {
    check(&mut portal.store().state, request)?;
    let advance = Fields::read(&request.body, |fields| {
        fields.required("advance", crate::portal::handler::checks::string)
    })?;
    let seconds = time::duration(&advance).filter(|seconds| (1..=MAX_ADVANCE).contains(seconds));
    let seconds = seconds.ok_or_else(|| {
        let msg = "Input should be a time to move the clock forward by, such as 90s, 2h or 30d";
        Refusal::invalid("body", "advance", "value_error", msg)
    })?;
    let mut store = portal.store();
    let rows = store.state.tables.of_mut::<Advanced>();
    let total = clock::advanced() + seconds;
    rows.remove("clock");
    rows.add(Advanced { id: "clock".to_owned(), seconds: total });
    store.save().map_err(unsaved)?;
    clock::advance(seconds);
    Ok(json!({ "now": Stamp::now(), "advanced_seconds": total }))
}
