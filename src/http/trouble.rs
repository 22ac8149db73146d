//! Why an exchange came to nothing, told apart by what can be done about it.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use rustls::CertificateError;
use ureq::{Error, Timeout};

use crate::failure::Failure;
use crate::out;

/// An exchange without an answer.
#[derive(Debug)]
pub enum Trouble {
    /// No connection, or one that broke: the next try may fare better.
    Passing(String),
    /// The server's certificate was signed by nobody that is trusted here.
    UnknownIssuer,
    /// The portal took too long, or spoke something else than HTTP.
    NoAnswer(String),
    /// Trying again is no use, and all is said.
    Final(Failure),
}

impl Trouble {
    /// Sorts an error of ureq.
    pub fn of(error: Error, timeout: Duration) -> Self {
        match error {
            Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
                Self::Passing("no connection in time".into())
            }
            Error::Timeout(_) => Self::NoAnswer(too_slow(timeout)),
            Error::HostNotFound => Self::Passing("the host name is not known".into()),
            Error::ConnectionFailed => Self::Passing("no connection".into()),
            Error::ConnectProxyFailed(why) => Self::NoAnswer(format!("the proxy refused: {why}")),
            Error::Io(error) => Self::of_io(&error),
            Error::Tls(why) => Self::NoAnswer(format!("TLS failed: {why}")),
            other => Self::NoAnswer(format!("the answer is not proper HTTP: {other}")),
        }
    }

    fn of_io(error: &io::Error) -> Self {
        if let Some(tls) = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            return match tls {
                rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
                    Self::UnknownIssuer
                }
                rustls::Error::InvalidCertificate(why) => Self::NoAnswer(refused(why)),
                other => Self::NoAnswer(format!("TLS failed: {other}")),
            };
        }
        let why = match error.kind() {
            io::ErrorKind::ConnectionRefused => "the connection was refused".into(),
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => "the connection was closed without an answer".into(),
            _ => match error.source() {
                Some(inner) => format!("{}: {inner}", out::reason(error)),
                None => out::reason(error),
            },
        };
        Self::Passing(why)
    }

    /// The reason why a body could not be read to its end.
    pub fn while_reading(error: &io::Error, timeout: Duration) -> String {
        match error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Error>())
        {
            Some(Error::Timeout(_)) => too_slow(timeout),
            _ => "breaks off before its end".into(),
        }
    }
}

fn refused(why: &CertificateError) -> String {
    let why = match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it has expired".into()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet; is this machine's clock right?".into()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host name".into()
        }
        other => other.to_string(),
    };
    format!("the server's certificate was refused: {why}")
}

fn too_slow(timeout: Duration) -> String {
    format!("took longer than {} s (ALTER_TIMEOUT)", timeout.as_secs())
}
