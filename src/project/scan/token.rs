//! What the lexers of all languages make of a text.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Name,
    /// A string that is known as a whole; the token's text is what stands between the quotes.
    Text,
    /// A piece of a string that has expressions in it. Such a string is a group in brackets.
    Piece,
    /// A number, or a regular expression.
    Value,
    /// A bracket or an operator.
    Mark,
    /// The end of a statement, in a language where lines end them.
    Break,
}

/// A word of the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

/// Strings in strings deeper than this are read as plain ones.
pub(super) const MAX_NESTED: usize = 24;

/// A source of more is not one that a person wrote; it is read this far.
pub(super) const MAX_TOKENS: usize = 1_000_000;

/// A place in a text, moving forward, that counts lines and collects tokens.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    line: usize,
    pub(super) tokens: Vec<Token<'a>>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let begin = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { text, at: begin, line: 1, tokens: Vec::with_capacity(text.len() / 5) }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(super) fn sees(&self, text: &str) -> bool {
        self.text.as_bytes()[self.at..].starts_with(text.as_bytes())
    }

    /// Goes on by so many bytes.
    pub(super) fn skip(&mut self, bytes: usize) {
        let end = (self.at + bytes).min(self.text.len());
        for byte in &self.text.as_bytes()[self.at..end] {
            self.line += usize::from(*byte == b'\n');
        }
        self.at = end;
    }

    /// Goes on by one character.
    pub(super) fn skip_char(&mut self) {
        self.skip(self.peek().map_or(1, char::len_utf8));
    }

    /// Goes to the end of the line.
    pub(super) fn skip_line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// Adds a token of the next bytes and goes behind them.
    pub(super) fn take(&mut self, kind: Kind, bytes: usize) {
        let text = self.rest().get(..bytes).unwrap_or_default();
        self.push(kind, text, self.line);
        self.skip(bytes);
    }

    /// Adds a token that began on an earlier line.
    pub(super) fn push(&mut self, kind: Kind, text: &'a str, line: usize) {
        if self.tokens.len() == MAX_TOKENS {
            // Nothing more is seen of the text.
            self.at = self.text.len();
            return;
        }
        self.tokens.push(Token { kind, text, line });
    }

    /// Adds the text since `begin`, a place and its line, as a piece of a string that values are put into.
    pub(super) fn piece(&mut self, (begin, line): (usize, usize)) {
        self.push(Kind::Piece, &self.text[begin..self.at], line);
    }

    /// Ends such a string, whose opening mark is the token at `opened`. Without a value in it, it is a string like any
    /// other.
    pub(super) fn close_pieces(&mut self, opened: usize, begin: (usize, usize)) {
        if self.tokens.len() == opened + 1 {
            let line = self.tokens[opened].line;
            self.tokens.pop();
            self.push(Kind::Text, &self.text[begin.0..self.at], line);
        } else {
            self.piece(begin);
            self.push(Kind::Mark, ")", self.line);
        }
    }

    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// Adds a name or a number; `false` when something else comes.
    pub(super) fn word(&mut self) -> bool {
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        let rest = self.rest();
        let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
        if length == 0 {
            return false;
        }
        let number = rest.starts_with(|c: char| c.is_ascii_digit());
        self.take(if number { Kind::Value } else { Kind::Name }, length);
        true
    }

    /// Adds the longest operator of a list, or else the next character.
    pub(super) fn mark(&mut self, long: &[&str]) {
        let length = long.iter().find(|mark| self.sees(mark)).map(|mark| mark.len());
        let length = length.or_else(|| self.peek().map(char::len_utf8)).unwrap_or(1);
        self.take(Kind::Mark, length);
    }
}
