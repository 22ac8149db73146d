//! The place of a value in a document.

use std::fmt;

/// A step down into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Into an object.
    Key(String),
    /// Into a list.
    Index(usize),
}

/// The way from the whole document down to one value; `$.when.method[2]` when written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path(Vec<Part>);

impl Path {
    /// The steps from the outside in.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.0
    }

    pub(super) fn join(&self, part: Part) -> Self {
        Self([self.0.as_slice(), &[part]].concat())
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
