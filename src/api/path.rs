//! Where a value stands in a JSON document, and what is wrong with it there.

use std::fmt;

use serde_json::Value;

/// A step down into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Into an object.
    Key(String),
    /// Into a list.
    Index(usize),
}

/// The way from the whole document down to one value; `$.when.method[2]` when written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(Vec<Part>);

impl Path {
    /// The steps from the outside in.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Returns the place one step further in.
    #[must_use]
    pub fn join(&self, part: Part) -> Self {
        Self([self.0.as_slice(), &[part]].concat())
    }
}

/// A fault of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Where it is.
    pub path: Path,
    /// A word for programs, as the `type` of a 422 has it.
    pub kind: &'static str,
    /// A sentence without a subject: `must be one of …`.
    pub why: String,
}

/// A value, and where in its document it stands.
#[derive(Debug)]
pub struct Place<'a> {
    /// The value.
    pub value: &'a Value,
    path: Path,
}

impl<'a> Place<'a> {
    /// Returns the place of a whole document.
    pub fn root(value: &'a Value) -> Self {
        Self { value, path: Path::default() }
    }

    /// Returns the place of a key of this object.
    #[must_use]
    pub fn key(&self, name: &str, value: &'a Value) -> Self {
        Self { value, path: self.path.join(Part::Key(name.to_owned())) }
    }

    /// Returns a fault of the value that stands here.
    pub fn wrong(&self, kind: &'static str, why: impl Into<String>) -> Wrong {
        Wrong { path: self.path.clone(), kind, why: why.into() }
    }

    /// Returns the items of a list; none where the value is not a list.
    pub fn items(&self) -> impl Iterator<Item = Self> {
        let items = self.value.as_array().map_or(&[][..], Vec::as_slice);
        let place = |(index, value)| Self { value, path: self.path.join(Part::Index(index)) };
        items.iter().enumerate().map(place)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Index(index) => write!(f, "{index}"),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |key: &str| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            !key.is_empty() && key.bytes().all(known)
        };
        f.write_str("$")?;
        self.0.iter().try_for_each(|part| match part {
            Part::Key(key) if plain(key) => write!(f, ".{key}"),
            Part::Key(key) => write!(f, "[{}]", serde_json::Value::from(key.as_str())),
            Part::Index(index) => write!(f, "[{index}]"),
        })
    }
}
