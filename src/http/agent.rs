//! How a connection is made: through which proxy, trusting whom, and with how much patience.

use std::time::Duration;

use ureq::http::{self, request::Builder};
use ureq::unversioned::transport::{Connector, TcpConnector};
use ureq::{Agent, Body, Error};

use super::resolver::Names;
use super::setup::Setup;
use super::tls::{Refused, Tls};
use super::tunnel::Tunnel;
use super::{proxy, roots};
use crate::base::failure::Failure;
use crate::base::origin::Origin;

const CONNECT: Duration = Duration::from_secs(10);

/// How long an exchange may take.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    /// The whole of it.
    Whole(Duration),
    /// Each wait for the other side; all together may take as long as there is something to come.
    EachWait(Duration),
}

/// What talks to one origin. The issuer of a certificate that it refuses goes to `refused`.
pub(crate) fn new(
    origin: &Origin,
    patience: Patience,
    refused: &Refused,
) -> Result<Agent, Failure> {
    let roots = origin.is_https().then(roots::load).transpose()?;
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(proxy::choose(origin)?)
        .user_agent(user_agent())
        .accept("application/json")
        .max_idle_connections(1);
    // Less than the whole, so that a host that does not answer is not mistaken for a slow one.
    let connect = |time: Duration| Some(CONNECT.min(time.mul_f32(0.9)));
    let config = match patience {
        Patience::Whole(time) => config.timeout_connect(connect(time)).timeout_global(Some(time)),
        Patience::EachWait(time) => config
            .accept("*/*")
            .timeout_connect(connect(time))
            .timeout_recv_response(Some(time))
            .timeout_per_read(Some(time))
            .timeout_per_write(Some(time)),
    };
    let connector =
        ().chain(Tunnel::default())
            .chain(TcpConnector::default())
            .chain(Setup)
            .chain(Tls::new(roots, refused)?);
    Ok(Agent::with_parts(config.build(), connector, Names::default()))
}

/// Sends a request. The outer error is that it cannot be written as HTTP.
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
