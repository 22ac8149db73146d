//! Why an exchange failed, distinguished by what can be done about it.

use std::io;
use std::time::Duration;

use rustls::CertificateError;
use ureq::{Error, Timeout};

use super::tls::Refused;
use super::tls_error;
use crate::base::failure::{self, Failure};

/// An exchange without an answer.
#[derive(Debug)]
pub(crate) enum ExchangeError {
    /// No connection: nothing was sent, and the next try may fare better.
    Unreachable(String),
    /// The connection broke behind the request: the portal may have done it or not.
    Broken(String),
    /// The portal took too long; it may have done the work.
    Unanswered(String),
    /// What answered does not speak HTTP; behind it the portal may have done the work.
    Malformed(String),
    /// TLS failed before anything was sent.
    Barred(String),
    /// The proxy made no connection to the portal; what it said.
    ProxyRefused(String),
    /// The issuer of the server's certificate is not trusted here.
    UnknownIssuer,
    /// Trying again is no use, and all is said.
    Final(Failure),
}

impl ExchangeError {
    /// Whether the portal may have done what it was asked.
    pub(crate) fn leaves_doubt(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::Unanswered(_) | Self::Malformed(_) | Self::Final(_))
    }

    /// Sorts an error of ureq.
    pub(crate) fn of(error: Error, timeout: Duration) -> Self {
        match error {
            Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
                Self::Unreachable("no connection in time".into())
            }
            Error::Timeout(_) => Self::Unanswered(too_slow(timeout)),
            Error::HostNotFound => Self::Unreachable("the host name is not known".into()),
            Error::ConnectionFailed => Self::Unreachable("no connection".into()),
            Error::ConnectProxyFailed(why) => Self::ProxyRefused(why),
            Error::Io(error) => Self::of_io(&error),
            Error::Tls(_) => Self::Barred("the host name does not fit TLS".into()),
            other => Self::Malformed(format!("the answer is not proper HTTP: {other}")),
        }
    }

    fn of_io(error: &io::Error) -> Self {
        if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return match tls {
                rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
                    Self::UnknownIssuer
                }
                other => Self::Barred(tls_error::reason(other)),
            };
        }
        match error.kind() {
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => {
                Self::Broken("the connection was closed without an answer".into())
            }
            io::ErrorKind::ConnectionRefused => {
                Self::Unreachable("the connection was refused".into())
            }
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::NotFound
            | io::ErrorKind::PermissionDenied => Self::Unreachable(failure::reason(error)),
            _ if is_name_error(error) => Self::Unreachable(failure::reason(error)),
            // Nothing says that it happened before the request was on its way.
            _ => Self::Broken(failure::reason(error)),
        }
    }

    /// The failure that it is for the person: `what` was not done.
    pub(crate) fn explained(self, what: String, advice: Advice, refused: &Refused) -> Failure {
        match self {
            Self::Unreachable(why) => Failure::error(what, why).fix(advice.unreachable),
            Self::Barred(why) | Self::Malformed(why) => {
                Failure::error(what, why).fix(advice.barred)
            }
            Self::ProxyRefused(why) => {
                Failure::error(what, format!("the proxy refused: {why}")).fix(CHECK_PROXY)
            }
            Self::Broken(why) => Failure::error(what, why),
            Self::Unanswered(why) => {
                Failure::error(what, why).fix("set ALTER_TIMEOUT to wait longer")
            }
            Self::UnknownIssuer => unknown_issuer(what, refused),
            Self::Final(failure) => failure,
        }
    }

    /// The reason why a body could not be read to its end.
    pub(crate) fn while_reading(error: &io::Error, timeout: Duration) -> String {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(Error::Timeout(_)) => too_slow(timeout),
            _ => "breaks off before its end".into(),
        }
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

/// The failure for an issuer that is not trusted.
fn unknown_issuer(what: String, refused: &Refused) -> Failure {
    let issuer = refused.lock().ok().and_then(|refused| refused.clone());
    let name = issuer.map(|name| format!(", `{name}`,")).unwrap_or_default();
    let why = format!("the server's certificate was refused: its issuer{name} is not trusted here");
    Failure::error(what, why).fix(
        "if you trust that issuer, put its PEM certificate in a file and set SSL_CERT_FILE, or in a folder and set SSL_CERT_DIR",
    )
}

/// The standard library has no kind for a name that cannot be looked up, only this sentence.
fn is_name_error(error: &io::Error) -> bool {
    error.to_string().starts_with("failed to lookup address information")
}

fn too_slow(timeout: Duration) -> String {
    format!("took longer than {} s (ALTER_TIMEOUT)", timeout.as_secs())
}
