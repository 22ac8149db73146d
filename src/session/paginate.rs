//! `--all`: every page of a list, streamed; of rows that were printed a number each is kept.
//!
//! Rows come and go while a list is read, perhaps because its reader deletes them, and offsets count what is there at
//! each moment. So each page but the first begins with the last row of the one before: where that row, or another that
//! was reached so, stands first, nothing can have been missed. Where it does not, rows have moved up: what came is
//! printed, for it may be gone the next time, and the walk goes back until a page begins with such a row. A row that was
//! printed is not printed again.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use memchr::memmem;

use super::{Session, list};
use crate::base::failure::{Failure, Kind};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::output::json::{self, Elements, Object};
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
    let mut seen = Seen::default();
    let mut place = Place::new(session.page.offset);
    let (mut total, mut before) = (None::<u64>, None::<Outline>);
    let mut prefetch = None;
    loop {
        let offset = place.offset;
        let begun = prefetch.take().and_then(|(at, begun)| (at == offset).then_some(begun));
        let response = session.send_begun(&list::at(request, limit, offset), begun)?;
        // The portal makes the next page while this one is printed.
        if let (Some(total), Some(before)) = (total, &before)
            && before.precedes(&response.body)
        {
            let next = offset + before.rows - shared(before.rows);
            if next + shared(before.rows) < total {
                prefetch = Some((next, session.begin(&list::at(request, limit, next))?));
            }
        }
        let page = list::page(&response, limit)?;
        if page.is_truncated {
            let next = offset + u64::from(place.overlaps);
            let why = format!("ends before offset {next}: {}", list::TRUNCATED);
            return Err(broken(&response, why));
        }
        let outline = Outline::of(&response.body, &page.items);
        if page.has_more && outline.rows == 0 {
            let why = format!("says there are more rows after offset {offset}, but sends none");
            return Err(broken(&response, why));
        }
        let shrunk = total.zip(page.total).is_some_and(|(then, now)| now < then);
        let grown = total.zip(page.total).is_some_and(|(then, now)| now > then);
        total = page.total.or(total);
        if place.is_behind_a_gap(&outline, &seen, shrunk) {
            let new = print_new(rows, page.items, &outline, &mut seen)?;
            seen.apart.extend(new);
            place.go_back(&response, total, outline.rows)?;
            before = None;
            continue;
        }
        let again = before.as_ref().is_some_and(|before| before.has_the_rows_of(&outline));
        if again && outline.rows > 0 && !grown {
            let why = format!("the page at offset {offset} is the page before it again");
            return Err(broken(&response, why));
        }
        if session.streams.stdout_is_terminal() {
            progress.clear(&session.streams);
        }
        let mut reached = !print_new(rows, page.items, &outline, &mut seen)?.is_empty();
        for id in &outline.ids {
            reached |= seen.apart.remove(id);
        }
        progress.show(&session.streams, rows.written(), total);
        let end = offset + outline.rows;
        if page.has_more {
            // Pages that go round in a circle never end, but they outrun the total.
            if let Some(total) = page.total.filter(|total| end >= *total) {
                let counts = list::counted(total);
                let why = format!("says there are more than the {counts} that it counts");
                return Err(broken(&response, why));
            }
            place.go_on(&outline, reached);
            before = Some(outline);
            continue;
        }
        return match page.total.filter(|total| end < *total) {
            None => Ok(()),
            Some(total) => {
                let why = format!("ends after {end} of {}", list::counted(total));
                Err(broken(&response, why))
            }
        };
    }
}

fn broken(response: &Response, why: String) -> Failure {
    Failure::error("the portal's answer", why).portal(None, response.request_id())
}

/// Returns how many rows of a page the next one begins with. A page of one row would never come to an end so.
fn shared(rows: u64) -> u64 {
    u64::from(rows > 1)
}

/// Where a walk is.
struct Place {
    /// Where it began.
    from: u64,
    /// Where the page begins that is asked for.
    offset: u64,
    /// Whether that page is to begin with a row of the one before.
    overlaps: bool,
    /// How far the next step back goes.
    step: u64,
    /// Steps back since a new row was reached.
    steps_back: u32,
}

/// Steps back without reaching a row: a list that changes so much cannot be read.
const MAX_STEPS_BACK: u32 = 40;

impl Place {
    fn new(from: u64) -> Self {
        Self { from, offset: from, overlaps: false, step: 1, steps_back: 0 }
    }

    /// Returns whether rows may have been missed before this page.
    fn is_behind_a_gap(&self, page: &Outline, seen: &Seen, shrunk: bool) -> bool {
        let follows = page.ids.first().is_some_and(|first| seen.reached(*first));
        self.offset > self.from && !follows && (self.overlaps || shrunk)
    }

    /// Goes on behind a page.
    fn go_on(&mut self, page: &Outline, reached: bool) {
        self.overlaps = page.rows > 1;
        self.offset += page.rows - shared(page.rows);
        self.step = page.rows;
        if reached {
            self.steps_back = 0;
        }
    }

    /// Goes back, farther each time, at most to where it began.
    fn go_back(&mut self, page: &Response, total: Option<u64>, rows: u64) -> Result<(), Failure> {
        self.steps_back += 1;
        if self.steps_back > MAX_STEPS_BACK {
            return Err(Failure::error(
                "the list",
                "changes faster than it can be read: rows may be missing",
            )
            .portal(None, page.request_id()));
        }
        // Behind the last row there is nothing to find.
        let end = total.unwrap_or(self.offset).min(self.offset);
        self.step = self.step.max(rows).max(1);
        self.offset = end.saturating_sub(self.step).max(self.from);
        self.step = self.step.saturating_mul(2);
        self.overlaps = true;
        Ok(())
    }
}

/// The rows that were printed, a number for each.
#[derive(Default)]
struct Seen {
    printed: HashSet<u64>,
    /// Those of them before which there may be others that were not.
    apart: HashSet<u64>,
}

impl Seen {
    /// Returns whether a row was printed after all that were before it.
    fn reached(&self, row: u64) -> bool {
        self.printed.contains(&row) && !self.apart.contains(&row)
    }
}

/// Prints the rows that were not printed before. Returns which they are.
fn print_new(
    rows: &mut Rows,
    items: Elements,
    page: &Outline,
    seen: &mut Seen,
) -> Result<Vec<u64>, Failure> {
    let new: Vec<bool> = page.ids.iter().map(|id| !seen.printed.contains(id)).collect();
    let ids: Vec<u64> =
        page.ids.iter().zip(&new).filter(|(_, new)| **new).map(|(id, _)| *id).collect();
    seen.printed.extend(&ids);
    let repeated = page.ids.len() - ids.len();
    // Repeated rows are the first ones, where nothing has changed.
    if new[..repeated].iter().all(|new| !new) {
        let mut rest = items;
        rest.by_ref().take(repeated).for_each(drop);
        rows.page(rest)?;
    } else {
        let texts = items.zip(&new).filter(|(_, new)| **new).map(|(row, _)| row.text);
        let array = format!("[{}]", texts.collect::<Vec<_>>().join(","));
        rows.page(json::elements(&array).unwrap_or_default())?;
    }
    Ok(ids)
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
    /// A number for each row.
    ids: Vec<u64>,
    first: String,
    last: String,
    /// Bytes of the whole answer.
    length: usize,
}

impl Outline {
    fn of(body: &[u8], items: &Elements) -> Self {
        let (mut ids, mut first, mut last) = (Vec::new(), "", "");
        for row in items.clone() {
            first = if ids.is_empty() { row.text } else { first };
            last = row.text;
            ids.push(identity(row.text));
        }
        let rows = ids.len() as u64;
        Self { rows, ids, first: first.to_owned(), last: last.to_owned(), length: body.len() }
    }

    /// Whether another page has the same rows: as many, with the same first and last. The page object around them may
    /// differ.
    fn has_the_rows_of(&self, other: &Self) -> bool {
        (self.rows, &self.first, &self.last) == (other.rows, &other.first, &other.last)
    }

    /// Whether an answer that was not parsed yet may well be as many rows more: it is about as long, and begins with the
    /// last row of this page.
    fn precedes(&self, body: &[u8]) -> bool {
        let beginning = &body[..body.len().min(self.last.len() + MAX_BEFORE_ROWS)];
        let half_the_rows = self.first.len() * usize::try_from(self.rows).unwrap_or(0) / 2;
        self.rows > 1
            && body.len() > self.length.saturating_sub(half_the_rows)
            && memmem::find(beginning, self.last.as_bytes()).is_some()
            && memmem::find(beginning, self.first.as_bytes()).is_none()
    }
}

/// Returns a number for a row: that of its id, which is its `id` or what it begins with, or of all its text.
fn identity(row: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    // Most rows begin with their id.
    let begins = row.strip_prefix(r#"{"id":""#).and_then(|rest| rest.split_once('"'));
    if let Some((id, _)) = begins.filter(|(id, _)| !id.contains('\\')) {
        id.hash(&mut hasher);
        return hasher.finish();
    }
    let object = Object::parse(row);
    let first = object.as_ref().and_then(|object| object.entries().next());
    let first = first.filter(|(key, _)| key.ends_with("_id")).map(|(key, _)| key);
    let id = object.as_ref().and_then(|object| object.string("id").or(object.string(first?)));
    match id {
        Some(id) => id.hash(&mut hasher),
        None => row.hash(&mut hasher),
    }
    hasher.finish()
}

/// Bytes of a page object before its first row.
const MAX_BEFORE_ROWS: usize = 64;
