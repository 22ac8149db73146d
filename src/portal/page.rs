//! Page objects: a slice of a list and what is left of it.

use serde::Serialize;

use crate::portal::timestamp::Stamp;

/// The part of a list that is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Page {
    pub(crate) limit: usize,
    pub(crate) offset: usize,
}

/// From `start` on, up to but not including `end`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Window {
    pub(crate) start: Option<Stamp>,
    pub(crate) end: Option<Stamp>,
}

impl Window {
    /// Whether an instant lies in it.
    pub(crate) fn holds(&self, instant: Stamp) -> bool {
        self.start.is_none_or(|start| instant >= start) && self.end.is_none_or(|end| instant < end)
    }
}

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
        Self::cut(items, total, page)
    }

    /// The page itself, out of so many rows.
    pub(crate) fn cut(items: Vec<T>, total: usize, page: Page) -> Self {
        let (limit, offset) = (page.limit, page.offset);
        Self { has_more: has_more(page, total), items, total, limit, offset }
    }

    /// The same page with something made of each of its rows, and of no others.
    pub(crate) fn map<U>(self, make: impl FnMut(T) -> U) -> Paged<U> {
        Paged {
            items: self.items.into_iter().map(make).collect(),
            total: self.total,
            limit: self.limit,
            offset: self.offset,
            has_more: self.has_more,
        }
    }
}

/// Whether rows follow this page.
pub(crate) fn has_more(page: Page, total: usize) -> bool {
    page.offset.saturating_add(page.limit) < total
}
