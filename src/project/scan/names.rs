//! What the names of a file mean, as far as the file itself says.

use std::collections::HashMap;
use std::ops::Range;

use super::Language;
use super::code::{Code, MAX_PATH};
use super::imports::Import;

/// The classes of the SDK that make calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    App,
    Agent,
}

impl Client {
    /// The class's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::App => "App",
            Self::Agent => "Agent",
        }
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// A client of the SDK.
    Client(Client),
    /// A function that returns one.
    Factory(Client),
    /// A class, function or constant of the SDK, by the name it has there.
    Symbol(&'a str),
    /// The SDK as a module.
    Module,
    /// Something that is not of the SDK.
    Foreign,
    /// Nobody knows.
    Unknown,
}

/// Values are looked for through so many calls in a row.
const MAX_CHAIN: usize = 16;

/// A longer string is no annotation.
const MAX_QUOTED: usize = 80;

/// The names of a file.
#[derive(Debug)]
pub(crate) struct Names<'c, 'a> {
    code: &'c Code<'a>,
    /// A path such as `self.vault`: from which token on it means what.
    meanings: HashMap<String, Vec<(usize, Value<'a>)>>,
    /// The value of a name that is set by one statement alone: where it begins.
    constants: HashMap<&'a str, Option<usize>>,
    /// How often a name stands where something may be done to its value.
    uses: HashMap<&'a str, usize>,
    /// The function that was defined last.
    function: Option<&'a str>,
}

/// What a name or path means that comes from another file of the project, from which token on.
pub(crate) type Shared = (usize, String, Value<'static>);

impl<'c, 'a> Names<'c, 'a> {
    /// Learns the names of a file. `shared` are those of other files that it imports, in the order of their tokens.
    pub(crate) fn new(code: &'c Code<'a>, imports: &[Import<'a>], shared: &[Shared]) -> Self {
        let mut names = Self {
            code,
            meanings: HashMap::new(),
            constants: HashMap::new(),
            uses: HashMap::new(),
            function: None,
        };
        let mut shared = shared.iter().peekable();
        let mut imports = imports.iter().peekable();
        for at in 0..code.len() {
            while let Some(import) = imports.next_if(|import| import.at <= at) {
                names.import(import);
            }
            while let Some((_, path, value)) = shared.next_if(|(from, ..)| *from <= at) {
                names.mean(path.clone(), at, *value);
            }
            names.class(at);
            names.count(at);
            names.annotation(at);
            names.assignment(at);
            names.with(at);
            names.returned(at);
        }
        names
    }

    /// The clients that other files can import from this one, and functions that return one, by name.
    pub(crate) fn exported(&self) -> HashMap<String, Value<'static>> {
        let mut found = HashMap::new();
        for (path, meanings) in &self.meanings {
            let value = meanings.last().and_then(|(_, value)| value.of_client());
            let name = ["module.exports.", "exports."].iter().find_map(|at| path.strip_prefix(at));
            let name = name.unwrap_or(path);
            found.extend(
                value.filter(|_| !name.contains('.')).map(|value| (name.to_owned(), value)),
            );
        }
        let code = self.code;
        for at in 1..code.len() {
            let default = code.is(at - 1, "export") && code.is(at, "default");
            if default || code.is(at, "=") && code.is(at - 1, "exports") {
                let value = match self.made(at + 1) {
                    Value::Unknown => self.known(&code.path(at + 1, code.path_end(at + 1)), at),
                    made => made,
                };
                found.extend(value.of_client().map(|value| ("default".to_owned(), value)));
            } else if let (true, Some(name), Some(alias)) =
                (code.is(at, "as"), code.name(at - 1), code.name(at + 1))
                && let Some(value) = found.get(name).copied()
            {
                found.insert(alias.to_owned(), value);
            }
        }
        found
    }

    /// `def vault() -> App:`, `function vault(): App {`, `return App(…)`, `const vault = () => new App(…)`.
    fn returned(&mut self, at: usize) {
        let code = self.code;
        if code.is(at, "def") || code.is(at, "function") {
            self.function = code.name(at + 1);
            let close = code.partner(at + 2).filter(|_| code.is(at + 2, "("));
            let typed = close.filter(|close| code.is(close + 1, "->") || code.is(close + 1, ":"));
            if let (Some(name), Some(close)) = (self.function, typed) {
                let class = code.path(close + 2, code.path_end(close + 2));
                self.returns(name, client(self.known(&class, at)), at);
            }
        } else if code.is(at, "return") || code.is(at, "yield") {
            let value = match self.made(at + 1) {
                Value::Unknown => self.known(&code.path(at + 1, code.path_end(at + 1)), at),
                made => made,
            };
            if let (Some(name), Value::Client(client)) = (self.function, value) {
                self.returns(name, Some(client), at);
            }
        } else if at >= 2 && code.is(at, "=>") {
            let open = code.partner(at - 1).unwrap_or(at - 1);
            let before = if open > 0 && code.is(open - 1, "async") { open - 1 } else { open };
            let name = before.checked_sub(2).filter(|_| code.is(before - 1, "="));
            if let (Some(name), Value::Client(client)) =
                (name.and_then(|name| code.name(name)), self.made(at + 1))
            {
                self.returns(name, Some(client), at);
            }
        }
    }

    fn returns(&mut self, function: &str, client: Option<Client>, at: usize) {
        if let Some(client) = client {
            self.mean(function.to_owned(), at, Value::Factory(client));
        }
    }

    fn mean(&mut self, path: String, from: usize, value: Value<'a>) {
        self.meanings.entry(path).or_default().push((from, value));
    }

    fn import(&mut self, import: &Import<'a>) {
        let Some(local) = import.local else { return };
        let value = match (&import.part, import.symbol) {
            (Some(_), Some("default") | None) => Value::Module,
            (Some(_), Some(symbol)) => Value::Symbol(symbol),
            // Another file's `vault` may well be a client; its `Vault` is a class of its own.
            (None, _) if is_class(local) => Value::Foreign,
            (None, _) => Value::Unknown,
        };
        self.mean(local.to_owned(), import.at, value);
    }

    fn count(&mut self, at: usize) {
        if let Some(name) = self.code.name(at).filter(|_| !self.is_body(at)) {
            *self.uses.entry(name).or_default() += 1;
        }
    }

    /// `json=body`, `json: body`
    fn is_body(&self, at: usize) -> bool {
        let code = self.code;
        at >= 2 && code.is(at - 2, "json") && (code.is(at - 1, "=") || code.is(at - 1, ":"))
    }

    /// `class App:` of the file's own.
    fn class(&mut self, at: usize) {
        if let Some(name) = self.code.name(at + 1).filter(|_| self.code.is(at, "class")) {
            self.mean(name.to_owned(), at, Value::Foreign);
        }
    }

    /// `vault: App`, `vault: App | None`, `vault: "App"`.
    fn annotation(&mut self, at: usize) {
        let code = self.code;
        let Some(name) = code.name(at).filter(|_| code.is(at + 1, ":")) else {
            return;
        };
        let mut end = at + 2;
        while ["Optional", "Annotated", "["].iter().any(|word| code.is(end, word)) {
            end += 1;
        }
        let is_python = code.language == Language::Python;
        let quoted = code.string(end).filter(|text| is_python && text.len() < MAX_QUOTED);
        let begin = end;
        end = code.path_end(begin);
        let class = match quoted {
            Some(class) => self.known(class, at),
            None if code.name(end).is_some() && !code.is(end + 1, "(") => {
                self.known(&code.path(begin, end), at)
            }
            None => return,
        };
        let whose = code.path_begin(at);
        let path = if whose == at { name.to_owned() } else { code.path(whose, at) };
        match client(class) {
            Some(client) => self.mean(path, at, Value::Client(client)),
            // `a ? b : C` looks the same in a script.
            None if is_python && class == Value::Foreign => {
                self.mean(path, at, Value::Foreign);
            }
            None => {}
        }
    }

    /// `vault = App(…)`, `this.vault = await new App(…)`, `url = "…"`.
    fn assignment(&mut self, at: usize) {
        let code = self.code;
        let sets =
            code.is(at, "=") || code.is(at, "??=") || code.is(at, "||=") || code.is(at, ":=");
        if !sets || at == 0 {
            return;
        }
        let mut target = at - 1;
        // `vault: App = …`
        let typed = code.path_begin(target);
        if code.name(target).is_some() && typed >= 2 && code.is(typed - 1, ":") {
            target = typed - 2;
        }
        let Some(name) = code.name(target) else { return };
        let begin = code.path_begin(target);
        let value_at = at + 1;
        if begin == target {
            let once = !self.constants.contains_key(name) && self.is_statement(begin);
            self.constants.insert(name, once.then_some(value_at));
        }
        if !code.is_nothing(&(value_at..value_at + 1)) && !self.imports(value_at) {
            let value = self.made(value_at);
            // An argument by name is no variable.
            if value != Value::Unknown || begin != target || self.is_statement(begin) {
                self.mean(code.path(begin, target), at, value);
            }
        }
    }

    /// `require("x")`, `(await import("x"))`: what that means is known already.
    fn imports(&self, begin: usize) -> bool {
        let code = self.code;
        let skipped = (begin..code.len()).find(|at| !code.is(*at, "await") && !code.is(*at, "("));
        skipped.is_some_and(|at| {
            ["require", "import"].iter().any(|word| code.is(at, word)) && code.is(at + 1, "(")
        })
    }

    fn is_statement(&self, begin: usize) -> bool {
        begin == 0
            || self.code.ends(begin - 1)
            || ["const", "let", "var", "}", "{"].iter().any(|word| self.code.is(begin - 1, word))
    }

    /// `with App(…) as vault:`
    fn with(&mut self, at: usize) {
        let code = self.code;
        let made = at.checked_sub(1).filter(|close| code.is(at, "as") && code.is(*close, ")"));
        if let Some((close, name)) = made.zip(code.name(at + 1)) {
            let value = self.value(close, 0);
            self.mean(name.to_owned(), at, value);
        }
    }

    /// What an expression that begins at a place makes: only constructions are looked at.
    fn made(&self, begin: usize) -> Value<'a> {
        let code = self.code;
        let mut at = begin;
        while ["await", "new", "("].iter().any(|word| code.is(at, word)) {
            at += 1;
        }
        if code.name(at).is_none() {
            return Value::Unknown;
        }
        let mut end = at;
        loop {
            end = code.path_end(end);
            match code.partner(end + 1).filter(|_| code.is(end + 1, "(")) {
                Some(close) => end = close,
                None => break,
            }
            if !code.is(end + 1, ".") {
                break;
            }
        }
        if code.is(end, ")") { self.value(end, 0) } else { Value::Unknown }
    }

    /// What a name or path means at a place.
    pub(crate) fn known(&self, path: &str, at: usize) -> Value<'a> {
        if let Some(meanings) = self.meanings.get(path) {
            let before = meanings.partition_point(|(from, _)| *from <= at);
            return meanings[before.saturating_sub(1)].1;
        }
        let Some((owner, name)) = path.rsplit_once('.') else {
            return if is_class(path) { Value::Foreign } else { Value::Unknown };
        };
        match self.known(owner, at) {
            Value::Module => symbol(name),
            _ if is_class(name) => Value::Foreign,
            _ => Value::Unknown,
        }
    }

    /// What the expression that ends at a token is.
    pub(crate) fn value(&self, end: usize, chain: usize) -> Value<'a> {
        let code = self.code;
        if chain > MAX_CHAIN {
            return Value::Unknown;
        }
        if code.name(end).is_some() {
            let begin = code.path_begin(end);
            if begin > 0 && code.is(begin - 1, ".") {
                return Value::Unknown;
            }
            return match code.path(begin, end).as_str() {
                "self" | "this" | "cls" | "super" => Value::Foreign,
                path => self.known(path, end),
            };
        }
        if code.string(end).is_some() {
            return Value::Foreign;
        }
        if code.is(end, "!") && end > 0 {
            return self.value(end - 1, chain + 1);
        }
        let Some(open) = code.partner(end).filter(|open| code.is(end, ")") && *open < end) else {
            return Value::Unknown;
        };
        if open == 0 || code.name(open - 1).is_none() {
            return if end > open + 1 { self.value(end - 1, chain + 1) } else { Value::Unknown };
        }
        self.called(open - 1, chain)
    }

    /// Whether the name that ends at a place is one of the SDK's.
    pub(crate) fn is_symbol(&self, end: usize, symbol: &str) -> bool {
        self.value(end, 0) == Value::Symbol(symbol)
    }

    /// What calling the name at a place gives.
    fn called(&self, callee: usize, chain: usize) -> Value<'a> {
        let code = self.code;
        let whole = self.value(callee, chain + 1);
        if let Some(client) = client(whole) {
            return Value::Client(client);
        }
        if let Value::Factory(client) = whole {
            return Value::Client(client);
        }
        let method = code.name(callee).unwrap_or_default();
        if callee >= 2 && code.is(callee - 1, ".") {
            let owner = self.value(callee - 2, chain + 1);
            match (method, owner) {
                ("with_constraints" | "withConstraints", Value::Client(_)) => return owner,
                ("get_agent" | "getAgent", Value::Client(_)) => {
                    return Value::Client(Client::Agent);
                }
                _ => {}
            }
        }
        match whole {
            Value::Foreign if is_class(method) => Value::Foreign,
            _ => Value::Unknown,
        }
    }

    /// The value itself, where a name stands for one that is set once and that nothing else is done to.
    pub(crate) fn resolved(&self, value: &Range<usize>) -> Range<usize> {
        let name = self.code.name(value.start).filter(|_| value.len() == 1);
        let begin = name.and_then(|name| {
            let begin = (*self.constants.get(name)?)?;
            // A string stays as it is. What holds others may be filled anywhere but where it is set and sent.
            let known = if self.is_body(value.start) { 1 } else { 2 };
            let same = self.code.string(begin).is_some() || self.uses.get(name) == Some(&known);
            same.then_some(begin)
        });
        let Some(begin) = begin else { return value.clone() };
        begin..self.end(begin)
    }

    /// Where a value that begins at a place ends: at a string, a bracket, or a call.
    fn end(&self, begin: usize) -> usize {
        let code = self.code;
        let mut end = begin;
        while code.name(end).is_some() && end - begin < MAX_PATH {
            end += if code.is(end + 1, ".") { 2 } else { 1 };
        }
        match code.partner(end) {
            Some(close) if close > end => close + 1,
            _ if end == begin => end + 1,
            _ => end,
        }
    }
}

impl Value<'_> {
    /// The same, when it is a client or gives one.
    fn of_client(self) -> Option<Value<'static>> {
        match self {
            Value::Client(client) => Some(Value::Client(client)),
            Value::Factory(client) => Some(Value::Factory(client)),
            _ => None,
        }
    }
}

/// A name of the SDK that is reached through its module; those that matter here.
fn symbol(name: &str) -> Value<'static> {
    let known = ["App", "Agent", "AgentPrincipal", "HttpMethod"];
    known.into_iter().find(|symbol| *symbol == name).map_or(Value::Foreign, Value::Symbol)
}

/// The client that a class of the SDK makes.
fn client(class: Value) -> Option<Client> {
    match class {
        Value::Symbol("App") => Some(Client::App),
        Value::Symbol("Agent") => Some(Client::Agent),
        _ => None,
    }
}

/// Whether a name is spelled as classes are.
fn is_class(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let mut letters = last.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
}
