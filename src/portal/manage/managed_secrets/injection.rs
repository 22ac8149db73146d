//! Rules that put more of a credential into requests: what the declaration of their keys cannot say.

use serde_json::Value;

use crate::api::format::HEADER;
use crate::portal::handler::refusal::Issue;

/// What a source begins with that is another part of the credential.
const PART: &str = "additional_credentials.";

/// Finds what is wrong with the names in a list of rules.
pub(super) fn faults(rules: &Value) -> Vec<Issue> {
    let rules = rules.as_array().into_iter().flatten().enumerate();
    let issue = |index: usize, key: &str, msg: String| {
        let path = [index.to_string(), key.to_owned()].into_iter();
        Issue::new("body", "injection_rules", "rule", msg).within(path)
    };
    rules
        .flat_map(|(index, rule)| faults_of(rule).map(move |(key, msg)| issue(index, key, msg)))
        .collect()
}

fn faults_of(rule: &Value) -> impl Iterator<Item = (&'static str, String)> {
    let text = |name: &str| rule.get(name).and_then(Value::as_str);
    let key = text("key").and_then(|key| {
        let tail = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let formed =
            key.starts_with(|first: char| first.is_ascii_alphabetic()) && key.bytes().all(tail);
        if !formed {
            let msg = "must be letters, digits, `-` and `_`, beginning with a letter";
            return Some(msg.to_owned());
        }
        (text("target") == Some("header")).then(|| (HEADER.check)(key).err()).flatten()
    });
    let source = text("value_source").filter(|source| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let named = |field: &str| {
            field.starts_with(|first: char| first.is_ascii_lowercase()) && field.bytes().all(inner)
        };
        *source != "token" && !source.strip_prefix(PART).is_some_and(named)
    });
    let source = source.map(|_| format!("must be `token` or `{PART}` and a field"));
    key.map(|msg| ("key", msg)).into_iter().chain(source.map(|msg| ("value_source", msg)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_in_rules() {
        let rule =
            |target, key, source| json!([{"target": target, "key": key, "value_source": source}]);
        for good in [
            json!([]),
            rule("header", "X-App-Id", "additional_credentials.application_id"),
            rule("query_param", "key", "token"),
            rule("query_param", "Cookie", "token"),
        ] {
            assert!(faults(&good).is_empty(), "{good}");
        }
        for bad in [
            rule("header", "Host", "token"),
            rule("header", "Cookie", "token"),
            rule("query_param", "1x", "token"),
            rule("query_param", "x y", "token"),
            rule("query_param", "x", "additional_credentials."),
            rule("query_param", "x", "additional_credentials.A"),
            rule("query_param", "x", "secret"),
        ] {
            assert_eq!(faults(&bad).len(), 1, "{bad}");
        }
    }
}
