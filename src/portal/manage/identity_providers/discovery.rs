//! Discovery: where an issuer's keys and endpoints are, and which claims its tokens have.

use serde::Serialize;
use serde_json::Value;

use super::issuers::Kind;
use super::probe::Probe;
use super::provider::Claims;
use crate::api::format::secure_origin;
use crate::portal::handler::refusal::Refusal;

/// What is found out about an issuer.
#[derive(Debug, Serialize)]
pub(super) struct Discovery {
    pub(super) issuer: String,
    pub(super) provider_type: &'static str,
    pub(super) jwks_uri: String,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    pub(super) suggested_claims: Claims,
}

impl Discovery {
    /// What is known of an issuer: by its kind, or from the document it gave.
    pub(super) fn of(issuer: &str, probe: &Probe) -> Result<Self, Refusal> {
        let kind = Kind::of(issuer);
        if kind == Kind::Loopback {
            return match &probe.document {
                Ok(document) => Self::read(issuer, document),
                Err(why) => Err(unusable("issuer_unreachable", why)),
            };
        }
        let (keys, authorization, token): (_, Option<&str>, _) = match kind {
            Kind::Auth0 => ("/.well-known/jwks.json", Some("/authorize"), "/oauth/token"),
            Kind::Clerk => ("/.well-known/jwks.json", Some("/oauth/authorize"), "/oauth/token"),
            Kind::Okta => ("/v1/keys", Some("/v1/authorize"), "/v1/token"),
            Kind::Loopback | Kind::Custom => ("/.well-known/jwks.json", None, ""),
        };
        let at = |path: &str| format!("{issuer}{path}");
        Ok(Self {
            jwks_uri: at(keys),
            authorization_endpoint: authorization.map(at),
            token_endpoint: authorization.map(|_| at(token)),
            suggested_claims: claims(kind),
            provider_type: kind.word(),
            issuer: issuer.to_owned(),
        })
    }

    /// Reads a discovery document. Whoever is on this machine may not send the portal anywhere else.
    fn read(issuer: &str, document: &Value) -> Result<Self, Refusal> {
        let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
        let said = text("issuer").unwrap_or_default();
        if said.trim_end_matches('/') != issuer {
            return Err(unusable("issuer_mismatch", "its document names another issuer"));
        }
        let local = |url: &String| secure_origin(url).is_some_and(|origin| origin.is_loopback());
        let Some(jwks_uri) = text("jwks_uri").filter(local) else {
            return Err(unusable(
                "issuer_mismatch",
                "its document has no `jwks_uri` on this machine",
            ));
        };
        let supported = document.get("claims_supported").and_then(Value::as_array);
        let has =
            |claim: &str| supported.is_some_and(|claims| claims.iter().any(|one| one == claim));
        Ok(Self {
            issuer: issuer.to_owned(),
            provider_type: Kind::Loopback.word(),
            jwks_uri,
            authorization_endpoint: text("authorization_endpoint"),
            token_endpoint: text("token_endpoint"),
            suggested_claims: Claims {
                group: has("groups").then(|| "groups".to_owned()),
                role: has("roles").then(|| "roles".to_owned()),
                ..claims(Kind::Loopback)
            },
        })
    }
}

/// The claims that tokens of this kind have.
fn claims(kind: Kind) -> Claims {
    let (group, role) = match kind {
        Kind::Clerk => (Some("org_id"), Some("org_role")),
        Kind::Okta => (Some("groups"), None),
        Kind::Auth0 | Kind::Loopback | Kind::Custom => (None, None),
    };
    let owned = |claim: Option<&str>| claim.map(str::to_owned);
    Claims { user_id: "sub".to_owned(), group: owned(group), role: owned(role) }
}

fn unusable(kind: &'static str, why: &str) -> Refusal {
    Refusal::invalid("body", "issuer_url", kind, format!("The issuer cannot be used: {why}"))
}
