//! Credentials taken out of text that a person or a log will see.

use std::borrow::Cow;
use std::sync::RwLock;

/// What the credentials of the portal begin with.
pub(crate) const MARKS: [&str; 6] =
    ["alter_pat_", "alter_rk_", "alter_ak_", "alter_dk_", "alter_pk_", "alter_key_"];

/// Keys whose values are credentials, in requests and answers.
pub(crate) const SECRET_KEYS: &[&str] = &[
    "access_token",
    "additional_credentials",
    "api_key",
    "client_secret",
    "credential_value",
    "credentials",
    "password",
    "pat",
    "refresh_token",
    "secret",
    "secret_access_key",
    "token",
    "user_token",
    "wallet_client_secret",
];

/// What is left visible of a key's prefix, as the portal itself shows it, is shorter than this.
const MIN_SECRET: usize = 12;

/// What follows the mark of an agent's old key is longer still, and the mark itself is plain words.
const OLD_MARK: &str = "alter_key_";
const MIN_OLD_SECRET: usize = 24;

/// Shorter credentials occur in too much unrelated text.
const MIN_IN_USE: usize = 8;

/// The credentials in use, which may hold characters that would end a credential in running text.
static IN_USE: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// Has a credential taken out of all text from now on, to its last character, also inside JSON.
pub(crate) fn remember(credential: &str) {
    if credential.len() < MIN_IN_USE {
        return;
    }
    let quoted = serde_json::to_string(credential).unwrap_or_default();
    if let Ok(mut known) = IN_USE.write() {
        known.push(credential.to_owned());
        known.push(quoted.trim_matches('"').to_owned());
    }
}

/// Replaces every credential in use, and all that looks like one of the portal, by its kind.
pub(crate) fn credentials(text: &str) -> Cow<'_, str> {
    let known = IN_USE.read().ok();
    let known = known.as_deref().map_or(&[][..], Vec::as_slice);
    if !text.contains("alter_") && !known.iter().any(|credential| text.contains(credential)) {
        return Cow::Borrowed(text);
    }
    let hide = |text: String, credential: &String| {
        let ours = credential.starts_with("alter_");
        text.replace(credential, if ours { "alter_[redacted]" } else { "[redacted]" })
    };
    Cow::Owned(lookalikes(&known.iter().fold(text.to_owned(), hide)))
}

/// Whether a text has a credential in it, or what looks like one.
pub(crate) fn holds_credential(text: &str) -> bool {
    credentials(text) != text
}

/// Text that need not be whole or JSON at all, without what stands under a secret's key and without credentials.
pub(crate) fn loose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, value)) = secret_value(rest) {
        out.push_str(before);
        out.push_str("[redacted]");
        rest = value;
    }
    out.push_str(rest);
    credentials(&out).into_owned()
}

/// The text up to the next value under a secret's key, and what follows that value.
fn secret_value(text: &str) -> Option<(&str, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let starts = SECRET_KEYS.iter().flat_map(|key| {
        let found = text.match_indices(key).map(|(at, key)| (at, at + key.len()));
        found.filter(|(at, end)| {
            !text[..*at].ends_with(is_word) && !text[*end..].starts_with(is_word)
        })
    });
    let values = starts.filter_map(|(_, end)| {
        let behind = text[end..].trim_start_matches(['"', '\'', '\\', ' ']);
        let value = behind.strip_prefix([':', '='])?.trim_start();
        (!value.is_empty() && !value.starts_with("null")).then_some(value)
    });
    let value = values.max_by_key(|value| value.len())?;
    let before = &text[..text.len() - value.len()];
    let after = match value.chars().next()? {
        // Nothing says where a list or an object ends that need not be whole.
        '{' | '[' => "",
        '"' => quoted_end(value).map_or("", |end| &value[end..]),
        _ => value.find([',', '}', '&', '\n']).map_or("", |end| &value[end..]),
    };
    Some((before, after))
}

/// Where a quoted string that a text begins with ends, the quote behind it included.
fn quoted_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    let end = text[1..].find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map(|end| end + 2)
}

fn lookalikes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, mark)) = first_mark(rest) {
        let (before, found) = rest.split_at(at + mark.len());
        let length = found.find(|c: char| !is_body(c)).unwrap_or(found.len());
        out.push_str(before);
        let least = if mark == OLD_MARK { MIN_OLD_SECRET } else { MIN_SECRET };
        out.push_str(if length < least { &found[..length] } else { "[redacted]" });
        rest = &found[length..];
    }
    out.push_str(rest);
    out
}

fn first_mark(text: &str) -> Option<(usize, &'static str)> {
    text.match_indices("alter_").find_map(|(at, _)| {
        MARKS.iter().find(|mark| text[at..].starts_with(**mark)).map(|mark| (at, *mark))
    })
}

/// A PAT may be any printable ASCII; what ends a word, a string or a tag ends it here.
fn is_body(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '`' | '<' | '>' | ',' | '&' | '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_the_credential_in_use_to_its_end() {
        remember("alter_pat_a\"b,c");
        assert_eq!(credentials("x alter_pat_a\"b,c y"), "x alter_[redacted] y");
    }

    #[test]
    fn hides_what_stands_under_a_secrets_key() {
        for (text, hidden) in [
            (r#"{"id":1,"secret":"abc","x":2}"#, r#"{"id":1,"secret":[redacted],"x":2}"#),
            (r#"{"secret":"a\"b\\","x":2}"#, r#"{"secret":[redacted],"x":2}"#),
            (r#"{"secret" : "ab"#, r#"{"secret" : [redacted]"#),
            (r#"{"credentials":{"a":"b"},"x":2}"#, r#"{"credentials":[redacted]"#),
            ("token=abc&x=1 password: p", "token=[redacted]&x=1 password: [redacted]"),
            (
                r#"{"secret":null,"secret_id":"a","my_token":"b"}"#,
                r#"{"secret":null,"secret_id":"a","my_token":"b"}"#,
            ),
            (r#"x" {\"pat\": \"abc\"}"#, r#"x" {\"pat\": [redacted]}"#),
        ] {
            assert_eq!(loose(text), hidden, "{text}");
        }
    }

    #[test]
    fn hides_credentials_wherever_they_stand() {
        assert_eq!(
            credentials(
                "a alter_pat_0123456789abcdef, \"alter_rk_bcdefghijklmnopqrstuvw_iwpykn\" alter_rk_abcdefg."
            ),
            "a alter_pat_[redacted], \"alter_rk_[redacted]\" alter_rk_abcdefg."
        );
        let (name, key) =
            ("alter_key_rotation_bot", "alter_key_0123456789012345678901234567890123456789");
        assert_eq!(credentials(name), name);
        assert_eq!(credentials(key), "alter_key_[redacted]");
        assert!(matches!(credentials("nothing"), Cow::Borrowed(_)));
    }
}
