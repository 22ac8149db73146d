//! The portal's JSON, passed on with its own key order and number text.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

pub(crate) use super::json_text::{Element, Elements, compact, elements, entries, pretty, text};

/// One JSON object whose values are still text.
#[derive(Debug)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Object<'a> {
    /// Reads a document that must be an object.
    pub(crate) fn parse(document: &'a str) -> Option<Self> {
        Self::checked(serde_json::from_str::<&RawValue>(document).ok()?.get())
    }

    /// The object that a document is which was checked when it was read.
    fn checked(document: &'a str) -> Option<Self> {
        Some(Self(entries(document)?.collect()))
    }

    /// The same with only the entries of these keys.
    pub(crate) fn with_keys(document: &'a str, keys: &[impl AsRef<str>]) -> Option<Self> {
        // Most other keys have other lengths, which takes less time to see than to compare them.
        let bit = |key: &str| 1_u64 << key.len().min(63);
        let lengths = keys.iter().fold(0, |lengths, key| lengths | bit(key.as_ref()));
        let mut kept = Vec::with_capacity(keys.len());
        for (key, value) in entries(document)? {
            if lengths & bit(&key) != 0 && keys.iter().any(|wanted| wanted.as_ref() == key) {
                kept.push((key, value));
            }
        }
        Some(Self(kept))
    }

    /// The value of a top-level key; of a key given twice, the last.
    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    /// The value at a path such as `stats.keys`; `None` when it is missing or null.
    pub(crate) fn path(&self, path: &str) -> Option<&'a str> {
        let found = if let Some(found) = self.get(path) {
            found
        } else {
            let (key, rest) = path.split_once('.')?;
            Object::checked(self.get(key)?)?.path(rest)?
        };
        (found != "null").then_some(found)
    }

    /// The string at a path.
    pub(crate) fn string(&self, path: &str) -> Option<String> {
        self.text(path).map(Cow::into_owned)
    }

    /// The same, copied only where it was escaped.
    pub(crate) fn text(&self, path: &str) -> Option<Cow<'a, str>> {
        text(self.path(path)?)
    }

    /// Whether it has a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| name == key)
    }

    /// The keys with their values, in the portal's order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// The object with one value replaced, as compact JSON.
    pub(crate) fn with(&self, key: &str, replacement: &str) -> String {
        let replaced = |(name, value): (_, &str)| {
            format!("{}:{}", quote(name), compact(if name == key { replacement } else { value }))
        };
        format!("{{{}}}", self.entries().map(replaced).collect::<Vec<_>>().join(","))
    }
}

/// An object without the keys that are not in `wanted`, as compact JSON; `None` when it is no object.
pub(crate) fn only(document: &str, wanted: &[String]) -> Option<String> {
    let kept = entries(document)?.filter(|(name, _)| wanted.iter().any(|key| key == name));
    let kept = kept.map(|(name, value)| format!("{}:{}", quote(&name), compact(value)));
    Some(format!("{{{}}}", kept.collect::<Vec<_>>().join(",")))
}

/// The elements of an array that is read and checked: where the first is, and how long each of them is.
#[derive(Debug, Default)]
pub(crate) struct Array<'a> {
    first: &'a str,
    lengths: Vec<u32>,
}

impl<'a> Array<'a> {
    /// Its elements, in the document that it was read from.
    pub(crate) fn elements(self, document: &'a str) -> Elements<'a> {
        Elements::measured(document, self.first, self.lengths)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Array<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Array<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut array = Array::default();
                while let Some(element) = seq.next_element::<&RawValue>()? {
                    if array.lengths.is_empty() {
                        array.first = element.get();
                    }
                    let length = u32::try_from(element.get().len()).map_err(A::Error::custom)?;
                    array.lengths.push(length);
                }
                Ok(array)
            }
        }
        deserializer.deserialize_seq(All)
    }
}

/// A string as JSON.
pub(crate) fn quote(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACED: &str =
        "{ \"b\" : [1E5, 12345678901234567890.10 ,{}],\n\t\"a\":\"x \\\" }\" , \"e\":[ ]}";

    #[test]
    fn keeps_only_what_is_asked() {
        let wanted = ["a".into(), "e".into()];
        assert_eq!(only(SPACED, &wanted).as_deref(), Some(r#"{"a":"x \" }","e":[]}"#));
        let object = Object::parse(SPACED).unwrap();
        assert_eq!(object.with("b", "null"), r#"{"b":null,"a":"x \" }","e":[]}"#);
    }

    #[test]
    fn follows_paths() {
        let object = Object::parse(r#"{"stats":{"keys":3,"none":null},"stats.x":1}"#).unwrap();
        assert_eq!(object.path("stats.keys"), Some("3"));
        assert!(object.path("stats.none").is_none() && object.path("stats.more").is_none());
    }
}
