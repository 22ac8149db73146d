//! `--all`: every page of a list, streamed in constant memory.

use std::time::{Duration, Instant};

use memchr::memmem;

use super::{Session, list};
use crate::base::failure::{Failure, Kind};
use crate::http::request::Request;
use crate::output::json::Elements;
use crate::output::results::{Rows, Shape};
use crate::output::streams::Streams;
use crate::output::table::Table;

/// Prints every page from the offset on, in the given shape; with a limit of 0 pages are as long as the portal likes.
pub(crate) fn all(
    session: &Session,
    request: &Request,
    table: &'static Table,
    shape: &Shape,
    limit: u64,
) -> Result<(), Failure> {
    let mut rows = Rows::new(&session.streams, shape, table)?;
    let mut progress = Progress::new();
    let walked = walk(session, request, limit, &mut rows, &mut progress);
    progress.clear(&session.streams);
    match walked {
        Ok(()) => rows.end(&session.streams),
        Err(failure) => {
            if rows.written() > 0 && failure.kind() != Kind::Closed {
                let count = list::counted(rows.written());
                session.streams.warn(&format!("the output is partial: {count} written"));
            }
            Err(failure)
        }
    }
}

fn walk(
    session: &Session,
    request: &Request,
    limit: u64,
    rows: &mut Rows,
    progress: &mut Progress,
) -> Result<(), Failure> {
    let mut offset = session.page.offset;
    let (mut total, mut before) = (None, None::<Outline>);
    let mut ahead = None;
    loop {
        let begun = ahead.take().and_then(|(at, begun)| (at == offset).then_some(begun));
        let response = session.send_begun(&list::at(request, limit, offset), begun)?;
        // The portal makes the next page while this one is printed.
        if let (Some(total), Some(before)) = (total, &before)
            && before.precedes(&response.body)
        {
            let next = offset + before.rows;
            if next < total {
                ahead = Some((next, session.begin(&list::at(request, limit, next))?));
            }
        }
        let page = list::page(&response, limit)?;
        let broken = |why: String| {
            Failure::error("the portal's answer", why).portal(None, response.request_id())
        };
        if page.is_truncated {
            return Err(broken(format!("ends before offset {offset}: {}", list::TRUNCATED)));
        }
        let outline = Outline::of(&response.body, &page.items);
        if page.has_more && outline.rows == 0 {
            let why = format!("says there are more rows after offset {offset}, but sends none");
            return Err(broken(why));
        }
        if outline.rows > 0
            && before.as_ref().is_some_and(|before| before.has_the_rows_of(&outline))
        {
            let why = format!("the page at offset {offset} is the page before it again");
            return Err(broken(why));
        }
        if let (Some(then), Some(now)) = (total, page.total)
            && then != now
        {
            session.streams.warn(&format!(
                "the list changed while it was read ({}, now {now}): rows may be missing or repeated",
                list::counted(then)
            ));
        }
        total = page.total.or(total);
        if session.streams.stdout_is_terminal() {
            progress.clear(&session.streams);
        }
        rows.page(page.items)?;
        offset += outline.rows;
        // Pages that go round in a circle never end, but they outrun the total.
        if let Some(total) = page.total.filter(|total| page.has_more && offset >= *total) {
            return Err(broken(format!(
                "says there are more than the {} that it counts",
                list::counted(total)
            )));
        }
        progress.show(&session.streams, rows.written(), total);
        if !page.has_more {
            if let Some(total) = total.filter(|total| offset < *total) {
                session.streams.warn(&format!(
                    "the portal ended the list after {offset} of {}: rows may be missing",
                    list::counted(total)
                ));
            }
            return Ok(());
        }
        before = Some(outline);
    }
}

/// The line that counts rows on a terminal. It is below the rows when they go to the same terminal.
struct Progress {
    begun: Instant,
    shown: Option<Instant>,
    visible: bool,
}

impl Progress {
    /// Shorter lists need no progress.
    const QUIET: Duration = Duration::from_secs(1);
    const PAUSE: Duration = Duration::from_millis(200);

    fn new() -> Self {
        Self { begun: Instant::now(), shown: None, visible: false }
    }

    fn show(&mut self, streams: &Streams, rows: u64, total: Option<u64>) {
        let recent = self.shown.is_some_and(|shown| shown.elapsed() < Self::PAUSE);
        if recent || self.begun.elapsed() < Self::QUIET || !streams.shows_progress() {
            return;
        }
        self.shown = Some(Instant::now());
        self.visible = true;
        let of = total.map(|total| format!(" of {}", grouped(total))).unwrap_or_default();
        let elapsed = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let rate = rows.saturating_mul(1000) / elapsed.max(1);
        streams.progress(&format!("{}{of} rows, {} rows/s", grouped(rows), grouped(rate)));
    }

    fn clear(&mut self, streams: &Streams) {
        if self.visible {
            self.visible = false;
            streams.progress("");
        }
    }
}

/// `12,000`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// What distinguishes a page from another.
struct Outline {
    rows: u64,
    first: String,
    last: String,
    /// Bytes of the whole answer.
    length: usize,
}

impl Outline {
    fn of(body: &[u8], items: &Elements) -> Self {
        let (mut rows, mut first, mut last) = (0, "", "");
        for row in items.clone() {
            first = if rows == 0 { row.text } else { first };
            last = row.text;
            rows += 1;
        }
        Self { rows, first: first.to_owned(), last: last.to_owned(), length: body.len() }
    }

    /// Whether another page has the same rows: as many, with the same first and last. The page object around them may
    /// differ.
    fn has_the_rows_of(&self, other: &Self) -> bool {
        (self.rows, &self.first, &self.last) == (other.rows, &other.first, &other.last)
    }

    /// Whether an answer that was not parsed yet may well be as many rows more: it is about as long, and does not begin
    /// with the same row.
    fn precedes(&self, body: &[u8]) -> bool {
        let beginning = &body[..body.len().min(self.first.len() + MAX_BEFORE_ROWS)];
        let half_the_rows = self.first.len() * usize::try_from(self.rows).unwrap_or(0) / 2;
        body.len() > self.length.saturating_sub(half_the_rows)
            && memmem::find(beginning, self.first.as_bytes()).is_none()
    }
}

/// Bytes of a page object before its first row.
const MAX_BEFORE_ROWS: usize = 64;
