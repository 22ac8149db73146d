//! Schemas of answers: a component for each shape that is met.

use serde_json::{Map, Value, json};

use crate::api::member::Answered;
use crate::api::shape::Shape;

/// The components met so far, by name.
#[derive(Default)]
pub(super) struct Schemas(Map<String, Value>);

impl Schemas {
    /// Returns a reference to the schema of a shape.
    pub(super) fn object(&mut self, shape: &'static Shape) -> Value {
        if !self.0.contains_key(shape.name) {
            // It may lead back to itself.
            self.0.insert(shape.name.to_owned(), Value::Null);
            let mut properties = Map::new();
            for member in shape.members() {
                let value = self.value(&member.value);
                let value = if member.nullable {
                    json!({ "anyOf": [value, { "type": "null" }] })
                } else {
                    value
                };
                properties.insert(member.name.to_owned(), value);
            }
            let required = shape.members().filter(|member| !member.optional);
            let required: Vec<&str> = required.map(|member| member.name).collect();
            self.0.insert(shape.name.to_owned(), closed(&Value::Object(properties), &required));
        }
        reference(shape.name)
    }

    /// Returns a reference to the schema of a page of such objects.
    pub(super) fn page(&mut self, shape: &'static Shape) -> Value {
        let name = format!("{}Page", shape.name);
        if !self.0.contains_key(&name) {
            let properties = json!({
                "items": { "type": "array", "items": self.object(shape) },
                "total": count(), "limit": count(), "offset": count(),
                "has_more": { "type": "boolean" },
                "is_truncated": {
                    "type": "boolean",
                    "description": "Whether the offset was cut to the greatest that this list has.",
                },
            });
            let required = ["items", "total", "limit", "offset", "has_more"];
            self.0.insert(name.clone(), closed(&properties, &required));
        }
        reference(&name)
    }

    /// Returns all components, the two shapes of errors among them.
    pub(super) fn finish(mut self) -> Value {
        let text = || json!({ "type": "string" });
        let error = json!({
            "error": { "type": "string", "pattern": "^[a-z_]+$" }, "message": text(),
            "details": { "type": "object" }, "documentation_url": text(),
        });
        self.0.insert("Error".to_owned(), closed(&error, &["error", "message"]));
        let fault = json!({
            "loc": { "type": "array", "minItems": 1, "items": text() }, "msg": text(), "type": text(),
        });
        let faults = json!({
            "type": "array", "minItems": 1, "items": closed(&fault, &["loc", "msg", "type"]),
        });
        self.0.insert("Invalid".to_owned(), closed(&json!({ "detail": faults }), &["detail"]));
        Value::Object(self.0)
    }

    fn value(&mut self, value: &'static Answered) -> Value {
        match value {
            Answered::Text => json!({ "type": "string" }),
            Answered::Uuid => json!({ "type": "string", "format": "uuid" }),
            Answered::Time => json!({ "type": "string", "format": "date-time" }),
            Answered::Number => json!({ "type": "integer" }),
            Answered::Decimal => json!({ "type": "number" }),
            Answered::Flag => json!({ "type": "boolean" }),
            Answered::Choice(words) => json!({ "type": "string", "enum": words }),
            Answered::List(of) => json!({ "type": "array", "items": self.value(of) }),
            Answered::Object(shape) => self.object(shape),
            Answered::Page(shape) => self.page(shape),
            Answered::AnyObject => json!({ "type": "object" }),
            Answered::Lists => {
                let list = json!({ "type": "array", "items": { "type": "string" } });
                json!({ "type": "object", "additionalProperties": list })
            }
        }
    }
}

fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn closed(properties: &Value, required: &[&str]) -> Value {
    json!({
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": false,
    })
}
