//! What runtime keys may do.

use serde_json::{Value, json};

use super::signer::Signer;
use crate::portal::catalogues::runtime_scopes::{ALL, VERSION};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;

/// What an agent's key may do without scopes of its own.
const OF_AGENTS: &[&str] = &[
    "approvals:read",
    "audit:emit",
    "connect:initiate",
    "grants:read",
    "identity:assert",
    "identity:resolve",
    "providers:read",
    "proxy:execute",
    "secrets:write",
    "spans:emit",
    "tokens:retrieve",
];

/// The scopes of an agent's key.
pub(super) fn of_agents() -> Vec<String> {
    OF_AGENTS.iter().map(|scope| (*scope).to_owned()).collect()
}

/// Whether one of the scopes that were granted holds another.
pub(super) fn hold(granted: &[String], scope: &str) -> bool {
    granted.iter().any(|one| one == "*" || one == scope)
}

/// Refuses a key that has none of these scopes; without any, every key will do.
pub(super) fn require(granted: &[String], any_of: &[&str]) -> Result<(), Refusal> {
    if any_of.is_empty() || any_of.iter().any(|scope| hold(granted, scope)) {
        return Ok(());
    }
    let message =
        format!("This needs the scope {}, which the key does not have.", any_of.join(" or "));
    Err(Refusal::new(403, "insufficient_scope", message)
        .also("required", json!(any_of))
        .also("granted", json!(granted))
        .also("missing", json!(any_of))
        .also("scope_version", VERSION)
        .also("current_scope_version", VERSION)
        .also("scope_version_mismatch", false)
        .also("required_any_of", any_of.len() > 1)
        .also("documentation_url", "https://portal.alterauth.com/scopes"))
}

/// The scopes that a request narrows itself to.
pub(super) fn narrowed(granted: &[String], constraints: &str) -> Result<Vec<String>, Refusal> {
    let wanted: Vec<String> = constraints.split(',').map(str::to_owned).collect();
    if wanted.iter().any(|scope| scope == "*" || !scope.contains(':')) {
        let message = "A scope constraint is a list of scopes, none of them `*`.";
        return Err(Refusal::new(422, "invalid_scope_constraint", message));
    }
    match wanted.iter().find(|scope| !hold(granted, scope)) {
        Some(wider) => {
            let message = format!("The key does not have {wider}, so this does not narrow it.");
            Err(Refusal::new(400, "constraint_not_narrowing", message))
        }
        None => Ok(wanted),
    }
}

/// Every scope there is.
pub(super) fn catalogue(_: &mut Call<'_>, _: &Signer) -> Outcome {
    let verbs =
        |(resource, verbs): &(&str, &[&str])| ((*resource).to_owned(), json!({ "verbs": verbs }));
    let resources: serde_json::Map<String, Value> = ALL.iter().map(verbs).collect();
    let body = json!({
        "scope_version": VERSION, "resources": resources,
        "action_verbs": ["admin", "assert", "derive", "emit", "execute", "initiate", "resolve", "retrieve"],
        "deprecated": [],
    });
    Ok(Response::json(200, &body))
}
