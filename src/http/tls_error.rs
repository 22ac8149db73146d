//! TLS errors as sentences: the rule that was broken, and what can be done about it.

use rustls::{AlertDescription, CertificateError, Error};

use super::observed::Observed;
use super::x509::{self, Facts};

/// Why a TLS handshake came to nothing, and the way on, where it is not the address that is to be checked.
pub(super) fn reason(error: &Error, observed: &Observed) -> (String, Option<String>) {
    let asked = observed.was_certificate_asked();
    match error {
        Error::InvalidCertificate(why) => {
            let facts = observed.refused().and_then(|refused| x509::facts(&refused));
            let (why, fix) = certificate(why, &facts.unwrap_or_default());
            (format!("the server's certificate was refused: {why}"), Some(fix))
        }
        // TLS 1.2 has no alert of its own for it.
        Error::AlertReceived(AlertDescription::CertificateRequired) => client_certificate(),
        Error::AlertReceived(
            AlertDescription::HandshakeFailure
            | AlertDescription::BadCertificate
            | AlertDescription::NoCertificate,
        ) if asked => client_certificate(),
        Error::AlertReceived(alert) => (alert_received(*alert).into(), None),
        Error::InvalidMessage(_) => ("the server does not speak TLS on this port".into(), None),
        Error::PeerIncompatible(_) => (NOTHING_IN_COMMON.into(), None),
        Error::NoApplicationProtocol => ("the server does not speak HTTP over TLS".into(), None),
        Error::EncryptError | Error::DecryptError | Error::PeerMisbehaved(_) => {
            ("the server broke the rules of TLS".into(), None)
        }
        _ => ("the TLS handshake failed".into(), None),
    }
}

const NOTHING_IN_COMMON: &str =
    "the server speaks no version or cipher of TLS that is accepted here (1.2 and 1.3)";

fn client_certificate() -> (String, Option<String>) {
    (
        "the server asks for a client certificate, and alter has none".into(),
        Some("reach the portal by an address, or through a proxy, that asks for none".into()),
    )
}

/// The rule that a certificate breaks, and what to do.
fn certificate(why: &CertificateError, facts: &Facts) -> (String, String) {
    const AGAIN: &str =
        "have it made again with a subjectAltName (DNS:HOST, or IP:ADDRESS for an address)";
    const REPLACE: &str = "have the server's certificate replaced";
    let said = |why: &str, fix: &str| (why.to_owned(), fix.to_owned());
    match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => said(
            "it has expired",
            "have the server's certificate renewed, or set this machine's clock if that is wrong",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            said("it is not valid yet", "check this machine's clock")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
            if !facts.has_names =>
        {
            said(
                "it has no subjectAltName, and a host in its common name (CN) does not count",
                AGAIN,
            )
        }
        CertificateError::NotValidForNameContext { presented, .. } => (
            format!("it is for another host name ({})", presented.join(", ")),
            "have it made again with this host's name in its subjectAltName".into(),
        ),
        CertificateError::NotValidForName => said("it is for another host name", AGAIN),
        CertificateError::BadEncoding => said("it is malformed", REPLACE),
        CertificateError::BadSignature => said("its signature is wrong", REPLACE),
        CertificateError::Revoked => said("it was revoked", REPLACE),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            said("it is not meant for servers (extended key usage)", REPLACE)
        }
        _ if facts.version > 0 && facts.version < 3 => (
            format!("it is of X.509 version {}, and version 3 is needed", facts.version),
            AGAIN.into(),
        ),
        CertificateError::UnknownIssuer => unknown_issuer(facts),
        _ if facts.is_ca && facts.self_issued => unknown_issuer(facts),
        _ if facts.is_ca => said(
            "it is one of a certificate authority, not of a server",
            "if you trust it, put this certificate itself in a file and set SSL_CERT_FILE",
        ),
        _ => said("it breaks a rule for certificates of servers", REPLACE),
    }
}

fn unknown_issuer(facts: &Facts) -> (String, String) {
    let name = facts.issuer.as_ref().map(|name| format!(", `{name}`,")).unwrap_or_default();
    (
        format!("its issuer{name} is not trusted here"),
        "if you trust that issuer, put its PEM certificate in a file and set SSL_CERT_FILE, or in a folder and set SSL_CERT_DIR".into(),
    )
}

fn alert_received(alert: AlertDescription) -> &'static str {
    match alert {
        AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure => NOTHING_IN_COMMON,
        AlertDescription::UnrecognisedName => "the server does not know this host name",
        AlertDescription::AccessDenied => "the server denied access during the TLS handshake",
        AlertDescription::InternalError => "the server failed during the TLS handshake",
        _ => "the server ended the TLS handshake",
    }
}
