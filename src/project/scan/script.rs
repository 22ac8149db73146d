//! TypeScript and JavaScript as tokens: comments gone, strings whole, expressions in templates read like other code.

use super::token::{Cursor, Kind, MAX_NESTED, Token};

/// Operators of more than one character, the longer ones first.
const MARKS: [&str; 28] = [
    ">>>=", "===", "!==", "**=", "...", "&&=", "||=", "??=", ">>=", "<<=", "=>", "==", "!=", "<=",
    ">=", "&&", "||", "??", "**", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=",
];

/// An apostrophe in the text of a page is no string; it is not looked for its end further than this.
const MAX_LOOK: usize = 500;

/// Words that an expression may follow, so that a `/` behind them begins a regular expression.
const BEFORE_EXPRESSION: [&str; 14] = [
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "do",
    "else",
    "void",
    "delete",
    "throw",
    "new",
    "await",
    "yield",
    "instanceof",
];

/// The tokens of a source.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { at: Cursor::new(text), last_comment: text.rfind("*/").unwrap_or(0) };
    if lexer.at.sees("#!") {
        lexer.at.skip_line();
    }
    lexer.code(0);
    lexer.at.tokens
}

struct Lexer<'a> {
    at: Cursor<'a>,
    /// Where the last comment ends: behind it, `/*` begins none.
    last_comment: usize,
}

impl Lexer<'_> {
    /// Reads code to its end; code in a template ends at its `}`.
    fn code(&mut self, depth: usize) {
        let mut braces = 0_usize;
        while let Some(next) = self.at.peek() {
            match next {
                '}' if depth > 0 && braces == 0 => return,
                _ if next.is_whitespace() => self.at.skip_char(),
                '/' if self.at.byte(1) == b'/' => self.at.skip_line(),
                '/' if self.at.byte(1) == b'*' && self.at.at + 2 <= self.last_comment => {
                    let end = self.at.rest()[2..].find("*/").unwrap_or(0);
                    self.at.skip(end + 4);
                }
                '/' if self.may_be_regex() => match self.regex_length() {
                    Some(length) => self.at.take(Kind::Value, length),
                    None => self.at.mark(&MARKS),
                },
                '"' | '\'' => self.string(),
                '`' => self.template(depth),
                '#' if self.at.byte(1).is_ascii_alphabetic() || self.at.byte(1) == b'_' => {
                    self.at.skip(1);
                    self.at.word();
                }
                '?' if self.at.byte(1) == b'.' && !self.at.byte(2).is_ascii_digit() => {
                    self.at.skip(1);
                    self.at.mark(&MARKS);
                }
                _ => {
                    match next {
                        '{' => braces += 1,
                        '}' => braces = braces.saturating_sub(1),
                        _ => {}
                    }
                    if !self.at.word() {
                        self.at.mark(&MARKS);
                    }
                }
            }
        }
    }

    fn string(&mut self) {
        let (quote, rest) = (self.at.byte(0), self.at.rest().as_bytes());
        // The attribute of a tag may go on over lines.
        let attribute = self.at.tokens.last().is_some_and(|last| last.text == "=");
        let mut end = 1;
        while end < rest.len() && rest[end] != quote {
            if rest[end] == b'\n' && !attribute {
                break;
            }
            end += 1 + usize::from(rest[end] == b'\\');
        }
        if rest.get(end) == Some(&quote) {
            let line = self.at.line();
            let text = self.at.rest().get(1..end).unwrap_or_default();
            self.at.push(Kind::Text, text, line);
            self.at.skip(end + 1);
        } else if attribute || end < MAX_LOOK {
            self.at.mark(&[]);
        } else {
            self.at.skip(end);
        }
    }

    fn template(&mut self, depth: usize) {
        let line = self.at.line();
        self.at.skip(1);
        let opened = self.at.tokens.len();
        self.at.push(Kind::Mark, "(", line);
        let mut begin = (self.at.at, line);
        while !self.at.rest().is_empty() && self.at.byte(0) != b'`' {
            if self.at.sees("${") && depth < MAX_NESTED {
                self.at.piece(begin);
                self.at.skip(2);
                self.code(depth + 1);
                self.at.skip(1);
                begin = (self.at.at, self.at.line());
                continue;
            }
            if self.at.byte(0) == b'\\' {
                self.at.skip(1);
            }
            self.at.skip_char();
        }
        self.at.close_pieces(opened, begin);
        self.at.skip(1);
    }

    /// Whether a `/` here begins a regular expression, by what stands before it. `</` closes a tag.
    fn may_be_regex(&self) -> bool {
        match self.at.tokens.last() {
            None => true,
            Some(last) => match last.kind {
                Kind::Mark => !matches!(last.text, ")" | "]" | "}" | "<" | "++" | "--"),
                Kind::Name => BEFORE_EXPRESSION.contains(&last.text),
                _ => false,
            },
        }
    }

    fn regex_length(&self) -> Option<usize> {
        let rest = self.at.rest().as_bytes();
        let (mut at, mut class) = (1, false);
        while at < rest.len().min(MAX_LOOK) {
            match rest[at] {
                b'\n' => return None,
                b'\\' => at += 1,
                b'[' => class = true,
                b']' => class = false,
                b'/' if !class => {
                    let flags = rest[at + 1..].iter().take_while(|byte| byte.is_ascii_alphabetic());
                    return Some(at + 1 + flags.count());
                }
                _ => {}
            }
            at += 1;
        }
        None
    }
}
