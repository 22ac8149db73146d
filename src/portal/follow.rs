//! `--follow`: newer rows as they come, each once, oldest first.

use std::collections::{HashSet, VecDeque};
use std::thread;
use std::time::Duration;

use serde_json::value::RawValue;

use super::{Portal, pages};
use crate::failure::{Failure, Kind};
use crate::http::request::Request;
use crate::out::json::Object;
use crate::out::results::{Format, Rows, Shape};
use crate::out::table::Table;

const PAUSE: Duration = Duration::from_secs(2);

/// Ids of rows that were printed; more than rows can have arrived at one instant.
const REMEMBERED: usize = 10_000;

/// Prints rows until the person ends it. With `backlog` every row there is comes first, otherwise one page of them.
pub fn follow(
    portal: &Portal,
    request: &Request,
    table: &Table,
    backlog: bool,
) -> Result<(), Failure> {
    let shape = streamed(&portal.shape)?;
    let mut rows = Rows::new(&portal.streams, &shape, table)?;
    let mut printed = Printed::default();
    print_new(&newer(portal, request, &printed, backlog)?, &mut rows, &mut printed)?;
    let mut trouble = None;
    loop {
        thread::sleep(PAUSE);
        match newer(portal, request, &printed, true) {
            Ok(batch) => {
                trouble = None;
                print_new(&batch, &mut rows, &mut printed)?;
            }
            Err(failure) if matches!(failure.kind(), Kind::Error | Kind::RateLimit) => {
                let message = failure.message();
                if trouble.as_ref() != Some(&message) {
                    portal.streams.warn(&format!("{message}; still trying"));
                }
                trouble = Some(message);
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
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

/// The rows above the newest printed one, newest first. Rows that arrive meanwhile push others to the next page,
/// where they are seen again: only the first sight counts.
fn newer(
    portal: &Portal,
    request: &Request,
    printed: &Printed,
    every_page: bool,
) -> Result<Vec<(String, Box<RawValue>)>, Failure> {
    let mut batch = Vec::new();
    let mut seen = HashSet::new();
    let mut offset = 0;
    loop {
        let answer = portal.send(&pages::at(request, portal.page.limit, offset))?;
        let page = pages::items(&answer)?;
        let before = batch.len();
        for row in &page.items {
            let id = Object::parse(row.get()).and_then(|row| row.string("id"));
            let id = id.ok_or_else(|| answer.broken("has a row without an id"))?;
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
