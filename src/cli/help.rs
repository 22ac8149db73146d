//! Help texts, made from the command tree.

use std::fmt::Write;

use argh::Optionality;

use super::suggest::nearest;
use super::topics;
use super::tree::{self, App, Command, Flag, Value};
use crate::base::failure::Failure;

/// Lines are no longer where help is not read on a terminal.
pub(crate) const WIDTH: usize = 100;
/// Nor shorter than this, however narrow the terminal is.
const MIN_WIDTH: usize = 80;
const INDENT: usize = 34;

/// The help of the topic that these words name, or else of the command: `auth` is both.
pub(crate) fn topic(root: &Command, words: &[String], width: usize) -> Result<String, Failure> {
    if let [name] = words
        && let Some(text) = topics::text(name)
    {
        return Ok(text);
    }
    command(root, words, width)
}

/// The help of the command that these words name, for a terminal of so many columns.
pub(crate) fn command(root: &Command, words: &[String], width: usize) -> Result<String, Failure> {
    let (path, command) = tree::walk(root, words);
    match words.get(path.len()) {
        None => Ok(render(&path, command, width.clamp(MIN_WIDTH, WIDTH))),
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

/// Whether a line of a help text is a heading.
pub(crate) fn is_heading(line: &str) -> bool {
    line.ends_with(':') && !line.starts_with(' ')
}

fn render(path: &[&str], command: &Command, width: usize) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}\n", sentence(command.description));
    let _ = writeln!(out, "Usage: {}", usage(path, command));
    if let Some(names) = tree::alias(command) {
        let _ = writeln!(out, "Alias: {names}");
    }
    let mut section = |title: &str, entries: Vec<(String, String)>| {
        section(&mut out, title, &entries, width);
    };
    section("Arguments", arguments(command).collect());
    section("Commands", commands(command).collect());
    let (required, optional): (Vec<_>, Vec<_>) =
        tree::flags(command).partition(|flag| tree::required(flag));
    let flags = required.into_iter().chain(optional);
    section("Flags", flags.map(|flag| flag_entry(flag, command)).collect());
    if !command.examples.is_empty() {
        let _ = writeln!(out, "\nExamples:");
        for example in command.examples {
            let _ = writeln!(out, "  {example}");
        }
    }
    let app = command.commands.is_empty().then(|| tree::app(command));
    let globals = global_entries(app != Some(App::Unused)).collect::<Vec<_>>();
    self::section(&mut out, "Global flags", &globals, width);
    if let Some(scope) = tree::scope(command) {
        let _ = writeln!(out, "\nScope: {scope}");
    }
    if path.is_empty() {
        let _ = writeln!(out, "\nTopics: alter help exit-codes | environment | output | auth");
    }
    out
}

/// `alter apps show <app> [flags]`
pub(crate) fn usage(path: &[&str], command: &Command) -> String {
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

/// `--status active|revoked`
pub(crate) fn signature(flag: &Flag) -> String {
    let letter = flag.short.map(|letter| format!("-{letter}, ")).unwrap_or_default();
    let value = match tree::value(flag) {
        Value::Switch => String::new(),
        Value::Choice(words) => format!(" {}", words.join("|")),
        Value::Number(least, most) => format!(" {least}..{most}"),
        Value::Text(name) => format!(" <{name}>"),
    };
    format!("{letter}{}{value}", flag.long)
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with('.') { "" } else { "." };
    first + letters.as_str() + stop
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
    let required = if tree::required(flag) { " (required)" } else { "" };
    let repeats = if tree::repeats(flag) { " (repeatable)" } else { "" };
    let operand =
        if tree::operand(command) == Some(flag.long) { "; also without the flag" } else { "" };
    (signature(flag), text + operand + required + repeats)
}

fn global_entries(app: bool) -> impl Iterator<Item = (String, String)> {
    let own = [("-h, --help", "show help"), ("-V, --version", "show the version")];
    tree::globals()
        .filter(move |flag| app || flag.long != "--app")
        .map(|flag| (signature(flag), flag.description.to_owned()))
        .chain(own.map(|(name, text)| (name.to_owned(), text.to_owned())))
}

fn section(out: &mut String, title: &str, entries: &[(String, String)], width: usize) {
    if !entries.is_empty() {
        let _ = writeln!(out, "\n{title}:");
    }
    for (name, text) in entries {
        entry(out, name, text, width);
    }
}

fn entry(out: &mut String, name: &str, text: &str, width: usize) {
    let mut line = format!("  {name:<INDENT$}");
    line.truncate(line.trim_end().len().max(INDENT));
    if line.len() > INDENT {
        let _ = writeln!(out, "{line}");
        line = " ".repeat(INDENT);
    }
    for word in text.split_whitespace() {
        if line.len() + word.len() + 1 > width {
            let _ = writeln!(out, "{}", line.trim_end());
            line = " ".repeat(INDENT);
        }
        line.push_str(word);
        line.push(' ');
    }
    let _ = writeln!(out, "{}", line.trim_end());
}
