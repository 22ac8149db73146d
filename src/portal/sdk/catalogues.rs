//! What there is to connect to, as the SDK reads it.

use serde_json::{Map, Value, json};

use super::signer::Signer;
use crate::portal::catalogues::{providers, templates};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::protocol::digest::sha256_hex;

pub(super) const KINDS: [&str; 2] = ["oauth", "managed"];
const SINCE: &str = "2026-01-01T00:00:00Z";
const MAX_SEARCH: usize = 200;

/// The operations that every provider is said to have: those that the portal's own one answers.
const OPERATIONS: [(&str, &str, &str, &str); 4] = [
    ("account.get", "GET", "/account", "Show the connected account"),
    ("items.create", "POST", "/items", "Make an item"),
    ("items.delete", "DELETE", "/items/{id}", "Remove an item"),
    ("items.list", "GET", "/items", "List items"),
];

/// Every OAuth provider.
pub(super) fn oauth(_: &mut Call<'_>, _: &Signer) -> Outcome {
    let all = providers::all().iter().map(|provider| (provider.id.clone(), provider.for_sdk()));
    let all: Map<String, Value> = all.collect();
    Ok(Response::json(200, &json!({ "providers": all })))
}

/// The specs of one kind, or of both.
pub(super) fn specs(call: &mut Call<'_>, _: &Signer) -> Outcome {
    let kind = call.query.text("kind");
    let oauth = providers::all().iter().map(|provider| ("oauth", &provider.id, &provider.name));
    let managed = templates::all().iter().map(|template| ("managed", &template.id, &template.name));
    let wanted = oauth.chain(managed).filter(|(of, ..)| kind.is_none_or(|kind| kind == *of));
    let items: Vec<Value> = wanted.map(|(kind, id, name)| spec(kind, id, name)).collect();
    Ok(Response::json(200, &json!({ "total": items.len(), "items": items })))
}

fn spec(kind: &str, id: &str, name: &str) -> Value {
    json!({
        "provider_kind": kind, "provider_id": id, "version": 1, "provenance": "emulated", "source_url": null,
        "content_hash": sha256_hex(id.as_bytes()), "operation_count": OPERATIONS.len(),
        "fetched_at": SINCE, "changed_at": SINCE, "title": name, "spec_version": "1.0",
    })
}

/// The spec that the path names.
fn named(call: &Call<'_>) -> Result<Value, Refusal> {
    let (kind, id) = (call.params.get("kind"), call.params.get("provider"));
    let name = match kind {
        "oauth" => providers::find(id).map(|provider| &provider.name),
        "managed" => templates::find(id).map(|template| &template.name),
        _ => None,
    };
    name.map(|name| spec(kind, id, name)).ok_or_else(|| {
        let message = format!("There is no spec of the {kind} provider {id}.");
        Refusal::not_found("provider_spec_not_found", message)
    })
}

/// One spec.
pub(super) fn show(call: &mut Call<'_>, _: &Signer) -> Outcome {
    Ok(Response::json(200, &named(call)?))
}

/// A page of a spec's operations.
pub(super) fn operations(call: &mut Call<'_>, _: &Signer) -> Outcome {
    let spec = named(call)?;
    let search = call.query.text("search").map(str::to_lowercase);
    if search.as_ref().is_some_and(|search| search.chars().count() > MAX_SEARCH) {
        return Err(Refusal::new(422, "query_too_long", "A search is at most 200 characters."));
    }
    let fits = |(id, _, path, summary): &&(&str, &str, &str, &str)| {
        let text = format!("{id} {path} {summary}").to_lowercase();
        search.as_ref().is_none_or(|search| text.contains(search.as_str()))
    };
    let found: Vec<Value> = OPERATIONS.iter().filter(fits).map(operation_shown).collect();
    let page = call.page;
    let items: Vec<&Value> = found.iter().skip(page.offset).take(page.limit).collect();
    Ok(Response::json(
        200,
        &json!({
            "items": items, "total": found.len(), "limit": page.limit, "offset": page.offset,
            "has_more": page.offset + items.len() < found.len(), "spec": spec,
        }),
    ))
}

fn operation_shown((id, method, path, summary): &(&str, &str, &str, &str)) -> Value {
    json!({ "operation_id": id, "method": method, "path_template": path, "summary": summary })
}

/// One operation, by the id in the query.
pub(super) fn operation(call: &mut Call<'_>, _: &Signer) -> Outcome {
    let spec = named(call)?;
    let wanted = call.query.text("operation_id").unwrap_or_default();
    let found = OPERATIONS.iter().find(|(id, ..)| *id == wanted).ok_or_else(|| {
        let message = format!("There is no operation {wanted}.");
        Refusal::not_found("operation_not_found", message)
    })?;
    let mut shown = operation_shown(found);
    let with_id = found.2.contains("{id}");
    let id =
        json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
    shown["params_schema"] = if with_id { json!([id]) } else { json!([]) };
    shown["request_schema"] =
        if found.1 == "POST" { json!({ "type": "object" }) } else { Value::Null };
    shown["response_schema"] = json!({ "type": "object" });
    shown["spec"] = spec;
    Ok(Response::json(200, &shown))
}
