//! The way through a proxy.

use ureq::unversioned::transport::{
    ConnectProxyConnector, ConnectionDetails, Connector, Transport,
};
use ureq::{Error, Timeout};

/// Asks the proxy for a connection. Whatever goes wrong with that, nothing was sent to the portal.
#[derive(Debug, Default)]
pub(super) struct Tunnel(ConnectProxyConnector);

impl<In: Transport> Connector<In> for Tunnel {
    type Out = <ConnectProxyConnector as Connector<In>>::Out;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        self.0.connect(details, chained).map_err(|error| match error {
            Error::Timeout(Timeout::Resolve) | Error::Other(_) => error,
            Error::Timeout(_) => Error::Timeout(Timeout::Connect),
            Error::ConnectProxyFailed(why) => Error::ConnectProxyFailed(in_words(&why)),
            Error::Io(_) => {
                Error::ConnectProxyFailed("it closed the connection without an answer".into())
            }
            _ => Error::ConnectProxyFailed("its answer is not proper HTTP".into()),
        })
    }
}

/// Says what a proxy's refusal means; ureq gives its status twice, as `407/407`.
fn in_words(why: &str) -> String {
    let status = why.rsplit_once('/').map(|(_, status)| status);
    match status {
        Some("407") => "it asks for a user name and a password (status 407)".into(),
        Some(status) if status.len() == 3 => format!("it answered with status {status}"),
        _ => "it did not answer".into(),
    }
}
