//! How a connection is made: through which proxy, trusting whom, and within which time limits.

use std::time::Duration;

use ureq::http::{self, request::Builder};
use ureq::unversioned::transport::Connector;
use ureq::{Agent, Body, Error};

use super::dial::Dial;
use super::exchange::Watch;
use super::observed::Observed;
use super::resolver::AtConnecting;
use super::setup::Setup;
use super::tls::Tls;
use super::tunnel::Tunnel;
use super::{proxy, roots};
use crate::base::failure::Failure;
use crate::base::origin::Origin;

/// Looking a name up and connecting, over all addresses, together.
pub(super) const CONNECT: Duration = Duration::from_secs(10);

/// The most bytes of an answer's head. A line of it must fit into a buffer of ureq's, which has 128 KiB.
const MAX_HEAD: usize = 120 << 10;

/// How long an exchange may take.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Timeouts {
    /// The whole of it.
    Total(Duration),
    /// Each wait for the other side; all together may take as long as there is something to come.
    EachWait(Duration),
}

/// Returns how long connecting may take. Less than the whole, so that a host that does not answer is not mistaken for a
/// slow one.
pub(super) fn time_to_connect(whole: Duration) -> Duration {
    CONNECT.min(whole.mul_f32(0.9))
}

/// Makes what talks to one origin. What it sees goes to `observed`.
pub(crate) fn new(
    origin: &Origin,
    timeouts: Timeouts,
    observed: &Observed,
) -> Result<Agent, Failure> {
    let roots = origin.is_https().then(roots::load).transpose()?;
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(proxy::choose(origin)?)
        .user_agent(user_agent())
        .accept("application/json")
        .max_response_header_size(MAX_HEAD)
        .max_idle_connections(1);
    let connect = |time: Duration| Some(time_to_connect(time));
    let config = match timeouts {
        Timeouts::Total(time) => config.timeout_connect(connect(time)).timeout_global(Some(time)),
        Timeouts::EachWait(time) => config
            .accept("*/*")
            .timeout_connect(connect(time))
            .timeout_recv_response(Some(time))
            .timeout_per_read(Some(time))
            .timeout_per_write(Some(time)),
    };
    let connector =
        ().chain(Tunnel::default())
            .chain(Dial)
            .chain(Setup)
            .chain(Tls::new(roots, observed)?)
            .chain(Watch(observed.clone()));
    Ok(Agent::with_parts(config.build(), connector, AtConnecting))
}

/// Sends a request. The outer error means the request is not valid HTTP.
pub(crate) fn send(
    agent: &Agent,
    builder: Builder,
    body: Option<&str>,
) -> http::Result<Result<http::Response<Body>, Error>> {
    // Without a body ureq would announce a chunked one here, which servers refuse where none is due.
    let needs_length = builder
        .method_ref()
        .is_some_and(|method| matches!(method.as_str(), "POST" | "PUT" | "PATCH"));
    match body {
        None if !needs_length => builder.body(()).map(|request| agent.run(request)),
        body => builder.body(body.unwrap_or_default().to_owned()).map(|request| agent.run(request)),
    }
}

/// What program this is.
pub(crate) fn user_agent() -> String {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("alter-cli/{} ({os}; {arch})", env!("CARGO_PKG_VERSION"))
}
