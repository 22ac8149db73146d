//! Texts that must have a form: addresses, hosts, header names, URLs and the like. Each check stands once and decides for
//! both the command line and the emulator.

use super::{address, runtime_scopes};
use crate::base::origin::{Origin, is_web_url};

/// A form that a text must have.
#[derive(Debug)]
pub struct Format {
    /// Its name, as OpenAPI and the `type` of a 422 have it.
    pub name: &'static str,
    /// The most characters.
    pub most: usize,
    /// A regular expression that every text of the form matches, and few others do; OpenAPI has it.
    pub pattern: &'static str,
    /// Returns what is wrong with a text that is neither empty nor too long: `must be …`.
    pub check: fn(&str) -> Result<(), String>,
}

/// Headers that no credential may be put into, as the runtime protocol lists them.
pub const FORBIDDEN_HEADERS: &[&str] = crate::protocol::token::FORBIDDEN_HEADERS;

/// An address, or a range of them in CIDR notation; bits behind the length may be set.
pub const CIDR: Format = Format {
    name: "cidr",
    most: 49,
    pattern: r"^[0-9A-Fa-f.:]+(/[1-9][0-9]{0,2})?$",
    check: |text| match address::Range::parse(text) {
        None => refuse("is not a CIDR block such as 10.0.0.0/8"),
        Some(range) if range.is_everyone() => refuse("is /0, which allows every address"),
        Some(_) => Ok(()),
    },
};

/// An exact host, or `*.` and a domain of at least two labels.
pub const HOST: Format = Format {
    name: "host",
    most: 253,
    pattern: r"^(\*\.[A-Za-z0-9-]+\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
    check: |host| {
        let (domain, least) = match host.strip_prefix("*.") {
            Some(domain) => (domain, 2),
            None => (host, 1),
        };
        let labels: Vec<&str> = domain.split('.').collect();
        let formed = labels.len() >= least && labels.iter().all(|label| is_label(label));
        require(
            formed,
            "must be a host, or *. and a domain of at least two labels, without scheme, port and path",
        )
    },
};

/// The name of a header that may carry a credential: an HTTP token.
pub const HEADER: Format = Format {
    name: "header",
    most: 60,
    pattern: r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
    check: |name| {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if !name.bytes().all(token) {
            return refuse("is not the name of an HTTP header");
        }
        let plain = name.to_ascii_lowercase();
        if crate::protocol::inject::is_framing(&plain)
            || FORBIDDEN_HEADERS.contains(&plain.as_str())
        {
            return Err(format!("must not be `{plain}`, which carries no credential"));
        }
        Ok(())
    },
};

/// The value of a header that carries a credential: it holds `{token}`, unless it asks for an AWS signature.
pub const INJECTION: Format = Format {
    name: "format",
    most: 200,
    pattern: r"^[^\r\n\x00]*\{token\}[^\r\n\x00]*$|^AWS4-HMAC-SHA256[^\r\n\x00]*$",
    check: |format| {
        use crate::protocol::token::{PLACE, SIGV4};
        one_line(format)?;
        require(
            format.contains(PLACE) || format.starts_with(SIGV4),
            "must hold {token}, where the credential goes",
        )
    },
};

/// A scope of runtime keys.
pub const RUNTIME_SCOPE: Format = Format {
    name: "scope",
    most: 200,
    pattern: r"^(\*|[a-z_]+:[a-z*]+(:[^:]+)?)$",
    check: runtime_scopes::check,
};

/// The name of an agent.
pub const AGENT_NAME: Format = Format {
    name: "agent_name",
    most: 63,
    pattern: r"^[a-z0-9][a-z0-9_-]*$",
    check: |name| {
        let first = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let formed = name.bytes().all(|byte| first(byte) || b"-_".contains(&byte));
        require(
            formed && name.bytes().next().is_some_and(first),
            "must be lower-case letters, digits, `-` and `_`, beginning with a letter or digit",
        )
    },
};

/// A color as `#RRGGBB`.
pub const COLOR: Format = Format {
    name: "color",
    most: 7,
    pattern: r"^#[0-9A-Fa-f]{6}$",
    check: |color| {
        let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6);
        let formed =
            digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        require(formed, "must be #RRGGBB")
    },
};

/// A UUID.
pub const UUID: Format = Format {
    name: "uuid",
    most: 36,
    pattern: r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
    check: |id| {
        let formed = id.len() == 36
            && id.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        require(formed, "must be a UUID, such as 0f8fad5b-d9cb-469f-a165-70867728950e")
    },
};

/// An `http://` or `https://` address.
pub const WEB_URL: Format = Format {
    name: "url",
    most: MAX_URL,
    pattern: r"^https?://[^\s]+$",
    check: |url| require(is_web_url(url), "must be an http:// or https:// address"),
};

/// An `https://` address.
pub const HTTPS_URL: Format = Format {
    name: "url",
    most: MAX_URL,
    pattern: r"^https?://[^\s]+$",
    check: |url| {
        require(is_web_url(url) && url.starts_with("https://"), "must be an https:// address")
    },
};

/// An address that others are sent to: `https://`, or `http://` on this machine.
pub const SECURE_URL: Format =
    Format { name: "url", most: MAX_URL, pattern: r"^https?://[^\s]+$", check: secure_url };

/// The URL of an issuer of identities: without the address of its document, query and fragment.
pub const ISSUER: Format = Format {
    name: "issuer",
    most: MAX_URL,
    pattern: r"^https?://[^\s?#\\]+$",
    check: |url| {
        secure_url(url)?;
        if url.contains("/.well-known") {
            return refuse(
                "is the address of a document: give the issuer, the part before /.well-known/",
            );
        }
        require(!url.contains(['?', '#', '\\']), "must have no query and no fragment")
    },
};

const MAX_URL: usize = 2048;

/// Returns scheme, host and port of a URL that is https, or on this machine.
#[cfg(feature = "portal")]
pub(crate) fn secure_origin(url: &str) -> Option<Origin> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    Origin::parse("url", &format!("{scheme}://{authority}")).ok()
}

fn secure_url(url: &str) -> Result<(), String> {
    let begin = url.find("://").map_or(url.len(), |at| at + 3);
    let end = url[begin..].find(['/', '?', '#']).map_or(url.len(), |at| begin + at);
    Origin::parse("", &url[..end]).map_err(|failure| failure.why().to_owned())?;
    let blank = url.chars().any(|c| c.is_control() || c.is_whitespace());
    require(!blank, "has a blank or a control character in it")
}

/// Refuses a text of several lines, and one with NUL in it.
pub fn one_line(text: &str) -> Result<(), String> {
    require(!text.contains(['\r', '\n', '\0']), "must not have a line break or NUL")
}

fn is_label(label: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(known)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn require(formed: bool, why: &str) -> Result<(), String> {
    if formed { Ok(()) } else { refuse(why) }
}

fn refuse(why: &str) -> Result<(), String> {
    Err(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(format: &Format, good: &[&str], bad: &[&str]) {
        let name = format.name;
        for text in good {
            assert_eq!((format.check)(text), Ok(()), "{name} {text}");
        }
        for text in bad {
            assert!((format.check)(text).is_err(), "{name} {text}");
        }
    }

    #[test]
    fn forms_decide() {
        judged(
            &CIDR,
            &["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::1/128", "10.1.2.3/8"],
            &[
                "",
                "0.0.0.0/0",
                "::/0",
                "::ffff:0:0/96",
                "10.0.0.0/33",
                "10.0.0.0/08",
                "10/8",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "1.0.0.0/+8",
                "host",
                "10.0.0.0/8 ",
            ],
        );
        judged(
            &HOST,
            &["API.stripe.com", "*.stripe.com", "localhost", "127.0.0.1"],
            &[
                "",
                "*",
                "*.com",
                "**.a.b",
                "a.*.b",
                "https://a.b",
                "a.b:443",
                "a.b/c",
                "a..b",
                "-a.b",
                "a b",
                "a@b",
                "é.com",
            ],
        );
        judged(
            &HEADER,
            &["Authorization", "X-API-Key", "api-key", "X_Key"],
            &[
                "a b",
                "a:b",
                "é",
                "Host",
                "content-LENGTH",
                "Connection",
                "Transfer-Encoding",
                "Cookie",
                "Expect",
            ],
        );
        judged(
            &INJECTION,
            &["Bearer {token}", "{token}", "AWS4-HMAC-SHA256"],
            &["", "Bearer", "{token}\r\nX: y", "{ token }"],
        );
        judged(&AGENT_NAME, &["a", "0_b-c"], &["", "-a", "A", "é", "a b"]);
        judged(&COLOR, &["#1a2B3c"], &["", "#12345", "123456", "#12345g", "#1234567"]);
        judged(
            &UUID,
            &["0f8fad5b-d9cb-469f-a165-70867728950e"],
            &["", "0f8fad5bd9cb469fa16570867728950e", "0f8fad5b-d9cb-469f-a165-70867728950g"],
        );
        judged(
            &WEB_URL,
            &["http://a.example", "https://a/b?c"],
            &["", "ftp://a", "https://", "https://a b"],
        );
        judged(&HTTPS_URL, &["https://a/b"], &["http://a", "https://", "http://localhost"]);
        judged(
            &SECURE_URL,
            &["https://a/b?c#d", "http://127.0.0.1:1/x"],
            &["http://a", "https://u@a", "x"],
        );
        judged(
            &ISSUER,
            &["https://a.okta.com", "http://localhost:8080/i"],
            &[
                "https://a/.well-known/openid-configuration",
                "https://a?b",
                "https://a#b",
                "http://a",
            ],
        );
    }
}
