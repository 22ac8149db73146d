//! What a handler is given, and what it gives back.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::body::{self, Body};
use super::fields::Fields;
use super::params::Params;
use super::query::Query;
use super::refusal::{Issue, Refusal};
use super::route::Check;
use crate::api::operation::Operation;
use crate::portal::audit::synthetic::SyntheticRows;
use crate::portal::deferred::Later;
use crate::portal::http::request::Request;
use crate::portal::http::response::Response;
use crate::portal::memory::Runtime;
use crate::portal::page::{Page, Paged};
use crate::portal::portal_actions::{self, Principal, Subject};
use crate::portal::store::state::State;
use crate::portal::timestamp::Stamp;

/// What a handler gives back.
pub(crate) type Outcome = Result<Response, Refusal>;

/// Who makes a call, and what they may do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
}

/// A request that is let in and well-formed, with the state it works on.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) computed: &'a Arc<SyntheticRows>,
    /// Whose PAT it is; nobody's on a route that asks for none.
    pub(crate) caller: &'a Caller,
    /// Who the journal says did it.
    pub(crate) principal: Principal,
    pub(crate) now: Stamp,
    pub(crate) params: Params,
    pub(crate) query: Query,
    pub(crate) page: Page,
    /// The body, once it is checked.
    pub(crate) body: Body,
    /// The result of what was done before the state was locked, on a route that asks for it.
    pub(crate) prefetched: Value,
    /// The work to do before the answer is sent.
    pub(crate) later: Option<Box<dyn Later>>,
    /// What the runtime side remembers between requests.
    pub(crate) runtime: &'a Runtime,
    /// As it came, for who has to verify a signature of it.
    pub(crate) request: &'a Request,
}

impl Call<'_> {
    /// What is taken of the body's keys; there may be no others.
    pub(crate) fn fields<T>(&self, take: impl FnOnce(&mut Fields) -> T) -> Result<T, Refusal> {
        Fields::read(&self.request.body, take)
    }

    /// Checks the body by an operation, and by what only the portal can see; all faults are told at once.
    pub(crate) fn check_body(
        &mut self,
        operation: &'static Operation,
        check: Option<Check>,
    ) -> Result<(), Refusal> {
        let value = body::parse(&self.request.body)?;
        let mut issues = body::issues(&operation.check_body(&value, self.now.0));
        if let (Some(check), Some(keys)) = (check, value.as_object()) {
            let known = |found: &Issue| issues.iter().any(|issue| issue.is_within(found));
            let more: Vec<Issue> =
                check(self, keys).into_iter().filter(|found| !known(found)).collect();
            issues.extend(more);
        }
        if !issues.is_empty() {
            return Err(Refusal::Invalid(issues));
        }
        self.body = Body::checked(operation.body, value);
        Ok(())
    }

    /// Where the portal is, as the client has it.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.request.header("host").unwrap_or_default())
    }

    /// Defers making the answer to this.
    pub(crate) fn answered_later(&mut self, later: impl Later + 'static) -> Response {
        self.later = Some(Box::new(later));
        Response::json(200, &Value::Null)
    }

    /// Refuses a body with any key.
    pub(crate) fn no_fields(&self) -> Result<(), Refusal> {
        self.fields(|_| ())
    }

    /// Notes a change, done by the principal of this call.
    pub(crate) fn note(&mut self, action: &str, subject: Subject<'_>, details: Value) {
        let principal = self.principal.clone();
        portal_actions::note(self.state, self.now, action, principal, subject, details);
    }

    /// Answers with a page of rows.
    pub(crate) fn paged<T: Serialize>(&self, rows: impl Iterator<Item = T>) -> Response {
        Response::json(200, &Paged::of(rows, self.page))
    }
}
