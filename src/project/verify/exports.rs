//! The names that a package exports.

use std::collections::HashSet;

/// The names that a part of the SDK has.
#[derive(Debug, Default)]
pub(super) struct Exports {
    pub(super) names: HashSet<String>,
    /// There may be more than could be read.
    pub(super) open: bool,
}

impl Exports {
    pub(super) fn has(&self, name: &str) -> bool {
        self.open || name == "default" || self.names.contains(name)
    }

    pub(super) fn unknown() -> Self {
        Self { open: true, ..Self::default() }
    }
}
