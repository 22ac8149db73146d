//! What is wrong with an app file, and where.

use crate::input::yaml::Mark;

/// One fault of a file.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) mark: Mark,
    /// The path to what is wrong: `keys.worker.scopes[1]`; empty for the text as a whole.
    pub(crate) path: String,
    /// A sentence without a subject.
    pub(crate) why: String,
}

impl Fault {
    /// Returns a fault.
    pub(crate) fn new(mark: Mark, path: impl Into<String>, why: impl Into<String>) -> Self {
        Self { mark, path: path.into(), why: why.into() }
    }

    /// Returns `file:line:column: path why`.
    pub(crate) fn text(&self, file: &str) -> String {
        let Mark { line, column } = self.mark;
        let joint = if self.path.is_empty() { "" } else { " " };
        format!("{file}:{line}:{column}: {}{joint}{}", self.path, self.why)
    }
}

/// The faults that were found so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Adds one.
    pub(crate) fn add(&mut self, mark: Mark, path: &str, why: impl Into<String>) {
        self.0.push(Fault::new(mark, path, why));
    }

    /// Adds those of another.
    pub(crate) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Adds some.
    pub(crate) fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.0.extend(faults);
    }

    /// Returns how many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns true where there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns them in the order of the file.
    pub(crate) fn sorted(mut self) -> Vec<Fault> {
        self.0.sort_by_key(|fault| (fault.mark.line, fault.mark.column));
        self.0
    }
}
