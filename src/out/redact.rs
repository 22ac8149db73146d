//! Credentials taken out of text that a person or a log will see.

use std::borrow::Cow;

const MARKS: [&str; 6] = [
    "alter_pat_",
    "alter_rk_",
    "alter_ak_",
    "alter_dk_",
    "alter_pk_",
    "alter_key_",
];

/// What is left visible of a key's prefix, as the portal itself shows it, is shorter than this.
const SHORTEST_SECRET: usize = 12;

/// Replaces everything that looks like a credential of the portal by its kind.
pub fn credentials(text: &str) -> Cow<'_, str> {
    if !text.contains("alter_") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, mark)) = first_mark(rest) {
        let (before, found) = rest.split_at(at + mark.len());
        let length = found.find(|c: char| !is_body(c)).unwrap_or(found.len());
        out.push_str(before);
        out.push_str(if length < SHORTEST_SECRET {
            &found[..length]
        } else {
            "[redacted]"
        });
        rest = &found[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn first_mark(text: &str) -> Option<(usize, &'static str)> {
    MARKS
        .iter()
        .filter_map(|mark| text.find(mark).map(|at| (at, *mark)))
        .min()
}

/// A PAT may be any printable ASCII; what ends a word, a string or a tag ends it here.
fn is_body(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '`' | '<' | '>' | ',' | '&' | '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_credentials_wherever_they_stand() {
        assert_eq!(
            credentials(
                "a alter_pat_0123456789abcdef, \"alter_rk_abcdefghijklmnopqrstuv_iwpykn\" alter_rk_abcdefg."
            ),
            "a alter_pat_[redacted], \"alter_rk_[redacted]\" alter_rk_abcdefg."
        );
        assert!(matches!(credentials("nothing"), Cow::Borrowed(_)));
    }
}
