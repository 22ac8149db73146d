//! Credentials taken out of text that a person or a log will see.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::RwLock;

use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine};

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

/// The credentials in use, and their base64 forms. They may hold characters that would end a credential in running text.
static IN_USE: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// A part of a text that is hidden, and the words that stand for it.
type Hidden = (Range<usize>, &'static str);

/// Has a credential taken out of all text from now on, to its last character, in whatever spelling a server repeats it.
pub(crate) fn remember(credential: &str) {
    if credential.len() < MIN_IN_USE {
        return;
    }
    if let Ok(mut known) = IN_USE.write() {
        for form in std::iter::once(credential.to_owned()).chain(in_base64(credential)) {
            if !known.contains(&form) {
                known.push(form);
            }
        }
    }
}

/// Returns what base64 makes of a credential, alone or inside a longer text such as `user:credential`: where it begins
/// within a group of three bytes decides the letters, and those that its neighbours share are left out.
fn in_base64(credential: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let bytes = [&b"\0\0"[..before], credential.as_bytes()].concat();
        // Each letter holds six bits.
        let (begin, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        for alphabet in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
            forms.push(alphabet.encode(&bytes)[begin..end].to_owned());
        }
    }
    forms.dedup();
    forms
}

/// Replaces every credential in use, however it is spelled, and all that looks like one of the portal, by its kind.
pub(crate) fn credentials(text: &str) -> Cow<'_, str> {
    let mut hidden = lookalikes(text);
    if let Ok(known) = IN_USE.read() {
        known.iter().for_each(|credential| in_use(text, credential, &mut hidden));
    }
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    // One may begin or end within another: what any of them covers goes.
    hidden.sort_by_key(|(range, _)| (range.start, range.end));
    let (mut out, mut end) = (String::with_capacity(text.len()), 0);
    for (range, words) in hidden {
        if range.start > end || out.is_empty() {
            out.push_str(&text[end..range.start]);
            out.push_str(words);
        }
        end = end.max(range.end);
    }
    out.push_str(&text[end..]);
    Cow::Owned(out)
}

/// Adds the places of a credential in a text. What follows it directly goes too: it may be the beginning of another one.
fn in_use(text: &str, credential: &str, hidden: &mut Vec<Hidden>) {
    let words = if credential.starts_with("alter_") { "alter_[redacted]" } else { "[redacted]" };
    let first = credential.chars().next();
    let begins = |c: char| Some(c) == first || matches!(c, '%' | '&' | '\\' | '+');
    let mut at = 0;
    while let Some(next) = text[at..].find(begins) {
        at += next;
        let rest = &text[at..];
        let Some(length) = spelled(rest, credential) else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let behind = &rest[length..];
        let tail = behind.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(behind.len());
        hidden.push((at..at + length + tail, words));
        at += length + tail;
    }
}

/// Returns the length of a credential at the beginning of a text, as it is or with characters escaped as URLs, HTML
/// and JSON escape them.
fn spelled(text: &str, credential: &str) -> Option<usize> {
    if text.starts_with(credential) {
        return Some(credential.len());
    }
    let mut at = 0;
    for c in credential.chars() {
        at += character(&text[at..], c)?;
    }
    Some(at)
}

/// Returns the length of a character at the beginning of a text, in any of its spellings.
fn character(text: &str, c: char) -> Option<usize> {
    match text.as_bytes().first()? {
        b'%' => in_percent(text, c),
        b'&' => in_html(text, c),
        b'\\' => in_json(text, c),
        b'+' if c == ' ' => Some(1),
        _ => None,
    }
    .or_else(|| text.starts_with(c).then(|| c.len_utf8()))
}

/// `%2f`
fn in_percent(text: &str, c: char) -> Option<usize> {
    let mut bytes = [0; 4];
    let bytes = c.encode_utf8(&mut bytes).bytes();
    let spelled = bytes.enumerate().map(|(at, byte)| {
        let digits = text.get(at * 3..at * 3 + 3)?.strip_prefix('%')?;
        (u8::from_str_radix(digits, 16) == Ok(byte)).then_some(3)
    });
    spelled.sum()
}

/// `&amp;`, `&#38;`, `&#x26;`
fn in_html(text: &str, c: char) -> Option<usize> {
    const NAMES: [(&str, char); 5] =
        [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
    // Numbers may have leading zeros, but not many.
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let number = match name.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => digits.parse().ok(),
        },
        None => NAMES.iter().find(|(known, _)| *known == name).map(|(_, c)| u32::from(*c)),
    };
    (number == Some(u32::from(c))).then_some(end + 1)
}

/// `\"`, `\/`, `\u002f`
fn in_json(text: &str, c: char) -> Option<usize> {
    const NAMES: [(char, char); 5] =
        [('n', '\n'), ('r', '\r'), ('t', '\t'), ('b', '\u{8}'), ('f', '\u{c}')];
    let escaped = text[1..].chars().next()?;
    if matches!(c, '"' | '\\' | '/') && escaped == c || NAMES.contains(&(escaped, c)) {
        return Some(2);
    }
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units).iter().enumerate();
    let spelled = units.map(|(at, unit)| {
        let digits = text.get(at * 6..at * 6 + 6)?.strip_prefix("\\u")?;
        (u16::from_str_radix(digits, 16) == Ok(*unit)).then_some(6)
    });
    spelled.sum()
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

/// Returns the parts of a text that look like the secret part of one of the portal's credentials.
fn lookalikes(text: &str) -> Vec<Hidden> {
    let (mut hidden, mut at) = (Vec::new(), 0);
    while let Some((found, mark)) = first_mark(&text[at..]) {
        let begin = at + found + mark.len();
        let length = text[begin..].find(|c: char| !is_body(c)).unwrap_or(text.len() - begin);
        let least = if mark == OLD_MARK { MIN_OLD_SECRET } else { MIN_SECRET };
        if length >= least {
            hidden.push((begin..begin + length, "[redacted]"));
        }
        at = begin + length;
    }
    hidden
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
    fn hides_the_credential_in_use_in_every_spelling() {
        let secret = "s3cr/t \"<&>'+é\\x";
        remember(secret);
        for spelled in [
            "s3cr/t \"<&>'+é\\x",
            "s3cr%2Ft%20%22%3C%26%3E%27%2B%C3%A9%5Cx",
            "s3cr%2ft+%22%3c%26%3e'%2b%c3%a9%5cx",
            "s3cr/t &quot;&lt;&amp;&gt;&#39;+é\\x",
            "s3cr/t &#34;&#x3C;&#038;&gt;&apos;+&#233;\\x",
            "s3cr\\/t \\\"<&>'+\\u00e9\\\\x",
            "s3cr\\u002Ft \\u0022<\\u0026>\\u0027+é\\u005cx",
        ] {
            assert_eq!(credentials(&format!("({spelled})")), "([redacted])", "{spelled}");
        }
        for before in ["", "u", "us", "user:"] {
            let pair = format!("{before}{secret}{before}");
            for alphabet in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
                let shown = credentials(&alphabet.encode(&pair)).into_owned();
                assert!(shown.contains("[redacted]") && shown.len() < 24, "{before} {shown}");
            }
        }
    }

    #[test]
    fn one_credential_may_begin_or_end_within_another() {
        ["tok_one_and", "tok_one_and_TWO", "TWO_and_three"].into_iter().for_each(remember);
        assert_eq!(credentials("tok_one_and_TWO_and_three."), "[redacted].");
        assert_eq!(credentials("tok_one_andMORE tok_one_and"), "[redacted] [redacted]");
        remember("alter_pat_shorter");
        assert_eq!(credentials("alter_pat_shorterSECRETTAIL x"), "alter_[redacted] x");
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
