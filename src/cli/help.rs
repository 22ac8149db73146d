//! Help texts, made from the command tree.

use std::fmt::Write;

use argh::Optionality;

use super::suggest::nearest;
use super::topics;
use super::tree::{self, App, Command, Flag, Value};
use crate::base::failure::Failure;

/// Lines are so long where help is not read on a terminal, unless COLUMNS says otherwise.
pub(crate) const WIDTH: usize = 80;
/// Texts are no wider than this, however wide the terminal is, and no narrower than that.
const MAX_WIDTH: usize = 100;
const MIN_WIDTH: usize = 40;
/// The column where the texts beside flags and commands begin at most.
const MAX_INDENT: usize = 37;

/// The first three things to do.
const START: &[&str] = &["auth login", "link", "doctor"];
/// The groups of commands in the help of the root. The names of commands in no group stand in one line, under `Tools`.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Resources",
        &[
            "apps",
            "keys",
            "agents",
            "providers",
            "managed-secrets",
            "identity-providers",
            "policy",
            "grants",
            "end-users",
            "branding",
        ],
    ),
    ("Oversight", &["audit", "analytics", "approvals", "pats"]),
];
const TOOLS: &str = "Tools";

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
        None => Ok(render(root, &path, command, width.clamp(MIN_WIDTH, MAX_WIDTH))),
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

fn render(root: &Command, path: &[&str], command: &Command, width: usize) -> String {
    let mut out = String::new();
    paragraph(&mut out, "", &sentence(command.description), width);
    out.push('\n');
    paragraph(&mut out, "Usage: ", &usage(path, command), width);
    if let Some(names) = tree::alias(command) {
        let _ = writeln!(out, "Alias: {names}");
    }
    if path.is_empty() {
        groups(&mut out, root, width);
        return out;
    }
    section(&mut out, "Arguments", &arguments(command).collect::<Vec<_>>(), width);
    section(&mut out, "Commands", &commands(command).collect::<Vec<_>>(), width);
    let (required, optional): (Vec<_>, Vec<_>) =
        tree::flags(command).partition(|flag| tree::required(flag));
    let flags = required.into_iter().chain(optional);
    let flags: Vec<_> = flags.map(|flag| flag_entry(flag, command)).collect();
    section(&mut out, "Flags", &flags, width);
    if let Some(scope) = tree::scope(command) {
        let _ = writeln!(out, "\nScope: {scope}");
    }
    if !command.examples.is_empty() {
        let _ = writeln!(out, "\nExamples:");
        for example in tree::examples(command) {
            let _ = writeln!(out, "  {example}");
        }
    }
    let leaf = command.commands.is_empty();
    let app = if leaf && tree::app(command) == App::Unused { "" } else { "--app, " };
    let _ = writeln!(out, "\nGlobal flags: {app}--output, --fields, --dry-run, ... (alter --help)");
    out
}

/// Writes what the root has: its commands in groups, and the flags of every command.
fn groups(out: &mut String, root: &Command, width: usize) {
    let about = |path: &str| {
        let words: Vec<String> = path.split(' ').map(str::to_owned).collect();
        (path.to_owned(), tree::walk(root, &words).1.description.to_owned())
    };
    let listed = |names: &[&str]| names.iter().map(|name| about(name)).collect::<Vec<_>>();
    section(out, "Start here", &listed(START), width);
    for (title, names) in GROUPS {
        compact_section(out, title, &listed(names), width);
    }
    let grouped =
        |name: &str| START.contains(&name) || GROUPS.iter().any(|(_, names)| names.contains(&name));
    let tools = root.commands.iter().map(|child| child.name).filter(|name| !grouped(name));
    let _ = writeln!(out, "{TOOLS}:");
    paragraph(out, "  ", &tools.collect::<Vec<_>>().join(", "), width);
    let globals: Vec<_> = global_entries().collect();
    section(out, "Global flags", &globals, width);
    let _ = writeln!(out, "Topics: alter help exit-codes | environment | output | auth");
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
    words.extend(
        command
            .flags
            .iter()
            .filter(|flag| tree::required(flag))
            .map(|flag| signature(command, flag)),
    );
    words.push("[flags]".into());
    words.join(" ")
}

/// `--status active|revoked`
pub(crate) fn signature(command: &Command, flag: &Flag) -> String {
    let letter = flag.short.map(|letter| format!("-{letter}, ")).unwrap_or_default();
    let value = match tree::value(command, flag) {
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
    (signature(command, flag), text + operand + required + repeats)
}

/// Returns the flags of every command, without their defaults and variables, which `alter help environment` shows.
fn global_entries() -> impl Iterator<Item = (String, String)> {
    let text = |flag: &Flag| flag.description.split(" [").next().unwrap_or_default().to_owned();
    let own = ("-h, --help, -V, --version".to_owned(), "show help, show the version".to_owned());
    tree::globals().map(move |flag| (signature(&Command::default(), flag), text(flag))).chain([own])
}

fn section(out: &mut String, title: &str, entries: &[(String, String)], width: usize) {
    if !entries.is_empty() {
        out.push('\n');
        compact_section(out, title, entries, width);
    }
}

/// Writes a section without a blank line before it.
fn compact_section(out: &mut String, title: &str, entries: &[(String, String)], width: usize) {
    let _ = writeln!(out, "{title}:");
    let longest = entries.iter().map(|(name, _)| name.len() + 4).filter(|end| *end <= MAX_INDENT);
    let indent = longest.max().unwrap_or(MAX_INDENT).min(width / 2);
    for (name, text) in entries {
        entry(out, name, text, indent, width);
    }
}

fn entry(out: &mut String, name: &str, text: &str, indent: usize, width: usize) {
    let name = format!("  {name}");
    if name.len() + 2 > indent {
        let _ = writeln!(out, "{name}");
        wrap(out, " ".repeat(indent), indent, text, width);
    } else {
        wrap(out, format!("{name:<indent$}"), indent, text, width);
    }
}

/// Writes a text whose further lines begin below its first word.
fn paragraph(out: &mut String, lead: &str, text: &str, width: usize) {
    wrap(out, lead.to_owned(), lead.len(), text, width);
}

fn wrap(out: &mut String, mut line: String, indent: usize, text: &str, width: usize) {
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.len() + word.len() > width {
            let _ = writeln!(out, "{}", line.trim_end());
            line = " ".repeat(indent);
        }
        empty = false;
        line.push_str(word);
        line.push(' ');
    }
    let _ = writeln!(out, "{}", line.trim_end());
}
