//! JSON walked as text: elements, entries, tokens. Nothing here checks: what is walked was checked when it was read.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use memchr::{memchr, memchr3};
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

use super::byte_scan::before_quote_or_backslash;

/// Deeper levels are not indented further, so that an answer made of brackets stays small in print.
const MAX_INDENT: usize = 64;

/// A line break with the deepest indentation behind it.
const BREAK: &str = concat!(
    "\n",
    "                                                                ",
    "                                                                "
);

/// One element of an array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    /// Its text.
    pub(crate) text: &'a str,
}

/// The elements of an array, found one by one: there may be millions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Elements<'a> {
    document: &'a str,
    at: usize,
    measured: Option<Measured>,
}

/// How long each element is, where that is known: then nobody has to look for their ends.
#[derive(Clone, Debug)]
struct Measured {
    /// Four bytes for each element, since an element may have no more than two.
    lengths: Rc<Vec<u32>>,
    next: usize,
}

/// The elements of a document; `None` when it is no array.
pub(crate) fn elements(document: &str) -> Option<Elements<'_>> {
    let start = skip_blanks(document.as_bytes(), 0);
    (document.as_bytes().get(start) == Some(&b'[')).then_some(Elements {
        document,
        at: start + 1,
        measured: None,
    })
}

impl<'a> Elements<'a> {
    /// Those of an array somewhere in a document, which begin with `first` and are of these lengths.
    pub(crate) fn measured(document: &'a str, first: &str, lengths: Vec<u32>) -> Self {
        let at = first.as_ptr().addr().saturating_sub(document.as_ptr().addr());
        Self { document, at, measured: Some(Measured { lengths: Rc::new(lengths), next: 0 }) }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let bytes = self.document.as_bytes();
        let start = skip_blanks(bytes, self.at);
        let length = match &mut self.measured {
            Some(measured) => {
                let length = *measured.lengths.get(measured.next)?;
                measured.next += 1;
                length as usize
            }
            None if matches!(bytes.get(start), None | Some(b']')) => return None,
            None => value_length(&bytes[start..]),
        };
        let text = self.document.get(start..start + length)?;
        self.at = skip_comma(bytes, start + length);
        Some(Element { text })
    }
}

/// The keys of an object with their values, found one by one; `None` when it is no object.
pub(crate) fn entries(
    document: &str,
) -> Option<impl Iterator<Item = (Cow<'_, str>, &str)> + Clone> {
    let start = skip_blanks(document.as_bytes(), 0);
    (document.as_bytes().get(start) == Some(&b'{')).then_some(Entries { document, at: start + 1 })
}

#[derive(Clone, Debug)]
struct Entries<'a> {
    document: &'a str,
    at: usize,
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Cow<'a, str>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.document.as_bytes();
        let key = skip_blanks(bytes, self.at);
        if bytes.get(key) != Some(&b'"') {
            return None;
        }
        let name = quoted(&bytes[key..]);
        let key_end = key + name.length;
        let colon = skip_blanks(bytes, key_end);
        let value = skip_blanks(bytes, colon + 1);
        let value_end = value + value_length(bytes.get(value..)?);
        self.at = skip_comma(bytes, value_end);
        let name = if name.escaped {
            text(self.document.get(key..key_end)?)?
        } else {
            Cow::Borrowed(self.document.get(key + 1..key_end - 1)?)
        };
        Some((name, self.document.get(value..value_end)?))
    }
}

/// The length of the value that a text begins with.
fn value_length(bytes: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += quoted(&bytes[at..]).length;
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 1 => depth -= 1,
            b'}' | b']' if depth == 1 => return at + 1,
            b'}' | b']' | b',' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => break,
            _ => {}
        }
        at += 1;
    }
    at
}

/// A document without the white space between its tokens.
pub(crate) fn compact(document: &str) -> Cow<'_, str> {
    let bytes = document.as_bytes();
    if memchr3(b' ', b'\n', b'\t', bytes).is_none() && memchr(b'\r', bytes).is_none() {
        return Cow::Borrowed(document);
    }
    Cow::Owned(Tokens { document, at: 0 }.collect())
}

/// A document laid out with two blanks a level, piece by piece; its first line stands `depth` levels deep already.
pub(crate) fn pretty(document: &str, depth: usize) -> impl Iterator<Item = &str> {
    let (mut depth, mut tokens) = (depth, Tokens { document, at: 0 }.peekable());
    let mut pending = [""; 2];
    std::iter::from_fn(move || {
        if let Some(piece) = pending.iter_mut().find(|piece| !piece.is_empty()) {
            return Some(std::mem::take(piece));
        }
        let token = tokens.next()?;
        let closes = tokens.peek().is_some_and(|next| matches!(*next, "}" | "]"));
        match token {
            "{" | "[" if closes => pending = [tokens.next().unwrap_or_default(), ""],
            "{" | "[" => {
                depth += 1;
                pending = [line(depth), ""];
            }
            "}" | "]" => {
                depth = depth.saturating_sub(1);
                pending = [token, ""];
                return Some(line(depth));
            }
            "," => pending = [line(depth), ""],
            ":" => return Some(": "),
            _ => {}
        }
        Some(token)
    })
}

fn line(depth: usize) -> &'static str {
    &BREAK[..=2 * depth.min(MAX_INDENT)]
}

/// Where the blanks end that begin at a place, if there are any.
fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// Where the next element or entry begins, or the end is.
fn skip_comma(bytes: &[u8], at: usize) -> usize {
    let at = skip_blanks(bytes, at);
    at + usize::from(bytes.get(at) == Some(&b','))
}

/// The tokens of a document.
struct Tokens<'a> {
    document: &'a str,
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.document.as_bytes();
        let start = skip_blanks(bytes, self.at);
        let rest = bytes.get(start..)?;
        let length = match rest.first()? {
            b'"' => quoted(rest).length,
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ => value_length(rest),
        };
        self.at = start + length;
        self.document.get(start..self.at)
    }
}

/// A string that a text begins with.
struct Quoted {
    /// How long it is, its quotes included.
    length: usize,
    /// Whether anything in it is escaped.
    escaped: bool,
}

fn quoted(bytes: &[u8]) -> Quoted {
    let (mut at, mut escaped) = (1, false);
    loop {
        at += before_quote_or_backslash(&bytes[at.min(bytes.len())..]);
        match bytes.get(at) {
            Some(b'"') => return Quoted { length: at + 1, escaped },
            Some(_) => (at, escaped) = (at + 2, true),
            None => return Quoted { length: bytes.len(), escaped },
        }
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
pub(crate) fn text(quoted: &str) -> Option<Cow<'_, str>> {
    let [b'"', plain @ .., b'"'] = quoted.as_bytes() else {
        return None;
    };
    if memchr(b'\\', plain).is_none() {
        return quoted.get(1..quoted.len() - 1).map(Cow::Borrowed);
    }
    serde_json::from_str(quoted).ok().map(|Text(text)| text)
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
            pretty(SPACED, 0).collect::<String>(),
            "{\n  \"b\": [\n    1E5,\n    12345678901234567890.10,\n    {}\n  ],\n  \"a\": \"x \\\" }\",\n  \"e\": []\n}"
        );
    }

    #[test]
    fn finds_elements_and_entries() {
        let document = r#" [ 1,"a, ]" , {"x":[1,2]},{ "y" : "\"}" }, [], null ] "#;
        let found: Vec<_> = elements(document).unwrap().map(|element| element.text).collect();
        assert_eq!(found, ["1", r#""a, ]""#, r#"{"x":[1,2]}"#, r#"{ "y" : "\"}" }"#, "[]", "null"]);
        let compact: Vec<_> =
            elements(document).unwrap().map(|element| compact(element.text)).collect();
        assert_eq!(compact[3], r#"{"y":"\"}"}"#);
        assert!(elements("[ ]").unwrap().next().is_none() && elements("{}").is_none());
        let found: Vec<_> = entries(SPACED).unwrap().collect();
        assert_eq!(found[1], (Cow::Borrowed("a"), r#""x \" }""#));
        assert_eq!(found.len(), 3);
        let escaped: Vec<_> = entries(r#"{"\u0061\"":1}"#).unwrap().collect();
        assert_eq!(escaped, [(Cow::Borrowed("a\""), "1")]);
    }
}
