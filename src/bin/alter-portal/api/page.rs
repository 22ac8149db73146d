//! Page objects: a slice of a list and what is left of it.

use serde::Serialize;

use super::query::Page;

/// `{"items", "total", "limit", "offset", "has_more"}`.
#[derive(Debug, Serialize)]
pub(crate) struct Paged<T> {
    items: Vec<T>,
    total: usize,
    limit: usize,
    offset: usize,
    has_more: bool,
}

impl<T> Paged<T> {
    /// Cuts the page out of all the rows, which come in the order of the list.
    pub(crate) fn of(rows: impl Iterator<Item = T>, page: Page) -> Self {
        let mut items = Vec::new();
        let mut total = 0;
        for row in rows {
            if total >= page.offset && items.len() < page.limit {
                items.push(row);
            }
            total += 1;
        }
        Self {
            has_more: has_more(page, total),
            items,
            total,
            limit: page.limit,
            offset: page.offset,
        }
    }
}

/// Whether rows follow this page.
pub(crate) fn has_more(page: Page, total: usize) -> bool {
    page.offset.saturating_add(page.limit) < total
}
