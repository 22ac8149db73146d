//! The YAML of a frontmatter as a tree that knows its lines. What no design needs is refused: aliases, tags, keys that
//! are no words or stand twice.

use saphyr_parser::{Event, Parser, ScanError, Span};

/// A document may not hold more values.
const MAX_NODES: usize = 10_000;

/// Values may not nest deeper: a list in a list takes a frame of the stack each.
const MAX_DEPTH: usize = 64;

/// A value and the line it begins on.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    /// Nothing: `~`, `null`, or no text at all.
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its value; the value's line is the key's when it has none of its own.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) value: Node,
}

/// Why a text is refused, and where.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) line: usize,
    pub(super) why: String,
}

impl Refused {
    fn new(line: usize, why: &str) -> Self {
        Self { line, why: why.to_owned() }
    }
}

/// Reads a text; `before` lines of the file stand above it.
pub(super) fn read(text: &str, before: usize) -> Result<Node, Refused> {
    let mut reader = Reader { events: Parser::new_from_str(text), before, nodes: 0, depth: 0 };
    loop {
        let (event, line) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::StreamEnd => return Ok(Node { line, value: Value::Null }),
            event => {
                let node = reader.node(event, line)?;
                return reader.end().map(|()| node);
            }
        }
    }
}

struct Reader<I> {
    events: I,
    before: usize,
    nodes: usize,
    depth: usize,
}

impl<'a, I: Iterator<Item = Result<(Event<'a>, Span), ScanError>>> Reader<I> {
    fn next(&mut self) -> Result<(Event<'a>, usize), Refused> {
        match self.events.next() {
            Some(Ok((event, span))) => Ok((event, self.before + span.start.line())),
            Some(Err(error)) => {
                let line = self.before + error.marker().line();
                Err(Refused::new(line, error.info()))
            }
            None => Ok((Event::StreamEnd, self.before + 1)),
        }
    }

    /// What is behind the one document.
    fn end(&mut self) -> Result<(), Refused> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd | Event::Nothing, _) => {}
                (_, line) => return Err(Refused::new(line, "a second document begins here")),
            }
        }
    }

    /// The node that begins with this event.
    fn node(&mut self, event: Event<'a>, line: usize) -> Result<Node, Refused> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Refused::new(line, "there are too many values"));
        }
        let tagged = Refused::new(line, "tags such as `!x` are not read here");
        let value = match event {
            Event::Alias(_) => {
                return Err(Refused::new(line, "aliases such as `*x` are not read here"));
            }
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => return Err(tagged),
            Event::Scalar(text, style, ..) => {
                let plain = style == saphyr_parser::ScalarStyle::Plain;
                match text.as_ref() {
                    "" | "~" | "null" | "Null" | "NULL" if plain => Value::Null,
                    text => Value::Text(text.to_owned()),
                }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if self.depth == MAX_DEPTH => {
                let why = format!("values are nested deeper than {MAX_DEPTH} levels");
                return Err(Refused::new(line, &why));
            }
            Event::SequenceStart(..) => self.deeper(Self::list)?,
            Event::MappingStart(..) => self.deeper(Self::map)?,
            _ => return Err(Refused::new(line, "a value is missing")),
        };
        Ok(Node { line, value })
    }

    fn deeper(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Value, Refused>,
    ) -> Result<Value, Refused> {
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
                (event, line) => list.push(self.node(event, line)?),
            }
        }
    }

    fn map(&mut self) -> Result<Value, Refused> {
        let mut map: Vec<Entry> = Vec::new();
        loop {
            let (event, line) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Value::Map(map));
            }
            let Value::Text(key) = self.node(event, line)?.value else {
                return Err(Refused::new(line, "a key must be a word"));
            };
            if map.iter().any(|entry| entry.key == key) {
                return Err(Refused::new(line, &format!("`{key}` is given a second time")));
            }
            let (event, value_line) = self.next()?;
            let mut value = self.node(event, value_line)?;
            if matches!(value.value, Value::Null) {
                value.line = line;
            }
            map.push(Entry { key, line, value });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_no_design_needs() {
        let laughs = "b: &b [*b, *b]
"
        .repeat(40);
        let deep = "[".repeat(100_000);
        let block = "- ".repeat(9_980) + "x";
        let many = format!("a: [{}]", "x,".repeat(MAX_NODES));
        for (text, line, why) in [
            ("a: &x 1\nb: *x\n", 12, "alias"),
            (laughs.as_str(), 11, "alias"),
            ("a: !x 1", 11, "tags"),
            ("a: !!python/object {}", 11, "tags"),
            ("a: 1\na: 2", 12, "`a` is given a second time"),
            ("? [a]\n: 1", 11, "a key must be a word"),
            ("a: [1\nb: 2", 12, ""),
            (deep.as_str(), 11, "recursion limit"),
            (block.as_str(), 11, "nested deeper than 64"),
            (many.as_str(), 11, "too many"),
        ] {
            let refused = read(text, 10).unwrap_err();
            assert_eq!(refused.line, line, "{}", &text[..text.len().min(40)]);
            assert!(refused.why.contains(why), "{}", refused.why);
        }
    }
}
