//! How a credential is put into a request: what the header, the format and further rules may be.

use crate::protocol::token::{FORBIDDEN_HEADERS, PLACE, SIGV4};
use serde_json::Value;

use super::secret::Rule;
use crate::portal::handler::checks::{Checked, string, text, wrong};

const MAX_HEADER: usize = 60;
const MAX_FORMAT: usize = 200;
const MAX_KEY: usize = 100;
const MAX_RULES: usize = 10;

/// A header name: an HTTP token, and none of the forbidden ones.
pub(crate) fn header(value: &Value) -> Checked<String> {
    let name = text(1, MAX_HEADER)(value)?;
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !name.bytes().all(token) {
        return wrong("header", "Input should be the name of an HTTP header");
    }
    let mut forbidden = FORBIDDEN_HEADERS.iter().chain(&["expect"]);
    if forbidden.any(|forbidden| name.eq_ignore_ascii_case(forbidden)) {
        return wrong("header", format!("`{name}` is not for credentials"));
    }
    Ok(name)
}

/// A format, which holds `{token}` unless it asks for a signature.
pub(crate) fn format(value: &Value) -> Checked<String> {
    let format = text(1, MAX_FORMAT)(value)?;
    if format.contains(['\r', '\n', '\0']) {
        return wrong("format", "Input should not have a line break or NUL");
    }
    if format.contains(PLACE) || format.starts_with(SIGV4) {
        return Ok(format);
    }
    wrong("format", "Input should contain `{token}`")
}

/// Further places for the credential or its other fields.
pub(crate) fn rules(value: &Value) -> Checked<Vec<Rule>> {
    let Some(rules) = value.as_array() else {
        return wrong("list_type", "Input should be a valid list");
    };
    if rules.len() > MAX_RULES {
        return wrong("too_long", format!("List should have at most {MAX_RULES} items"));
    }
    rules.iter().map(rule).collect()
}

fn rule(value: &Value) -> Checked<Rule> {
    let known = ["target", "key", "value_source"];
    let fields =
        value.as_object().filter(|fields| fields.keys().all(|key| known.contains(&key.as_str())));
    let Some(fields) = fields else {
        return wrong("rule", "A rule has `target`, `key` and `value_source`, and nothing else");
    };
    let part = |name: &str| string(fields.get(name).unwrap_or(&Value::Null));
    let (Ok(target), Ok(key), Ok(source)) = (part("target"), part("key"), part("value_source"))
    else {
        return wrong("rule", "A rule's `target`, `key` and `value_source` should be strings");
    };
    match target.as_str() {
        "header" => {
            header(&Value::String(key.clone()))?;
        }
        "query_param" => {}
        _ => return wrong("rule", "`target` should be header or query_param"),
    }
    let tail = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if key.len() > MAX_KEY
        || !key.starts_with(|first: char| first.is_ascii_alphabetic())
        || !key.bytes().all(tail)
    {
        return wrong(
            "rule",
            "`key` should be letters, digits, `-` and `_`, beginning with a letter",
        );
    }
    let named = |field: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        field.starts_with(|first: char| first.is_ascii_lowercase()) && field.bytes().all(inner)
    };
    let field = source.strip_prefix("additional_credentials.");
    if source.len() > MAX_KEY || !(source == "token" || field.is_some_and(named)) {
        return wrong(
            "rule",
            "`value_source` should be `token` or `additional_credentials.` and a field",
        );
    }
    Ok(Rule { target, key, value_source: source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn headers() {
        for good in ["Authorization", "X-API-Key", "api-key", "X_Key"] {
            assert!(header(&json!(good)).is_ok(), "{good}");
        }
        for bad in
            ["", "a b", "a:b", "é", "Host", "content-LENGTH", "Connection", "Transfer-Encoding"]
        {
            assert!(header(&json!(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn formats() {
        for good in ["Bearer {token}", "{token}", "AWS4-HMAC-SHA256"] {
            assert!(format(&json!(good)).is_ok(), "{good}");
        }
        for bad in ["", "Bearer", "{token}\r\nX: y", "{ token }"] {
            assert!(format(&json!(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn further_rules() {
        let rule =
            |target, key, source| json!([{"target": target, "key": key, "value_source": source}]);
        for good in [
            json!([]),
            rule("header", "X-App-Id", "additional_credentials.application_id"),
            rule("query_param", "key", "token"),
        ] {
            assert!(rules(&good).is_ok(), "{good}");
        }
        for bad in [
            json!({}),
            json!(["token"]),
            json!([{"target": "header", "key": "X"}]),
            json!([{"target": "header", "key": "X", "value_source": "token", "more": 1}]),
            rule("cookie", "X", "token"),
            rule("header", "Host", "token"),
            rule("query_param", "1x", "token"),
            rule("query_param", "x y", "token"),
            rule("query_param", "x", "additional_credentials."),
            rule("query_param", "x", "additional_credentials.A"),
            rule("query_param", "x", "secret"),
        ] {
            assert!(rules(&bad).is_err(), "{bad}");
        }
    }
}
