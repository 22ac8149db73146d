//! The command tree, read off the argument structs: help, completion, `alter commands` and the README all ask here.
//!
//! What argh cannot declare is a constant of the verb ([`Declared`]), or stands in the doc comment of the flag it is about:
//! - where no operation has it, a flag's `arg_name` holds its choices (`active|revoked`) or its range (`1..1000`);
//!   one that ends in `...` takes several words;
//! - its text ends in `[default: …]` and `[env: …]`.

use argh::{ArgsInfo, CommandInfoWithArgs, FlagInfoKind, Optionality, PositionalInfo};

use super::globals::{Globals, Paging};
use crate::api::field::Field;
use crate::api::kind::Kind;
use crate::api::operation::{Limits, Operation};
use crate::output::table::Table;

/// A command of the tree.
#[derive(Debug, Default)]
pub(crate) struct Command {
    /// A sentence on it.
    pub(crate) description: &'static str,
    /// Lines that show its use.
    pub(crate) examples: &'static [&'static str],
    /// Its own flags.
    pub(crate) flags: &'static [Flag],
    /// Its operands.
    pub(crate) positionals: &'static [PositionalInfo<'static>],
    /// The commands below it.
    pub(crate) commands: Vec<Child>,
    /// What it declares beside its flags.
    pub(crate) declared: Declaration,
}

/// A command under its name.
#[derive(Debug)]
pub(crate) struct Child {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) command: Command,
}

/// What a verb of the portal declares beside its flags.
pub(crate) trait Facts {
    /// The operation that it is about.
    const OPERATION: &'static Operation;
    /// The table that its rows are shown in.
    const TABLE: Option<&'static Table> = None;
    /// The flag whose value may be given as the command's one operand.
    const OPERAND: Option<&'static str> = None;
    /// The flags whose choices may be written in either case.
    const EITHER_CASE: &'static [&'static str] = &[];
    /// Its other name.
    const ALIAS: Option<&'static str> = None;
    /// What `--app` does for it, where its operation does not say.
    const APP: Option<App> = None;
    /// Whether it takes no page of its operation but all of them.
    const EVERY_PAGE: bool = false;
}

/// What a command of any kind declares beside its flags, with the commands below it.
pub(crate) trait Declared {
    /// Returns the declaration; that of a command that needs no portal is empty.
    fn declared() -> Declaration {
        Declaration::default()
    }
}

/// The declaration of a command.
#[derive(Debug, Default)]
pub(crate) struct Declaration {
    /// See [`Facts::OPERATION`].
    pub(crate) operation: Option<&'static Operation>,
    /// See [`Facts::TABLE`].
    pub(crate) table: Option<&'static Table>,
    /// See [`Facts::OPERAND`].
    pub(crate) operand: Option<&'static str>,
    /// See [`Facts::EITHER_CASE`].
    pub(crate) either_case: &'static [&'static str],
    /// See [`Facts::ALIAS`].
    pub(crate) alias: Option<&'static str>,
    /// See [`Facts::APP`].
    pub(crate) app: Option<App>,
    /// See [`Facts::EVERY_PAGE`].
    pub(crate) every_page: bool,
    /// The declarations of the commands below, in their order.
    pub(crate) verbs: Vec<Declaration>,
}

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

/// Returns the whole tree that begins at `T`.
pub(crate) fn root<T: ArgsInfo + Declared>() -> Command {
    let mut root = joined(T::get_args_info(), T::declared());
    root.commands.push(help());
    root
}

/// Puts what argh knows of a command and what the command declares together.
fn joined(info: CommandInfoWithArgs, mut declared: Declaration) -> Command {
    let verbs = std::mem::take(&mut declared.verbs);
    debug_assert_eq!(info.commands.len(), verbs.len(), "{}", info.name);
    let commands = info.commands.into_iter().zip(verbs);
    Command {
        description: info.description,
        examples: info.examples,
        flags: info.flags,
        positionals: info.positionals,
        commands: commands
            .map(|(child, declared)| Child {
                name: child.name,
                command: joined(child.command, declared),
            })
            .collect(),
        declared,
    }
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
    command.commands.iter().find(|child| child.name == word || alias(&child.command) == Some(word))
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

/// Returns what the value of a flag of a command must look like: as the operation has it, else as its `arg_name` says.
pub(crate) fn value(command: &Command, flag: &Flag) -> Value {
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
    match field(command, flag).map(|field| &field.kind) {
        Some(Kind::Choice(words)) => Value::Choice(words.to_vec()),
        Some(Kind::Number { least, most }) => {
            let [least, most] = [least, most].map(|bound| u64::try_from(*bound).unwrap_or(0));
            Value::Number(least, most)
        }
        _ => Value::Text(arg_name),
    }
}

/// Returns the parameter or the key of the operation that a flag gives.
pub(crate) fn field(command: &Command, flag: &Flag) -> Option<&'static Field> {
    let own = command.flags.iter().any(|own| own.long == flag.long);
    command.declared.operation.filter(|_| own)?.given_by(flag.long)
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

/// Returns the examples of a command. argh takes them for format strings, in which braces are doubled.
pub(crate) fn examples(command: &Command) -> impl Iterator<Item = String> {
    command.examples.iter().map(|example| example.replace("{{", "{").replace("}}", "}"))
}

/// Returns the scope a PAT needs for a command.
pub(crate) fn scope(command: &Command) -> Option<&'static str> {
    command.declared.operation?.scope()
}

/// Returns whether a command needs no more than to read at the portal.
pub(crate) fn only_reads(command: &Command) -> bool {
    scope(command).is_some_and(|scope| scope.ends_with(":read"))
}

/// Returns the other name of a command.
pub(crate) fn alias(command: &Command) -> Option<&'static str> {
    command.declared.alias
}

/// Returns the flag whose value may be given as the command's one operand.
pub(crate) fn operand(command: &Command) -> Option<&'static str> {
    command.declared.operand
}

/// Returns the flags whose choices may be written in either case.
pub(crate) fn either_case(command: &Command) -> &'static [&'static str] {
    command.declared.either_case
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

/// Returns what `--app` does for a command.
pub(crate) fn app(command: &Command) -> App {
    // A command about the app that its operand names has no other selected.
    let named = command.positionals.iter().any(|operand| operand.name == "app");
    let by_operation = |operation: &Operation| match () {
        () if operation.parameter("app_id").is_some() => App::Filter,
        () if operation.is_of_app() && !named => App::Selected,
        () => App::Unused,
    };
    let declared = &command.declared;
    declared.app.or(declared.operation.map(by_operation)).unwrap_or(App::Unused)
}

/// Returns the sizes of the pages of a command whose rows are paged by `--limit` and `--offset`.
pub(crate) fn page_bounds(command: &Command) -> Option<Limits> {
    command.declared.operation?.limits.filter(|_| !command.declared.every_page)
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
