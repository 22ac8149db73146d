//! The identity provider of an app: who says who its users are.

use serde::{Deserialize, Serialize};

use crate::portal::handler::call::Call;
use crate::portal::handler::resource::Resource;
use crate::portal::secret::Sealed;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

/// An identity provider as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IdentityProvider {
    pub(crate) id: String,
    pub(crate) app_id: String,
    pub(crate) issuer: String,
    /// `auth0`, `clerk`, `okta` or `custom`.
    pub(crate) provider_type: String,
    pub(crate) jwks_uri: String,
    pub(crate) audience: Option<String>,
    pub(crate) claims: Claims,
    pub(crate) wallet: Option<Wallet>,
    pub(crate) webhook: Option<Webhook>,
    pub(crate) created_at: Stamp,
}

/// Which claims of a token say what.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) user_id: String,
    pub(crate) group: Option<String>,
    pub(crate) role: Option<String>,
}

/// The client that users sign in to their wallet with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Wallet {
    pub(crate) client_id: String,
    pub(crate) client_secret: Sealed,
    /// `verified` or `inconclusive`.
    pub(crate) verification: String,
}

/// A webhook that is switched on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) secret: Sealed,
    pub(crate) created_at: Stamp,
    pub(crate) rotated_at: Option<Stamp>,
    pub(crate) last_event_at: Option<Stamp>,
}

#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    issuer: &'a str,
    provider_type: &'a str,
    audience: Option<&'a str>,
    claims: &'a Claims,
    wallet_enabled: bool,
    wallet_verification: Option<&'a str>,
    created_at: Stamp,
}

impl Row for IdentityProvider {
    const TABLE: &'static str = "identity_providers";

    fn id(&self) -> &str {
        &self.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl Resource for IdentityProvider {
    const KIND: &'static str = "identity_provider";
    const NOT_FOUND: &'static str = "identity_provider_not_found";

    fn shown<'a>(&'a self, _call: &'a Call<'_>) -> impl Serialize {
        Shown {
            id: &self.id,
            issuer: &self.issuer,
            provider_type: &self.provider_type,
            audience: self.audience.as_deref(),
            claims: &self.claims,
            wallet_enabled: self.wallet.is_some(),
            wallet_verification: self.wallet.as_ref().map(|wallet| wallet.verification.as_str()),
            created_at: self.created_at,
        }
    }

    fn name(&self) -> &str {
        &self.issuer
    }
}

impl IdentityProvider {
    /// Whether the ids of its groups never change, so that grants can name them.
    pub(crate) fn has_stable_groups(&self) -> bool {
        ["clerk", "okta"].contains(&self.provider_type.as_str())
    }
}
