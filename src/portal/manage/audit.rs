//! The audit log as clients read it: events, and what they add up to.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::audit;
use crate::portal::audit::integrity::Integrity;
use crate::portal::audit::principals::{self, Directory, Kind};
use crate::portal::audit::threads::{self, Thread};
use crate::portal::audit::traces::{self, Trace};
use crate::portal::audit::{Filter, Log};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::query::Query;
use crate::portal::handler::refusal::{Issue, Refusal};
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::stored_key::StoredKey;
use crate::portal::timestamp::Stamp;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(&audit::EVENTS, events),
    Route::new(&audit::TRACES, traces),
    Route::new(&audit::SHOW_TRACE, trace),
    Route::new(&audit::THREADS, threads),
    Route::new(&audit::SHOW_THREAD, thread),
    Route::new(&audit::PRINCIPALS, principals),
    Route::new(&audit::SHOW_PRINCIPAL, principal),
    Route::new(&audit::CHECK_INTEGRITY, integrity).check(window_faults),
];

const MAX_DAYS: i64 = 90;
const MAX_ADDITIONAL_KEYS: usize = 50;

fn log<'a>(call: &'a Call<'_>) -> Log<'a> {
    Log::of(&call.state.tables, call.computed)
}

/// Every filter there is; those that a route does not take are never given.
fn filter(query: &Query) -> Filter<'_> {
    Filter {
        window: query.window(),
        app_id: query.text("app_id"),
        action: query.text("action"),
        actor: query.text("actor"),
        provider: query.text("provider"),
        policy_decision: query.text("policy_decision"),
    }
}

fn events(call: &mut Call<'_>) -> Outcome {
    Ok(log(call).page(&filter(&call.query), call.page))
}

fn traces(call: &mut Call<'_>) -> Outcome {
    let page = traces::page(log(call), &filter(&call.query), call.page);
    Ok(Response::json(200, &page))
}

fn trace(call: &mut Call<'_>) -> Outcome {
    let id = call.params.get("trace");
    found(Trace::find(log(call), id), "trace_not_found", || format!("There is no trace {id}."))
}

fn threads(call: &mut Call<'_>) -> Outcome {
    let page = threads::page(log(call), &filter(&call.query), call.page);
    Ok(Response::json(200, &page))
}

fn thread(call: &mut Call<'_>) -> Outcome {
    let id = call.params.get("thread");
    found(Thread::find(log(call), id), "thread_not_found", || format!("There is no thread {id}."))
}

fn principals(call: &mut Call<'_>) -> Outcome {
    let all = principals::list(log(call), &filter(&call.query), &directory(call));
    Ok(call.paged(all.into_iter()))
}

fn principal(call: &mut Call<'_>) -> Outcome {
    let id = call.params.get("principal");
    let kind = call.query.word("principal_kind").unwrap_or(Kind::Actor);
    let mut ids = vec![id];
    ids.extend(call.query.all("additional_key_id"));
    let refused = |msg: String| Refusal::invalid("query", "additional_key_id", "value_error", msg);
    if ids.len() > 1 && kind != Kind::Key {
        return Err(refused("Only a principal of kind key has additional keys".to_owned()));
    }
    if ids.len() > 1 + MAX_ADDITIONAL_KEYS {
        return Err(refused(format!("There can be at most {MAX_ADDITIONAL_KEYS}")));
    }
    let filter = filter(&call.query);
    let principal = principals::find(log(call), &filter, &directory(call), kind, &ids);
    found(principal, "principal_not_found", || format!("Nothing was done by {id}."))
}

fn integrity(call: &mut Call<'_>) -> Outcome {
    let (start, end) = (call.body.required("start")?, call.body.required("end")?);
    let table: Option<String> = call.body.get("table")?;
    let found = Integrity::of(log(call), start, end, table.as_deref());
    Ok(call.answered_later(found))
}

/// A check covers a window of bounded length.
fn window_faults(_: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let instant = |name: &str| Stamp::deserialize(keys.get(name)?).ok();
    let (Some(start), Some(end)) = (instant("start"), instant("end")) else {
        return Vec::new();
    };
    let issue = |kind, msg: String| vec![Issue::new("body", "end", kind, msg)];
    if end < start {
        return issue("datetime_order", "is before `start`".to_owned());
    }
    if end > start.plus_days(MAX_DAYS) {
        return issue("window_too_long", format!("must be at most {MAX_DAYS} days after `start`"));
    }
    Vec::new()
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
