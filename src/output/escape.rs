//! Untrusted text made harmless for a terminal.

use std::borrow::Cow;
use std::fmt::Write;

use super::byte_scan::is_printable_ascii;

/// Characters of Unicode's property Default_Ignorable_Code_Point (DerivedCoreProperties.txt), which show as nothing:
/// two texts that look the same could differ by them.
const IGNORABLE: [(char, char); 17] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fff8}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether a terminal might obey this character, hide it, or turn the line round with it.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}')
        || IGNORABLE.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// Shows unsafe characters as `\u{1b}`.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    replace(text, |c, out| {
        let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
    })
}

/// The same of a text that may have been made for it.
pub(crate) fn owned(unescaped: Cow<'_, str>) -> Cow<'_, str> {
    match unescaped {
        Cow::Borrowed(unescaped) => text(unescaped),
        Cow::Owned(unescaped) => match text(&unescaped) {
            Cow::Owned(escaped) => Cow::Owned(escaped),
            Cow::Borrowed(_) => Cow::Owned(unescaped),
        },
    }
}

/// Writes unsafe characters of a JSON document as JSON escapes, its own line breaks aside.
///
/// In valid JSON such characters stand only inside strings, so the value stays the same.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    replace(text, |c, out| match c {
        '\n' => out.push('\n'),
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    })
}

/// Shows unsafe characters of raw bytes, keeping line breaks and tabs; bytes that are no text become `\x9b`.
pub(crate) fn raw(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out += &replace(chunk.valid(), |c, out| match c {
            '\n' | '\t' => out.push(c),
            _ => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
        });
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

fn replace(text: &str, show: impl Fn(char, &mut String)) -> Cow<'_, str> {
    // Nearly all text is of these.
    if is_printable_ascii(text.as_bytes()) || !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) {
            show(c, &mut out);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_a_terminal_would_obey() {
        assert_eq!(
            text("a\u{1b}]0;x\u{7}\u{9b}\r\n\u{202e}\u{200b}\u{e0041}z"),
            "a\\u{1b}]0;x\\u{7}\\u{9b}\\u{d}\\u{a}\\u{202e}\\u{200b}\\u{e0041}z"
        );
        assert!(matches!(text("naïve 猫"), Cow::Borrowed(_)));
    }

    #[test]
    fn json_keeps_its_meaning() {
        let shown = json("{\n \"a\": \"\u{9b}\u{e0041}\"\n}");
        assert_eq!(shown, "{\n \"a\": \"\\u009b\\udb40\\udc41\"\n}");
        let value: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(value["a"], "\u{9b}\u{e0041}");
    }

    #[test]
    fn raw_bytes_keep_their_lines() {
        assert_eq!(raw(b"a\tb\n\x1b[2J\x9b"), "a\tb\n\\u{1b}[2J\\x9b");
    }
}
