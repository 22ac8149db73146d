//! `alter commands`: the whole tree, for scripts and for the README.

use argh::{ArgsInfo, FromArgs, Optionality};
use serde::Serialize;

use super::Alter;
use crate::base::failure::Failure;
use crate::cli::context::Context;
use crate::cli::tree::{self, Flag, Value};
use crate::cli::tree::{Declaration, Declared};
use crate::output::results;
use crate::output::table::{Table, column};

/// list every command with its arguments, flags and scope
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "commands", example = "alter commands --output json")]
pub(super) struct Commands {}

const COMMANDS: Table = Table {
    noun: "commands",
    columns: &[
        column("COMMAND", "path"),
        column("SCOPE", "scope"),
        column("WHAT IT DOES", "description").shrinks(),
    ],
    least: &["SCOPE"],
    first: "",
};

#[derive(Serialize)]
struct Described {
    path: String,
    description: &'static str,
    aliases: Vec<&'static str>,
    arguments: Vec<Argument>,
    flags: Vec<DescribedFlag>,
    scope: Option<&'static str>,
    examples: Vec<String>,
}

#[derive(Serialize)]
struct Argument {
    name: &'static str,
    required: bool,
    /// The flag that takes the same value.
    instead_of: Option<&'static str>,
    description: &'static str,
}

#[derive(Serialize)]
struct DescribedFlag {
    name: &'static str,
    r#type: String,
    required: bool,
    repeatable: bool,
    global: bool,
    default: Option<String>,
    environment: Option<&'static str>,
    description: &'static str,
}

impl Declared for Commands {
    fn declared() -> Declaration {
        Declaration { table: Some(&COMMANDS), ..Declaration::default() }
    }
}

impl Commands {
    /// Prints the tree.
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let root = tree::root::<Alter>();
        let commands: Vec<_> =
            tree::leaves(&root).iter().map(|(path, command)| describe(path, command)).collect();
        results::list(&context.streams, &context.shape, &COMMANDS, &commands)
    }
}

fn describe(path: &[&'static str], command: &tree::Command) -> Described {
    let limit = tree::page_bounds(command).map(|page| page.default.to_string());
    let own = tree::flags(command).map(|flag| {
        let default = limit.clone().filter(|_| flag.long == "--limit");
        describe_flag(command, flag, false, default)
    });
    let globals = tree::globals();
    Described {
        path: format!("alter {}", path.join(" ")),
        description: command.description,
        aliases: tree::alias(command).into_iter().collect(),
        arguments: arguments(command),
        flags: own.chain(globals.map(|flag| describe_flag(command, flag, true, None))).collect(),
        scope: tree::scope(command),
        examples: tree::examples(command).collect(),
    }
}

/// The values that stand without a flag: those that have none, and the one that may go with or without its flag.
fn arguments(command: &tree::Command) -> Vec<Argument> {
    let positionals = command.positionals.iter().map(|positional| Argument {
        name: positional.name,
        required: positional.optionality == Optionality::Required,
        instead_of: None,
        description: positional.description,
    });
    let operand = tree::operand(command);
    let flag = tree::flags(command).find(|flag| Some(flag.long) == operand);
    let either_way = flag.map(|flag| Argument {
        name: flag.long.trim_start_matches('-'),
        required: false,
        instead_of: Some(flag.long),
        description: flag.description,
    });
    either_way.into_iter().chain(positionals).collect()
}

fn describe_flag(
    command: &tree::Command,
    flag: &'static Flag,
    global: bool,
    default: Option<String>,
) -> DescribedFlag {
    DescribedFlag {
        name: flag.long,
        r#type: match tree::value(command, flag) {
            Value::Switch => "switch".into(),
            Value::Choice(words) => words.join("|"),
            Value::Number(least, most) => format!("{least}..{most}"),
            Value::Text(name) => name.into(),
        },
        required: tree::required(flag),
        repeatable: tree::repeats(flag),
        global,
        default: default.or_else(|| tree::default(flag).map(str::to_owned)),
        environment: tree::environment(flag),
        description: flag.description,
    }
}
