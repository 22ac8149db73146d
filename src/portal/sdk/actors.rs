//! Whom a request is made for: a caller by its name, an agent by its id, and what it is about.

use crate::protocol::sign::{ACTOR_ID, CALLER, CALLER_TYPE, CONTEXT};
use crate::protocol::token::is_uuid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::signature::header;
use crate::portal::handler::call::Call;
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::request::Request;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::random;
use crate::portal::store::Row;

const MAX_NAME: usize = 255;
const MAX_KEYS: usize = 20;
const MAX_KEY: usize = 64;
const MAX_VALUE: usize = 512;
const MAX_CONTEXT: usize = 4096;

/// A caller that has been seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Actor {
    id: String,
    app_id: String,
    name: String,
    /// `agent` or `service`.
    kind: String,
}

impl Row for Actor {
    const TABLE: &'static str = "runtime_actors";

    fn id(&self) -> &str {
        &self.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

/// What the headers of a request say.
pub(super) struct Acting {
    /// The agent that an app's key calls for.
    pub(super) agent_id: Option<String>,
    /// The caller's row and its name.
    pub(super) row: Option<(String, String)>,
    pub(super) context: Map<String, Value>,
}

/// Reads whom a request is made for, and remembers a caller that is new. `own` is the agent whose key signed.
pub(super) fn of(call: &mut Call<'_>, own: Option<&str>) -> Result<Acting, Refusal> {
    let context = context(header(call.request, CONTEXT))?;
    let caller = header(call.request, CALLER).to_owned();
    let printable = caller.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if caller.len() > MAX_NAME || !printable {
        return Err(Refusal::new(
            422,
            "invalid_caller",
            "A caller is 1 to 255 printable ASCII characters.",
        ));
    }
    if is_uuid(&caller) {
        let agent_id = Some(agent(call, caller, own)?);
        return Ok(Acting { agent_id, row: None, context });
    }
    let row = if caller.is_empty() { known(call) } else { Some(named(call, caller)) };
    Ok(Acting { agent_id: None, row, context })
}

/// The agent that a caller's id is, which must be active, and that of the key where it is an agent's.
fn agent(call: &Call<'_>, id: String, own: Option<&str>) -> Result<String, Refusal> {
    if own.is_some_and(|own| own != id) {
        let message = "The key is another agent's.";
        return Err(Refusal::new(400, "caller_agent_mismatch", message));
    }
    let found = call.state.tables.of::<StoredAgent>().get(&id);
    match found {
        Some(stored) if stored.app_id == call.params.get("app") && stored.agent.is_active() => {
            Ok(id)
        }
        // A paused agent's own key was let in on purpose.
        Some(_) if own.is_some() => Ok(id),
        _ => {
            let message = format!("{id} is no active agent of this app.");
            Err(Refusal::not_found("caller_agent_unresolved", message))
        }
    }
}

/// The caller of an id that an earlier answer gave out.
fn known(call: &Call<'_>) -> Option<(String, String)> {
    let actor = call.state.tables.of::<Actor>().get(header(call.request, ACTOR_ID))?;
    (actor.app_id == call.params.get("app")).then(|| (actor.id.clone(), actor.name.clone()))
}

/// The caller of this name.
fn named(call: &mut Call<'_>, name: String) -> (String, String) {
    let app_id = call.params.get("app").to_owned();
    let kind = match header(call.request, CALLER_TYPE) {
        "agent" => "agent",
        _ => "service",
    };
    let actors = call.state.tables.of_mut::<Actor>();
    let found = actors.of_app(&app_id).find(|actor| actor.name == name && actor.kind == kind);
    if let Some(actor) = found {
        return (actor.id.clone(), name);
    }
    let id = random::uuid();
    actors.add(Actor { id: id.clone(), app_id, name: name.clone(), kind: kind.to_owned() });
    (id, name)
}

fn context(text: &str) -> Result<Map<String, Value>, Refusal> {
    if text.is_empty() {
        return Ok(Map::new());
    }
    let fits = |(key, value): (&String, &Value)| {
        let value = value.as_str().map(|value| value.chars().count());
        key.chars().count() <= MAX_KEY && value.is_some_and(|count| count <= MAX_VALUE)
    };
    let context: Option<Map<String, Value>> = Some(text)
        .filter(|text| text.len() <= MAX_CONTEXT)
        .and_then(|text| serde_json::from_str(text).ok());
    context.filter(|context| context.len() <= MAX_KEYS && context.iter().all(fits)).ok_or_else(
        || Refusal::new(422, "invalid_context", "A context is a small JSON object of strings."),
    )
}

/// The trace that a request belongs to: the one its `traceparent` names, or one of its own.
pub(super) fn trace_id(request: &Request) -> String {
    let parts: Vec<&str> = request.header("traceparent").unwrap_or_default().split('-').collect();
    let hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match parts[..] {
        [version, trace, ..]
            if version != "ff"
                && trace.len() == 32
                && hex(trace)
                && trace.contains(|c| c != '0') =>
        {
            trace.to_owned()
        }
        _ => random::uuid(),
    }
}
