//! What the values in a body may be. Each check turns a JSON value into the value meant, or says what is wrong with it.

use std::net::IpAddr;

use crate::base::origin::is_web_url;
use crate::base::time;
use serde_json::{Map, Value};

use crate::portal::timestamp::Stamp;

/// Why a value is refused: the kind for programs, the sentence for people.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) kind: &'static str,
    pub(crate) msg: String,
}

/// What a check gives.
pub(crate) type Checked<T> = Result<T, Wrong>;

/// The refusal of a value.
pub(crate) fn wrong<T>(kind: &'static str, msg: impl Into<String>) -> Checked<T> {
    let msg = msg.into();
    Err(Wrong { kind, msg })
}

/// Whether a value clears what it is given for.
pub(crate) fn null(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// Any text.
pub(crate) fn string(value: &Value) -> Checked<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        _ => wrong("string_type", "Input should be a valid string"),
    }
}

/// Text of so many characters.
pub(crate) fn text(min: usize, max: usize) -> impl Fn(&Value) -> Checked<String> {
    move |value| {
        let text = string(value)?;
        match text.chars().count() {
            count if count < min => {
                wrong("string_too_short", format!("String should have at least {min} character"))
            }
            count if count > max => {
                wrong("string_too_long", format!("String should have at most {max} characters"))
            }
            _ => Ok(text),
        }
    }
}

/// A whole number between two bounds, both allowed; `30.0` is one.
pub(crate) fn integer(min: i64, max: i64) -> impl Fn(&Value) -> Checked<i64> {
    move |value| match crate::api::kind::whole(value) {
        None => wrong("int_type", "Input should be a valid integer"),
        Some(number) if number < min => {
            wrong("greater_than_equal", format!("Input should be greater than or equal to {min}"))
        }
        Some(number) if number > max => {
            wrong("less_than_equal", format!("Input should be less than or equal to {max}"))
        }
        Some(number) => Ok(number),
    }
}

/// One of a few words.
pub(crate) fn one_of(words: &'static [&'static str]) -> impl Fn(&Value) -> Checked<&'static str> {
    move |value| {
        let given = string(value)?;
        match words.iter().find(|word| **word == given) {
            Some(word) => Ok(*word),
            None => wrong("enum", format!("Input should be one of {}", words.join(", "))),
        }
    }
}

/// A list, not empty, each item checked the same way.
pub(crate) fn list<T>(item: impl Fn(&Value) -> Checked<T>) -> impl Fn(&Value) -> Checked<Vec<T>> {
    move |value| match value.as_array() {
        None => wrong("list_type", "Input should be a valid list"),
        Some(items) if items.is_empty() => wrong("too_short", "List should have at least 1 item"),
        Some(items) => items.iter().map(&item).collect(),
    }
}

/// A list, each item checked the same way.
pub(crate) fn list_or_empty<T>(
    item: impl Fn(&Value) -> Checked<T>,
) -> impl Fn(&Value) -> Checked<Vec<T>> {
    move |value| match value.as_array() {
        None => wrong("list_type", "Input should be a valid list"),
        Some(items) => items.iter().map(&item).collect(),
    }
}

/// An object, no longer than so many bytes when it is written without blanks.
pub(crate) fn object(max: usize) -> impl Fn(&Value) -> Checked<Map<String, Value>> {
    move |value| match value {
        Value::Object(map) if value.to_string().len() <= max => Ok(map.clone()),
        Value::Object(_) => wrong("too_long", format!("Object should have at most {max} bytes")),
        _ => wrong("dict_type", "Input should be an object"),
    }
}

/// `true` or `false`.
pub(crate) fn boolean(value: &Value) -> Checked<bool> {
    match value.as_bool() {
        Some(flag) => Ok(flag),
        None => wrong("bool_type", "Input should be a valid boolean"),
    }
}

/// An `http://` or `https://` URL.
pub(crate) fn web_url(value: &Value) -> Checked<String> {
    let url = text(1, 2048)(value)?;
    if is_web_url(&url) {
        return Ok(url);
    }
    wrong("url_parsing", "Input should be an http or https URL")
}

/// An address or a range of addresses; one that holds every address is no allow-list.
pub(crate) fn cidr(value: &Value) -> Checked<String> {
    let range = string(value)?;
    let (address, length) = match range.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (range.as_str(), None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return wrong("cidr", format!("`{range}` is not an address range"));
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    // Rust reads `+8` as a number too.
    let unsigned = |length: &&str| !length.starts_with('+');
    match length.map(|length| Some(length).filter(unsigned).map(str::parse::<u8>)) {
        Some(Some(Ok(0))) => wrong("cidr", format!("`{range}` would allow every address")),
        None => Ok(range),
        Some(Some(Ok(length))) if length <= most => Ok(range),
        Some(_) => wrong("cidr", format!("`{range}` is not an address range")),
    }
}

/// An instant.
pub(crate) fn instant(value: &Value) -> Checked<Stamp> {
    match time::parse(&string(value)?) {
        Some(instant) => Ok(Stamp(instant)),
        None => wrong("datetime_parsing", "Input should be an RFC 3339 date-time"),
    }
}

/// An instant that has not come yet.
pub(crate) fn future(now: Stamp) -> impl Fn(&Value) -> Checked<Stamp> {
    move |value| {
        let instant = instant(value)?;
        if instant <= now {
            return wrong("datetime_future", "Input should be in the future");
        }
        Ok(instant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ranges() {
        for good in ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::1/128"] {
            assert!(cidr(&json!(good)).is_ok(), "{good}");
        }
        for bad in [
            "0.0.0.0/0",
            "::/0",
            "10.0.0.0/33",
            "10/8",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "1.0.0.0/+8",
            "",
        ] {
            assert!(cidr(&json!(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn instants() {
        let now = Stamp(1_795_428_245);
        assert!(future(now)(&json!("2026-11-23T10:04:05Z")).is_err());
        assert!(future(now)(&json!("2026-11-23T10:04:06Z")).is_ok());
        assert!(future(now)(&json!("tomorrow")).is_err());
    }
}
