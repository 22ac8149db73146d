//! What a signed-in command is given: a portal to send requests to and to print the answers of.

pub(crate) mod call;
pub(crate) mod follow;
pub(crate) mod list;
pub(crate) mod one_time_secret;
pub(crate) mod paginate;
pub(crate) mod question;
pub(crate) mod typed_name;

use std::cell::OnceCell;
use std::ops::Deref;

use percent_encoding::percent_decode_str;

use crate::api::method::Method;
use crate::auth::credential::{self, Credential};
use crate::auth::source::Source;
use crate::base::failure::{Failure, Kind};
use crate::base::secret::Pat;
use crate::cli::context::{Context, LOGIN};
use crate::cli::tree::{Declaration, Declared, Facts};
use crate::http::client::{Begun, Client};
use crate::http::request::{Body, Request};
use crate::http::response::{ADD_SCOPES, Response};
use crate::output::json::{self, Object};
use crate::output::results::{self, Format};
use crate::output::table::Table;

const UNSET: &str = "the PAT came from ALTER_PAT: set it to one that is valid, or unset it to use a stored sign-in (alter auth list)";

/// What can be run against the portal.
pub(crate) trait Verb: Facts {
    /// Does it.
    fn run(self, session: &Session) -> Result<(), Failure>;
}

impl<V: Verb> Declared for V {
    fn declared() -> Declaration {
        Declaration {
            operation: Some(V::OPERATION),
            table: V::TABLE,
            operand: V::OPERAND,
            either_case: V::EITHER_CASE,
            alias: V::ALIAS,
            app: V::APP,
            every_page: V::EVERY_PAGE,
            verbs: Vec::new(),
        }
    }
}

/// The portal, seen from a command. Nothing is looked up or opened before the first request.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    context: &'a Context,
    client: OnceCell<Client>,
    /// `None` when it was looked for without success: a keychain that does not answer is not asked again.
    credential: OnceCell<Option<Credential>>,
    /// What could not be looked at while it was looked for.
    unseen: OnceCell<Option<String>>,
}

impl Deref for Session<'_> {
    type Target = Context;

    fn deref(&self) -> &Context {
        self.context
    }
}

impl<'a> Session<'a> {
    /// The portal of a context.
    pub(crate) fn new(context: &'a Context) -> Self {
        Self {
            context,
            client: OnceCell::new(),
            credential: OnceCell::new(),
            unseen: OnceCell::new(),
        }
    }

    /// Sends a request and prints the one object that comes back.
    pub(crate) fn object(&self, request: &Request) -> Result<(), Failure> {
        self.unless_dry(request, || {
            let response = self.send(request)?;
            self.print_object(response.json()?)
        })
    }

    /// Prints one object.
    pub(crate) fn print_object(&self, document: &str) -> Result<(), Failure> {
        results::object(&self.streams, &self.shape, document)
    }

    /// Sends a request and prints the bare array of rows that comes back.
    pub(crate) fn rows(&self, request: &Request, table: &'static Table) -> Result<(), Failure> {
        self.unless_dry(request, || {
            let response = self.send(request)?;
            let document = response.json()?;
            let rows = json::elements(document).ok_or_else(|| response.broken("is not a list"))?;
            results::rows(&self.streams, &self.shape, table, rows)
        })
    }

    /// Sends a request and prints the one object that comes back: its rows, save in JSON, where it is kept whole.
    pub(crate) fn rows_of(
        &self,
        request: &Request,
        key: &str,
        table: &'static Table,
    ) -> Result<(), Failure> {
        if self.shape.for_rows() == Format::Json {
            return self.object(request);
        }
        self.unless_dry(request, || {
            let response = self.send(request)?;
            let object = Object::parse(response.json()?);
            let rows = object.and_then(|object| json::elements(object.get(key)?));
            let rows = rows.ok_or_else(|| response.broken("has no rows"))?;
            results::rows(&self.streams, &self.shape, table, rows)
        })
    }

    /// Prints a paged list whose JSON is a bare array of rows.
    pub(crate) fn pages(&self, request: &Request, table: &'static Table) -> Result<(), Failure> {
        self.list(request, table, false)
    }

    /// Prints a paged list whose JSON is the page object.
    pub(crate) fn feed(&self, request: &Request, table: &'static Table) -> Result<(), Failure> {
        self.list(request, table, true)
    }

    fn list(&self, request: &Request, table: &'static Table, as_page: bool) -> Result<(), Failure> {
        self.unless_dry(&list::first(request, self.page), || {
            // Lines are the way to export: they stop at a page only where its size was asked for.
            let lines = matches!(self.shape.for_rows(), Format::Jsonl | Format::Csv);
            let export = lines && !self.page.limited;
            if self.page.all || export {
                paginate::all(self, request, table, &self.shape, self.page.limit)
            } else {
                list::print(self, request, table, as_page)
            }
        })
    }

    /// Sends a deletion and prints what the portal answers. A try whose answer was lost may have done the work:
    /// a retry that finds the thing gone has succeeded, and `gone` prints what is left of it.
    pub(crate) fn delete(
        &self,
        request: &Request,
        gone: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.unless_dry(request, || match self.send_unless_done(request)? {
            Some(response) => self.print_object(response.json()?),
            None => gone(),
        })
    }

    /// Sends a request and gives back an answer that the portal accepted; `None` of a deletion that found the thing
    /// gone, because an earlier try, whose answer was lost, had done its work.
    pub(crate) fn send_unless_done(&self, request: &Request) -> Result<Option<Response>, Failure> {
        let response = self.send_raw(request)?;
        let gone = response.status == 404 || response.error().says_revoked();
        if request.method == Method::Delete && response.unanswered_before && gone {
            self.streams.note("An earlier attempt, whose response was lost, had already done it.");
            return Ok(None);
        }
        self.accepted(&response)?;
        Ok(Some(response))
    }

    /// Prints what is left of a thing whose deletion did its work, as far as the PAT may read it: itself, or that it is
    /// deleted.
    pub(crate) fn print_remains(&self, deleted: &Request) -> Result<(), Failure> {
        let Ok(found) = self.send_raw(&Request::to(Method::Get, deleted.path.clone())) else {
            // The deletion is done, whatever becomes of this look-up.
            return Ok(());
        };
        if found.status == 404 {
            let id = deleted.path.rsplit('/').next().unwrap_or_default();
            let id = percent_decode_str(id).decode_utf8_lossy();
            let gone = Body::object().with("id", id).with("deleted", true);
            return self.print_object(gone.text());
        }
        found.json().map_or(Ok(()), |document| self.print_object(document))
    }

    /// Sends a request with the PAT and gives back an answer that the portal accepted.
    pub(crate) fn send(&self, request: &Request) -> Result<Response, Failure> {
        self.send_begun(request, None)
    }

    /// Sends a request whose answer is read later, by `send_begun`.
    pub(crate) fn begin(&self, request: &Request) -> Result<Begun, Failure> {
        let pat = self.pat_for(request)?;
        Ok(self.client()?.begin(request, pat))
    }

    /// Gives back an accepted answer to a request that may have been sent before.
    pub(crate) fn send_begun(
        &self,
        request: &Request,
        begun: Option<Begun>,
    ) -> Result<Response, Failure> {
        let pat = self.pat_for(request)?;
        let response = self.client()?.send_begun(&self.streams, request, pat, begun)?;
        self.accepted(&response)?;
        Ok(response)
    }

    /// Refuses every status but 2xx. A portal that does not say which scope is missing leaves that to the command.
    pub(crate) fn accepted(&self, response: &Response) -> Result<(), Failure> {
        let failure = match response.accepted() {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        Err(self.with_login(match self.given.scope() {
            Some(scope) if failure.kind() == Kind::Forbidden && failure.advice().is_none() => {
                failure.fix(format!("{ADD_SCOPES} {scope}"))
            }
            _ if failure.portal_code() == Some("app_not_found") && self.is_pinned(response) => {
                failure.fix("alter unlink")
            }
            _ => failure,
        }))
    }

    /// Returns a failure with advice that holds for this command and for the credential that it used: signing in
    /// changes nothing while `ALTER_PAT` wins.
    #[must_use]
    pub(crate) fn with_login(&self, failure: Failure) -> Failure {
        let used = self.credential.get().and_then(Option::as_ref).map(|used| used.source);
        let scopes = failure
            .advice()
            .and_then(|fix| Some(fix.strip_prefix(ADD_SCOPES)?.trim().replace(',', " and ")));
        let failure = match (failure.kind(), used, scopes) {
            (Kind::Auth, Some(Source::Environment), _) => failure.fix(UNSET),
            (Kind::Auth, Some(place), _) => {
                let place = place.place();
                failure.fix(format!(
                    "{LOGIN}, for the PAT in {place} is not accepted; or set ALTER_PAT"
                ))
            }
            (_, Some(Source::Environment), Some(scopes)) => failure
                .fix(format!("mint a PAT with {scopes} in the dashboard, and set ALTER_PAT to it")),
            _ => failure,
        };
        self.context.with_login(failure)
    }

    /// Returns whether the app of a request is the one that is pinned here.
    fn is_pinned(&self, response: &Response) -> bool {
        let selected = self.selected().ok().flatten().filter(|app| app.file.is_some());
        selected.is_some_and(|selected| response.app() == Some(selected.app.text()))
    }

    /// Sends a request with the PAT and gives back whatever the portal answered: who calls it gives the advice too, by
    /// `accepted`.
    pub(crate) fn send_raw(&self, request: &Request) -> Result<Response, Failure> {
        let pat = self.pat_for(request)?;
        self.client()?.send(&self.streams, request, pat)
    }

    fn pat_for(&self, request: &Request) -> Result<Option<&Pat>, Failure> {
        Ok(if request.public { None } else { Some(&self.credential()?.pat) })
    }

    /// Reads something beside the change that was asked for: whatever becomes of it is no reason to stop or to wait.
    pub(crate) fn look_up(&self, request: &Request) -> Option<Response> {
        let pat = &self.credential().ok()?.pat;
        self.client().ok()?.send_once(&self.streams, request, Some(pat)).ok()
    }

    /// The credential of this command, looked up once.
    pub(crate) fn credential(&self) -> Result<&Credential, Failure> {
        if self.credential.get().is_none() {
            let search = credential::find(&self.base_url()?, &self.profile()?);
            let (credential, failure) = match search.credential {
                Ok(found) => (Some(found), None),
                Err(failure) => (None, Some(self.with_login(failure))),
            };
            let _ = self.unseen.set(search.unseen);
            let _ = self.credential.set(credential);
            failure.map_or(Ok(()), Err)?;
        }
        self.credential.get().and_then(Option::as_ref).ok_or_else(credential::still_missing)
    }

    /// Returns what could not be looked at while the credential was looked for, and why.
    pub(crate) fn unseen(&self) -> Option<&str> {
        self.unseen.get()?.as_deref()
    }

    /// The client for the portal's API, opened once.
    pub(crate) fn client(&self) -> Result<&Client, Failure> {
        if self.client.get().is_none() {
            let client = Client::new(self.base_url()?, self.timeout()?, self.debug()?)?;
            let _ = self.client.set(client);
        }
        self.client.get().ok_or_else(|| Failure::error("the portal", "cannot be reached"))
    }
}
