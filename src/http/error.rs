//! Why an exchange failed, distinguished by what can be done about it.

use std::io;
use std::time::Duration;

use ureq::{Error, Timeout};

use super::agent;
use super::dial::NotConnected;
use super::observed::Observed;
use super::tls_error;
use crate::base::failure::{self, Failure, Kind};

/// An exchange without an answer.
#[derive(Debug)]
pub(crate) enum ExchangeError {
    /// No connection: nothing was sent, and the next try may fare better.
    Unreachable(String),
    /// The connection broke behind the request: the portal may have done it or not.
    Broken(String),
    /// The portal took too long; it may have done the work.
    TimedOut(String),
    /// What answered does not speak HTTP; behind it the portal may have done the work.
    Malformed(String),
    /// TLS failed before anything was sent: why, and what to do where it is not the address that is wrong.
    TlsFailed(String, Option<String>),
    /// The proxy made no connection to the portal; what it said.
    ProxyRefused(String),
    /// The request cannot be sent as it is: nothing was done.
    Unsendable(String),
    /// Retrying cannot help; the failure is complete.
    GiveUp(Failure),
}

impl ExchangeError {
    /// Returns whether the portal may have done what it was asked.
    pub(crate) fn leaves_doubt(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::TimedOut(_) | Self::Malformed(_) | Self::GiveUp(_))
    }

    /// Sorts an error of ureq.
    pub(crate) fn of(error: Error, timeout: Duration, observed: &Observed) -> Self {
        match error {
            Error::Timeout(phase) => Self::of_timeout(phase, timeout),
            Error::HostNotFound => Self::Unreachable("the host name is not known".into()),
            Error::ConnectionFailed => Self::Unreachable("no connection".into()),
            Error::ConnectProxyFailed(why) => Self::ProxyRefused(why),
            Error::Io(error) => Self::of_io(&error, observed),
            Error::Tls(_) => Self::TlsFailed("the host name does not fit TLS".into(), None),
            Error::Other(error) => match error.downcast_ref::<NotConnected>() {
                Some(NotConnected(error)) => Self::Unreachable(not_connected(error)),
                None => Self::Broken(error.to_string()),
            },
            Error::LargeResponseHeader(_, most) => {
                Self::Malformed(format!("the head of the answer is larger than {} KiB", most >> 10))
            }
            // What ureq finds before anything has come back is in the request.
            other if !observed.has_answer_begun() => Self::Unsendable(unsendable(&other)),
            other => Self::Malformed(format!("the answer is not proper HTTP: {other}")),
        }
    }

    /// Says in its own words what took too long.
    fn of_timeout(phase: Timeout, timeout: Duration) -> Self {
        let within = |limit: Duration| {
            let by = if limit < agent::CONNECT { " (ALTER_TIMEOUT)" } else { "" };
            format!("within {} s{by}", limit.as_secs_f32().ceil())
        };
        let connecting = within(agent::time_to_connect(timeout));
        let whole = format!("within {} s (ALTER_TIMEOUT)", timeout.as_secs());
        match phase {
            Timeout::Resolve => {
                Self::Unreachable(format!("the host name was not found {connecting}"))
            }
            Timeout::Connect => Self::Unreachable(format!("no connection {connecting}")),
            Timeout::SendRequest | Timeout::SendBody => {
                Self::TimedOut(format!("the request was not taken {whole}"))
            }
            Timeout::RecvBody => Self::TimedOut(rest_is_missing(timeout)),
            _ => Self::TimedOut(format!("no answer {whole}")),
        }
    }

    fn of_io(error: &io::Error, observed: &Observed) -> Self {
        if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            let (why, fix) = tls_error::reason(tls, observed);
            // TLS 1.3 refuses a client when it has sent its request already.
            let refused =
                matches!(tls, rustls::Error::AlertReceived(_)) && !observed.has_answer_begun();
            return if observed.is_connected() && !refused {
                Self::Broken(why)
            } else {
                Self::TlsFailed(why, fix)
            };
        }
        match error.kind() {
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => {
                Self::Broken("the connection was closed without an answer".into())
            }
            _ => Self::Broken(failure::reason(error)),
        }
    }

    /// Makes the failure that it is for the person: `what` was not done.
    pub(crate) fn explained(self, what: String, advice: Advice) -> Failure {
        match self {
            Self::Unreachable(why) => Failure::error(what, why).fix(advice.unreachable),
            Self::TlsFailed(why, Some(fix)) => Failure::error(what, why).fix(fix),
            Self::TlsFailed(why, None) | Self::Malformed(why) => {
                Failure::error(what, why).fix(advice.barred)
            }
            Self::ProxyRefused(why) => {
                let fix = if why.contains("407") { PROXY_USER } else { CHECK_PROXY };
                Failure::error(what, format!("the proxy refused: {why}")).fix(fix)
            }
            Self::Broken(why) => Failure::error(what, why),
            Self::TimedOut(why) => {
                Failure::error(what, why).fix("set ALTER_TIMEOUT to wait longer")
            }
            Self::Unsendable(why) => {
                Failure::new(Kind::Usage, "the request", format!("cannot be sent: {why}"))
            }
            Self::GiveUp(failure) => failure,
        }
    }

    /// The reason why a body could not be read to its end.
    pub(crate) fn while_reading(error: &io::Error, timeout: Duration) -> String {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(Error::Timeout(_)) => rest_is_missing(timeout),
            _ => "breaks off before its end".into(),
        }
    }
}

fn rest_is_missing(timeout: Duration) -> String {
    format!("its rest did not come within {} s (ALTER_TIMEOUT)", timeout.as_secs())
}

/// Says why there is no connection.
fn not_connected(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "the connection was refused".into(),
        _ => failure::reason(error),
    }
}

/// Says what is wrong with a request.
fn unsendable(error: &Error) -> String {
    match error.to_string() {
        text if text.contains("output too small") => {
            "a header or the URL is longer than 128 KiB".into()
        }
        text => text,
    }
}

/// What to do about a server that is not reached, which depends on what it was to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Advice {
    /// Where there is no connection.
    pub(crate) unreachable: &'static str,
    /// Where TLS fails, or what answers speaks something else than HTTP.
    pub(crate) barred: &'static str,
}

const PROXY_USER: &str = "put them into the address: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT";
const CHECK_PROXY: &str = "check HTTPS_PROXY and ALL_PROXY, or name the host in NO_PROXY";

impl Advice {
    /// The advice for what an agent does: where it goes through a proxy, that is what it does not reach.
    #[must_use]
    pub(crate) fn of(self, agent: &ureq::Agent) -> Self {
        match agent.config().proxy() {
            Some(_) => Self { unreachable: CHECK_PROXY, ..self },
            None => self,
        }
    }
}
