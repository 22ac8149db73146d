//! Requests of plans, as the session sends those of every other verb.

use serde_json::{Value, value::RawValue};

use crate::api::operation::{Answer, Operation};
use crate::base::failure::Failure;
use crate::http::request::{Body, Request};
use crate::http::response::Response;
use crate::session::Session;

/// How often a list that changes while it is read is read again.
const MAX_WALKS: usize = 5;

/// Returns a request of an operation.
pub(crate) fn request(
    operation: &'static Operation,
    ids: &[&str],
    body: Option<&Value>,
) -> Request {
    let request = Request::to(operation.method, operation.fill(ids));
    match body.and_then(|body| serde_json::value::to_raw_value(body).ok()) {
        Some(document) => request.body(Body::document(&document)),
        None => request,
    }
}

/// Returns the document that an accepted answer holds.
pub(crate) fn document(response: &Response) -> Result<Value, Failure> {
    let text: &RawValue =
        serde_json::from_str(response.json()?).map_err(|_| response.broken("is not JSON"))?;
    serde_json::from_str(text.get()).map_err(|_| response.broken("is not JSON"))
}

/// Returns every row of a list. One that changes while it is read is read again: a row that was missed would be made twice.
pub(crate) fn rows(
    session: &Session,
    operation: &'static Operation,
    ids: &[&str],
    query: &[(&str, &str)],
) -> Result<Vec<Value>, Failure> {
    for _ in 0..MAX_WALKS {
        if let Some(rows) = walk(session, operation, ids, query)? {
            return Ok(rows);
        }
    }
    let why =
        format!("went on changing while it was read, {MAX_WALKS} times; nothing was changed here");
    Err(Failure::error(format!("GET {}", operation.path), why)
        .fix("run it again when nobody else changes the app"))
}

fn walk(
    session: &Session,
    operation: &'static Operation,
    ids: &[&str],
    query: &[(&str, &str)],
) -> Result<Option<Vec<Value>>, Failure> {
    let mut rows: Vec<Value> = Vec::new();
    let mut total = None;
    loop {
        let mut next = request(operation, ids, None);
        for (name, value) in query {
            next = next.query(name, value);
        }
        if let Some(limits) = operation.limits {
            next = next.query("limit", limits.most).query("offset", rows.len());
        }
        let response = session.send(&next)?;
        let page = document(&response)?;
        let (items, more) = match (&operation.answer, &page) {
            (Answer::Page(_), Value::Object(page)) => {
                if total.is_some() && total != page.get("total").and_then(Value::as_u64) {
                    return Ok(None);
                }
                total = page.get("total").and_then(Value::as_u64);
                (page.get("items"), page.get("has_more") == Some(&Value::Bool(true)))
            }
            (_, Value::Array(items)) => {
                let full = operation.limits.is_some_and(|limits| items.len() as u64 >= limits.most);
                (Some(&page), full)
            }
            (_, Value::Object(object)) => {
                (object.get("items"), object.get("has_more") == Some(&Value::Bool(true)))
            }
            _ => (None, false),
        };
        let Some(items) = items.and_then(Value::as_array) else {
            return Err(response.broken("is not a list"));
        };
        let before = rows.len();
        rows.extend(items.iter().cloned());
        if !more {
            return Ok(total.is_none_or(|total| rows.len() as u64 == total).then_some(rows));
        }
        if rows.len() == before {
            return Err(response.broken("says there are more rows, but sends none"));
        }
    }
}
