//! The portal's JSON, passed on with its own key order and number text.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

pub use super::json_text::{Element, Elements, compact, elements, entries, pretty};

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
        text(self.path(path)?.get())
    }

    /// Whether it has a key.
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| name == key)
    }

    /// The keys with their values, in the portal's order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// The object with one value replaced, as compact JSON.
    pub fn with(&self, key: &str, replacement: &str) -> String {
        let replaced = |(name, value): (_, &RawValue)| {
            format!(
                "{}:{}",
                quote(name),
                compact(if name == key { replacement } else { value.get() })
            )
        };
        format!("{{{}}}", self.entries().map(replaced).collect::<Vec<_>>().join(","))
    }
}

/// An object without the keys that are not in `wanted`, as compact JSON; `None` when it is no object.
pub fn only(document: &str, wanted: &[String]) -> Option<String> {
    let kept = entries(document)?.filter(|(name, _)| wanted.iter().any(|key| key == name));
    let kept = kept.map(|(name, value)| format!("{}:{}", quote(&name), compact(value)));
    Some(format!("{{{}}}", kept.collect::<Vec<_>>().join(",")))
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
                while let Some(Text(name)) = map.next_key()? {
                    entries.push((name, map.next_value()?));
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// A string of JSON. Half a surrogate pair, which JSON allows and text does not, becomes a replacement character.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Text(String::from_utf8_lossy(bytes)))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(String::from_utf8_lossy(bytes).into_owned())))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// The text of a JSON string; `None` when it is another value.
pub fn text(quoted: &str) -> Option<String> {
    serde_json::from_str(quoted).ok().map(|Text(text)| text.into_owned())
}

/// A string as JSON.
pub fn quote(text: &str) -> String {
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
        assert_eq!(object.path("stats.keys").unwrap().get(), "3");
        assert!(object.path("stats.none").is_none() && object.path("stats.more").is_none());
    }
}
