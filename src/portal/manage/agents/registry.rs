//! Agents that audit data has seen, whether or not they are managed here.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::Serialize;

use super::agent::StoredAgent;
use crate::portal::audit::{AuditEvent, Filter, Recorded};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::page::Window;
use crate::portal::timestamp::Stamp;

const RECENT_DAYS: i64 = 30;

/// An actor as audit data shows it.
#[derive(Clone, Debug, Serialize)]
struct Entry {
    actor_id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    first_seen_at: Stamp,
    last_activity_at: Stamp,
    calls_30d: usize,
    /// The agent of the app that it is.
    agent_id: Option<String>,
}

impl Entry {
    fn add(&mut self, first: Stamp, last: Stamp, recent: usize) {
        self.first_seen_at = self.first_seen_at.min(first);
        self.last_activity_at = self.last_activity_at.max(last);
        self.calls_30d += recent;
    }
}

/// The app's actors, the last active one first.
fn entries(call: &Call<'_>) -> Vec<Entry> {
    let app = call.params.get("app");
    let since = call.now.plus_days(-RECENT_DAYS);
    let mut seen: HashMap<&str, Entry> = HashMap::new();
    for event in call.state.tables.of::<Recorded>().of_app(app).map(|row| &row.event) {
        if let Some(actor) = event.actor_id.as_deref() {
            let at = event.created_at;
            let entry = seen.entry(actor).or_insert_with(|| entry(call, event, at));
            entry.add(at, at, usize::from(at >= since));
        }
    }
    for event in call.computed.actors() {
        let Some(actor) = event.actor_id.as_deref() else { continue };
        let of_actor = Filter { app_id: Some(app), actor: Some(actor), ..Filter::default() };
        if let Some((first, last)) = call.computed.select(&of_actor).span() {
            let window = Window { start: Some(since), end: None };
            let recent = call.computed.select(&Filter { window, ..of_actor }).count();
            seen.entry(actor).or_insert_with(|| entry(call, event, first)).add(first, last, recent);
        }
    }
    let mut entries: Vec<Entry> = seen.into_values().collect();
    entries.sort_by(|one, other| {
        let order = |entry: &Entry| Reverse(entry.last_activity_at);
        order(one).cmp(&order(other)).then_with(|| one.actor_id.cmp(&other.actor_id))
    });
    entries
}

/// What one event says of its actor; an agent of the app has its name and type from there.
fn entry(call: &Call<'_>, event: &AuditEvent, at: Stamp) -> Entry {
    let actor = event.actor_id.clone().unwrap_or_default();
    let app = call.params.get("app");
    let known = call.state.tables.of::<StoredAgent>().get(&actor);
    let known = known.filter(|stored| stored.app_id == app).map(|stored| &stored.agent);
    let said =
        |text: &Option<String>, other: &str| text.clone().unwrap_or_else(|| other.to_owned());
    Entry {
        name: known.map_or_else(|| said(&event.actor_name, &actor), |agent| agent.name.clone()),
        kind: known
            .map_or_else(|| said(&event.principal_type, "agent"), |agent| agent.kind.clone()),
        first_seen_at: at,
        last_activity_at: at,
        calls_30d: 0,
        agent_id: known.map(|agent| agent.id.clone()),
        actor_id: actor,
    }
}

/// Lists them.
pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    Ok(call.paged(entries(call).into_iter()))
}

/// Shows one.
pub(super) fn show(call: &mut Call<'_>) -> Outcome {
    let actor = call.params.get("actor");
    let found = entries(call).into_iter().find(|entry| entry.actor_id == actor);
    found.map(|entry| Response::json(200, &entry)).ok_or_else(|| {
        let message = format!("No audit row of this app names the actor {actor}.");
        Refusal::not_found("agent_not_found", message)
    })
}
