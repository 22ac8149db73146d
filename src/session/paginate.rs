//! `--all`: every page of a list, streamed in constant memory.

use std::time::{Duration, Instant};

use serde_json::value::RawValue;

use super::{Session, list};
use crate::failure::{Failure, Kind};
use crate::http::request::Request;
use crate::output::results::{Rows, Shape};
use crate::output::streams::Streams;
use crate::output::table::Table;

/// Prints every page from the offset on, in the given shape.
pub fn all(
    session: &Session,
    request: &Request,
    table: &Table,
    shape: &Shape,
) -> Result<(), Failure> {
    let mut rows = Rows::new(&session.streams, shape, table)?;
    let mut progress = Progress::new();
    let walked = walk(session, request, &mut rows, &mut progress);
    progress.clear(&session.streams);
    match walked {
        Ok(()) => rows.end(&session.streams),
        Err(failure) => {
            if rows.written() > 0 && failure.kind() != Kind::Closed {
                session
                    .streams
                    .warn(&format!("the output is partial: {} rows were written", rows.written()));
            }
            Err(failure)
        }
    }
}

fn walk(
    session: &Session,
    request: &Request,
    rows: &mut Rows,
    progress: &mut Progress,
) -> Result<(), Failure> {
    let mut offset = session.page.offset;
    let mut total = None;
    let mut before = None;
    loop {
        let response = session.send(&list::at(request, session.page.limit, offset))?;
        let page = list::items(&response)?;
        let broken = |why: String| {
            Failure::error("the portal's answer", why).portal(None, response.request_id())
        };
        if page.has_more && page.items.is_empty() {
            let why = format!("says there are more rows after offset {offset}, but sends none");
            return Err(broken(why));
        }
        let outline = Outline::of(&page.items);
        if outline.is_some() && outline == before {
            let why = format!("the page at offset {offset} is the page before it again");
            return Err(broken(why));
        }
        if let (Some(then), Some(now)) = (total, page.total)
            && then != now
        {
            session.streams.warn(&format!(
                "the list changed while it was read ({then} rows, now {now}): rows may be missing or repeated"
            ));
        }
        total = page.total.or(total);
        if session.streams.stdout_is_terminal() {
            progress.clear(&session.streams);
        }
        rows.page(&page.items)?;
        offset += page.items.len() as u64;
        // Pages that go round in a circle never end, but they outrun the total.
        if let Some(total) = page.total.filter(|total| page.has_more && offset >= *total) {
            return Err(broken(format!(
                "says there are more than the {total} rows that it counts"
            )));
        }
        progress.show(&session.streams, rows.written());
        if !page.has_more {
            if let Some(total) = total.filter(|total| offset < *total) {
                session.streams.warn(&format!(
                    "the portal ended the list after {offset} of {total} rows: rows may be missing"
                ));
            }
            return Ok(());
        }
        before = outline;
    }
}

/// The line that counts rows on a terminal. It stands below the rows when they go to the same one.
struct Progress {
    begun: Instant,
    shown: Option<Instant>,
    visible: bool,
}

impl Progress {
    const PAUSE: Duration = Duration::from_millis(200);

    fn new() -> Self {
        Self { begun: Instant::now(), shown: None, visible: false }
    }

    fn show(&mut self, streams: &Streams, rows: u64) {
        if !streams.stderr_is_terminal()
            || self.shown.is_some_and(|shown| shown.elapsed() < Self::PAUSE)
        {
            return;
        }
        self.shown = Some(Instant::now());
        self.visible = true;
        let rate = u128::from(rows) * 1000 / self.begun.elapsed().as_millis().max(1);
        streams.progress(&format!("{rows} rows, {rate} rows/s"));
    }

    fn clear(&mut self, streams: &Streams) {
        if self.visible {
            self.visible = false;
            streams.progress("");
        }
    }
}

/// What tells a page from another: how many rows it has, the first and the last. The page object around them may
/// differ although the rows are the same.
#[derive(PartialEq)]
struct Outline {
    rows: usize,
    first: String,
    last: String,
}

impl Outline {
    fn of(items: &[&RawValue]) -> Option<Self> {
        let text = |row: &&RawValue| row.get().to_owned();
        Some(Self {
            rows: items.len(),
            first: items.first().map(text)?,
            last: items.last().map(text)?,
        })
    }
}
