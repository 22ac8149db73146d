//! A request of a plan. It names what it refers to; ids and credentials are put in when it is sent.

use serde_json::{Map, Value, json};

use super::declare::FileField;
use super::thing::Thing;
use crate::api::operation::Operation;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) operation: &'static Operation,
    /// What stands in its path behind the app, in order.
    pub(crate) ids: Vec<Reference>,
    /// Its body; `{"secret": NAME}` and `{"id of": ADDRESS}` stand for what is put in later.
    pub(crate) body: Value,
}

/// An id of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// Known already.
    Id(String),
    /// That of what stands at this address, or was found there.
    Of(String),
}

impl Step {
    /// Returns a request without a body.
    pub(crate) fn new(operation: &'static Operation, ids: Vec<Reference>) -> Self {
        Self { operation, ids, body: Value::Null }
    }

    /// Has this body.
    #[must_use]
    pub(crate) fn body(mut self, body: Value) -> Self {
        self.body = body;
        self
    }
}

/// The key of a place in a body for an id that is known only when the request is sent.
pub(crate) const ID_OF: &str = "id of";

/// Returns the place in a body for the id of what stands at an address.
pub(crate) fn id_of(address: impl Into<String>) -> Value {
    json!({ ID_OF: address.into() })
}

/// Returns the keys of a body from the given fields of a thing, each under its key at the portal.
pub(crate) fn body<'a>(
    thing: &Thing,
    fields: impl Iterator<Item = &'a FileField>,
) -> Map<String, Value> {
    fields
        .filter_map(|field| {
            let value = thing.fields.get(field.name)?;
            Some((field.key.to_owned(), value.clone()))
        })
        .collect()
}

/// The key of a place in a body for the instant that lies so far ahead when the request is sent.
pub(crate) const EXPIRES_IN: &str = "expires in";
