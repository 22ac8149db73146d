//! Origins and paths.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::base::failure::Failure;

/// Scheme, host and port: what a credential belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    https: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// Reads `https://host[:port]`, or `http://` of a loopback host. `what` is the flag or variable it came from.
    pub(crate) fn parse(what: &str, url: &str) -> Result<Self, Failure> {
        let refuse = |why: &str| Failure::usage(what, why.to_owned());
        let lower = url.to_ascii_lowercase();
        let (https, rest) = match (lower.strip_prefix("https://"), lower.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(without_scheme(what, url)),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains('@') {
            return Err(refuse("must not hold a user name or password"));
        }
        if authority.contains(['/', '?', '#', '\\']) {
            return Err(refuse("must be an origin: no path, query or fragment"));
        }
        let (host, port) = split_port(authority).ok_or_else(|| refuse("has a bad port"))?;
        if !is_host(host) {
            return Err(refuse("has a bad host name"));
        }
        let origin = Self {
            https,
            host: host.to_owned(),
            port: port.unwrap_or(if https { 443 } else { 80 }),
        };
        if !https && !origin.is_loopback() {
            return Err(refuse("must be https:// (http:// is for loopback hosts only)"));
        }
        Ok(origin)
    }

    /// Whether talking to it needs TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.https
    }

    /// The host, lower-cased, an IPv6 address in brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
            || self.host == "[::1]"
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (scheme, usual) = if self.https { ("https", 443) } else { ("http", 80) };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == usual { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// A loopback host alone is most likely meant as its URL. Another text is not shown again: it may be a secret.
fn without_scheme(what: &str, url: &str) -> Failure {
    let failure = Failure::usage(what, "must begin with https:// (http:// is for loopback hosts)");
    match Origin::parse(what, &format!("http://{url}")) {
        Ok(origin) if !url.contains("://") => failure.fix(format!("write {origin}")),
        _ => failure,
    }
}

fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let after_host = authority.rfind(']').unwrap_or(0);
    match authority[after_host..].split_once(':') {
        None => Some((authority, None)),
        Some((_, port)) => {
            let digits = port.bytes().all(|byte| byte.is_ascii_digit());
            let number = port.parse().ok().filter(|number| digits && *number != 0)?;
            Some((&authority[..authority.len() - port.len() - 1], Some(number)))
        }
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    !host.is_empty()
        && host.len() <= 253
        && !host.starts_with(['.', '-'])
        && host.bytes().all(allowed)
}

/// Whether it is an `http://` or `https://` address: with a host, and without a user name.
pub(crate) fn is_web_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let known = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A browser takes a host in any script.
    let foreign = |letter: char| !letter.is_ascii() && letter.is_alphanumeric();
    known
        && !url.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        && split_port(authority).is_some_and(|(host, _)| is_host(&host.replace(foreign, "x")))
}

/// A text as one segment of a path: `../x` stays one segment.
pub(crate) fn segment(text: &str) -> String {
    // A lone dot or two would be taken for a step in the tree even when they are the whole segment.
    match text {
        "." => "%2E".into(),
        ".." => "%2E%2E".into(),
        _ => encode(text),
    }
}

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as it is written in a query or a form: everything but the unreserved characters encoded.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A percent-encoded text decoded; a `%` without two digits stays; `None` when it is not UTF-8 underneath.
pub(crate) fn decode(text: &str) -> Option<String> {
    String::from_utf8(decode_bytes(text)).ok()
}

/// The bytes of a percent-encoded text; a `%` without two digits stays.
pub(crate) fn decode_bytes(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

/// The pairs of an `application/x-www-form-urlencoded` text; `None` when it is not UTF-8 underneath.
pub(crate) fn form(text: &str) -> Option<Vec<(String, String)>> {
    let decode = |part: &str| decode(&part.replace('+', " "));
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_after_one_parser() {
        let parse = |url| Origin::parse("--base-url", url).map(|origin| origin.to_string()).ok();
        for (url, origin) in [
            ("https://Backend.AlterAuth.com:443/", Some("https://backend.alterauth.com")),
            ("https://h:8443", Some("https://h:8443")),
            ("http://127.9.9.9:80", Some("http://127.9.9.9")),
            ("HTTP://[::1]:4400", Some("http://[::1]:4400")),
            ("http://example.com", None),
            ("http://127.0.0.1.evil.com", None),
            ("https://u:p@h", None),
            ("https://h/x", None),
            ("https://h?x", None),
            ("https://h#x", None),
            ("https://h:0", None),
            ("https://h:99999", None),
            ("https://h:+80", None),
            ("https://", None),
            ("ftp://h", None),
            ("https://h\u{7}", None),
            ("https://[::1", None),
            ("https://[::1]x:1", None),
        ] {
            assert_eq!(parse(url).as_deref(), origin, "{url}");
        }
    }

    #[test]
    fn web_addresses_have_a_scheme_and_a_host() {
        for good in [
            "https://a.example",
            "HTTPS://A.example:8443/x?y#z",
            "http://localhost:3000/a@b:c",
            "http://[::1]:80/",
            "https://b\u{fc}cher.example",
        ] {
            assert!(is_web_url(good), "{good}");
        }
        for bad in [
            "",
            "ftp://a",
            "https://",
            "https:///x",
            "http://@/",
            "http://u@a",
            "http://a:b",
            "http://a:0",
            "http://a:99999",
            "javascript:alert(1)",
            "https://a b",
            "https://a\n",
            "https:/a",
        ] {
            assert!(!is_web_url(bad), "{bad}");
        }
    }

    #[test]
    fn segments_stay_segments() {
        assert_eq!(segment("../x y?#é"), "..%2Fx%20y%3F%23%C3%A9");
        assert_eq!(segment(".."), "%2E%2E");
    }

    #[test]
    fn forms_are_decoded() {
        let pairs = form("a=1+2&b=%C3%A9&c").unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("a", "1 2"), ("b", "é"), ("c", "")]);
        assert!(form("a=%ff").is_none());
        assert_eq!(decode("%zz%4").as_deref(), Some("%zz%4"));
    }
}
