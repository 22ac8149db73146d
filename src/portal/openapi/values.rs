//! Schemas of what a request may say: parameters, and the keys of bodies.

use serde_json::{Map, Value, json};

use crate::api::field::{Clearing, Field};
use crate::api::format::Format;
use crate::api::kind::{Kind, MAX_SECRET};

/// Returns the schema of an object of these keys and no others.
pub(super) fn object(fields: &[Field]) -> Value {
    let properties = fields.iter().map(|field| (field.name.to_owned(), schema(field)));
    let required = fields.iter().filter(|field| field.required).map(|field| field.name);
    json!({
        "type": "object",
        "properties": properties.collect::<Map<_, _>>(),
        "required": required.collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

/// Returns the schema of a parameter or a key.
pub(super) fn schema(field: &Field) -> Value {
    let schema = of_kind(&field.kind);
    match field.clearing {
        Clearing::Never => schema,
        Clearing::Null => json!({ "anyOf": [schema, { "type": "null" }] }),
        Clearing::NullOrEmpty => json!({ "anyOf": [schema, { "type": "null" }, { "const": "" }] }),
    }
}

fn of_kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text { least, most } => text(*least, *most),
        Kind::Format(format) => formed(format),
        Kind::Secret => {
            let mut secret = text(1, MAX_SECRET);
            secret["format"] = json!("password");
            secret["pattern"] = json!(r"^[^\r\n\x00]*\S[^\r\n\x00]*$");
            secret
        }
        Kind::Number { least, most } => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        Kind::Choices(words) => {
            let words = words.join("|");
            json!({ "type": "string", "pattern": format!("^({words})(,({words}))*$") })
        }
        Kind::Time | Kind::Future => json!({ "type": "string", "format": "date-time" }),
        Kind::List { of, least, most } => {
            let mut list = json!({ "type": "array", "items": of_kind(of), "minItems": least });
            bound(&mut list, "maxItems", *most);
            list
        }
        Kind::Object(fields) => object(fields),
        Kind::Map { of, keys, name, .. } => {
            let names = json!({ "minLength": 1, "maxLength": name, "pattern": r"\S" });
            let mut map = json!({
                "type": "object", "additionalProperties": of_kind(of), "propertyNames": names,
            });
            bound(&mut map, "maxProperties", *keys);
            map
        }
        Kind::Tagged(types) => {
            let tagged = types.iter().map(|(name, fields)| {
                let mut schema = object(fields);
                schema["properties"]["type"] = json!({ "const": name });
                if let Some(required) = schema["required"].as_array_mut() {
                    required.push(json!("type"));
                }
                schema
            });
            json!({ "anyOf": tagged.collect::<Vec<_>>() })
        }
        Kind::AnyObject { .. } => json!({ "type": "object" }),
        Kind::Any => json!({}),
    }
}

fn formed(format: &Format) -> Value {
    let mut schema = text(1, format.most);
    schema["pattern"] = json!(format.pattern);
    match format.name {
        "uuid" => schema["format"] = json!("uuid"),
        "url" | "issuer" => schema["format"] = json!("uri"),
        _ => {}
    }
    schema
}

fn text(least: usize, most: usize) -> Value {
    let mut schema = json!({ "type": "string", "minLength": least });
    bound(&mut schema, "maxLength", most);
    schema
}

fn bound(schema: &mut Value, keyword: &str, most: usize) {
    if most != usize::MAX {
        schema[keyword] = json!(most);
    }
}
