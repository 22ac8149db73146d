//! The command tree, read off the argument structs: help, completion, `alter commands` and the README all ask here.
//!
//! What argh cannot declare is written in the notes of a doc comment, once, at the flag or command it is about:
//! - a flag's `arg_name` holds its choices (`active|revoked`) or its range (`1..1000`);
//!   one that ends in `...` takes several words;
//! - its text ends in `[default: …]` and `[env: …]`;
//! - a command's notes hold `scope: dashboard_apps:read`, `page: 1000, 200`, `alias: configure`, `operand: --key` (the
//!   flag whose value may be given as an operand), `either case: --policy-decision` (a flag whose choices may be written
//!   so) and, also on a namespace, `app: selected` or `app: filter`.

use argh::{ArgsInfo, FlagInfoKind, Optionality, PositionalInfo};

use super::globals::{Globals, Paging};

/// A command of the tree.
pub(crate) type Command = argh::CommandInfoWithArgs;
/// A command under its name.
pub(crate) type Child = argh::SubCommandInfo;
/// A flag of a command.
pub(crate) type Flag = argh::FlagInfo<'static>;

/// The command that shows help.
pub(crate) const HELP: &str = "help";

/// What the value of a flag must look like.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// There is none: the flag stands alone.
    Switch,
    /// One of a few words.
    Choice(Vec<&'static str>),
    /// A whole number in a range.
    Number(u64, u64),
    /// Anything, under this name.
    Text(&'static str),
}

/// The most rows a page may have, and its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageBounds {
    /// The greatest `--limit`.
    pub(crate) most: u64,
    /// The `--limit` that is sent when none is given.
    pub(crate) default: u64,
}

/// The whole tree that begins at `T`.
pub(crate) fn root<T: ArgsInfo>() -> Command {
    let mut root = T::get_args_info();
    root.commands.push(help());
    root
}

/// argh keeps the word `help` for itself, so this command is put in by hand.
fn help() -> Child {
    const TOPIC: &[PositionalInfo] = &[PositionalInfo {
        name: "topic",
        description: "a topic, or a command",
        optionality: Optionality::Repeating,
        hidden: false,
    }];
    let command = Command {
        name: HELP,
        description: "show help on a command, or on a topic: exit-codes, environment, output, auth",
        examples: &["alter help exit-codes", "alter help apps create"],
        positionals: TOPIC,
        ..Command::default()
    };
    Child { name: HELP, command }
}

/// The flags that every command takes.
pub(crate) fn globals() -> impl Iterator<Item = &'static Flag> {
    without_help(Globals::get_args_info().flags)
}

/// The flags that every paged command takes.
pub(crate) fn paging() -> &'static [Flag] {
    Paging::get_args_info().flags
}

/// The flags of a command: its own, then those of its pages.
pub(crate) fn flags(command: &Command) -> impl Iterator<Item = &'static Flag> {
    let paging = page_bounds(command).map(|_| paging()).unwrap_or_default();
    without_help(command.flags).chain(without_help(paging))
}

/// argh lists `--help` with every struct; here it belongs to no command.
fn without_help(flags: &'static [Flag]) -> impl Iterator<Item = &'static Flag> {
    flags.iter().filter(|flag| flag.long != "--help")
}

/// The subcommand of this name or alias.
pub(crate) fn child<'a>(command: &'a Command, word: &str) -> Option<&'a Child> {
    command
        .commands
        .iter()
        .find(|child| child.name == word || aliases(&child.command).any(|alias| alias == word))
}

/// The namespace that has this verb, where no other has it.
pub(crate) fn only_namespace(root: &Command, verb: &str) -> Option<&'static str> {
    let mut having = root.commands.iter().filter(|name| child(&name.command, verb).is_some());
    having.next().filter(|_| having.next().is_none()).map(|child| child.name)
}

/// Walks from the root along command words; gives the full names and the command they lead to.
pub(crate) fn walk<'a>(root: &'a Command, words: &[String]) -> (Vec<&'static str>, &'a Command) {
    let (mut path, mut at) = (Vec::new(), root);
    for word in words {
        let Some(next) = child(at, word) else { break };
        path.push(next.name);
        at = &next.command;
    }
    (path, at)
}

/// What the value of a flag must look like.
pub(crate) fn value(flag: &Flag) -> Value {
    let FlagInfoKind::Option { arg_name } = flag.kind else {
        return Value::Switch;
    };
    if let Some((least, most)) = arg_name.split_once("..")
        && let (Ok(least), Ok(most)) = (least.parse(), most.parse())
    {
        return Value::Number(least, most);
    }
    if arg_name.contains('|') {
        return Value::Choice(arg_name.split('|').collect());
    }
    Value::Text(arg_name)
}

/// Whether a word is a flag, by its long name or its letter.
pub(crate) fn is_named(flag: &Flag, word: &str) -> bool {
    let letter = || word.strip_prefix('-').and_then(|rest| rest.parse().ok());
    flag.long == word || (flag.short.is_some() && flag.short == letter())
}

/// Whether a flag may be given more than once.
pub(crate) fn repeats(flag: &Flag) -> bool {
    matches!(flag.optionality, Optionality::Repeating)
}

/// Whether one mention of a flag takes every word up to the next flag.
pub(crate) fn takes_several(flag: &Flag) -> bool {
    matches!(flag.kind, FlagInfoKind::Option { arg_name } if arg_name.ends_with("..."))
}

/// Whether a flag must be given.
pub(crate) fn required(flag: &Flag) -> bool {
    matches!(flag.optionality, Optionality::Required) && !matches!(flag.kind, FlagInfoKind::Switch)
}

/// The default of a flag.
pub(crate) fn default(flag: &Flag) -> Option<&'static str> {
    bracketed(flag.description, "[default: ")
}

/// The environment variable of a flag.
pub(crate) fn environment(flag: &Flag) -> Option<&'static str> {
    bracketed(flag.description, "[env: ")
}

fn bracketed(text: &'static str, opening: &str) -> Option<&'static str> {
    text.split_once(opening)?.1.split_once(']').map(|(inside, _)| inside)
}

/// The scope a PAT needs for a command.
pub(crate) fn scope(command: &Command) -> Option<&'static str> {
    noted(command, "scope: ").next()
}

/// Whether a command needs no more than to read at the portal.
pub(crate) fn only_reads(command: &Command) -> bool {
    scope(command).is_some_and(|scope| scope.ends_with(":read"))
}

/// The other names of a command.
pub(crate) fn aliases(command: &Command) -> impl Iterator<Item = &'static str> {
    noted(command, "alias: ")
}

/// The flag whose value may be given as the command's one operand.
pub(crate) fn operand(command: &Command) -> Option<&'static str> {
    noted(command, "operand: ").next()
}

/// The flags whose choices may be written in either case.
pub(crate) fn either_case(command: &Command) -> impl Iterator<Item = &'static str> {
    noted(command, "either case: ")
}

/// What `--app` does for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum App {
    /// Nothing.
    Unused,
    /// It selects the app that the command acts on.
    Selected,
    /// It narrows what is listed.
    Filter,
}

/// What `--app` does for the command at a path: the last note on the way says.
pub(crate) fn app(root: &Command, path: &[&str]) -> App {
    let (mut at, mut app) = (root, App::Unused);
    for word in path {
        let Some(next) = child(at, word) else { break };
        at = &next.command;
        app = match noted(at, "app: ").next() {
            Some("selected") => App::Selected,
            Some("filter") => App::Filter,
            Some(_) => App::Unused,
            None => app,
        };
    }
    app
}

/// The page sizes of a paged list.
pub(crate) fn page_bounds(command: &Command) -> Option<PageBounds> {
    let (most, default) = noted(command, "page: ").next()?.split_once(", ")?;
    Some(PageBounds { most: most.parse().ok()?, default: default.parse().ok()? })
}

fn noted(command: &Command, key: &'static str) -> impl Iterator<Item = &'static str> {
    command.notes.iter().filter_map(move |note| note.strip_prefix(key))
}

/// The commands that can be run, each with its full path, in the order of the tree.
pub(crate) fn leaves(root: &Command) -> Vec<(Vec<&'static str>, &Command)> {
    let mut found = Vec::new();
    let mut todo: Vec<_> = vec![(Vec::new(), root)];
    while let Some((path, command)) = todo.pop() {
        if command.commands.is_empty() {
            found.push((path, command));
            continue;
        }
        for child in command.commands.iter().rev() {
            let mut path = path.clone();
            path.push(child.name);
            todo.push((path, &child.command));
        }
    }
    found
}
