//! Which rows of a paged list are asked for.

/// A part of a list.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Page {
    /// Rows a page; 0 leaves it to the portal.
    pub(crate) limit: u64,
    /// Whether the person gave the limit.
    pub(crate) limited: bool,
    /// Rows to skip.
    pub(crate) offset: u64,
    /// Every page from there on.
    pub(crate) all: bool,
}
