//! One agent, one connection, and the rules every exchange with the portal follows.

use std::cell::RefCell;
use std::io::Read;
use std::time::{Duration, Instant};

use ureq::http::{self, HeaderMap};

use super::error::{Advice, ExchangeError};
use super::observed::Observed;
use super::request::Request;
use super::response::Response;
use super::{agent, retry, trace};
use crate::api::method::Method;
use crate::base::failure::{Failure, Kind};
use crate::base::origin::Origin;
use crate::base::random;
use crate::base::secret::Pat;
use crate::base::time;
use crate::input::check;
use crate::output::streams::Streams;

const MAX_BODY: u64 = 64 << 20;

/// A request that was sent, and the head of its answer, or why there is none.
#[derive(Debug)]
pub(crate) struct Begun {
    took: Duration,
    head: Result<http::Response<ureq::Body>, ExchangeError>,
}

/// What talks to one origin.
#[derive(Debug)]
pub(crate) struct Client {
    agent: ureq::Agent,
    origin: Origin,
    timeout: Duration,
    debug: bool,
    observed: Observed,
    /// Why there is no connection: it is not tried for again by the same command.
    unreachable: RefCell<Option<String>>,
}

impl Client {
    /// A client for `origin`; `timeout` is for one whole exchange.
    pub(crate) fn new(origin: Origin, timeout: Duration, debug: bool) -> Result<Self, Failure> {
        let observed = Observed::default();
        let agent = agent::new(&origin, agent::Timeouts::Total(timeout), &observed)?;
        Ok(Self { agent, origin, timeout, debug, observed, unreachable: RefCell::default() })
    }

    /// The origin it talks to.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Sends a request, trying again where that is safe, and gives back whatever the portal answered.
    pub(crate) fn send(
        &self,
        streams: &Streams,
        request: &Request,
        pat: Option<&Pat>,
    ) -> Result<Response, Failure> {
        self.send_begun(streams, request, pat, None)
    }

    /// The same with a first try that was begun before.
    pub(crate) fn send_begun(
        &self,
        streams: &Streams,
        request: &Request,
        pat: Option<&Pat>,
        begun: Option<Begun>,
    ) -> Result<Response, Failure> {
        request.refuse_credential()?;
        let known = self.unreachable.borrow().clone();
        if let Some(why) = known {
            return Err(self.explain(request, ExchangeError::Unreachable(why)));
        }
        let request = with_idempotency_key(request)?;
        let mut first = begun.and_then(|begun| match self.finish(streams, &request, pat, begun) {
            // It was left waiting, perhaps too long: that is not the portal's fault.
            Err(ExchangeError::GiveUp(_)) => None,
            tried => Some(tried),
        });
        let mut unanswered = false;
        let mut number = 1;
        loop {
            let last = number > retry::MAX_RETRIES || !retry::is_safe(&request);
            let (error, wait) = match first
                .take()
                .unwrap_or_else(|| self.exchange(streams, &request, pat))
            {
                Ok(mut response) => {
                    response.look = request.changes().then(|| request.look());
                    response.app = request.app();
                    response.unanswered_before = unanswered;
                    let wait = response.retry_after();
                    if !retry::is_passing(response.status) {
                        return Ok(response);
                    }
                    if let Some(seconds) = wait.filter(|seconds| *seconds > retry::MAX_WAIT) {
                        let failure = come_back_later(&response, seconds);
                        return Err(response.with_doubt(failure));
                    }
                    if last {
                        return Ok(response);
                    }
                    // A gateway gave up on the portal, which may have gone on and done it.
                    unanswered |= matches!(response.status, 502 | 504);
                    (format!("the portal answered {}", response.status), wait)
                }
                Err(ExchangeError::Unreachable(why)) if !last => (why, None),
                Err(ExchangeError::Broken(why)) if !last => {
                    unanswered = true;
                    (why, None)
                }
                Err(error) => {
                    let in_doubt = request.changes() && (unanswered || error.leaves_doubt());
                    if let ExchangeError::Unreachable(why) = &error {
                        self.unreachable.replace(Some(why.clone()));
                    }
                    let failure = self.explain(&request, error);
                    return Err(if in_doubt { failure.in_doubt(&request.look()) } else { failure });
                }
            };
            let pause = retry::pause(number).max(Duration::from_secs(wait.unwrap_or(0)));
            streams.note(&format!(
                "retry {number} of {} in {:.1} s: {} {}: {error}",
                retry::MAX_RETRIES,
                pause.as_secs_f32(),
                request.method.name(),
                request.path,
            ));
            std::thread::sleep(pause);
            number += 1;
        }
    }

    /// Has a portal that could not be reached tried again.
    pub(crate) fn try_again(&self) {
        self.unreachable.take();
    }

    /// Sends a request once, for those that look at many things and wait for none of them long.
    pub(crate) fn send_once(
        &self,
        streams: &Streams,
        request: &Request,
        pat: Option<&Pat>,
    ) -> Result<Response, Failure> {
        request.refuse_credential()?;
        self.exchange(streams, request, pat).map_err(|error| self.explain(request, error))
    }

    fn exchange(
        &self,
        streams: &Streams,
        request: &Request,
        pat: Option<&Pat>,
    ) -> Result<Response, ExchangeError> {
        self.finish(streams, request, pat, self.begin(request, pat))
    }

    /// Sends a request and waits until an answer begins.
    pub(crate) fn begin(&self, request: &Request, pat: Option<&Pat>) -> Begun {
        let url = self.url(request);
        let mut builder = http::Request::builder().method(request.method.name()).uri(&url);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if let Some(pat) = pat {
            builder = builder.header("Authorization", format!("Bearer {}", pat.expose()));
        }
        if request.body_text().is_some() {
            builder = builder.header("Content-Type", "application/json");
        }
        let at = Instant::now();
        self.observed.begin();
        let of = |error| ExchangeError::of(error, self.timeout, &self.observed);
        let head = agent::send(&self.agent, builder, request.body_text())
            .map_err(|error| ExchangeError::Unsendable(error.to_string()))
            .and_then(|sent| sent.map_err(of));
        Begun { took: at.elapsed(), head }
    }

    /// Reads the answer to a request that was sent.
    fn finish(
        &self,
        streams: &Streams,
        request: &Request,
        pat: Option<&Pat>,
        begun: Begun,
    ) -> Result<Response, ExchangeError> {
        let at = Instant::now();
        let response = begun.head.and_then(|head| self.read(head));
        if self.debug {
            trace::exchange(
                streams,
                request,
                &self.url(request),
                pat.is_some(),
                response.as_ref().ok(),
                begun.took + at.elapsed(),
            );
        }
        response
    }

    fn url(&self, request: &Request) -> String {
        format!("{}{}", self.origin, request.target())
    }

    /// Reads an answer to its end, which also frees the connection for the next request.
    fn read(&self, response: http::Response<ureq::Body>) -> Result<Response, ExchangeError> {
        let (parts, body) = response.into_parts();
        let length = body.content_length().unwrap_or(0).min(MAX_BODY);
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        let read = body
            .into_with_config()
            .limit(u64::MAX)
            .reader()
            .take(MAX_BODY + 1)
            .read_to_end(&mut bytes);
        let response = Response::new(parts.status.as_u16(), headers(&parts.headers), bytes);
        if response.body.len() as u64 > MAX_BODY {
            return Err(ExchangeError::GiveUp(response.broken("is larger than 64 MiB")));
        }
        match read {
            Ok(_) => Ok(response),
            Err(error) => Err(ExchangeError::GiveUp(
                response.broken(&ExchangeError::while_reading(&error, self.timeout)),
            )),
        }
    }

    fn explain(&self, request: &Request, error: ExchangeError) -> Failure {
        let what = format!("{} {}{}", request.method.name(), self.origin, request.path);
        let unreachable = if self.origin.is_loopback() {
            "start alter-portal, or check --base-url (ALTER_BASE_URL)"
        } else {
            "check the network, and --base-url (ALTER_BASE_URL)"
        };
        let advice = Advice { unreachable, barred: "check --base-url (ALTER_BASE_URL)" };
        error.explained(what, advice.of(&self.agent))
    }
}

/// Headers as text.
pub(crate) fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

/// Gives every POST a key, the same on each try, so that a lost answer never does the work twice.
fn with_idempotency_key(request: &Request) -> Result<Request, Failure> {
    let mut request = request.clone();
    if request.method == Method::Post && !retry::is_safe(&request) {
        let bytes = random::bytes::<16>()?;
        request.headers.push(("Idempotency-Key".into(), check::hex(&bytes)));
    }
    Ok(request)
}

fn come_back_later(response: &Response, seconds: u64) -> Failure {
    let at = time::format(time::now().saturating_add_unsigned(seconds));
    Failure::new(
        Kind::RateLimit,
        format!("the portal answered {}", response.status),
        format!("it asks to wait {seconds} s, until {at}, which is too long to wait here"),
    )
    .portal(response.error().code, response.request_id())
    .retry_after(Some(seconds))
}
