//! YAML as a tree that knows where each value stands. What designs and app files do not need is refused: aliases, anchors,
//! tags, a second document, keys that are not words or stand twice.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Marker, Parser, ScanError, Span};

/// A design may not hold more values.
const MAX_NODES: usize = 10_000;

/// Values may not nest deeper: each level costs the reader stack.
const MAX_DEPTH: usize = 64;

/// A place in the text; lines and columns count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A value and the place it begins at.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) mark: Mark,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Nothing: `~`, `null`, or no text at all.
    Null,
    /// Text; `plain` when it was written without quotes, so that it may be meant as a number or a truth value.
    Text {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

impl Value {
    /// Returns the text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            _ => None,
        }
    }
}

/// A key with its value; the value stands where the key does when it has no place of its own.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) mark: Mark,
    pub(crate) value: Node,
}

/// Why a text is refused, and where.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) mark: Mark,
    pub(crate) why: String,
}

impl Refused {
    fn new(mark: Mark, why: &str) -> Self {
        Self { mark, why: why.to_owned() }
    }
}

/// How strictly a text is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// The most values.
    pub(crate) most: usize,
    /// Set where an anchor is refused too that no alias refers to.
    pub(crate) refuses_anchors: bool,
}

/// The rules of a design.
pub(crate) const DESIGN: Rules = Rules { most: MAX_NODES, refuses_anchors: false };

/// Reads a text; `before` lines of the file stand above it.
pub(crate) fn read(text: &str, before: usize, rules: Rules) -> Result<Node, Refused> {
    let mut reader =
        Reader { events: Parser::new_from_str(text), before, nodes: 0, rules, depth: 0 };
    loop {
        let (event, mark) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::StreamEnd => return Ok(Node { mark, value: Value::Null }),
            event => {
                let node = reader.node(event, mark)?;
                return reader.end().map(|()| node);
            }
        }
    }
}

struct Reader<I> {
    events: I,
    before: usize,
    nodes: usize,
    rules: Rules,
    depth: usize,
}

impl<'a, I: Iterator<Item = Result<(Event<'a>, Span), ScanError>>> Reader<I> {
    fn next(&mut self) -> Result<(Event<'a>, Mark), Refused> {
        let place =
            |marker: &Marker| Mark { line: self.before + marker.line(), column: marker.col() + 1 };
        match self.events.next() {
            Some(Ok((event, span))) => Ok((event, place(&span.start))),
            Some(Err(error)) => Err(Refused::new(place(error.marker()), error.info())),
            None => Ok((Event::StreamEnd, Mark { line: self.before + 1, column: 1 })),
        }
    }

    /// Refuses whatever follows the one document.
    fn end(&mut self) -> Result<(), Refused> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd | Event::Nothing, _) => {}
                (_, mark) => return Err(Refused::new(mark, "a second document begins here")),
            }
        }
    }

    /// Reads the node that begins with this event.
    fn node(&mut self, event: Event<'a>, mark: Mark) -> Result<Node, Refused> {
        self.nodes += 1;
        if self.nodes > self.rules.most {
            return Err(Refused::new(mark, "there are too many values"));
        }
        if self.depth > MAX_DEPTH {
            let why = format!("values are nested deeper than {MAX_DEPTH} levels");
            return Err(Refused::new(mark, &why));
        }
        let anchored = match event {
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _) => anchor > 0,
            _ => false,
        };
        if anchored && self.rules.refuses_anchors {
            return Err(Refused::new(mark, "anchors such as `&x` are not read here"));
        }
        let value = match event {
            Event::Alias(_) => {
                return Err(Refused::new(mark, "aliases such as `*x` are not read here"));
            }
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => {
                return Err(Refused::new(mark, "tags such as `!x` are not read here"));
            }
            Event::Scalar(text, style, ..) => {
                let plain = style == saphyr_parser::ScalarStyle::Plain;
                match text.as_ref() {
                    "" | "~" | "null" | "Null" | "NULL" if plain => Value::Null,
                    text => Value::Text { text: text.to_owned(), plain },
                }
            }
            Event::SequenceStart(..) => self.nested(Self::list)?,
            Event::MappingStart(..) => self.nested(Self::map)?,
            _ => return Err(Refused::new(mark, "a value is missing")),
        };
        Ok(Node { mark, value })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Refused>) -> Result<Value, Refused> {
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn list(&mut self) -> Result<Value, Refused> {
        let mut list = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(list)),
                (event, mark) => list.push(self.node(event, mark)?),
            }
        }
    }

    fn map(&mut self) -> Result<Value, Refused> {
        let mut map: Vec<Entry> = Vec::new();
        // A set beside the list: a map of many keys must not cost the square of their number.
        let mut seen = BTreeSet::new();
        loop {
            let (event, mark) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Value::Map(map));
            }
            let Value::Text { text: key, .. } = self.node(event, mark)?.value else {
                return Err(Refused::new(mark, "a key must be a word"));
            };
            if key == "<<" {
                return Err(Refused::new(mark, "merge keys (`<<`) are not read here"));
            }
            if !seen.insert(key.clone()) {
                return Err(Refused::new(mark, &format!("`{key}` is given a second time")));
            }
            let (event, value_mark) = self.next()?;
            let mut value = self.node(event, value_mark)?;
            if matches!(value.value, Value::Null) {
                value.mark = mark;
            }
            map.push(Entry { key, mark, value });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_no_design_needs() {
        let laughs = "b: &b [*b, *b]\n".repeat(40);
        let deep = "[".repeat(100_000);
        let block = "- ".repeat(9_980) + "x";
        let many = format!("a: [{}]", "x,".repeat(MAX_NODES));
        for (text, line, why) in [
            ("a: &x 1\nb: *x\n", 12, "alias"),
            (laughs.as_str(), 11, "alias"),
            ("a: *x", 11, ""),
            ("a: !x 1", 11, "tags"),
            ("a: !!python/object {}", 11, "tags"),
            ("a: 1\na: 2", 12, "`a` is given a second time"),
            ("? [a]\n: 1", 11, "a key must be a word"),
            ("a: [1\nb: 2", 12, ""),
            (deep.as_str(), 11, "recursion limit"),
            (block.as_str(), 11, "nested deeper than 64"),
            (many.as_str(), 11, "too many"),
        ] {
            let refused = read(text, 10, DESIGN).unwrap_err();
            assert_eq!(refused.mark.line, line, "{}", &text[..text.len().min(40)]);
            assert!(refused.why.contains(why), "{}", refused.why);
        }
    }
}
