//! A source as tokens whose brackets know each other.

use std::borrow::Cow;
use std::cell::Cell;
use std::num::NonZeroU32;
use std::ops::Range;

use super::Language;
use super::token::{Kind, MAX_TOKENS, Token};
use super::{python, script};

/// Each token may be gone through so many times: once for each of the calls and objects that it is an argument of, and
/// for what is asked of them.
const STEPS: usize = 32;

/// Paths of more names and dots are not followed to their beginning.
pub(super) const MAX_PATH: usize = 32;

/// The tokens of one source file.
#[derive(Debug)]
pub(crate) struct Code<'a> {
    pub(crate) language: Language,
    tokens: Vec<Token<'a>>,
    /// For a bracket, where its other half stands.
    partners: Vec<Option<NonZeroU32>>,
    /// How many tokens may still be gone through.
    steps: Cell<usize>,
}

/// One argument of a call, or one entry of an object; without a name where it has none.
#[derive(Clone, Debug)]
pub(crate) struct Argument<'a> {
    pub(crate) name: Option<Cow<'a, str>>,
    pub(crate) value: Range<usize>,
}

/// What stands between two brackets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments<'a> {
    pub(crate) list: Vec<Argument<'a>>,
    /// There is more that only a run would show: `**more`, `...more`, a variable that holds options.
    pub(crate) open: bool,
}

impl<'a> Arguments<'a> {
    /// The value of a name.
    pub(crate) fn named(&self, name: &str) -> Option<&Range<usize>> {
        let is = |argument: &&Argument| argument.name.as_deref() == Some(name);
        self.list.iter().find(is).map(|argument| &argument.value)
    }

    /// The value at a place among those without a name.
    pub(crate) fn positional(&self, at: usize) -> Option<&Range<usize>> {
        let mut unnamed = self.list.iter().filter(|argument| argument.name.is_none());
        unnamed.nth(at).map(|argument| &argument.value)
    }

    fn push(&mut self, name: Option<Cow<'a, str>>, value: Range<usize>) {
        self.list.push(Argument { name, value });
    }
}

impl<'a> Code<'a> {
    /// Reads a source.
    pub(crate) fn new(language: Language, text: &'a str) -> Self {
        let tokens = match language {
            Language::Python => python::tokens(text),
            Language::Script => script::tokens(text),
        };
        let partners = partners(&tokens);
        let steps = Cell::new(tokens.len() * STEPS + 1);
        Self { language, tokens, partners, steps }
    }

    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(crate) fn tokens(&self) -> &[Token<'a>] {
        &self.tokens
    }

    /// The line of a token.
    pub(crate) fn line(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(1, |token| token.line)
    }

    /// The name at a place.
    pub(crate) fn name(&self, at: usize) -> Option<&'a str> {
        self.of(Kind::Name, at)
    }

    /// The string at a place.
    pub(crate) fn string(&self, at: usize) -> Option<&'a str> {
        self.of(Kind::Text, at)
    }

    fn of(&self, kind: Kind, at: usize) -> Option<&'a str> {
        self.tokens.get(at).filter(|token| token.kind == kind).map(|token| token.text)
    }

    /// Whether this mark or name stands at a place.
    pub(crate) fn is(&self, at: usize, text: &str) -> bool {
        let code = |token: &&Token| matches!(token.kind, Kind::Mark | Kind::Name);
        self.tokens.get(at).filter(code).is_some_and(|token| token.text == text)
    }

    /// Whether a statement ends at a place.
    pub(crate) fn ends(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(|token| token.kind == Kind::Break || token.text == ";")
    }

    /// The other half of a bracket.
    pub(crate) fn partner(&self, at: usize) -> Option<usize> {
        let behind = self.partners.get(at).copied().flatten()?;
        Some(behind.get() as usize - 1)
    }

    /// Where the path of names (`a.b.c`) that ends at a place begins.
    pub(crate) fn path_begin(&self, end: usize) -> usize {
        let mut begin = end;
        while begin >= 2
            && end - begin < MAX_PATH
            && self.is(begin - 1, ".")
            && self.name(begin - 2).is_some()
        {
            begin -= 2;
        }
        begin
    }

    /// Where the path of names that begins at a place ends.
    pub(crate) fn path_end(&self, begin: usize) -> usize {
        let mut end = begin;
        while end - begin < MAX_PATH && self.is(end + 1, ".") && self.name(end + 2).is_some() {
            end += 2;
        }
        end
    }

    /// The path of names from one place to another.
    pub(crate) fn path(&self, begin: usize, end: usize) -> String {
        let names: Vec<&str> = (begin..=end).filter_map(|at| self.name(at)).collect();
        names.join(".")
    }

    /// What is given to a call whose bracket opens at a place. In a script, what an object that is given as an argument
    /// holds counts as given by name. Names are in Python's spelling.
    pub(crate) fn arguments(&self, open: usize) -> Arguments<'a> {
        let mut found = Arguments::default();
        let parts = self.parts(open);
        let count = parts.len();
        for (at, part) in parts.into_iter().enumerate() {
            if self.spreads(part.start) {
                found.open = true;
            } else if self.language == Language::Python && self.is(part.start + 1, "=") {
                let name = self.name(part.start).map(Cow::Borrowed);
                found.push(name, part.start + 2..part.end);
            } else if let Some(object) = self.is_script().then(|| self.object(&part)).flatten() {
                found.open |= object.open;
                found.list.extend(object.list.into_iter().map(|entry| Argument {
                    name: entry.name.map(|name| Cow::Owned(snake(&name))),
                    ..entry
                }));
            } else {
                // A last argument may hold options, or everything.
                found.open |= self.is_script() && at + 1 == count && (count == 1 || count > 2);
                found.push(None, part);
            }
        }
        found
    }

    fn is_script(&self) -> bool {
        self.language == Language::Script
    }

    /// The entries of an object that is the whole of a value; `None` when it is something else.
    pub(crate) fn object(&self, value: &Range<usize>) -> Option<Arguments<'a>> {
        let begin = value.start;
        let whole = |open: usize| self.partner(open).is_some_and(|close| close + 1 == value.end);
        // The arguments of a Python call are not looked into, so this goes no deeper.
        let is_dict = !self.is_script() && self.is(begin, "dict") && self.is(begin + 1, "(");
        if is_dict && whole(begin + 1) {
            return Some(self.arguments(begin + 1));
        }
        if !self.is(begin, "{") || !whole(begin) {
            return None;
        }
        let mut found = Arguments::default();
        for part in self.parts(begin) {
            let key = self.string(part.start).map(Cow::Borrowed);
            let word = self.name(part.start).map(Cow::Borrowed).filter(|_| self.is_script());
            match key.or(word) {
                Some(key) if self.is(part.start + 1, ":") => {
                    found.push(Some(key), part.start + 2..part.end);
                }
                Some(key) if part.len() == 1 && self.is_script() => found.push(Some(key), part),
                _ => found.open = true,
            }
        }
        Some(found)
    }

    /// Whether a value is a list with nothing in it.
    pub(crate) fn is_empty_list(&self, value: &Range<usize>) -> bool {
        self.is(value.start, "[") && self.is(value.start + 1, "]") && value.len() == 2
    }

    /// Whether a value is the one that stands for none.
    pub(crate) fn is_nothing(&self, value: &Range<usize>) -> bool {
        ["None", "null", "undefined"].iter().any(|word| self.is(value.start, word))
    }

    fn spreads(&self, at: usize) -> bool {
        ["*", "**", "..."].iter().any(|mark| self.is(at, mark))
    }

    /// The tokens between a bracket and its other half, without those that nested brackets hold.
    pub(crate) fn inside(&self, open: usize) -> impl Iterator<Item = usize> {
        let close = self.partner(open).unwrap_or(open);
        let behind = |at: usize| self.partner(at).filter(|partner| *partner > at).unwrap_or(at) + 1;
        std::iter::successors(Some(open + 1), move |at| Some(behind(*at)))
            .take_while(move |at| *at < close && self.spend())
    }

    /// Counts a step through the tokens. A source in which the same ones are gone through again and again is given up.
    fn spend(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }

    /// Returns whether the source was read to its end, however its parts refer to each other.
    pub(crate) fn was_read_whole(&self) -> bool {
        self.steps.get() > 0 && self.tokens.len() < MAX_TOKENS
    }

    /// What commas separate between a bracket and its other half.
    fn parts(&self, open: usize) -> Vec<Range<usize>> {
        let close = self.partner(open).unwrap_or(open);
        let (mut parts, mut begin) = (Vec::new(), open + 1);
        for comma in self.inside(open).filter(|at| self.is(*at, ",")) {
            parts.push(begin..comma);
            begin = comma + 1;
        }
        parts.push(begin..close.max(begin));
        parts.retain(|part| !part.is_empty());
        parts
    }
}

/// The place behind the other half of each bracket.
fn partners(tokens: &[Token]) -> Vec<Option<NonZeroU32>> {
    let behind = |at: usize| u32::try_from(at + 1).ok().and_then(NonZeroU32::new);
    let mut partners = vec![None; tokens.len()];
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Mark {
            continue;
        }
        match token.text {
            "(" => open.push((at, ")")),
            "[" => open.push((at, "]")),
            "{" => open.push((at, "}")),
            ")" | "]" | "}" => {
                // Brackets in the text of a page match nothing: what they left open is given up.
                let nearest =
                    open.iter().rev().take(64).position(|(_, closing)| *closing == token.text);
                if let Some(nearest) = nearest {
                    open.truncate(open.len() - nearest);
                    if let Some((opening, _)) = open.pop() {
                        partners[opening] = behind(at);
                        partners[at] = behind(opening);
                    }
                }
            }
            _ => {}
        }
    }
    partners
}

/// `userToken` as Python spells it.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
