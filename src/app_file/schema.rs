//! The JSON Schema of the app file, for editors: from the declarations that the reader reads by.

use serde_json::{Map, Value, json};

use super::declare::{FileField, Kind};
use super::kinds;
use crate::api::kind::Kind as ValueKind;

/// Returns the schema, draft 2020-12.
pub(crate) fn schema() -> Value {
    let of = |kind: &'static Kind| entry(kind, &Map::new());
    let many = |entry: Value| json!({ "type": "object", "additionalProperties": entry });
    let grants = json!({ "grants": many(of(&kinds::grants::KIND)) });
    let secret = entry(&kinds::secrets::KIND, grants.as_object().unwrap_or(&Map::new()));
    let rules = many(of(&kinds::rules::KIND));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An app file of alter",
        "type": "object",
        "additionalProperties": false,
        "required": ["version"],
        "properties": {
            "version": { "enum": [1, "1"] },
            "app": of(&kinds::app::KIND),
            "providers": many(of(&kinds::providers::KIND)),
            "identity_provider": of(&kinds::identity_provider::KIND),
            "agents": many(of(&kinds::agents::KIND)),
            "managed_secrets": many(secret),
            "keys": many(of(&kinds::keys::KIND)),
            "rules": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "app": rules,
                    "agents": many(rules.clone()),
                    "providers": many(rules.clone()),
                    "grants": many(rules),
                },
            },
            "branding": of(&kinds::branding::KIND),
        },
    })
}

fn entry(kind: &'static Kind, beside: &Map<String, Value>) -> Value {
    let mut properties: Map<String, Value> =
        kind.fields.iter().map(|field| (field.name.to_owned(), field_schema(field))).collect();
    properties.extend(beside.clone());
    if !matches!(kind.section, "app" | "branding" | "identity_provider") {
        properties.insert("id".into(), json!({ "type": "string" }));
        if kind.field("name").is_none() {
            properties
                .insert("name".into(), json!({ "type": ["string", "number", "boolean", "null"] }));
        }
    }
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn field_schema(field: &FileField) -> Value {
    let place = json!({
        "type": "object", "additionalProperties": false, "required": ["secret"], "properties": { "secret": { "type": "string" } },
    });
    if field.name == "credential" {
        let part = json!({ "anyOf": [place, text()] });
        return json!({ "anyOf": [place, { "type": "object", "additionalProperties": part }] });
    }
    if field.is_credential() {
        return place;
    }
    let declared = field.field();
    let value = value(field.read_as());
    let clears = declared.clearing != crate::api::field::Clearing::Never
        || matches!(declared.kind, ValueKind::Any);
    if clears { json!({ "anyOf": [value, { "type": "null" }] }) } else { value }
}

/// A text may be written without quotes, also where it looks like a number.
fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

fn value(kind: &ValueKind) -> Value {
    let variable = json!({
        "type": "object", "additionalProperties": false, "required": ["var"], "properties": { "var": { "type": "string" } },
    });
    let scalar = |schema: Value| json!({ "anyOf": [schema, variable] });
    match kind {
        ValueKind::Choice(words) => scalar(json!({ "enum": words })),
        ValueKind::Number { least, most } => {
            scalar(json!({ "type": "integer", "minimum": least, "maximum": most }))
        }
        ValueKind::Flag => scalar(json!({ "type": "boolean" })),
        ValueKind::List { of, least, .. } => {
            json!({ "type": "array", "items": value(of), "minItems": least })
        }
        ValueKind::Object(fields) => {
            let properties: Map<String, Value> =
                fields.iter().map(|field| (field.name.to_owned(), value(&field.kind))).collect();
            json!({ "type": "object", "properties": properties })
        }
        ValueKind::Map { .. } | ValueKind::AnyObject { .. } => json!({ "type": "object" }),
        ValueKind::Any => json!({}),
        _ => scalar(text()),
    }
}
