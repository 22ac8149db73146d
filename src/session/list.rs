//! Paged lists: one page, or every page from an offset on, one request at a time.
//!
//! Page object: `{"items": […], "total": n, "limit": n, "offset": n, "has_more": bool}`.

use serde::Deserialize;

use super::Session;
use crate::base::failure::Failure;
use crate::cli::paging::Page;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::output::json::{Array, Elements};
use crate::output::results::{self, Format};
use crate::output::table::Table;

/// What the walk needs of a page; its rows stay text.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    /// The rows.
    pub(crate) items: Elements<'a>,
    /// How many rows there are in all, as far as the portal says.
    pub(crate) total: Option<u64>,
    /// Whether there are rows behind these.
    pub(crate) has_more: bool,
    /// Whether the portal began at an earlier row than it was asked for, the farthest one it goes to.
    pub(crate) is_truncated: bool,
}

#[derive(Deserialize)]
struct PageObject<'a> {
    #[serde(borrow)]
    items: Array<'a>,
    total: Option<u64>,
    #[serde(default)]
    has_more: bool,
    #[serde(default)]
    is_truncated: bool,
}

/// Why there is nothing after the last row.
pub(crate) const TRUNCATED: &str =
    "the portal does not page that far: narrow the list by its filters";

/// The rows of an answer that was accepted.
pub(crate) fn items(response: &Response) -> Result<Rows<'_>, Failure> {
    page_object(response, response.text()?)
}

fn page_object<'a>(response: &Response, document: &'a str) -> Result<Rows<'a>, Failure> {
    let PageObject { items, total, has_more, is_truncated } =
        serde_json::from_str(document).map_err(|_| response.broken("is not a page of rows"))?;
    Ok(Rows { items: items.elements(document), total, has_more, is_truncated })
}

/// The page of a list that may also come as its rows alone, as policy rules do: behind a full one there may be more, where
/// a limit was asked for.
pub(crate) fn page(response: &Response, limit: u64) -> Result<Rows<'_>, Failure> {
    let document = response.text()?;
    // A page is megabytes: it is not read as a bare list first.
    let bare = document.trim_ascii_start().starts_with('[');
    let rows = if bare { serde_json::from_str::<Array>(document).ok() } else { None };
    let Some(rows) = rows else {
        return page_object(response, document);
    };
    let items = rows.elements(document);
    let count = items.clone().count() as u64;
    Ok(Rows { items, total: None, has_more: limit > 0 && count >= limit, is_truncated: false })
}

/// The request for the first page.
pub(crate) fn first(request: &Request, page: Page) -> Request {
    at(request, page.limit, page.offset)
}

/// The request for the page at an offset; with a limit of 0 the portal's own.
pub(crate) fn at(request: &Request, limit: u64, offset: u64) -> Request {
    request
        .clone()
        .maybe("limit", Some(limit).filter(|limit| *limit > 0))
        .maybe("offset", Some(offset).filter(|offset| *offset > 0))
}

/// Prints one page. With `as_page` its JSON is the page object as it came.
pub(crate) fn print(
    session: &Session,
    request: &Request,
    table: &'static Table,
    as_page: bool,
) -> Result<(), Failure> {
    let page = session.page;
    let response = session.send(&first(request, page))?;
    let found = self::page(&response, page.limit)?;
    if as_page && session.shape.for_rows() == Format::Json {
        results::page_object(&session.streams, &session.shape, response.json()?)?;
    } else {
        results::rows(&session.streams, &session.shape, table, found.items.clone())?;
    }
    if found.is_truncated {
        session.streams.warn(TRUNCATED);
    } else if found.has_more {
        let shown = found.items.count() as u64;
        let count = found.total.map_or_else(
            || format!("{}, maybe more", counted(shown)),
            |total| format!("{shown} of {}", counted(total)),
        );
        session
            .streams
            .note(&format!("{count}; next page: --offset {}, or --all", page.offset + shown));
    }
    Ok(())
}

/// `1 row`, `2 rows`
pub(crate) fn counted(rows: u64) -> String {
    if rows == 1 { "1 row".into() } else { format!("{rows} rows") }
}
