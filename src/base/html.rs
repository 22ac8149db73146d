//! What the pages of both programs share: their look, and the escaping of what is put there.

use std::fmt::Write;

use crate::output::escape::is_unsafe;

/// The look of a page with a header and cards, light and dark.
pub(crate) const STYLE: &str = include_str!("html.css");

/// Text that cannot be taken for markup, in content and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // A right-to-left override could make one host name look like another.
            letter if is_unsafe(letter) => escaped.extend(letter.escape_unicode()),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Terms and what they are.
pub(crate) fn facts<T: AsRef<str>>(facts: &[(&str, T)]) -> String {
    let rows = facts.iter().fold(String::new(), |mut rows, (term, text)| {
        let _ = writeln!(rows, "<dt>{term}</dt><dd>{}</dd>", escape(text.as_ref()));
        rows
    });
    format!("<dl>\n{rows}</dl>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escapes_its_place() {
        assert_eq!(escape("<b a=\"'&"), "&lt;b a=&quot;&#39;&amp;");
        assert_eq!(escape("a\u{202e}b\u{1b}"), "a\\u{202e}b\\u{1b}");
        assert!(facts(&[("Name", "<")]).contains("<dt>Name</dt><dd>&lt;</dd>"));
    }
}
