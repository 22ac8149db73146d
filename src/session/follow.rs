//! `--follow`: polls for newer rows and prints each one, oldest first.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use super::{Session, list};
use crate::base::failure::{Failure, Kind};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::output::json::{self, Element, Object};
use crate::output::results::{Format, Rows, Shape};
use crate::output::table::Table;

const PAUSE: Duration = Duration::from_secs(2);

/// Ids of rows that were printed; more than rows can have arrived at one instant.
const MAX_REMEMBERED: usize = 10_000;

/// Prints rows until the person ends it. With `backlog` every row there is comes first, otherwise one page of them.
pub(crate) fn follow(
    session: &Session,
    request: &Request,
    table: &'static Table,
    backlog: bool,
) -> Result<(), Failure> {
    let shape = streamed(&session.shape)?;
    let rows = Rows::new(&session.streams, &shape, table)?;
    let mut feed = Feed { session, request, rows, printed: Printed::default() };
    feed.print_newer(backlog)?;
    let mut error = None;
    loop {
        if session.streams.is_reader_gone_within(PAUSE) {
            return Err(Failure::closed());
        }
        session.client()?.try_again();
        match feed.print_newer(true) {
            Ok(()) => error = None,
            Err(failure) if matches!(failure.kind(), Kind::Error | Kind::RateLimit) => {
                let message = failure.message();
                if error.as_ref() != Some(&message) {
                    session.streams.warn(&format!("{message}; still trying"));
                }
                error = Some(message);
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// One array has no end here, so rows come as lines or as a table.
fn streamed(shape: &Shape) -> Result<Shape, Failure> {
    let format = match (shape.format, shape.for_rows()) {
        (Some(Format::Json), _) => {
            return Err(
                Failure::usage("--output json", "has no end under --follow").fix("--output jsonl")
            );
        }
        (Some(Format::Csv), _) => {
            return Err(Failure::usage(
                "--output csv",
                "is for a list that ends, not for --follow",
            )
            .fix("--output jsonl"));
        }
        (None, Format::Json) => Format::Jsonl,
        (_, format) => format,
    };
    Ok(Shape { format: Some(format), fields: shape.fields.clone() })
}

#[derive(Debug, Default)]
struct Printed {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Printed {
    /// Remembers an id; says whether it is new.
    fn remember(&mut self, id: String) -> bool {
        let new = self.ids.insert(id.clone());
        if new {
            self.order.push_back(id);
        }
        if self.order.len() > MAX_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        new
    }
}

struct Feed<'a> {
    session: &'a Session<'a>,
    request: &'a Request,
    rows: Rows<'a>,
    printed: Printed,
}

impl Feed<'_> {
    /// Prints the rows above the newest printed one, oldest first; of more than a page of them, with `every_page`, all.
    fn print_newer(&mut self, every_page: bool) -> Result<(), Failure> {
        let newest = self.page(0)?;
        let new = self.unprinted(&newest)?;
        let page = list::items(&newest)?;
        if !every_page || !page.has_more || new < page.items.count() {
            return self.print(&newest, new);
        }
        let total = page.total.ok_or_else(|| newest.broken("has no total"))?;
        let printed_before = if self.printed.ids.is_empty() {
            0
        } else {
            total.saturating_sub(self.count_new(new)?)
        };
        self.print_from(printed_before, total)
    }

    /// How many rows are new, when all of the first `new` are.
    fn count_new(&self, new: usize) -> Result<u64, Failure> {
        let mut count = new;
        loop {
            let response = self.page(count as u64)?;
            let new = self.unprinted(&response)?;
            let page = list::items(&response)?;
            count += new;
            // A page of nothing new is the end too, whatever a portal says that repeats its rows.
            if !page.has_more || new == 0 || new < page.items.count() {
                return Ok(count as u64);
            }
        }
    }

    /// Prints all rows but the oldest `done`, a page at a time from the oldest on. Rows are counted from the old end of
    /// the list, for there they keep their place while new ones arrive.
    fn print_from(&mut self, mut done: u64, mut total: u64) -> Result<(), Failure> {
        let mut size = self.session.page.limit.max(1);
        while done < total {
            // Half a page of room for the rows that arrive before the answer is made.
            let offset = (total - done).saturating_sub(size.div_ceil(2));
            let response = self.page(offset)?;
            let page = list::items(&response)?;
            total = page.total.ok_or_else(|| response.broken("has no total"))?;
            // The page's newest row is so far from the old end, and that many of its rows are above the printed ones.
            let height = total.saturating_sub(offset);
            let rows = page.items.count() as u64;
            if rows == 0 {
                return Err(response.broken("counts rows that it does not send"));
            }
            if height > done + rows {
                size = size.min(rows);
                continue;
            }
            let new = height.saturating_sub(done);
            if new == 0 {
                return Ok(());
            }
            self.print(&response, usize::try_from(new).unwrap_or(usize::MAX))?;
            done += new;
        }
        Ok(())
    }

    fn page(&self, offset: u64) -> Result<Response, Failure> {
        self.session.send(&list::at(self.request, self.session.page.limit, offset))
    }

    /// How many rows from the first on have not been printed.
    fn unprinted(&self, response: &Response) -> Result<usize, Failure> {
        let mut count = 0;
        for row in list::items(response)?.items {
            if self.printed.ids.contains(&id(response, row)?) {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    /// Prints the first `count` rows of a page, the last first, those aside that were printed before.
    fn print(&mut self, response: &Response, count: usize) -> Result<(), Failure> {
        let newest_first: Vec<_> = list::items(response)?.items.take(count).collect();
        let mut array = String::from("[");
        for row in newest_first.iter().rev() {
            if self.printed.remember(id(response, *row)?) {
                array.extend([if array.len() > 1 { "," } else { "" }, row.text]);
            }
        }
        array.push(']');
        match json::elements(&array) {
            Some(rows) if array.len() > 2 => self.rows.page(rows),
            _ => Ok(()),
        }
    }
}

fn id(response: &Response, row: Element) -> Result<String, Failure> {
    let id = Object::parse(row.text).and_then(|row| row.string("id"));
    id.ok_or_else(|| response.broken("has a row without an id"))
}
