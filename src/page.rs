//! Which rows of a paged list are asked for.

/// A part of a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page {
    /// Rows a page; 0 leaves it to the portal.
    pub limit: u64,
    /// Whether the person gave the limit.
    pub limited: bool,
    /// Rows to skip.
    pub offset: u64,
    /// Every page from there on.
    pub all: bool,
}
