//! What a plain verb comes to: a checked request, the question before it, and how its answer is shown.

use super::one_time_secret::OneTimeSecret;
use super::question::Question;
use super::{Session, Verb};
use crate::base::failure::Failure;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::Request;
use crate::output::json::Object;
use crate::output::table::ANY_ROWS;

/// A verb of one request and one answer. It is given no portal, so it can only say what is to be sent.
pub(crate) trait Plain: Facts {
    /// Checks the arguments.
    fn call(self, context: &Context) -> Result<Call, Failure>;
}

/// One request and what is done around it.
#[derive(Debug)]
pub(crate) struct Call {
    request: Request,
    question: Option<Question>,
    advice: Option<(&'static str, String)>,
    show: Show,
}

#[derive(Debug)]
enum Show {
    Object,
    Warned(fn(&Object) -> Vec<String>),
    Rows,
    RowsOf(&'static str),
    Pages,
    Feed,
    Deleted,
    Secret(OneTimeSecret),
}

impl Call {
    /// Answers with one object.
    pub(crate) fn object(request: Request) -> Self {
        Self { request, question: None, advice: None, show: Show::Object }
    }

    /// Answers with one object, in which there may be something to warn of.
    pub(crate) fn object_with_warnings(
        request: Request,
        warnings: fn(&Object) -> Vec<String>,
    ) -> Self {
        Self { show: Show::Warned(warnings), ..Self::object(request) }
    }

    /// Answers with one object whose rows, under `key`, are what a person looks for.
    pub(crate) fn rows_of(request: Request, key: &'static str) -> Self {
        Self { show: Show::RowsOf(key), ..Self::object(request) }
    }

    /// Answers with a bare array.
    pub(crate) fn rows(request: Request) -> Self {
        Self { show: Show::Rows, ..Self::object(request) }
    }

    /// Answers with pages, printed as a bare array.
    pub(crate) fn pages(request: Request) -> Self {
        Self { show: Show::Pages, ..Self::object(request) }
    }

    /// Answers with pages, printed as the page object.
    pub(crate) fn feed(request: Request) -> Self {
        Self { show: Show::Feed, ..Self::object(request) }
    }

    /// Takes something away; gone already is as good where an earlier answer was lost.
    pub(crate) fn delete(request: Request) -> Self {
        Self { show: Show::Deleted, ..Self::object(request) }
    }

    /// Answers with a secret that is shown once.
    pub(crate) fn secret(request: Request, once: OneTimeSecret) -> Self {
        Self { show: Show::Secret(once), ..Self::object(request) }
    }

    /// Sends `?name=true` when the switch was given.
    #[must_use]
    pub(crate) fn switch(mut self, name: &str, given: bool) -> Self {
        self.request = self.request.maybe(name, given.then_some(true));
        self
    }

    /// Asks first, unless `--yes` was given.
    #[must_use]
    pub(crate) fn confirm(mut self, question: Question, yes: bool) -> Self {
        self.question = (!yes).then_some(question);
        self
    }

    /// Says what to do when the portal refuses with this code.
    #[must_use]
    pub(crate) fn advise(mut self, code: &'static str, fix: impl Into<String>) -> Self {
        self.advice = Some((code, fix.into()));
        self
    }
}

impl<V: Plain> Verb for V {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let Call { request, question, advice, show } = self.call(session)?;
        request.check()?;
        if let Show::Secret(once) = &show {
            once.check(session)?;
        }
        if let Some(question) = question.filter(|_| !session.dry_run) {
            question.ask(session)?;
        }
        let table = V::TABLE.unwrap_or(&ANY_ROWS);
        let done = match show {
            Show::Object => session.object(&request),
            Show::Warned(warnings) => session.unless_dry(&request, || {
                let response = session.send(&request)?;
                let document = response.json()?;
                for warning in Object::parse(document).iter().flat_map(warnings) {
                    session.streams.warn(&warning);
                }
                session.print_object(document)
            }),
            Show::RowsOf(key) => session.rows_of(&request, key, table),
            Show::Rows => session.rows(&request, table),
            Show::Pages => session.pages(&request, table),
            Show::Feed => session.feed(&request, table),
            Show::Deleted => session.delete(&request, || session.print_remains(&request)),
            Show::Secret(once) => once.send(session, &request),
        };
        done.map_err(|failure| match advice {
            Some((code, fix)) if failure.portal_code() == Some(code) => failure.fix(fix),
            _ => failure,
        })
    }
}
