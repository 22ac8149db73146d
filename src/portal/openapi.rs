//! The management API as OpenAPI 3.1, from the declarations that requests are checked by.

mod answers;
mod values;

use serde_json::{Map, Value, json};

use crate::api::field::{Field, number};
use crate::api::operation::{Answer, Credential, Operation};
use crate::api::{self, PREFIX};

/// Returns the whole document.
pub(super) fn document() -> String {
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas = answers::Schemas::default();
    for (resource, name, operation) in api::all() {
        let described = described(resource, name, operation, &mut schemas);
        let method = operation.method.name().to_lowercase();
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[method] = described;
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Alter developer portal, management API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "As alter-portal serves it and alter speaks it.",
        },
        "servers": [{ "url": PREFIX }],
        "paths": paths,
        "components": {
            "schemas": schemas.finish(),
            "responses": {
                "Error": response("The request is refused.", &json!({ "$ref": "#/components/schemas/Error" })),
                "Invalid": response(
                    "Parameters or keys of the body are wrong; all faults are told.",
                    &json!({ "$ref": "#/components/schemas/Invalid" }),
                ),
            },
            "securitySchemes": { "pat": {
                "type": "http", "scheme": "bearer",
                "description": "A Personal Access Token. Its scopes stand as roles.",
            } },
        },
    });
    format!("{document:#}\n")
}

fn described(
    resource: &str,
    name: &str,
    operation: &'static Operation,
    schemas: &mut answers::Schemas,
) -> Value {
    let answer = match operation.answer {
        Answer::Object(shape) => schemas.object(shape),
        Answer::Array(shape) => json!({ "type": "array", "items": schemas.object(shape) }),
        Answer::Page(shape) => schemas.page(shape),
    };
    let security = match operation.credential {
        Credential::Pat(scope) => json!([{ "pat": [scope] }]),
        Credential::Public => json!([]),
    };
    let mut described = json!({
        "operationId": format!("{resource}.{}", name.to_lowercase()),
        "tags": [resource],
        "security": security,
        "parameters": parameters(operation),
        "responses": {
            operation.status.to_string(): response("Accepted.", &answer),
            "422": { "$ref": "#/components/responses/Invalid" },
            "default": { "$ref": "#/components/responses/Error" },
        },
    });
    if !operation.body.is_empty() {
        let mut schema = values::object(operation.body);
        if operation.filled {
            schema["minProperties"] = json!(1);
        }
        let required = operation.filled || operation.body.iter().any(|field| field.required);
        described["requestBody"] = json!({
            "required": required, "content": { "application/json": { "schema": schema } },
        });
    }
    described
}

fn response(description: &str, schema: &Value) -> Value {
    json!({
        "description": description, "content": { "application/json": { "schema": schema } },
    })
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let places = operation.placeholders().map(|name| {
        let schema = json!({ "type": "string", "minLength": 1 });
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    });
    let paging = operation.limits.map(|limits| {
        let most = i64::try_from(limits.most).unwrap_or(i64::MAX);
        let mut limit = parameter(&number("limit", 1, most));
        limit["schema"]["default"] = json!(limits.default);
        [limit, parameter(&number("offset", 0, i64::MAX))]
    });
    let query = operation.query.iter().map(parameter);
    places.chain(query).chain(paging.into_iter().flatten()).collect()
}

fn parameter(field: &Field) -> Value {
    let schema = values::schema(field);
    let schema = if field.repeats { json!({ "type": "array", "items": schema }) } else { schema };
    json!({ "name": field.name, "in": "query", "required": field.required, "schema": schema })
}
