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

fn commands_table() -> String {
    let rows = commands().into_iter().map(|command| {
        let mut call = command["path"].as_str().unwrap().to_owned();
        for argument in command["arguments"].as_array().unwrap() {
            let name = argument["name"].as_str().unwrap();
            let required = argument["required"] == true;
            let (open, close) = if required { ("<", ">") } else { ("[<", ">]") };
            write!(call, " {open}{name}{close}").unwrap();
        }
        let scope = command["scope"].as_str().map_or_else(|| "-".to_owned(), code);
        let description = command["description"].as_str().unwrap();
        [code(&call), description.to_owned(), scope]
    });
    table(["command", "what it does", "scope"], rows)
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
