//! Compares what the file asks for with what the portal has.

use serde_json::Value;

use super::declare::{Compare, FileField};
use crate::base::time;

/// Returns true where the two values of a field differ.
pub(crate) fn differs(field: &FileField, wanted: &Value, found: &Value) -> bool {
    if !field.is_compared() {
        return false;
    }
    match (field.compare, wanted.as_object()) {
        (Compare::Keys, Some(wanted)) => {
            wanted.iter().any(|(key, value)| normal(value) != normal(&found[key.as_str()]))
        }
        _ => canonical(field, wanted) != canonical(field, found),
    }
}

/// Returns a value in the one form in which the portal and the file agree.
pub(crate) fn canonical(field: &FileField, value: &Value) -> Value {
    // The portal clears a text that is given empty.
    if value.is_null() || value.as_str() == Some("") {
        return match field.compare {
            Compare::Set | Compare::Hosts => Value::Array(Vec::new()),
            _ => Value::Null,
        };
    }
    match field.compare {
        Compare::Set => sorted(value, str::to_owned),
        Compare::Hosts => sorted(value, str::to_ascii_lowercase),
        Compare::Sets => value.as_object().map_or_else(
            || normal(value),
            |map| {
                map.iter().map(|(key, list)| (key.clone(), sorted(list, str::to_owned))).collect()
            },
        ),
        Compare::Time => {
            let instant = value.as_str().and_then(time::parse);
            instant.map_or_else(|| value.clone(), |instant| time::format(instant).into())
        }
        _ => normal(value),
    }
}

/// Returns a value whose whole numbers have one form.
pub(crate) fn normal(value: &Value) -> Value {
    match value {
        Value::Number(_) => {
            crate::api::kind::whole(value).map_or_else(|| value.clone(), Value::from)
        }
        Value::Array(list) => list.iter().map(normal).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), normal(value))).collect(),
        _ => value.clone(),
    }
}

fn sorted(list: &Value, form: impl Fn(&str) -> String) -> Value {
    let Some(items) = list.as_array() else {
        return normal(list);
    };
    let item = |item: &Value| item.as_str().map_or_else(|| normal(item), |text| form(text).into());
    let mut items: Vec<Value> = items.iter().map(item).collect();
    items.sort_by_key(Value::to_string);
    items.dedup();
    items.into()
}
