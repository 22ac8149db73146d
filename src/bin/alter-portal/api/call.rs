//! What a handler is given, and what it gives back.

use serde::Serialize;
use serde_json::Value;

use super::fields::Fields;
use super::page::Paged;
use super::query::{Page, Query};
use super::refusal::Refusal;
use super::routes::Params;
use crate::http::answer::Answer;
use crate::resources::apps::App;
use crate::resources::audit::Log;
use crate::resources::computed::Computed;
use crate::resources::pats::Caller;
use crate::resources::portal_actions::{self, Principal, Subject};
use crate::stamp::Stamp;
use crate::store::state::State;

/// What a handler gives back.
pub(crate) type Outcome = Result<Answer, Refusal>;

/// A request that is signed in, allowed and well-formed, with the state it works on.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) computed: &'a Computed,
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

    /// The app that the path names.
    pub(crate) fn app(&self) -> Result<&App, Refusal> {
        let id = self.params.get("app");
        self.state.apps.get(id).ok_or_else(|| {
            Refusal::not_found(
                "app_not_found",
                format!("There is no app {id} in this organization."),
            )
        })
    }

    /// The app that the path names, which can still be changed.
    pub(crate) fn live_app(&self) -> Result<&App, Refusal> {
        let app = self.app()?;
        if app.archived_at.is_none() {
            return Ok(app);
        }
        let message = format!("The app {} is archived; unarchive it first.", app.name);
        Err(Refusal::conflict("app_archived", message))
    }

    /// The audit events.
    pub(crate) fn log(&self) -> Log<'_> {
        Log {
            recorded: &self.state.audit_events,
            computed: self.computed,
        }
    }

    /// Notes a change, done by the PAT of this call.
    pub(crate) fn note(&mut self, action: &str, subject: Subject<'_>, details: Value) {
        let principal = Principal::pat(&self.caller.id, &self.caller.name);
        portal_actions::note(self.state, self.now, action, principal, subject, details);
    }

    /// Answers with a page of rows.
    pub(crate) fn paged<T: Serialize>(&self, rows: impl Iterator<Item = T>) -> Answer {
        Answer::json(200, &Paged::of(rows, self.page))
    }
}
