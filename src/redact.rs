//! Credentials taken out of text that a person or a log will see.

use std::borrow::Cow;
use std::sync::RwLock;

/// What the credentials of the portal begin with.
pub const MARKS: [&str; 6] =
    ["alter_pat_", "alter_rk_", "alter_ak_", "alter_dk_", "alter_pk_", "alter_key_"];

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
pub fn remember(credential: &str) {
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
pub fn credentials(text: &str) -> Cow<'_, str> {
    let known = IN_USE.read().map(|known| known.clone()).unwrap_or_default();
    if !text.contains("alter_") && !known.iter().any(|credential| text.contains(credential)) {
        return Cow::Borrowed(text);
    }
    let hide = |text: String, credential: &String| {
        let ours = credential.starts_with("alter_");
        text.replace(credential, if ours { "alter_[redacted]" } else { "[redacted]" })
    };
    Cow::Owned(lookalikes(&known.iter().fold(text.to_owned(), hide)))
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
    fn hides_credentials_wherever_they_stand() {
        assert_eq!(
            credentials(
                "a alter_pat_0123456789abcdef, \"alter_rk_abcdefghijklmnopqrstuv_iwpykn\" alter_rk_abcdefg."
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
