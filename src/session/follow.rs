//! `--follow`: newer rows as they come, each once, oldest first.

use std::collections::{HashSet, VecDeque};
use std::thread;
use std::time::Duration;

use serde_json::value::RawValue;

use super::{Session, list};
use crate::failure::{Failure, Kind};
use crate::http::request::Request;
use crate::output::json::Object;
use crate::output::results::{Format, Rows, Shape};
use crate::output::table::Table;

const PAUSE: Duration = Duration::from_secs(2);

/// Ids of rows that were printed; more than rows can have arrived at one instant.
const MAX_REMEMBERED: usize = 10_000;

/// Prints rows until the person ends it. With `backlog` every row there is comes first, otherwise one page of them.
pub fn follow(
    session: &Session,
    request: &Request,
    table: &Table,
    backlog: bool,
) -> Result<(), Failure> {
    let shape = streamed(&session.shape)?;
    let mut rows = Rows::new(&session.streams, &shape, table)?;
    let mut printed = Printed::default();
    print_new(&newer(session, request, &printed, backlog)?, &mut rows, &mut printed)?;
    let mut error = None;
    loop {
        thread::sleep(PAUSE);
        match newer(session, request, &printed, true) {
            Ok(batch) => {
                error = None;
                print_new(&batch, &mut rows, &mut printed)?;
            }
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
    fn remember(&mut self, id: String) {
        if self.ids.insert(id.clone()) {
            self.order.push_back(id);
        }
        if self.order.len() > MAX_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

/// The rows above the newest printed one, newest first. Rows that arrive meanwhile push others to the next page,
/// where they are seen again: only the first sight counts.
fn newer(
    session: &Session,
    request: &Request,
    printed: &Printed,
    every_page: bool,
) -> Result<Vec<(String, Box<RawValue>)>, Failure> {
    let mut batch = Vec::new();
    let mut seen = HashSet::new();
    let mut offset = 0;
    loop {
        let response = session.send(&list::at(request, session.page.limit, offset))?;
        let page = list::items(&response)?;
        let before = batch.len();
        for row in &page.items {
            let id = Object::parse(row.get()).and_then(|row| row.string("id"));
            let id = id.ok_or_else(|| response.broken("has a row without an id"))?;
            if printed.ids.contains(&id) {
                return Ok(batch);
            }
            if seen.insert(id.clone()) {
                batch.push((id, (*row).to_owned()));
            }
        }
        // A page of nothing new is the end too, whatever a portal says that sends the same rows again and again.
        if !every_page || !page.has_more || batch.len() == before {
            return Ok(batch);
        }
        offset += page.items.len() as u64;
    }
}

fn print_new(
    batch: &[(String, Box<RawValue>)],
    rows: &mut Rows,
    printed: &mut Printed,
) -> Result<(), Failure> {
    let oldest_first: Vec<&RawValue> = batch.iter().rev().map(|(_, row)| row.as_ref()).collect();
    if !oldest_first.is_empty() {
        rows.page(&oldest_first)?;
    }
    for (id, _) in batch.iter().rev() {
        printed.remember(id.clone());
    }
    Ok(())
}
