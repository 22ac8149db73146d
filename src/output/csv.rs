//! Comma-separated values as RFC 4180 has them.

use std::borrow::Cow;

use super::json;

/// Ends a line.
pub(crate) const END: &str = "\r\n";

/// Returns a JSON value as the text of a field: strings, numbers and booleans as they came, a list joined by commas, an
/// object as compact JSON. Null is empty.
pub(crate) fn value(value: &str) -> Cow<'_, str> {
    match value.as_bytes().first() {
        Some(b'[') => guarded(list(value).into()),
        Some(b'"') => guarded(plain(value)),
        _ => plain(value),
    }
}

fn plain(value: &str) -> Cow<'_, str> {
    match value.as_bytes().first() {
        Some(b'"') => json::text(value).unwrap_or_default(),
        _ if value == "null" => Cow::Borrowed(""),
        _ => json::compact(value),
    }
}

fn list(value: &str) -> String {
    let elements = json::elements(value).into_iter().flatten();
    elements.map(|element| plain(element.text)).collect::<Vec<_>>().join(",")
}

/// Puts a `'` before a text that a spreadsheet would run as a formula. The `-` that tables show for nothing is empty.
pub(crate) fn guarded(text: Cow<'_, str>) -> Cow<'_, str> {
    if text == "-" {
        return Cow::Borrowed("");
    }
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return ["'", &text].concat().into();
    }
    text
}

/// Joins the fields of a line, each quoted where it must be. A line of one empty field is quoted, or it would be a blank
/// line, which readers skip.
pub(crate) fn line<'a>(fields: impl Iterator<Item = Cow<'a, str>>) -> String {
    let mut line = String::new();
    let mut count = 0;
    for field in fields {
        if count > 0 {
            line.push(',');
        }
        count += 1;
        if field.contains([',', '"', '\r', '\n']) {
            line.extend(["\"", &field.replace('"', "\"\""), "\""]);
        } else {
            line += &field;
        }
    }
    if count == 1 && line.is_empty() { "\"\"".into() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_as_the_portal_sent_them_and_harmless_in_a_spreadsheet() {
        for (json, field) in [
            ("null", ""),
            ("\"-\"", ""),
            ("true", "true"),
            ("-1E5", "-1E5"),
            ("\"=1+1\"", "'=1+1"),
            ("\"-1\"", "'-1"),
            ("\"\\tx\"", "'\tx"),
            ("[]", ""),
            ("[\"@a\", 2, null]", "'@a,2,"),
            ("{\"a\": -1}", "{\"a\":-1}"),
        ] {
            assert_eq!(value(json), field, "{json}");
        }
    }

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let line = |fields: &[&'static str]| line(fields.iter().map(|&field| field.into()));
        assert_eq!(line(&["a b", "c,d", "\"", "e\nf", ""]), "a b,\"c,d\",\"\"\"\",\"e\nf\",");
        assert_eq!(line(&[""]), "\"\"");
        assert_eq!(line(&["", ""]), ",");
    }
}
