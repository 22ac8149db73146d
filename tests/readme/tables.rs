//! The tables of the README, made from what `alter` says of itself.

use std::fmt::Write;

use serde_json::Value;

use super::generated_texts;

/// The blocks by name: each stands between `<!-- name -->` and `<!-- /name -->`.
pub(crate) fn all() -> [(&'static str, String); 3] {
    [
        ("commands", commands_table()),
        ("exit-codes", exit_codes_table()),
        ("environment", environment_table()),
    ]
}

/// The text with another block of that name.
pub(crate) fn with_block(text: &str, name: &str, block: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let parts = text.split_once(&open).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&close)?;
        Some((before, after))
    });
    let (before, after) = parts.unwrap_or_else(|| panic!("README.md has no block {name}"));
    format!("{before}{open}{block}{close}{after}")
}

/// The rows of `alter commands`.
pub(crate) fn commands() -> Vec<Value> {
    generated_texts::alter(&["commands", "--output", "jsonl"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A line a namespace with its verbs; commands without verbs share the last one.
fn commands_table() -> String {
    let mut rows: Vec<[String; 2]> = Vec::new();
    let mut others = Vec::new();
    for command in commands() {
        let path = command["path"].as_str().unwrap();
        let Some((name, verb)) = path.trim_start_matches("alter ").split_once(' ') else {
            others.push(code(path));
            continue;
        };
        let (name, verb) = (code(&format!("alter {name}")), code(verb));
        match rows.last_mut().filter(|row| row[0] == name) {
            Some(row) => row[1].extend([", ", &verb]),
            None => rows.push([name, verb]),
        }
    }
    rows.push(["without verbs".to_owned(), others.join(", ")]);
    table(["command", "verbs"], rows.into_iter())
}

fn exit_codes_table() -> String {
    let help = generated_texts::alter(&["help", "exit-codes"]);
    let rows = help.lines().filter_map(|line| {
        let (code, rest) = line.strip_prefix("  ")?.split_once("  ")?;
        let (name, when) = rest.split_once(' ')?;
        Some([code, name, when.trim()].map(str::to_owned))
    });
    table(["code", "name", "when"], rows)
}

fn environment_table() -> String {
    let help = generated_texts::alter(&["help", "environment"]);
    let lines: Vec<_> = help.lines().filter(|line| line.starts_with("  ")).collect();
    let rows = lines.chunks(2).map(|pair| {
        let names: Vec<_> = pair[0].trim().split(", ").map(code).collect();
        [names.join(", "), pair[1].trim().to_owned()]
    });
    table(["variable", "what it does"], rows)
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(N));
    for row in rows {
        let cells = row.map(|cell| cell.replace('|', "\\|"));
        writeln!(text, "| {} |", cells.join(" | ")).unwrap();
    }
    text
}
