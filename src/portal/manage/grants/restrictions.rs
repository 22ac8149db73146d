//! What the calls of a grant are restricted to: some methods, some paths.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::portal::handler::checks::{Checked, list, string, wrong};

const METHODS: &[&str] = &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
const MAX_PATTERN: usize = 2048;
/// Stands for one segment of a path, whatever it is.
const ANY: &str = "*";

/// The methods and the paths of the calls that may be made. Without a list, all of them may.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Restrictions {
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_methods: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_endpoints: Option<Vec<String>>,
}

impl Restrictions {
    /// Reads them from a body. An empty list would allow no call at all, so it is refused like a method that is not
    /// known.
    pub(crate) fn read(value: &Value) -> Checked<Self> {
        let Some(given) = value.as_object() else {
            return wrong("dict_type", "`restrictions` should be an object");
        };
        let mut restrictions = Self::default();
        for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
            let named = |mut fault: crate::portal::handler::checks::Wrong| {
                fault.msg = format!("`{name}`: {}", fault.msg);
                fault
            };
            match name.as_str() {
                "allowed_methods" => {
                    restrictions.allowed_methods = Some(list(method)(value).map_err(named)?);
                }
                "allowed_endpoints" => {
                    restrictions.allowed_endpoints = Some(list(pattern)(value).map_err(named)?);
                }
                _ => {
                    return wrong("extra_forbidden", format!("`{name}` is not a restriction"));
                }
            }
        }
        Ok(restrictions)
    }

    /// The methods that are allowed, where some are not.
    pub(crate) fn methods(&self) -> Option<&[String]> {
        self.allowed_methods.as_deref()
    }

    /// The patterns of the paths that are allowed, where some are not.
    pub(crate) fn endpoints(&self) -> Option<&[String]> {
        self.allowed_endpoints.as_deref()
    }

    /// Returns true where nothing is restricted.
    pub(crate) fn are_none(&self) -> bool {
        *self == Self::default()
    }

    /// Returns true for a call that may be made. The path is compared as the provider understands it: decoded, and with
    /// its dots resolved.
    pub(crate) fn admit(&self, method: &str, path: &str) -> bool {
        let methods = self.allowed_methods.as_ref();
        let patterns = self.allowed_endpoints.as_ref();
        let segments = resolved(path);
        methods.is_none_or(|methods| methods.iter().any(|allowed| allowed == method))
            && patterns.is_none_or(|patterns| patterns.iter().any(|one| fits(one, &segments)))
    }

    /// Returns these where they are within the others, with the others' lists in place of those that are missing.
    pub(crate) fn within(mut self, wider: &Self) -> Option<Self> {
        let lists = [
            (&mut self.allowed_methods, &wider.allowed_methods),
            (&mut self.allowed_endpoints, &wider.allowed_endpoints),
        ];
        for (own, wider) in lists {
            let Some(wider) = wider else { continue };
            let own = own.get_or_insert_with(|| wider.clone());
            if !own.iter().all(|one| wider.contains(one)) {
                return None;
            }
        }
        Some(self)
    }
}

fn method(value: &Value) -> Checked<String> {
    let method = string(value)?.to_ascii_uppercase();
    if METHODS.contains(&method.as_str()) {
        return Ok(method);
    }
    wrong("enum", format!("Input should be any of {}", METHODS.join(", ")))
}

/// A path that begins with `/`; `*` as a whole segment stands for any one segment.
fn pattern(value: &Value) -> Checked<String> {
    let pattern = string(value)?;
    let plain = pattern.starts_with('/')
        && pattern.len() <= MAX_PATTERN
        && !pattern.contains(['?', '#', '\\'])
        && !pattern.chars().any(char::is_control);
    let stars = pattern.split('/').all(|segment| segment == ANY || !segment.contains('*'));
    if plain && stars {
        return Ok(pattern);
    }
    wrong("path", "Input should be a path such as /v1/charges/*, where * is one segment")
}

fn fits(pattern: &str, segments: &[String]) -> bool {
    let wanted = resolved(pattern);
    wanted.len() == segments.len()
        && wanted.iter().zip(segments).all(|(wanted, segment)| {
            if wanted == ANY { !segment.is_empty() } else { wanted == segment }
        })
}

/// The segments of a path, decoded, without `.` and `..`.
fn resolved(path: &str) -> Vec<String> {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut segments = Vec::new();
    for segment in decoded.trim_start_matches('/').split(['/', '\\']) {
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment.to_owned()),
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(methods: Value, endpoints: Value) -> Restrictions {
        Restrictions::read(&json!({ "allowed_methods": methods, "allowed_endpoints": endpoints }))
            .unwrap()
    }

    #[test]
    fn paths_are_compared_as_the_provider_reads_them() {
        let read = of(json!(["get"]), json!(["/v1/charges/*", "/me"]));
        for path in
            ["/v1/charges/1", "/v1/./charges/1", "/v1/x/../charges/1", "/v1/charges/%31", "/me"]
        {
            assert!(read.admit("GET", path), "{path}");
            assert!(!read.admit("POST", path), "{path}");
        }
        for path in [
            "/",
            "/v1/charges",
            "/v1/charges/",
            "/v1/charges/1/refund",
            "/v1/charges/1%2Frefund",
            "/v1/charges/../refunds",
            "/v1/charges/%2e%2e",
            "/v1/charges/..%2f..%2fadmin",
            "/me/",
            "/Me",
        ] {
            assert!(!read.admit("GET", path), "{path}");
        }
    }

    #[test]
    fn a_part_that_is_missing_allows_everything() {
        assert!(of(Value::Null, json!(["/a"])).admit("PUT", "/a"));
        assert!(of(json!(["PUT"]), Value::Null).admit("PUT", "/b"));
        assert!(of(Value::Null, Value::Null).are_none());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for bad in [
            json!([]),
            json!({ "allowed_methods": [] }),
            json!({ "allowed_endpoints": [] }),
            json!({ "allowed_methods": ["FETCH"] }),
            json!({ "allowedMethods": ["GET"] }),
            json!({ "allowed_endpoints": ["v1"] }),
            json!({ "allowed_endpoints": ["/a*"] }),
            json!({ "allowed_endpoints": ["/a?b"] }),
            json!({ "allowed_hosts": ["a"] }),
        ] {
            assert!(Restrictions::read(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_sibling_is_never_wider() {
        let wide = of(json!(["GET", "PUT"]), Value::Null);
        assert_eq!(Restrictions::default().within(&wide).unwrap(), wide);
        let narrow = of(json!(["GET"]), json!(["/a"]));
        assert_eq!(narrow.clone().within(&wide).unwrap(), narrow);
        assert!(wide.within(&narrow).is_none());
    }
}
