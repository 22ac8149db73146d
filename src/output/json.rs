//! The portal's JSON, passed on with its own key order and number text.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Deeper levels are not indented further, so that an answer made of brackets stays small in print.
const MAX_INDENT: usize = 64;

/// One JSON object whose values are still text.
#[derive(Debug)]
pub struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads a document that must be an object.
    pub fn parse(document: &'a str) -> Option<Self> {
        serde_json::from_str(document).ok()
    }

    /// The value of a top-level key; of a key given twice, the last.
    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    /// The value at a path such as `stats.keys`; `None` when it is missing or null.
    pub fn path(&self, path: &str) -> Option<&'a RawValue> {
        let found = match path.split_once('.') {
            None => self.get(path)?,
            Some((key, rest)) => return Object::parse(self.get(key)?.get())?.path(rest),
        };
        (found.get() != "null").then_some(found)
    }

    /// The string at a path.
    pub fn string(&self, path: &str) -> Option<String> {
        serde_json::from_str(self.path(path)?.get()).ok()
    }

    /// The keys, in the portal's order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_ref())
    }

    /// The keys with their values, in the portal's order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// The object without the keys that are not in `wanted`, as compact JSON.
    pub fn only(&self, wanted: &[String]) -> String {
        self.written(|name, value| wanted.iter().any(|key| key == name).then(|| value.to_owned()))
    }

    /// The object with one value replaced, as compact JSON.
    pub fn with(&self, key: &str, replacement: &str) -> String {
        self.written(|name, value| Some(if name == key { replacement } else { value }.to_owned()))
    }

    fn written(&self, keep: impl Fn(&str, &str) -> Option<String>) -> String {
        let entries: Vec<String> = self
            .entries()
            .filter_map(|(name, value)| {
                Some(format!("{}:{}", quote(name), compact(&keep(name, value.get())?)))
            })
            .collect();
        format!("{{{}}}", entries.join(","))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(16));
                while let Some(Key(name)) = map.next_key()? {
                    entries.push((name, map.next_value()?));
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// A string as JSON.
pub fn quote(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// The elements of a JSON array, still text.
pub fn array(document: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(document).ok()
}

/// A valid document without the white space between its tokens.
pub fn compact(document: &str) -> Cow<'_, str> {
    let blank = |byte: u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    if !document.bytes().any(blank) {
        return Cow::Borrowed(document);
    }
    let mut out = String::with_capacity(document.len());
    for token in Tokens(document) {
        out.push_str(token);
    }
    Cow::Owned(out)
}

/// A valid document laid out with two blanks a level.
pub fn pretty(document: &str) -> String {
    let mut out = String::with_capacity(document.len() * 2);
    pretty_at(document, 0, &mut out);
    out
}

/// The same, for a value that stands `depth` levels deep in what is being written.
pub fn pretty_at(document: &str, depth: usize, out: &mut String) {
    let mut depth = depth;
    let mut tokens = Tokens(document).peekable();
    while let Some(token) = tokens.next() {
        match token {
            "{" | "[" => {
                out.push_str(token);
                if tokens.peek().is_some_and(|next| matches!(*next, "}" | "]")) {
                    out.push_str(tokens.next().unwrap_or_default());
                } else {
                    depth += 1;
                    line(depth, out);
                }
            }
            "}" | "]" => {
                depth = depth.saturating_sub(1);
                line(depth, out);
                out.push_str(token);
            }
            "," => {
                out.push(',');
                line(depth, out);
            }
            ":" => out.push_str(": "),
            _ => out.push_str(token),
        }
    }
}

fn line(depth: usize, out: &mut String) {
    out.push('\n');
    for _ in 0..depth.min(MAX_INDENT) {
        out.push_str("  ");
    }
}

/// The tokens of a document that is known to be valid.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_start_matches([' ', '\n', '\r', '\t']);
        let first = *rest.as_bytes().first()?;
        let length = match first {
            b'"' => string_length(rest.as_bytes()),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ => rest.find([',', '}', ']', ' ', '\n', '\r', '\t']).unwrap_or(rest.len()),
        };
        let (token, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(token)
    }
}

fn string_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACED: &str =
        "{ \"b\" : [1E5, 12345678901234567890.10 ,{}],\n\t\"a\":\"x \\\" }\" , \"e\":[ ]}";

    #[test]
    fn compacts_and_lays_out() {
        assert_eq!(
            compact(SPACED),
            r#"{"b":[1E5,12345678901234567890.10,{}],"a":"x \" }","e":[]}"#
        );
        assert_eq!(
            pretty(SPACED),
            "{\n  \"b\": [\n    1E5,\n    12345678901234567890.10,\n    {}\n  ],\n  \"a\": \"x \\\" }\",\n  \"e\": []\n}"
        );
    }

    #[test]
    fn keeps_only_what_is_asked() {
        let object = Object::parse(SPACED).unwrap();
        assert_eq!(object.only(&["a".into(), "e".into()]), r#"{"a":"x \" }","e":[]}"#);
        assert_eq!(object.with("b", "null"), r#"{"b":null,"a":"x \" }","e":[]}"#);
    }

    #[test]
    fn follows_paths() {
        let object = Object::parse(r#"{"stats":{"keys":3,"none":null},"stats.x":1}"#).unwrap();
        assert_eq!(object.path("stats.keys").unwrap().get(), "3");
        assert!(object.path("stats.none").is_none() && object.path("stats.more").is_none());
    }
}
