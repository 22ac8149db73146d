//! The runtime side of the portal: every request signed, and sent once.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use super::key::RuntimeKey;
use super::refusal;
use super::sign::{self, Actor};
use super::token::is_uuid;
use super::url::LOOPBACK;
use crate::base::failure::Failure;
use crate::base::origin::Origin;
use crate::http::client::Client;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::output::streams::Streams;

/// What signs requests with one key.
#[derive(Debug)]
pub(crate) struct Backend<'a> {
    streams: &'a Streams,
    client: Client,
    timeout: Duration,
    debug: bool,
    key: RuntimeKey,
    /// Under which name the portal knows this caller, once it has said so.
    actor_id: RefCell<Option<String>>,
    warned: Cell<bool>,
}

impl<'a> Backend<'a> {
    /// The runtime side of `origin` for a key.
    pub(crate) fn new(
        streams: &'a Streams,
        origin: Origin,
        key: RuntimeKey,
        timeout: Duration,
        debug: bool,
    ) -> Result<Self, Failure> {
        if !origin.is_https() && !LOOPBACK.contains(&origin.host()) {
            let why = "may be http:// for localhost, 127.0.0.1 and [::1] only when a runtime key goes there";
            return Err(Failure::usage("--base-url", why));
        }
        let client = Client::new(origin, timeout, debug)?;
        let (actor_id, warned) = (RefCell::default(), Cell::default());
        Ok(Self { streams, client, timeout, debug, key, actor_id, warned })
    }

    /// Sends a request and gives back an answer that accepts it.
    pub(crate) fn send(&self, request: &Request) -> Result<Response, Failure> {
        let known = self.actor_id.borrow().clone().unwrap_or_default();
        let response =
            self.exchange(&self.client, request, Actor { id: &known, ..Actor::default() })?;
        if let Some(id) = response.header("x-alter-actor-id").filter(|id| is_uuid(id)) {
            self.actor_id.borrow_mut().get_or_insert_with(|| id.to_owned());
        }
        Ok(response)
    }

    /// Reports something without saying who calls. It is given little time: nothing waits for it.
    pub(crate) fn report(&self, request: &Request) -> Result<Response, Failure> {
        const LIMIT: Duration = Duration::from_secs(2);
        let (origin, timeout) = (self.client.origin().clone(), self.timeout.min(LIMIT));
        let client = Client::new(origin, timeout, self.debug)?;
        self.exchange(&client, request, Actor::default())
    }

    fn exchange(
        &self,
        client: &Client,
        request: &Request,
        actor: Actor<'_>,
    ) -> Result<Response, Failure> {
        let mut request = request.clone();
        let body = request.body_text().unwrap_or_default().as_bytes();
        let headers =
            sign::headers(&self.key, request.method.name(), &request.target(), body, actor)?;
        request.headers.extend(headers.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let response = client.send_once(self.streams, &request, None)?;
        if response.header("x-alter-key-deprecated") == Some("true") && !self.warned.replace(true) {
            self.streams.warn("this key is deprecated (it was rotated, or somebody marked it): it still works, but use another in its place");
        }
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        Err(refusal::failure(&response))
    }
}
