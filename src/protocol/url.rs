//! The address of a provider call.

use std::fmt::{self, Write};

use crate::base::failure::Failure;
use crate::base::origin::{Origin, encode};

/// Longer ones are refused, encoded and with their query.
const MAX_URL: usize = 65_536;
/// The hosts that need no TLS: fewer than those of the portal's own address.
pub(crate) const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// An absolute address, checked: `https://`, or `http://` to this machine, and no credential in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderUrl {
    origin: Origin,
    path: String,
    query: Option<String>,
}

impl ProviderUrl {
    /// Reads an address; a fragment is dropped. `what` is the flag it came from.
    pub(crate) fn parse(what: &str, text: &str) -> Result<Self, Failure> {
        let refuse = |why: &str| Err(Failure::usage(what, why));
        if text.contains(['{', '}']) {
            return refuse("has a brace in it: fill in the template, or write %7B and %7D");
        }
        if text.chars().any(char::is_control) {
            return refuse("has a control character in it");
        }
        let after_scheme = text.find("://").map_or(0, |at| at + 3);
        let end =
            text[after_scheme..].find(['/', '?', '#']).map_or(text.len(), |at| at + after_scheme);
        let origin = Origin::parse(what, &text[..end])?;
        if !origin.is_https() && !LOOPBACK.contains(&origin.host()) {
            return refuse("may be http:// for localhost, 127.0.0.1 and [::1] only");
        }
        let rest = text[end..].split('#').next().unwrap_or_default();
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        let url = Self {
            origin,
            path: quote(&without_steps(path), " \"<>`"),
            query: query.map(|query| quote(query, " \"<>")),
        };
        if url.to_string().len() > MAX_URL {
            return refuse("is longer than 65536 characters");
        }
        Ok(url)
    }

    /// The same with one more query parameter behind those it has.
    #[must_use]
    pub(crate) fn with_query(mut self, name: &str, value: &str) -> Self {
        let pair = format!("{}={}", encode(name), encode(value));
        self.query = Some(match self.query.take() {
            Some(query) if !query.is_empty() => format!("{query}&{pair}"),
            _ => pair,
        });
        self
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Host and port, as the `Host` header has them.
    pub(crate) fn authority(&self) -> String {
        let origin = self.origin.to_string();
        origin.split_once("://").map_or_else(String::new, |(_, authority)| authority.to_owned())
    }

    /// The path, encoded, from its `/` on.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The query, encoded; empty where there is none.
    pub(crate) fn query(&self) -> &str {
        self.query.as_deref().unwrap_or_default()
    }
}

impl fmt::Display for ProviderUrl {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)?;
        match &self.query {
            Some(query) => write!(f, "?{query}"),
            None => Ok(()),
        }
    }
}

/// Takes `.` and `..` out, so that what is decided about is what is asked for.
fn without_steps(path: &str) -> String {
    let mut resolved: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let step = matches!(segment, "." | "..");
        if segment == ".." {
            resolved.pop();
        } else if !step {
            resolved.push(segment);
        }
        if step && segments.peek().is_none() {
            resolved.push("");
        }
    }
    format!("/{}", resolved.join("/"))
}

/// Percent-encodes what cannot stand in an address; what is encoded already stays.
fn quote(text: &str, unsafe_characters: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if c.is_ascii() && !unsafe_characters.contains(c) {
            out.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        for (text, url) in [
            ("https://API.example.com", Some("https://api.example.com/")),
            ("https://h:443/a b?c=d e#f", Some("https://h/a%20b?c=d%20e")),
            ("https://h/é?ü=%41", Some("https://h/%C3%A9?%C3%BC=%41")),
            ("https://h/a/./b/../c/..", Some("https://h/a/")),
            ("https://h/../../x", Some("https://h/x")),
            ("https://h//a//?", Some("https://h//a//?")),
            ("https://h?q=1", Some("https://h/?q=1")),
            ("http://localhost:4400/x", Some("http://localhost:4400/x")),
            ("http://[::1]:80/", Some("http://[::1]/")),
            ("http://127.0.0.2/", None),
            ("http://localhost./", None),
            ("http://api.example.com/", None),
            ("https://user:pass@h/", None),
            ("https://good.example\\@h/", None),
            ("https://h:70000/", None),
            ("https:///x", None),
            ("//h/x", None),
            ("/x", None),
            ("https://h/{id}", None),
            ("https://h/a\nb", None),
            ("ftp://h/", None),
        ] {
            let found = ProviderUrl::parse("--url", text).map(|url| url.to_string());
            assert_eq!(found.as_deref().ok(), url, "{text}");
        }
        assert!(ProviderUrl::parse("--url", &format!("https://h/{}", "é".repeat(11_000))).is_err());
    }

    #[test]
    fn parameters_are_added() {
        let url = |text| ProviderUrl::parse("--url", text).unwrap().with_query("k e", "a&b");
        assert_eq!(url("https://h/").to_string(), "https://h/?k%20e=a%26b");
        assert_eq!(url("https://h/?keep=1").to_string(), "https://h/?keep=1&k%20e=a%26b");
    }
}
