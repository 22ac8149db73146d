//! The target of a request as it is signed: the path decoded, the query sorted and encoded one way.

use crate::base::origin::{decode_bytes, encode};

/// The signed form of a target; what goes over the wire stays as it is.
pub(crate) fn canonical(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = decode(path);
    if query.is_empty() {
        return path;
    }
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect();
    pairs.sort();
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", form(name), form(value))).collect();
    format!("{path}?{}", pairs.join("&"))
}

/// Percent-decodes; what is no UTF-8 underneath becomes U+FFFD.
pub(crate) fn decode(text: &str) -> String {
    String::from_utf8_lossy(&decode_bytes(text)).into_owned()
}

/// `application/x-www-form-urlencoded`: a space is `+`.
fn form(text: &str) -> String {
    encode(text).replace("%20", "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_have_one_signed_form() {
        for (wire, signed) in [
            (
                "/sdk/agents?offset=0&limit=100&include_revoked=false",
                "/sdk/agents?include_revoked=false&limit=100&offset=0",
            ),
            (
                "/sdk/provider-specs/managed/post%3A%2Femails/operations?search=a+b%2Fc&limit=10&empty=",
                "/sdk/provider-specs/managed/post:/emails/operations?empty=&limit=10&search=a+b%2Fc",
            ),
            ("/sdk/x?b=2&a=2&a=1&c", "/sdk/x?a=1&a=2&b=2&c="),
            ("/sdk/x?q=%C3%A9~*-._ %20", "/sdk/x?q=%C3%A9~%2A-._++"),
            ("/sdk/scopes?", "/sdk/scopes"),
            ("/sdk/x?&", "/sdk/x?"),
            ("/sdk/a+b%ff%2", "/sdk/a+b\u{fffd}%2"),
            ("/x?\u{ff5e}=1&\u{1f600}=2&a;b=3", "/x?a%3Bb=3&%EF%BD%9E=1&%F0%9F%98%80=2"),
            ("/x?a?b=c=d", "/x?a%3Fb=c%3Dd"),
        ] {
            assert_eq!(canonical(wire), signed, "{wire}");
        }
    }
}
