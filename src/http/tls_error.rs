//! TLS errors as sentences.

use rustls::{AlertDescription, CertificateError, Error};

/// Why a TLS handshake came to nothing.
pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(why) => {
            format!("the server's certificate was refused: {}", certificate(why))
        }
        Error::AlertReceived(alert) => alert_received(*alert).into(),
        Error::InvalidMessage(_) => "the server does not speak TLS on this port".into(),
        Error::PeerIncompatible(_) => {
            "the server speaks no version or cipher of TLS that is accepted here (1.2 and 1.3)"
                .into()
        }
        Error::NoApplicationProtocol => "the server does not speak HTTP over TLS".into(),
        Error::EncryptError | Error::DecryptError | Error::PeerMisbehaved(_) => {
            "the server broke the rules of TLS".into()
        }
        _ => "the TLS handshake failed".into(),
    }
}

fn certificate(why: &CertificateError) -> &'static str {
    match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet; is this machine's clock right?"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host name"
        }
        CertificateError::BadEncoding => "it is malformed",
        CertificateError::BadSignature => "its signature is wrong",
        CertificateError::Revoked => "it was revoked",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not meant for servers"
        }
        CertificateError::UnknownIssuer => "its issuer is not trusted here",
        _ => "it breaks a rule for certificates of servers",
    }
}

fn alert_received(alert: AlertDescription) -> &'static str {
    match alert {
        AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure => {
            "the server speaks no version or cipher of TLS that is accepted here (1.2 and 1.3)"
        }
        AlertDescription::UnrecognisedName => "the server does not know this host name",
        AlertDescription::CertificateRequired => "the server asks for a client certificate",
        AlertDescription::AccessDenied => "the server denied access during the TLS handshake",
        AlertDescription::InternalError => "the server failed during the TLS handshake",
        _ => "the server ended the TLS handshake",
    }
}
