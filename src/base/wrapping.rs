//! What copying, or a file of variables, leaves round a value without being part of it.

const QUOTES: [char; 9] = ['"', '\'', '`', '“', '”', '‘', '’', '«', '»'];
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Returns the words for what is round a value, or `None` for a bare one. The value itself is not repeated: it may be
/// a credential.
pub(crate) fn words(value: &str) -> Option<&'static str> {
    let at_an_end = |wanted: fn(char) -> bool| value.starts_with(wanted) || value.ends_with(wanted);
    if value.starts_with(BYTE_ORDER_MARK) {
        Some("begins with a byte order mark")
    } else if value.contains(['\n', '\r']) {
        Some("has a line break in it")
    } else if at_an_end(|c| QUOTES.contains(&c)) {
        Some("has a quote round it")
    } else if at_an_end(|c| c.is_whitespace() || c == '\u{200b}') {
        Some("has a blank round it")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_what_is_round_a_value() {
        for (value, named) in [
            ("a", None),
            ("", None),
            ("a b", None),
            ("it's", None),
            ("\u{feff}a", Some("byte order mark")),
            ("a\r", Some("line break")),
            ("a\nb", Some("line break")),
            ("\"a\"", Some("quote")),
            ("a'", Some("quote")),
            ("“a”", Some("quote")),
            (" a", Some("blank")),
            ("a\u{a0}", Some("blank")),
        ] {
            let found = words(value);
            assert_eq!(found.is_some(), named.is_some(), "{value:?}: {found:?}");
            assert!(found.unwrap_or_default().contains(named.unwrap_or_default()), "{value:?}");
        }
    }
}
