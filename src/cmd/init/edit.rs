//! JSON changed in one place, with every other byte kept: order, indentation, line breaks.

use std::ops::Range;

use crate::output::json;

/// An object somewhere in a document that is known to be valid JSON.
#[derive(Debug)]
pub(super) struct Object<'a> {
    document: &'a str,
    /// From its `{` to behind its `}`.
    span: Range<usize>,
    entries: Vec<(String, Range<usize>)>,
}

impl<'a> Object<'a> {
    /// The object that a document is.
    pub(super) fn whole(document: &'a str) -> Option<Self> {
        let begin = document.len() - document.trim_start().len();
        Self::at(document, begin..document.trim_end().len())
    }

    /// The object at a place; `None` when something else is there.
    fn at(document: &'a str, span: Range<usize>) -> Option<Self> {
        let text = &document[span.clone()];
        let place = |value: &str| {
            let begin = value.as_ptr().addr() - document.as_ptr().addr();
            begin..begin + value.len()
        };
        let entries = json::entries(text)?
            .map(|(name, value)| (name.into_owned(), place(value.trim())))
            .collect();
        Some(Self { document, span, entries })
    }

    /// Where the value of a key is, if the object has the key.
    pub(super) fn value(&self, key: &str) -> Option<Range<usize>> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    }

    /// The object under a key.
    pub(super) fn object(&self, key: &str) -> Option<Self> {
        Self::at(self.document, self.value(key)?)
    }

    /// Whether a key is there more than once, so that its readers differ on which one counts.
    pub(super) fn doubles(&self, key: &str) -> bool {
        self.entries.iter().filter(|(name, _)| name == key).count() > 1
    }

    /// The document with an entry put at the end of this object, which belongs to `top`.
    pub(super) fn with(&self, top: &Object, key: &str, value: &str) -> String {
        let (style, key) = (Style::of(top), json::quote(key));
        if let Some((_, last)) = self.entries.last() {
            let text = match key_indentation(self.document, last.start) {
                Some(indent) => {
                    let value = style.lay_out(value, indent);
                    format!(",{}{indent}{key}: {value}", style.line_break)
                }
                None => format!(",{key}:{value}"),
            };
            return splice(self.document, last.end..last.end, &text);
        }
        if style.flat {
            return splice(self.document, self.span.clone(), &format!("{{{key}:{value}}}"));
        }
        let outer = line_indentation(self.document, self.span.start);
        let indent = format!("{outer}{}", style.unit);
        let (value, end) = (style.lay_out(value, &indent), style.line_break);
        let text = format!("{{{end}{indent}{key}: {value}{end}{outer}}}");
        splice(self.document, self.span.clone(), &text)
    }

    /// The document with one of its values replaced; this is the outermost object.
    pub(super) fn replaced(&self, old: Range<usize>, value: &str) -> String {
        let indent = line_indentation(self.document, old.start);
        splice(self.document, old, &Style::of(self).lay_out(value, indent))
    }
}

/// How a document is laid out.
struct Style<'a> {
    line_break: &'static str,
    unit: &'a str,
    /// The whole document is on one line.
    flat: bool,
}

impl<'a> Style<'a> {
    fn of(top: &Object<'a>) -> Self {
        let document = top.document;
        let first = top.entries.first();
        let unit = first.and_then(|(_, value)| key_indentation(document, value.start));
        Self {
            line_break: if document.contains("\r\n") { "\r\n" } else { "\n" },
            unit: unit.filter(|unit| !unit.is_empty()).unwrap_or("  "),
            flat: first.is_some() && !document[top.span.clone()].contains('\n'),
        }
    }

    /// A compact value as this document would have it, on lines that are indented so far.
    fn lay_out(&self, value: &str, indent: &str) -> String {
        if self.flat {
            return value.to_owned();
        }
        let pretty: String = json::pretty(value, 0).collect();
        let mut lines = String::new();
        for (at, line) in pretty.lines().enumerate() {
            if at > 0 {
                lines.push_str(self.line_break);
                lines.push_str(indent);
            }
            let text = line.trim_start();
            lines.push_str(&self.unit.repeat((line.len() - text.len()) / 2));
            lines.push_str(text);
        }
        lines
    }
}

fn splice(document: &str, place: Range<usize>, text: &str) -> String {
    [&document[..place.start], text, &document[place.end..]].concat()
}

/// The indentation of a value's key, if the key is the first thing on its line.
fn key_indentation(document: &str, value: usize) -> Option<&str> {
    let (_, line) = document[..value].rsplit_once('\n')?;
    let text = line.trim_start_matches([' ', '\t']);
    text.starts_with('"').then(|| &line[..line.len() - text.len()])
}

/// The blanks that the line of a place begins with.
fn line_indentation(document: &str, at: usize) -> &str {
    let line = document[..at].rsplit_once('\n').map_or(&document[..at], |(_, line)| line);
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inserts_in_the_style_of_the_document() {
        for (before, after) in [
            ("{}", "{\n  \"new\": {\n    \"a\": 1,\n    \"b\": []\n  }\n}"),
            (
                "{\n\t\"x\": {\"y\": \"}\\\"\"}\n}\n",
                "{\n\t\"x\": {\"y\": \"}\\\"\"},\n\t\"new\": {\n\t\t\"a\": 1,\n\t\t\"b\": []\n\t}\n}\n",
            ),
            (
                "{\r\n    \"x\":1.0e5  \r\n}",
                "{\r\n    \"x\":1.0e5,\r\n    \"new\": {\r\n        \"a\": 1,\r\n        \"b\": []\r\n    }  \r\n}",
            ),
            (" {\"x\" : [ 1,{} ] }", " {\"x\" : [ 1,{} ],\"new\":{\"a\":1,\"b\":[]} }"),
        ] {
            let top = Object::whole(before).unwrap();
            assert_eq!(top.with(&top, "new", r#"{"a":1,"b":[]}"#), after);
        }
    }
}
