//! Spans of a caller's own traces. The portal checks and counts them, and has nothing to show them in.

use serde_json::{Value, json};

use super::signer::Signer;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{Checked, instant, null, object, text, wrong};
use crate::portal::http::response::Response;

const MAX_SPANS: usize = 50;
const MAX_TEXT: usize = 255;
const MAX_ID: usize = 32;
const MAX_ATTRIBUTES: usize = 16_384;

pub(super) fn take(call: &mut Call<'_>, _: &Signer) -> Outcome {
    let accepted = call.fields(|fields| fields.required("spans", spans))?;
    Ok(Response::json(200, &json!({ "accepted": accepted })))
}

fn spans(value: &Value) -> Checked<usize> {
    let Some(spans) = value.as_array() else {
        return wrong("list_type", "Input should be a valid list");
    };
    if spans.is_empty() || spans.len() > MAX_SPANS {
        return wrong("too_long", format!("List should have 1 to {MAX_SPANS} items"));
    }
    spans.iter().try_for_each(span)?;
    Ok(spans.len())
}

fn span(span: &Value) -> Checked<()> {
    text(1, MAX_TEXT)(&span["trace_id"])?;
    text(1, MAX_TEXT)(&span["name"])?;
    instant(&span["start_time"])?;
    for id in ["span_id", "parent_span_id"] {
        if !null(&span[id]) {
            text(1, MAX_ID)(&span[id])?;
        }
    }
    if !null(&span["end_time"]) {
        instant(&span["end_time"])?;
    }
    if !null(&span["attributes"]) {
        object(MAX_ATTRIBUTES)(&span["attributes"])?;
    }
    Ok(())
}
