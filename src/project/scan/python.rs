//! Python as tokens: comments gone, strings whole, expressions in f-strings read like other code.

use super::token::{Cursor, Kind, MAX_NESTED, Token};

/// Operators of more than one character, the longer ones first.
const MARKS: [&str; 22] = [
    "**=", "//=", ">>=", "<<=", "...", "**", "//", "==", "!=", "<=", ">=", "->", ":=", "+=", "-=",
    "*=", "/=", "%=", "&=", "|=", "^=", "@=",
];

/// The tokens of a source.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { at: Cursor::new(text), brackets: 0 };
    lexer.code(None);
    lexer.at.tokens
}

struct Lexer<'a> {
    at: Cursor<'a>,
    /// How many brackets are open: in them a line break ends nothing.
    brackets: usize,
}

impl Lexer<'_> {
    /// Reads code to its end; code in an f-string ends at its `}` or the `:` of its format.
    fn code(&mut self, nested: Option<usize>) {
        let outer = std::mem::replace(&mut self.brackets, usize::from(nested.is_some()));
        while let Some(next) = self.at.peek() {
            match next {
                '}' | ':' if nested.is_some() && self.brackets == 1 => break,
                '\n' => {
                    if self.brackets == 0 {
                        self.at.take(Kind::Break, 1);
                    } else {
                        self.at.skip(1);
                    }
                }
                '#' => self.at.skip_line(),
                '\\' if self.at.sees("\\\r\n") => self.at.skip(3),
                '\\' => self.at.skip(1 + usize::from(self.at.byte(1) == b'\n')),
                ';' if self.brackets == 0 => self.at.take(Kind::Break, 1),
                _ if next.is_whitespace() => self.at.skip_char(),
                '"' | '\'' => self.string(0, nested.unwrap_or(0)),
                _ => self.other(next, nested.unwrap_or(0)),
            }
        }
        self.brackets = outer;
    }

    fn other(&mut self, next: char, depth: usize) {
        match next {
            '(' | '[' | '{' => self.brackets += 1,
            ')' | ']' | '}' => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        if let Some(prefix) = self.prefix() {
            self.string(prefix, depth);
        } else if !self.at.word() {
            self.at.mark(&MARKS);
        }
    }

    /// The length of the letters before a string, such as `rb`.
    fn prefix(&self) -> Option<usize> {
        let letters =
            (0..3).take_while(|ahead| b"rRbBuUfFtT".contains(&self.at.byte(*ahead))).count();
        let quoted = matches!(self.at.byte(letters), b'"' | b'\'');
        (matches!(letters, 1 | 2) && quoted).then_some(letters)
    }

    /// Reads a string behind its prefix.
    fn string(&mut self, prefix: usize, depth: usize) {
        let letters = &self.at.rest().as_bytes()[..prefix];
        let formatted = letters.iter().any(|letter| b"fFtT".contains(letter));
        let line = self.at.line();
        self.at.skip(prefix);
        let quote = &self.at.rest()[..1];
        let triple = [quote; 3].concat();
        let long = self.at.sees(&triple);
        let quote = if long { triple.as_str() } else { quote };
        self.at.skip(quote.len());
        if formatted && depth < MAX_NESTED {
            self.formatted(quote, long, depth);
            return;
        }
        let begin = self.at.at;
        while !self.ends(quote, long) {
            self.character();
        }
        let text = &self.at.text[begin..self.at.at];
        self.at.push(Kind::Text, text, line);
        if self.at.sees(quote) {
            self.at.skip(quote.len());
        }
    }

    /// Reads an f-string behind its opening quote.
    fn formatted(&mut self, quote: &str, long: bool, depth: usize) {
        let line = self.at.line();
        let opened = self.at.tokens.len();
        self.at.push(Kind::Mark, "(", line);
        let mut begin = (self.at.at, line);
        while !self.ends(quote, long) {
            if self.at.sees("{{") {
                self.at.skip(2);
            } else if self.at.sees("{") {
                self.at.piece(begin);
                self.at.skip(1);
                self.code(Some(depth + 1));
                // A format may hold expressions of its own; they are skipped.
                let mut open = 1;
                while open > 0 && !self.ends(quote, long) {
                    match self.at.byte(0) {
                        b'{' => open += 1,
                        b'}' => open -= 1,
                        _ => {}
                    }
                    self.character();
                }
                begin = (self.at.at, self.at.line());
            } else {
                self.character();
            }
        }
        self.at.close_pieces(opened, begin);
        if self.at.sees(quote) {
            self.at.skip(quote.len());
        }
    }

    /// Whether a string ends here; a short one does at the end of its line.
    fn ends(&self, quote: &str, long: bool) -> bool {
        let here = self.at.byte(0);
        self.at.rest().is_empty() || self.at.sees(quote) || (!long && here == b'\n')
    }

    fn character(&mut self) {
        if self.at.byte(0) == b'\\' {
            self.at.skip(1);
        }
        self.at.skip_char();
    }
}
