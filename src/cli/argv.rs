//! From the words of a command line to the command they mean.
//!
//! argh takes no `--flag=value`, no global flags and no `-` as an operand, and repeats values in its messages. So
//! the words are read here against the command tree, checked, and handed to argh in the one form it always takes:
//! path, flags, `--`, operands. A message names a flag or a position, never a value: it may be a secret.

use argh::{ArgsInfo, FromArgs, Optionality};

use super::globals::{Globals, Paging};
use super::suggest::{everyday, may_be_named, nearest, same_as, synonym};
use super::tree::{self, Command, Declared, Flag, Value};
use crate::base::failure::Failure;
use crate::cli::flags_seen::Given;
use crate::cli::paging::Page;
use crate::input::check::number;

/// What a command line asks for.
#[derive(Debug)]
pub(crate) enum Line<T> {
    /// Run a command.
    Run(Box<Run<T>>),
    /// Show the help of the command that these words name.
    Help(Vec<String>),
    /// Show the help of the topic, or else of the command, that these words name.
    Topic(Vec<String>),
    /// Show the version.
    Version,
}

/// A command with the flags that all commands share.
#[derive(Debug)]
pub(crate) struct Run<T> {
    /// The command and its own arguments.
    pub(crate) command: T,
    /// The flags of every command.
    pub(crate) globals: Globals,
    /// Which rows of a paged list.
    pub(crate) page: Page,
    /// The command's own flags that were given.
    pub(crate) given: Given,
}

/// Reads a command line. The flag beside the result says whether a failure is printed as JSON.
pub(crate) fn read<T: FromArgs + ArgsInfo + Declared>(
    words: &[String],
) -> (bool, Result<Line<T>, Failure>) {
    let root = tree::root::<T>();
    let mut reader = Reader::new(&root);
    reader.words(words);
    let as_json = reader
        .globals
        .windows(2)
        .any(|pair| pair[0] == "--output" && matches!(pair[1].as_str(), "json" | "jsonl"));
    (as_json, reader.finish())
}

struct Reader<'t> {
    root: &'t Command,
    at: &'t Command,
    path: Vec<&'static str>,
    own: Vec<String>,
    globals: Vec<String>,
    paging: Vec<String>,
    operands: Vec<String>,
    seen: Vec<&'static str>,
    help: bool,
    version: bool,
    // The first thing that is wrong; reading goes on, for `--help` and `--output` may still come.
    failure: Option<Failure>,
}

impl<'t> Reader<'t> {
    fn new(root: &'t Command) -> Self {
        Self {
            root,
            at: root,
            path: Vec::new(),
            own: Vec::new(),
            globals: Vec::new(),
            paging: Vec::new(),
            operands: Vec::new(),
            seen: Vec::new(),
            help: false,
            version: false,
            failure: None,
        }
    }

    fn words(&mut self, words: &[String]) {
        let mut at = 0;
        while let Some(word) = words.get(at) {
            at += 1;
            let position = at;
            if word == "--" {
                for (at, word) in words.iter().enumerate().skip(at) {
                    self.operand(word, at + 1);
                }
                return;
            } else if word.len() < 2 || !word.starts_with('-') {
                self.operand(word, position);
            } else {
                let (name, attached) = self.split(word);
                at += self.flag(name, attached, &words[at..], position);
            }
        }
    }

    /// A flag and the value that is attached to it: `--output=json`, `-o=json`, `-ojson`.
    fn split<'w>(&self, word: &'w str) -> (&'w str, Option<&'w str>) {
        if word.starts_with("--") {
            return word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        }
        match word.char_indices().nth(2) {
            Some((end, _)) if self.known(&word[..end]).is_some() => {
                let value = &word[end..];
                (&word[..end], Some(value.strip_prefix('=').unwrap_or(value)))
            }
            _ => (word, None),
        }
    }

    fn operand(&mut self, word: &str, position: usize) {
        if self.at.commands.is_empty() {
            self.operands.push(word.to_owned());
        } else if let Some(child) = tree::child(self.at, word) {
            self.path.push(child.name);
            self.at = &child.command;
        } else if word == "help" {
            self.help = true;
        } else {
            let help = format!("{} --help", self.name());
            let what = unknown("command", word, position);
            let failure = match self.meant(word) {
                Some(meant) => {
                    let failure = Failure::usage(what, format!("did you mean `{meant}`?"));
                    failure.fix(if meant.starts_with("alter ") { meant } else { help })
                }
                None => Failure::usage(what, "there is no such command").fix(help),
            };
            self.fail(failure);
        }
    }

    /// The command that an unknown word most likely meant: a name beside it, or a whole command.
    fn meant(&self, word: &str) -> Option<String> {
        let known = || self.at.commands.iter().map(|child| child.name);
        let whole = |verb| format!("{} {verb}", self.name());
        let verb_of = |child: &&tree::Child| tree::child(&child.command, word).is_some();
        let elsewhere = everyday(word).map(str::to_owned);
        if self.path.is_empty() && elsewhere.is_some() {
            return elsewhere;
        }
        let below = || self.at.commands.iter().find(verb_of);
        let here = nearest(word, known()).map(str::to_owned);
        here.or_else(|| synonym(word, known()).map(whole))
            .or_else(|| below().map(|child| whole(child.name) + " " + word))
            .or_else(|| {
                tree::only_namespace(self.root, word).map(|name| format!("alter {name} {word}"))
            })
            // Many namespaces have these verbs: none of them is suggested alone.
            .or(elsewhere.filter(|_| !matches!(word, "list" | "ls" | "status")))
    }

    /// Takes one flag; says how many of the words behind it were its values.
    fn flag(
        &mut self,
        name: &str,
        attached: Option<&str>,
        behind: &[String],
        position: usize,
    ) -> usize {
        match name {
            "--help" | "-h" => {
                self.help = true;
                return 0;
            }
            "--version" | "-V" => {
                self.version = true;
                return 0;
            }
            _ => {}
        }
        let Some((flag, kind)) = self.known(name) else {
            self.fail(self.unknown_flag(name, position));
            return 0;
        };
        if self.seen.contains(&flag.long) && !tree::repeats(flag) {
            self.fail(Failure::usage(flag.long, "is given twice"));
        }
        self.seen.push(flag.long);
        let (values, used) = match (tree::value(self.at, flag), attached, behind.first()) {
            (Value::Switch, None, _) => (Vec::new(), 0),
            (Value::Switch, Some(_), _) => {
                self.fail(Failure::usage(flag.long, "takes no value"));
                (Vec::new(), 0)
            }
            (_, Some(value), _) => (vec![value], 0),
            (_, None, Some(word)) if self.known(word).is_none() && word != "--help" => {
                let values = self.values(flag, behind);
                let used = values.len();
                (values, used)
            }
            (_, None, next) => {
                self.fail(no_value(flag, next.map(String::as_str)));
                (vec![""], 0)
            }
        };
        let values: Vec<&str> = values.iter().map(|value| self.as_listed(flag, value)).collect();
        if let Some(failure) = values.iter().find_map(|value| check(self.at, flag, value).err()) {
            self.fail(failure);
        } else if tree::only_reads(self.at) && kind == Owner::Own && values.contains(&"") {
            // As a filter it would count as none.
            self.fail(Failure::usage(flag.long, "is empty"));
        }
        let list = match kind {
            Owner::Own => &mut self.own,
            Owner::Global => &mut self.globals,
            Owner::Paging => &mut self.paging,
        };
        if values.is_empty() {
            list.push(flag.long.to_owned());
        }
        list.extend(values.iter().flat_map(|value| [flag.long.to_owned(), (*value).to_owned()]));
        used
    }

    /// The values of a flag: the next word, or every word up to the next flag where it takes several.
    fn values<'w>(&self, flag: &Flag, behind: &'w [String]) -> Vec<&'w str> {
        let more = |word: &&String| tree::takes_several(flag) && !word.starts_with('-');
        let first = behind.iter().take(1);
        first.chain(behind.iter().skip(1).take_while(more)).map(String::as_str).collect()
    }

    /// A choice as help lists it, where the command takes either case.
    fn as_listed<'v>(&self, flag: &Flag, value: &'v str) -> &'v str {
        let Value::Choice(words) = tree::value(self.at, flag) else { return value };
        let either_case = tree::either_case(self.at).contains(&flag.long);
        let same = |word: &&&str| word.eq_ignore_ascii_case(value);
        words.iter().find(same).filter(|_| either_case).copied().unwrap_or(value)
    }

    fn known(&self, name: &str) -> Option<(&'static Flag, Owner)> {
        let named = |flag: &&Flag| tree::is_named(flag, name);
        let owned = |owner| move |flag| (flag, owner);
        let paging = tree::page_bounds(self.at).map(|_| tree::paging()).unwrap_or_default();
        let own = self.at.flags.iter().find(named).map(owned(Owner::Own));
        own.or_else(|| paging.iter().find(named).map(owned(Owner::Paging)))
            .or_else(|| tree::globals().find(named).map(owned(Owner::Global)))
    }

    fn unknown_flag(&self, name: &str, position: usize) -> Failure {
        let no_such = format!("`{}` has no such flag", self.name());
        let why = match self.meant_flag(name) {
            Some(meant) if may_be_named(name) => format!("did you mean `{meant}`?"),
            Some(meant) => format!("{no_such}; did you mean `{meant}`?"),
            None => no_such,
        };
        let failure = Failure::usage(unknown("flag", name, position), why);
        failure.fix(format!("{} --help", self.name()))
    }

    /// Returns the flag of this command that an unknown one most likely meant, with a value where it stands for one.
    fn meant_flag(&self, name: &str) -> Option<&'static str> {
        let is_known =
            |meant: &&&str| meant.split(' ').next().is_some_and(|flag| self.known(flag).is_some());
        let known = tree::flags(self.at).chain(tree::globals()).map(|flag| flag.long);
        same_as(name)
            .iter()
            .find(is_known)
            .copied()
            .or_else(|| nearest(name, known.chain(["--help", "--version"])))
    }

    fn name(&self) -> String {
        ["alter"].iter().chain(&self.path).copied().collect::<Vec<_>>().join(" ")
    }

    fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    fn finish<T: FromArgs>(mut self) -> Result<Line<T>, Failure> {
        if self.version {
            return Ok(Line::Version);
        }
        if self.help || (self.failure.is_none() && !self.at.commands.is_empty()) {
            return Ok(Line::Help(self.path.iter().map(|&word| word.to_owned()).collect()));
        }
        if self.path == [tree::HELP] {
            return Ok(Line::Topic(self.operands));
        }
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let named = self.name_operand()?;
        self.check_presence(named)?;
        let page = self.page()?;
        let own = self.at.flags.iter().map(|flag| flag.long);
        let given = Given::new(&self.seen, own.collect(), &self.name(), tree::scope(self.at));
        let mut words: Vec<&str> = self.path.clone();
        words.extend(self.own.iter().map(String::as_str));
        words.push("--");
        words.extend(self.operands.iter().map(String::as_str));
        Ok(Line::Run(Box::new(Run {
            command: T::from_args(&["alter"], &words).map_err(|_| unreadable())?,
            globals: from_flags(&self.globals)?,
            page,
            given,
        })))
    }

    /// Takes the first operand as the value of the flag that it replaces, `keys show ID`; says how many it took.
    fn name_operand(&mut self) -> Result<usize, Failure> {
        match tree::operand(self.at).filter(|flag| !self.seen.contains(flag)) {
            Some(flag) if !self.operands.is_empty() => {
                let value = self.operands.remove(0);
                if let Some((known, _)) = self.known(flag) {
                    check(self.at, known, &value)?;
                }
                self.own.extend([flag.to_owned(), value]);
                self.seen.push(flag);
                Ok(1)
            }
            _ => Ok(0),
        }
    }

    /// Everything that must be there is, and nothing more.
    fn check_presence(&self, named: usize) -> Result<(), Failure> {
        let fix = format!("{} --help", self.name());
        let positionals = self.at.positionals;
        let required = positionals.iter().filter(|p| p.optionality == Optionality::Required);
        let operands = required.skip(self.operands.len()).map(|p| format!("<{}>", p.name));
        let flags = self.at.flags.iter().filter(|flag| tree::required(flag));
        let flags = flags.map(|flag| flag.long).filter(|flag| !self.seen.contains(flag));
        let missing: Vec<_> = operands.chain(flags.map(str::to_owned)).collect();
        if !missing.is_empty() {
            let why = if missing.len() == 1 { "is needed" } else { "are needed" };
            return Err(Failure::usage(missing.join(", "), why).fix(fix));
        }
        let unbounded = positionals
            .iter()
            .any(|p| matches!(p.optionality, Optionality::Repeating | Optionality::Greedy));
        if self.operands.len() > positionals.len() && !unbounded {
            let taken = positionals.len() + named;
            let why = format!("`{}` takes {taken}", self.name());
            return Err(Failure::usage(format!("operand {}", taken + 1), why).fix(fix));
        }
        Ok(())
    }

    fn page(&self) -> Result<Page, Failure> {
        let Some(bounds) = tree::page_bounds(self.at) else {
            return Ok(Page::default());
        };
        let given: Paging = from_flags(&self.paging)?;
        Ok(Page {
            limited: given.limit.is_some(),
            limit: given
                .limit
                .map_or(Ok(bounds.default), |text| number("--limit", &text, 1, bounds.most))?,
            offset: given
                .offset
                .map_or(Ok(0), |text| number("--offset", &text, 0, i64::MAX.unsigned_abs()))?,
            all: given.all,
        })
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Owner {
    Own,
    Global,
    Paging,
}

/// Names an unknown word, or its position where the word may be a secret.
fn unknown(what: &str, word: &str, position: usize) -> String {
    if may_be_named(word) {
        format!("unknown {what} `{word}`")
    } else {
        format!("argument {position}")
    }
}

fn no_value(flag: &Flag, next: Option<&str>) -> Failure {
    let failure = Failure::usage(flag.long, "needs a value");
    match next {
        Some(word) => failure.fix(format!("write {}={word} if that is the value", flag.long)),
        None => failure,
    }
}

/// Refuses a value that its flag cannot have, without repeating it.
fn check(command: &Command, flag: &Flag, value: &str) -> Result<(), Failure> {
    match tree::value(command, flag) {
        Value::Choice(words) if !words.contains(&value) => {
            Err(Failure::usage(flag.long, format!("must be one of {}", words.join(", "))))
        }
        Value::Number(least, most) => number(flag.long, value, least, most).map(|_| ()),
        _ => Ok(()),
    }
}

fn from_flags<T: FromArgs>(flags: &[String]) -> Result<T, Failure> {
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    T::from_args(&["alter"], &flags).map_err(|_| unreadable())
}

fn unreadable() -> Failure {
    Failure::usage("the command line", "cannot be read").fix("alter help")
}
