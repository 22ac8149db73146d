//! A design: the frontmatter of `ALTER_INTEGRATION.md`, which says how an integration is meant to work.

mod report;
mod rules;

use serde::Serialize;

use crate::base::failure::Failure;
use crate::input::yaml::{self, Entry, Mark, Node, Value};
use crate::input::{intake, text};
pub(crate) use report::{Report, Violation};

/// The default path of a design.
pub(crate) const DEFAULT_PATH: &str = "ALTER_INTEGRATION.md";

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// It will not work, or must not.
    Error,
    /// It may be meant.
    Warning,
}

/// A word of the design and its line.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    /// The word.
    pub(crate) text: String,
    /// Its line in the file.
    pub(crate) line: usize,
}

/// One way to a credential: an entry of `providers` or `grant_acquisition`.
#[derive(Debug)]
struct Path {
    word: Word,
    /// The principals it names itself.
    principals: Option<Vec<Word>>,
}

/// A principal, and the paths it is confined to, if any.
#[derive(Debug)]
struct Principal {
    word: Word,
    paths: Option<Vec<Word>>,
}

/// What a design says.
#[derive(Debug, Default)]
pub(crate) struct Design {
    goals: Vec<Word>,
    identity: Option<Word>,
    key_type: Option<Word>,
    principals: Vec<Principal>,
    providers: Vec<Path>,
    acquisitions: Vec<Path>,
    idp: Option<Word>,
    steps: Vec<Word>,
    /// What was wrong already when it was read.
    violations: Vec<Violation>,
}

/// The spellings of a key; the first is the one to use.
const GOAL: &[&str] = &["goal", "use_case"];
const IDENTITY: &[&str] = &["runtime_identity"];
const KEY_TYPE: &[&str] = &["key_type"];
const PRINCIPALS: &[&str] = &["principals"];
const PROVIDERS: &[&str] = &["providers"];
const ACQUISITION: &[&str] = &["grant_acquisition", "acquisition"];
const IDP: &[&str] = &["idp"];
const STEPS: &[&str] = &["dashboard_steps"];

/// The value of `idp` for users who are known by their tokens.
pub(crate) const JWT_RESOLUTION: &str = "jwt-resolution";

impl Design {
    /// Reads the design that a flag names.
    pub(crate) fn read(flag: &str, path: &str) -> Result<Self, Failure> {
        Self::parse(path, intake::regular_file(flag, path)?)
    }

    /// Reads the design that is there when the flag is not given.
    pub(crate) fn read_default(flag: &str, path: &str) -> Result<Self, Failure> {
        Self::parse(path, intake::default_file(flag, path)?)
    }

    fn parse(path: &str, bytes: Vec<u8>) -> Result<Self, Failure> {
        let text = text::utf8(bytes).map_err(|why| Failure::usage(path, why))?;
        let frontmatter = frontmatter(&text).map_err(|why| Failure::usage(path, why))?;
        let root = yaml::read(frontmatter, 1, yaml::DESIGN)
            .map_err(|no| Failure::usage(format!("{path}: line {}", no.mark.line), no.why))?;
        let entries = match root.value {
            Value::Null => Vec::new(),
            Value::Map(entries) => entries,
            _ => {
                let what = format!("{path}: line {}", root.mark.line);
                return Err(Failure::usage(what, "the frontmatter is not `key: value`"));
            }
        };
        let mut design = Self::default();
        for entry in entries {
            design.take(entry);
        }
        Ok(design)
    }

    /// Everything that is wrong with it, in the order of its lines.
    pub(crate) fn violations(&self) -> Vec<Violation> {
        let mut found = self.violations.clone();
        rules::check(self, &mut found);
        found.sort_by_key(|violation| violation.line);
        found
    }

    /// Whether the program is to act as an agent; `None` when the design does not say.
    pub(crate) fn is_agent(&self) -> Option<bool> {
        match self.identity.as_ref().or(self.key_type.as_ref())?.text.as_str() {
            "agent" => Some(true),
            "app" | "runtime" => Some(false),
            _ => None,
        }
    }

    /// Whether users are known by their tokens.
    pub(crate) fn resolves_tokens(&self) -> bool {
        self.idp.as_ref().is_some_and(|idp| idp.text == JWT_RESOLUTION)
    }

    /// Whether calls are made for users and for nobody else.
    pub(crate) fn serves_users_alone(&self) -> bool {
        !self.principals.is_empty()
            && self.principals.iter().all(|principal| principal.word.text == "user")
    }

    /// The providers it names.
    pub(crate) fn providers(&self) -> impl Iterator<Item = &Word> {
        self.providers.iter().map(|path| &path.word)
    }

    fn take(&mut self, entry: Entry) {
        let Entry { key, mark: Mark { line, .. }, value } = entry;
        let is = |names: &[&str]| names.contains(&key.as_str());
        if is(GOAL) {
            let goals = self.words(&key, value);
            self.goals.extend(goals);
        } else if is(IDENTITY) {
            self.identity = self.word(&key, value);
        } else if is(KEY_TYPE) {
            self.key_type = self.word(&key, value);
        } else if is(IDP) {
            self.idp = self.word(&key, value);
        } else if is(STEPS) {
            self.steps = self.words(&key, value);
        } else if is(PROVIDERS) {
            self.providers = self.paths(&key, value);
        } else if is(ACQUISITION) {
            let paths = self.paths(&key, value);
            self.acquisitions.extend(paths);
        } else if is(PRINCIPALS) {
            for node in list(value) {
                let paths = [PROVIDERS, &["provider"], ACQUISITION].concat();
                let paths = self.inside(&node, &paths);
                let word = self.name(&key, node);
                self.principals.extend(word.map(|word| Principal { word, paths }));
            }
        } else {
            let message = format!("`{key}` is no key of a design");
            self.violations.push(Violation::warning("unknown-key", line, message));
        }
    }

    fn paths(&mut self, key: &str, value: Node) -> Vec<Path> {
        let mut paths = Vec::new();
        for node in list(value) {
            let principals = self.inside(&node, &[PRINCIPALS, &["principal"]].concat());
            let word = self.name(key, node);
            paths.extend(word.map(|word| Path { word, principals }));
        }
        paths
    }

    /// The words under some keys of an entry that is an object; `None` when it has none of them.
    fn inside(&mut self, node: &Node, keys: &[&str]) -> Option<Vec<Word>> {
        let Value::Map(entries) = &node.value else {
            return None;
        };
        let named: Vec<_> =
            entries.iter().filter(|entry| keys.contains(&entry.key.as_str())).collect();
        if named.is_empty() {
            return None;
        }
        let words = named.iter().flat_map(|entry| texts(&entry.value));
        Some(words.collect())
    }

    fn words(&mut self, key: &str, value: Node) -> Vec<Word> {
        list(value).into_iter().filter_map(|node| self.name(key, node)).collect()
    }

    fn word(&mut self, key: &str, value: Node) -> Option<Word> {
        match value.value {
            Value::Null => None,
            Value::List(_) => {
                self.wrong(key, value.mark.line, "must be one word");
                texts(&value).into_iter().next()
            }
            _ => self.name(key, value),
        }
    }

    /// The word that an entry is, or that an object calls itself by.
    fn name(&mut self, key: &str, node: Node) -> Option<Word> {
        const NAMES: [&str; 6] = ["type", "id", "provider", "slug", "name", "step"];
        match node.value {
            Value::Null => return None,
            Value::Text { text, .. } => return Some(Word { text, line: node.mark.line }),
            Value::Map(entries) => {
                let named = NAMES
                    .iter()
                    .find_map(|name| entries.iter().find(|entry| entry.key == *name))
                    .and_then(|entry| texts(&entry.value).into_iter().next());
                if named.is_some() {
                    return named;
                }
            }
            Value::List(_) => {}
        }
        self.wrong(key, node.mark.line, "must be a word, or an object with a `type`");
        None
    }

    fn wrong(&mut self, key: &str, line: usize, why: &str) {
        self.violations.push(Violation::error("wrong-type", line, format!("`{key}` {why}")));
    }
}

/// One value, or the values of a list.
fn list(node: Node) -> Vec<Node> {
    match node.value {
        Value::List(list) => list,
        Value::Null => Vec::new(),
        _ => vec![node],
    }
}

fn texts(node: &Node) -> Vec<Word> {
    match &node.value {
        Value::Text { text, .. } => vec![Word { text: text.clone(), line: node.mark.line }],
        Value::List(list) => list.iter().flat_map(texts).collect(),
        Value::Null | Value::Map(_) => Vec::new(),
    }
}

/// The text between the `---` of the first line and the next such line.
fn frontmatter(text: &str) -> Result<&str, &'static str> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if first.trim_end() != "---" {
        return Err("line 1 is not `---`: it has no YAML frontmatter");
    }
    let begin = first.len();
    let mut end = begin;
    for line in lines {
        if matches!(line.trim_end(), "---" | "...") {
            return Ok(&text[begin..end]);
        }
        end += line.len();
    }
    Err("line 1 opens a frontmatter that no later `---` closes")
}
