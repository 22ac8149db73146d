//! JSON walked as text: elements, entries, tokens. Nothing here checks: what is walked was checked when it was read.

use std::borrow::Cow;

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
pub struct Element<'a> {
    /// Its text.
    pub text: &'a str,
    /// Whether there is no white space between its tokens.
    tight: bool,
}

impl<'a> Element<'a> {
    /// Its text without the white space between its tokens.
    pub fn compact(self) -> Cow<'a, str> {
        if self.tight { Cow::Borrowed(self.text) } else { compact(self.text) }
    }
}

/// The elements of an array, found one by one: there may be millions.
#[derive(Clone, Debug, Default)]
pub struct Elements<'a>(&'a str);

/// The elements of a document; `None` when it is no array.
pub fn elements(document: &str) -> Option<Elements<'_>> {
    document.trim_start_matches(BLANKS).strip_prefix('[').map(Elements)
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let rest = self.0.trim_start_matches(BLANKS);
        if rest.starts_with(']') || rest.is_empty() {
            return None;
        }
        let (length, tight) = value(rest.as_bytes());
        let (text, rest) = rest.split_at_checked(length)?;
        let rest = rest.trim_start_matches(BLANKS);
        self.0 = rest.strip_prefix(',').unwrap_or(rest);
        Some(Element { text, tight })
    }
}

/// The keys of an object with their values, found one by one; `None` when it is no object.
pub fn entries(document: &str) -> Option<impl Iterator<Item = (Cow<'_, str>, &str)> + Clone> {
    let inside = document.trim_start_matches(BLANKS).strip_prefix('{')?;
    Some(Entries(inside))
}

#[derive(Clone, Debug)]
struct Entries<'a>(&'a str);

impl<'a> Iterator for Entries<'a> {
    type Item = (Cow<'a, str>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_start_matches(BLANKS);
        if !rest.starts_with('"') {
            return None;
        }
        let (key, rest) = rest.split_at_checked(string_length(rest.as_bytes()))?;
        let rest = rest.trim_start_matches(BLANKS).strip_prefix(':')?;
        let rest = rest.trim_start_matches(BLANKS);
        let (text, rest) = rest.split_at_checked(value(rest.as_bytes()).0)?;
        let rest = rest.trim_start_matches(BLANKS);
        self.0 = rest.strip_prefix(',').unwrap_or(rest);
        Some((unquoted(key), text))
    }
}

fn unquoted(key: &str) -> Cow<'_, str> {
    let plain = key.get(1..key.len().saturating_sub(1)).unwrap_or_default();
    if !plain.contains('\\') {
        return Cow::Borrowed(plain);
    }
    super::json::text(key).map_or(Cow::Borrowed(plain), Cow::Owned)
}

/// The length of the value that a text begins with, and whether it has no white space between its tokens.
fn value(bytes: &[u8]) -> (usize, bool) {
    let (mut at, mut depth, mut tight) = (0, 0_usize, true);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += string_length(&bytes[at..]);
                if depth == 0 {
                    return (at, tight);
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 1 => depth -= 1,
            b'}' | b']' if depth == 1 => return (at + 1, tight),
            b' ' | b'\n' | b'\r' | b'\t' if depth > 0 => tight = false,
            b'}' | b']' | b',' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => break,
            _ => {}
        }
        at += 1;
    }
    (at, tight)
}

/// A document without the white space between its tokens.
pub fn compact(document: &str) -> Cow<'_, str> {
    let blank = |byte: u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    if !document.bytes().any(blank) {
        return Cow::Borrowed(document);
    }
    Cow::Owned(Tokens(document).collect())
}

/// A document laid out with two blanks a level, piece by piece; its first line stands `depth` levels deep already.
pub fn pretty(document: &str, depth: usize) -> impl Iterator<Item = &str> {
    let (mut depth, mut tokens) = (depth, Tokens(document).peekable());
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

const BLANKS: [char; 4] = [' ', '\n', '\r', '\t'];

/// The tokens of a document.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_start_matches(BLANKS);
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

/// The length of the string that a text begins with, its quotes included.
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
            pretty(SPACED, 0).collect::<String>(),
            "{\n  \"b\": [\n    1E5,\n    12345678901234567890.10,\n    {}\n  ],\n  \"a\": \"x \\\" }\",\n  \"e\": []\n}"
        );
    }

    #[test]
    fn finds_elements_and_entries() {
        let document = r#" [ 1,"a, ]" , {"x":[1,2]},{ "y" : "\"}" }, [], null ] "#;
        let found: Vec<_> = elements(document).unwrap().map(|element| element.text).collect();
        assert_eq!(found, ["1", r#""a, ]""#, r#"{"x":[1,2]}"#, r#"{ "y" : "\"}" }"#, "[]", "null"]);
        let compact: Vec<_> = elements(document).unwrap().map(Element::compact).collect();
        assert_eq!(compact[3], r#"{"y":"\"}"}"#);
        assert!(elements("[ ]").unwrap().next().is_none() && elements("{}").is_none());
        let found: Vec<_> = entries(SPACED).unwrap().collect();
        assert_eq!(found[1], (Cow::Borrowed("a"), r#""x \" }""#));
        assert_eq!(found.len(), 3);
        let escaped: Vec<_> = entries(r#"{"\u0061\"":1}"#).unwrap().collect();
        assert_eq!(escaped, [(Cow::Borrowed("a\""), "1")]);
    }
}
