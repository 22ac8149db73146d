//! Writes YAML that the reader reads as it was.

use std::fmt::Write as _;

use serde_json::Value;

use super::value::is_number;

/// A document in an order of its own.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Map(Vec<(String, Tree)>),
    Leaf(Value),
}

impl Tree {
    /// Returns it as JSON.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Map(entries) => {
                entries.iter().map(|(key, tree)| (key.clone(), tree.json())).collect()
            }
            Self::Leaf(value) => value.clone(),
        }
    }

    /// Returns it as the lines of a YAML document.
    pub(crate) fn yaml(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    fn write(&self, text: &mut String, depth: usize) {
        match self {
            Self::Map(entries) => {
                for (key, tree) in entries {
                    text.push_str(&"  ".repeat(depth));
                    text.push_str(&scalar(key));
                    text.push(':');
                    match tree {
                        Self::Map(below) if below.is_empty() => text.push_str(" {}\n"),
                        Self::Map(_) => {
                            text.push('\n');
                            tree.write(text, depth + 1);
                        }
                        Self::Leaf(value) => {
                            text.push(' ');
                            text.push_str(&flow(value));
                            text.push('\n');
                        }
                    }
                }
            }
            Self::Leaf(value) => text.push_str(&flow(value)),
        }
    }
}

/// Returns a value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(list) => format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entry =
                |(key, value): (&String, &Value)| format!("{}: {}", scalar(key), flow(value));
            format!("{{{}}}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Returns a text without quotes where it reads as that text, else in double quotes.
fn scalar(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "_-./@+:".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || "_./".contains(c));
    let plain = begins && text.chars().all(safe) && !text.ends_with(':');
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n" | "." | ".."
    );
    let inner = text.contains(' ')
        && text.split(' ').all(|word| {
            !word.is_empty()
                && word.chars().all(safe)
                && word.starts_with(|c: char| c.is_ascii_alphanumeric())
                && !word.ends_with(':')
        });
    let numeric = is_number(text)
        || text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && text.parse::<f64>().is_ok();
    if (plain || inner && begins) && !word && !numeric {
        return text.to_owned();
    }
    quoted(text)
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if crate::output::escape::is_unsafe(c)
                || c.is_control()
                || c == '\u{feff}'
                || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}') =>
            {
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
