//! The portal's description of itself (`alter-portal --openapi`), and answers checked against it.

use std::process::Command;
use std::sync::OnceLock;

use ::alter::for_tests::parse_time;
use serde_json::{Map, Value};

use super::portal::PROGRAM;

/// Keywords that say something to people and nothing about values.
const ANNOTATIONS: [&str; 4] = ["description", "title", "default", "pattern"];

/// An OpenAPI document.
pub(crate) struct OpenApi(pub(crate) Value);

impl OpenApi {
    /// Returns what the program under test prints; it is asked once for all tests.
    pub(crate) fn of_the_portal() -> &'static Self {
        static DOCUMENT: OnceLock<OpenApi> = OnceLock::new();
        DOCUMENT.get_or_init(|| {
            let output = Command::new(PROGRAM).arg("--openapi").output().expect("it starts");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Self(serde_json::from_slice(&output.stdout).expect("JSON"))
        })
    }

    /// Returns what is wrong with an answer to a request for `path`, which begins below `/api/v1`; nothing where the
    /// path is described nowhere, as that of a wrong request may be.
    pub(crate) fn faults(&self, method: &str, path: &str, status: u16, body: &str) -> Vec<String> {
        let path = path.split('?').next().unwrap_or_default();
        let Some(operation) = self.operation(method, path) else {
            return Vec::new();
        };
        let responses = &operation["responses"];
        let response = responses.get(status.to_string()).unwrap_or(&responses["default"]);
        let schema = &self.resolve(response)["content"]["application/json"]["schema"];
        match serde_json::from_str(body) {
            Ok(value) => self.check(schema, &value, "$"),
            Err(error) => vec![format!("{method} {path} {status}: {error}")],
        }
    }

    /// Returns what is wrong with a value that should have a shape of this name.
    #[track_caller]
    pub(crate) fn faults_of(&self, shape: &str, value: &Value) -> Vec<String> {
        let schema = &self.0["components"]["schemas"][shape];
        assert!(schema.is_object(), "there is no shape {shape}");
        self.check(schema, value, "$")
    }

    /// Returns the operation of a path; of several whose templates fit, the one with the fewest places.
    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let fits = |template: &str| {
            let (wanted, given): (Vec<_>, Vec<_>) =
                (template.split('/').collect(), path.split('/').collect());
            let same = |(wanted, given): (&&str, &&str)| wanted.starts_with('{') || wanted == given;
            wanted.len() == given.len() && wanted.iter().zip(&given).all(same)
        };
        let paths = self.0["paths"].as_object()?.iter();
        let fitting = paths.filter(|(template, _)| fits(template));
        let (_, operations) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
        operations.get(method.to_lowercase())
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                let found = self.0.pointer(reference.trim_start_matches('#'));
                found.unwrap_or_else(|| panic!("{reference} leads nowhere"))
            }
            None => value,
        }
    }

    fn check(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let schema = self.resolve(schema);
        let keywords = schema.as_object().unwrap_or_else(|| panic!("{at}: no schema: {schema}"));
        let check = |(keyword, wanted): (&String, &Value)| match keyword.as_str() {
            "anyOf" => self.any_of(wanted, value, at),
            "items" => self.items(wanted, value, at),
            "properties" => self.properties(wanted, value, at),
            "required" => missing(wanted, value, at),
            "additionalProperties" => self.additional(keywords, value, at),
            known if ANNOTATIONS.contains(&known) => Vec::new(),
            simple if fits(simple, wanted, value) => Vec::new(),
            simple => vec![format!("{at}: {value} is not {simple} {wanted}")],
        };
        keywords.iter().flat_map(check).collect()
    }

    fn any_of(&self, schemas: &Value, value: &Value, at: &str) -> Vec<String> {
        let all = schemas.as_array().expect("a list").iter();
        let found: Vec<_> = all.map(|schema| self.check(schema, value, at)).collect();
        if found.iter().any(Vec::is_empty) { Vec::new() } else { found.concat() }
    }

    fn items(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let items = value.as_array().into_iter().flatten().enumerate();
        items
            .flat_map(|(index, item)| self.check(schema, item, &format!("{at}[{index}]")))
            .collect()
    }

    fn properties(&self, schemas: &Value, value: &Value, at: &str) -> Vec<String> {
        let schemas = schemas.as_object().expect("an object").iter();
        let given = schemas.filter_map(|(name, schema)| Some((name, schema, value.get(name)?)));
        given
            .flat_map(|(name, schema, value)| self.check(schema, value, &format!("{at}.{name}")))
            .collect()
    }

    /// The values of the keys that `properties` does not name.
    fn additional(&self, keywords: &Map<String, Value>, value: &Value, at: &str) -> Vec<String> {
        let named =
            |name: &String| keywords.get("properties").is_some_and(|all| all.get(name).is_some());
        let others = value.as_object().into_iter().flatten().filter(|(name, _)| !named(name));
        others
            .flat_map(|(name, value)| match &keywords["additionalProperties"] {
                Value::Bool(true) => Vec::new(),
                Value::Bool(false) => vec![format!("{at}.{name} is not described")],
                schema => self.check(schema, value, &format!("{at}.{name}")),
            })
            .collect()
    }
}

fn missing(names: &Value, value: &Value, at: &str) -> Vec<String> {
    let names = names.as_array().expect("a list").iter().filter_map(Value::as_str);
    let absent = names.filter(|name| value.is_object() && value.get(name).is_none());
    absent.map(|name| format!("{at}.{name} is missing")).collect()
}

/// Whether a value obeys a keyword that says nothing of what is within it.
fn fits(keyword: &str, wanted: &Value, value: &Value) -> bool {
    let limit = || wanted.as_f64().expect("a number");
    let count = |count: usize| f64::from(u32::try_from(count).expect("few"));
    let (text, list) = (value.as_str(), value.as_array());
    match keyword {
        "type" => match wanted {
            Value::Array(types) => types.iter().any(|one| is_of(one, value)),
            one => is_of(one, value),
        },
        "enum" => wanted.as_array().expect("a list").contains(value),
        "const" => wanted == value,
        "minimum" => value.as_f64().is_none_or(|number| number >= limit()),
        "maximum" => value.as_f64().is_none_or(|number| number <= limit()),
        "minLength" => text.is_none_or(|text| count(text.chars().count()) >= limit()),
        "maxLength" => text.is_none_or(|text| count(text.chars().count()) <= limit()),
        "minItems" => list.is_none_or(|list| count(list.len()) >= limit()),
        "maxItems" => list.is_none_or(|list| count(list.len()) <= limit()),
        "format" => text.is_none_or(|text| has_format(wanted.as_str().expect("a name"), text)),
        _ => panic!("{keyword} is not a keyword that these tests know"),
    }
}

fn is_of(name: &Value, value: &Value) -> bool {
    match name.as_str().expect("a name") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        other => panic!("{other} is not a type"),
    }
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "date-time" => text.ends_with('Z') && parse_time(text).is_some(),
        "uuid" => {
            let digits = text.split('-').map(str::len).collect::<Vec<_>>() == [8, 4, 4, 4, 12];
            digits && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
        }
        "uri" => text.starts_with("http://") || text.starts_with("https://"),
        other => panic!("{other} is not a format that these tests know"),
    }
}

#[test]
fn values_are_held_against_every_keyword() {
    let document = OpenApi(serde_json::json!({ "components": { "schemas": {
        "Thing": {
            "type": "object", "required": ["id"], "additionalProperties": false,
            "properties": {
                "id": { "type": "string", "format": "uuid" },
                "at": { "type": ["string", "null"], "format": "date-time" },
                "few": { "type": "array", "minItems": 1, "items": { "enum": ["a", "b"] } },
                "any": { "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "null" }] },
                "inner": { "$ref": "#/components/schemas/Inner" },
            },
        },
        "Inner": { "type": "object", "additionalProperties": { "type": "string", "maxLength": 2 } },
    } } }));
    let id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let good = serde_json::json!({
        "id": id, "at": null, "few": ["b"], "any": 1.0, "inner": { "x": "éé" }
    });
    assert_eq!(document.faults_of("Thing", &good), [""; 0]);
    for (key, value, place) in [
        ("id", serde_json::json!("x"), "$.id"),
        ("at", serde_json::json!("2026-01-01T00:00:00"), "$.at"),
        ("few", serde_json::json!([]), "$.few"),
        ("few", serde_json::json!(["a", "c"]), "$.few[1]"),
        ("any", serde_json::json!(0), "$.any"),
        ("inner", serde_json::json!({ "x": "abc" }), "$.inner.x"),
        ("more", serde_json::json!(1), "$.more"),
    ] {
        let mut bad = good.clone();
        bad[key] = value;
        let faults = document.faults_of("Thing", &bad);
        assert!(faults.first().is_some_and(|fault| fault.starts_with(place)), "{key}: {faults:?}");
    }
    assert_eq!(document.faults_of("Thing", &serde_json::json!({})), ["$.id is missing"]);
}
