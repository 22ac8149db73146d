//! What a handler is given, and what it gives back.

use serde::Serialize;
use serde_json::Value;

use super::fields::Fields;
use super::page::{Page, Paged};
use super::query::Query;
use super::refusal::Refusal;
use super::route::Params;
use crate::audit::synthetic::SyntheticRows;
use crate::http::response::Response;
use crate::journal::{self, Principal, Subject};
use crate::stamp::Stamp;
use crate::store::state::State;

/// What a handler gives back.
pub(crate) type Outcome = Result<Response, Refusal>;

/// Who makes a call, and what they may do.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
}

/// A request that is signed in, allowed and well-formed, with the state it works on.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) computed: &'a SyntheticRows,
    pub(crate) caller: &'a Caller,
    pub(crate) now: Stamp,
    pub(crate) params: Params,
    pub(crate) query: Query,
    pub(crate) page: Page,
    pub(crate) body: &'a [u8],
}

impl Call<'_> {
    /// The body's keys, of which these are known.
    pub(crate) fn fields(&self, known: &[&str]) -> Result<Fields, Refusal> {
        Fields::parse(self.body, known)
    }

    /// Notes a change, done by the PAT of this call.
    pub(crate) fn note(&mut self, action: &str, subject: Subject<'_>, details: Value) {
        let principal = Principal::pat(&self.caller.id, &self.caller.name);
        journal::note(self.state, self.now, action, principal, subject, details);
    }

    /// Answers with a page of rows.
    pub(crate) fn paged<T: Serialize>(&self, rows: impl Iterator<Item = T>) -> Response {
        Response::json(200, &Paged::of(rows, self.page))
    }
}
