//! Help texts, made from the command tree.

use std::fmt::Write;

use argh::Optionality;

use super::suggest::nearest;
use super::topics;
use super::tree::{self, Command, Flag, Value};
use crate::failure::Failure;

const WIDTH: usize = 100;
const INDENT: usize = 34;

/// The help of the topic that these words name, or else of the command: `auth` is both.
pub fn topic(root: &Command, words: &[String]) -> Result<String, Failure> {
    if let [name] = words
        && let Some(text) = topics::text(name)
    {
        return Ok(text);
    }
    command(root, words)
}

/// The help of the command that these words name.
pub fn command(root: &Command, words: &[String]) -> Result<String, Failure> {
    let (path, command) = tree::walk(root, words);
    match words.get(path.len()) {
        None => Ok(render(&path, command)),
        Some(unknown) => Err(no_topic(command, unknown)),
    }
}

fn no_topic(command: &Command, unknown: &str) -> Failure {
    let known = command.commands.iter().map(|child| child.name).chain(topics::NAMES);
    let why = match nearest(unknown, known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "it is neither a topic nor a command".into(),
    };
    Failure::usage("no such help", why)
        .fix(format!("topics: {}; commands: alter --help", topics::NAMES.join(", ")))
}

fn render(path: &[&str], command: &Command) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}\n", sentence(command.description));
    let _ = writeln!(out, "Usage: {}", usage(path, command));
    if let Some(names) = listed(tree::aliases(command)) {
        let _ = writeln!(out, "Alias: {names}");
    }
    section(&mut out, "Arguments", arguments(command));
    section(&mut out, "Commands", commands(command));
    section(&mut out, "Flags", tree::flags(command).map(|flag| flag_entry(flag, command)));
    section(&mut out, "Global flags", global_entries());
    if let Some(scope) = tree::scope(command) {
        let _ = writeln!(out, "\nScope: {scope}");
    }
    if !command.examples.is_empty() {
        let _ = writeln!(out, "\nExamples:");
        for example in command.examples {
            let _ = writeln!(out, "  {example}");
        }
    }
    if path.is_empty() {
        let _ = writeln!(out, "\nTopics: alter help exit-codes | environment | output | auth");
    }
    out
}

/// `alter apps show <app> [flags]`
pub fn usage(path: &[&str], command: &Command) -> String {
    let mut words = vec!["alter".to_owned()];
    words.extend(path.iter().map(|&word| word.to_owned()));
    if !command.commands.is_empty() {
        words.push("<command>".into());
    }
    words.extend(command.positionals.iter().map(|positional| {
        let name = positional.name;
        match positional.optionality {
            Optionality::Required => format!("<{name}>"),
            Optionality::Optional => format!("[<{name}>]"),
            _ => format!("[<{name}>...]"),
        }
    }));
    words.extend(command.flags.iter().filter(|flag| tree::required(flag)).map(signature));
    words.push("[flags]".into());
    words.join(" ")
}

/// `--status <active|revoked>`
pub fn signature(flag: &Flag) -> String {
    match tree::value(flag) {
        Value::Switch => flag.long.to_owned(),
        Value::Choice(words) => format!("{} {}", flag.long, words.join("|")),
        Value::Number(least, most) => format!("{} {least}..{most}", flag.long),
        Value::Text(name) => format!("{} <{name}>", flag.long),
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with('.') { "" } else { "." };
    first + letters.as_str() + stop
}

fn listed<'a>(words: impl Iterator<Item = &'a str>) -> Option<String> {
    Some(words.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
}

fn arguments(command: &Command) -> impl Iterator<Item = (String, String)> {
    command.positionals.iter().map(|p| (format!("<{}>", p.name), p.description.to_owned()))
}

fn commands(command: &Command) -> impl Iterator<Item = (String, String)> {
    command.commands.iter().map(|c| (c.name.to_owned(), c.command.description.to_owned()))
}

fn flag_entry(flag: &Flag, command: &Command) -> (String, String) {
    let text = match tree::page_bounds(command).filter(|_| flag.long == "--limit") {
        Some(page) => {
            format!("{}, 1 to {} [default: {}]", flag.description, page.most, page.default)
        }
        None => flag.description.to_owned(),
    };
    let repeats = if tree::repeats(flag) { " (repeatable)" } else { "" };
    (signature(flag), text + repeats)
}

fn global_entries() -> impl Iterator<Item = (String, String)> {
    let own = [("-h, --help", "show help"), ("-V, --version", "show the version")];
    tree::globals()
        .map(|flag| (signature(flag), flag.description.to_owned()))
        .chain(own.map(|(name, text)| (name.to_owned(), text.to_owned())))
}

fn section(out: &mut String, title: &str, entries: impl Iterator<Item = (String, String)>) {
    let mut entries = entries.peekable();
    if entries.peek().is_some() {
        let _ = writeln!(out, "\n{title}:");
    }
    for (name, text) in entries {
        entry(out, &name, &text);
    }
}

fn entry(out: &mut String, name: &str, text: &str) {
    let mut line = format!("  {name:<width$}", width = INDENT - 2);
    if line.len() > INDENT {
        let _ = writeln!(out, "{}", line.trim_end());
        line = " ".repeat(INDENT);
    }
    for word in text.split_whitespace() {
        if line.len() + word.len() + 1 > WIDTH {
            let _ = writeln!(out, "{}", line.trim_end());
            line = " ".repeat(INDENT);
        }
        line.push_str(word);
        line.push(' ');
    }
    let _ = writeln!(out, "{}", line.trim_end());
}
