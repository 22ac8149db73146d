//! Issuers: what kind of identity provider a URL is of, by its host.

use crate::api::format::secure_origin;
use crate::base::origin::Origin;

/// What the URL of an issuer says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Auth0,
    Clerk,
    Okta,
    /// On this machine, where it can be probed.
    Loopback,
    Custom,
}

/// Whether a host and a path are those of one provider.
type Matches = fn(&str, &str) -> bool;

/// Providers whose tokens the product does not take, and how their issuers are recognised.
const UNSUPPORTED: [(&str, Matches); 6] = [
    ("Keycloak", |host, path| {
        path.contains("/realms/") || label(host, |one| one.contains("keycloak"))
    }),
    ("Microsoft Entra", |host, _| {
        let hosts = ["login.microsoftonline.com", "login.microsoftonline.us", "sts.windows.net"];
        hosts.contains(&host) || under(host, &["ciamlogin.com", "b2clogin.com"])
    }),
    ("Amazon Cognito", |host, _| {
        under(host, &["amazoncognito.com"])
            || (under(host, &["amazonaws.com"]) && host.starts_with("cognito-idp."))
    }),
    ("Google", |host, _| host == "accounts.google.com"),
    ("Firebase", |host, _| host == "securetoken.google.com" || under(host, &["firebaseapp.com"])),
    ("Supabase", |host, _| under(host, &["supabase.co", "supabase.in", "supabase.com"])),
];

impl Kind {
    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Auth0 => "auth0",
            Self::Clerk => "clerk",
            Self::Okta => "okta",
            Self::Loopback | Self::Custom => "custom",
        }
    }

    /// Returns the kind of an issuer that has the form of one.
    pub(super) fn of(issuer: &str) -> Self {
        let Some(origin) = secure_origin(issuer) else {
            return Self::Custom;
        };
        let host = origin.host();
        let is = |names: &[&str]| label(host, |one| names.contains(&one));
        match () {
            () if origin.is_loopback() => Self::Loopback,
            () if is(&["auth0"]) => Self::Auth0,
            () if is(&["clerk"]) => Self::Clerk,
            () if is(&["okta", "oktapreview", "okta-emea"]) => Self::Okta,
            () => Self::Custom,
        }
    }
}

/// Returns an issuer's URL without the slash at its end.
pub(super) fn plain(url: &str) -> &str {
    url.trim_end_matches('/')
}

/// Returns why the URL of an issuer is refused that has the form of one.
pub(super) fn fault(url: &str) -> Option<(&'static str, String)> {
    let origin = secure_origin(url)?;
    let (host, path) = (origin.host(), path(url));
    if let Some((name, _)) = UNSUPPORTED.iter().find(|(_, matches)| matches(host, path)) {
        let msg = format!(
            "is of {name}, which is not supported; Auth0, Clerk, Okta and other OpenID providers are"
        );
        return Some(("issuer_not_supported", msg));
    }
    under(host, &["invalid"])
        .then(|| ("issuer_unreachable", format!("leads nowhere: nothing answers at {origin}")))
}

/// What follows the authority.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("", |at| &rest[at..])
}

fn label(host: &str, wanted: impl Fn(&str) -> bool) -> bool {
    host.split('.').any(wanted)
}

/// Whether a host is one of these domains or lies under it.
fn under(host: &str, domains: &[&str]) -> bool {
    domains.iter().any(|domain| {
        host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// The origin of an issuer on this machine, which alone is probed.
pub(super) fn loopback(issuer: &str) -> Option<Origin> {
    secure_origin(issuer).filter(Origin::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::format::ISSUER;

    #[test]
    fn kinds() {
        for (issuer, kind) in [
            ("https://northwind.eu.auth0.com/", Kind::Auth0),
            ("https://northwind.auth0.example", Kind::Auth0),
            ("https://happy-cat-1.clerk.accounts.dev", Kind::Clerk),
            ("https://clerk.northwind.example", Kind::Clerk),
            ("https://northwind.okta.com/oauth2/default", Kind::Okta),
            ("https://northwind.oktapreview.com", Kind::Okta),
            ("http://127.0.0.1:8080", Kind::Loopback),
            ("https://login.northwind.example", Kind::Custom),
            ("https://notokta.com", Kind::Custom),
        ] {
            assert_eq!((ISSUER.check)(issuer), Ok(()), "{issuer}");
            assert_eq!(fault(issuer), None, "{issuer}");
            assert_eq!(Kind::of(plain(issuer)), kind, "{issuer}");
        }
    }

    #[test]
    fn refused() {
        for (issuer, kind) in [
            ("https://keycloak.northwind.example", "issuer_not_supported"),
            ("http://127.0.0.1:8080/realms/main", "issuer_not_supported"),
            ("https://login.microsoftonline.com/t/v2.0", "issuer_not_supported"),
            ("https://t.ciamlogin.com", "issuer_not_supported"),
            ("https://cognito-idp.eu-west-1.amazonaws.com/p", "issuer_not_supported"),
            ("https://accounts.google.com", "issuer_not_supported"),
            ("https://securetoken.google.com/p", "issuer_not_supported"),
            ("https://p.supabase.co/auth/v1", "issuer_not_supported"),
            ("https://login.invalid", "issuer_unreachable"),
        ] {
            assert_eq!(fault(issuer).unwrap().0, kind, "{issuer}");
        }
    }
}
