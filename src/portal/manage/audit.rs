//! The audit log as clients read it: events, and what they add up to.

use std::collections::HashMap;

use serde::Serialize;

use crate::portal::audit::integrity::{self, Integrity};
use crate::portal::audit::principals::{self, Directory, Kind};
use crate::portal::audit::threads::{self, Thread};
use crate::portal::audit::traces::{self, Trace};
use crate::portal::audit::{Filter, Log};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{instant, one_of};
use crate::portal::handler::query::Query;
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::stored_key::StoredKey;

const READ: &str = "dashboard_audit:read";

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "/audit/events", READ, events)
        .query(&["app_id", "action", "actor", "provider", "policy_decision", "start", "end"])
        .paged(1000, 100),
    Route::new("GET", "/audit/traces", READ, traces)
        .query(&["actor", "app_id", "start", "end"])
        .paged(1000, 50),
    Route::new("GET", "/audit/traces/{trace}", READ, trace),
    Route::new("GET", "/audit/threads", READ, threads)
        .query(&["actor", "app_id", "start", "end"])
        .paged(200, 50),
    Route::new("GET", "/audit/threads/{thread}", READ, thread),
    Route::new("GET", "/audit/agents", READ, principals)
        .query(&["app_id", "start", "end"])
        .paged(200, 50),
    Route::new("GET", "/audit/agents/{principal}", READ, principal).query(&[
        "principal_kind",
        "additional_key_id",
        "app_id",
    ]),
    Route::new("POST", "/audit/integrity-check", READ, integrity),
];

const MAX_DAYS: i64 = 90;
const MAX_ADDITIONAL_KEYS: usize = 50;
const POLICY_DECISIONS: &[&str] = &["ALLOW", "DENY", "ERROR"];

fn log<'a>(call: &'a Call<'_>) -> Log<'a> {
    Log::of(&call.state.tables, call.computed)
}

/// Every filter there is; those that a route does not take are never given.
fn filter(query: &Query) -> Result<Filter<'_>, Refusal> {
    Ok(Filter {
        window: query.window()?,
        app_id: query.text("app_id"),
        action: query.text("action"),
        actor: query.text("actor"),
        provider: query.text("provider"),
        policy_decision: query.one_of("policy_decision", POLICY_DECISIONS)?,
    })
}

fn events(call: &mut Call<'_>) -> Outcome {
    Ok(log(call).page(&filter(&call.query)?, call.page))
}

fn traces(call: &mut Call<'_>) -> Outcome {
    let page = traces::page(log(call), &filter(&call.query)?, call.page);
    Ok(Response::json(200, &page))
}

fn trace(call: &mut Call<'_>) -> Outcome {
    let id = call.params.get("trace");
    found(Trace::find(log(call), id), "trace_not_found", || format!("There is no trace {id}."))
}

fn threads(call: &mut Call<'_>) -> Outcome {
    let page = threads::page(log(call), &filter(&call.query)?, call.page);
    Ok(Response::json(200, &page))
}

fn thread(call: &mut Call<'_>) -> Outcome {
    let id = call.params.get("thread");
    found(Thread::find(log(call), id), "thread_not_found", || format!("There is no thread {id}."))
}

fn principals(call: &mut Call<'_>) -> Outcome {
    let all = principals::list(log(call), &filter(&call.query)?, &directory(call));
    Ok(call.paged(all.into_iter()))
}

fn principal(call: &mut Call<'_>) -> Outcome {
    let id = call.params.get("principal");
    let kind = call.query.one_of("principal_kind", Kind::WORDS)?.map_or(Kind::Actor, Kind::of);
    let mut ids = vec![id];
    ids.extend(call.query.all("additional_key_id"));
    let refused = |msg: String| Refusal::invalid("query", "additional_key_id", "value_error", msg);
    if ids.len() > 1 && kind != Kind::Key {
        return Err(refused("Only a principal of kind key has additional keys".to_owned()));
    }
    if ids.len() > 1 + MAX_ADDITIONAL_KEYS {
        return Err(refused(format!("There can be at most {MAX_ADDITIONAL_KEYS}")));
    }
    let filter = filter(&call.query)?;
    let principal = principals::find(log(call), &filter, &directory(call), kind, &ids);
    found(principal, "principal_not_found", || format!("Nothing was done by {id}."))
}

fn integrity(call: &mut Call<'_>) -> Outcome {
    let (start, end, table) = call.fields(|fields| {
        let start = fields.required("start", |value| instant(value).map(Some));
        let end = fields.required("end", |value| instant(value).map(Some));
        if end < start && end.is_some() {
            fields.refuse("end", "datetime_order", "`end` is before `start`");
        }
        if start.is_some_and(|start| end > Some(start.plus_days(MAX_DAYS))) {
            let msg = format!("A check covers at most {MAX_DAYS} days");
            fields.refuse("end", "window_too_long", msg);
        }
        let table = fields.optional("table", one_of(&integrity::TABLES));
        (start.unwrap_or_default(), end.unwrap_or_default(), table)
    })?;
    let found = Integrity::of(log(call), start, end, table);
    Ok(call.answered_later(found))
}

/// A rotated key has the name of the one it took over from.
fn directory(call: &Call<'_>) -> Directory {
    let mut firsts: HashMap<(&str, &str), &str> = HashMap::new();
    let mut keys = HashMap::new();
    for stored in call.state.tables.of::<StoredKey>().iter() {
        let (id, name) = (&stored.key.id, &stored.key.name);
        let first = firsts.entry((&stored.app_id, name)).or_insert(id);
        keys.insert(id.clone(), ((*first).to_owned(), name.clone()));
    }
    let agents = call.state.tables.of::<StoredAgent>().iter().map(|stored| &stored.agent);
    let agents = agents.map(|agent| (agent.id.clone(), agent.name.clone()));
    Directory { agents: agents.collect(), keys }
}

fn found<T: Serialize>(
    found: Option<T>,
    code: &'static str,
    message: impl FnOnce() -> String,
) -> Outcome {
    match found {
        Some(found) => Ok(Response::json(200, &found)),
        None => Err(Refusal::not_found(code, message())),
    }
}
