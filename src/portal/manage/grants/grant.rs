//! A grant: who may use an OAuth connection or a managed secret, and until when.

use serde::{Deserialize, Serialize};

use super::principal::Principal;
use super::restrictions::Restrictions;
use crate::portal::random;
use crate::portal::secret::Sealed;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

/// A grant as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) id: String,
    pub(crate) app_id: String,
    pub(crate) target: Target,
    pub(crate) principal: Principal,
    pub(crate) label: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) policy: Policy,
    pub(crate) created_at: Stamp,
    pub(crate) revoked_at: Option<Stamp>,
    pub(crate) last_used_at: Option<Stamp>,
    /// The grant that it was delegated from.
    pub(crate) parent_grant_id: Option<String>,
    /// Whether whom it was delegated to may delegate it on.
    #[serde(default)]
    pub(crate) delegable: bool,
    /// The provider's scopes that it was narrowed to.
    #[serde(default)]
    pub(crate) scope_constraint: Option<Vec<String>>,
    /// Whether the provider has said that its credential lacks scopes.
    #[serde(default)]
    pub(crate) scope_mismatch: bool,
}

/// What a grant gives access to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Target {
    Oauth(Connection),
    ManagedSecret { secret_id: String, slug: String },
}

/// An account at a provider that somebody has connected.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) provider_id: String,
    pub(crate) scopes: Vec<String>,
    /// What the provider calls the account, such as its e-mail address.
    pub(crate) account_identifier: Option<String>,
    pub(crate) access_token: Sealed,
}

/// How long a grant lasts, and what is delegated from it, and which calls may be made with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Policy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_ttl_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_ttl_seconds: Option<i64>,
    #[serde(default, skip_serializing_if = "Restrictions::are_none")]
    pub(crate) restrictions: Restrictions,
}

impl Row for Grant {
    const TABLE: &'static str = "grants";

    fn id(&self) -> &str {
        &self.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl Grant {
    /// A grant without a label that lasts until it is revoked.
    pub(crate) fn new(app_id: &str, target: Target, principal: Principal, now: Stamp) -> Self {
        Self {
            id: random::uuid(),
            app_id: app_id.to_owned(),
            target,
            principal,
            label: None,
            description: None,
            policy: Policy::default(),
            created_at: now,
            revoked_at: None,
            last_used_at: None,
            parent_grant_id: None,
            delegable: false,
            scope_constraint: None,
            scope_mismatch: false,
        }
    }

    /// One word for its state.
    pub(crate) fn status(&self, now: Stamp) -> &'static str {
        match () {
            () if self.revoked_at.is_some() => "revoked",
            () if self.policy.expires_at.is_some_and(|end| end <= now) => "expired",
            () => "active",
        }
    }

    /// Neither revoked nor expired.
    pub(crate) fn is_active(&self, now: Stamp) -> bool {
        self.status(now) == "active"
    }

    /// `oauth` or `managed_secret`.
    pub(crate) fn kind(&self) -> &'static str {
        match self.target {
            Target::Oauth(_) => "oauth",
            Target::ManagedSecret { .. } => "managed_secret",
        }
    }

    /// The provider's id, or the slug of the managed secret.
    pub(crate) fn provider_id(&self) -> &str {
        match &self.target {
            Target::Oauth(connection) => &connection.provider_id,
            Target::ManagedSecret { slug, .. } => slug,
        }
    }

    /// What the provider calls the connected account.
    pub(crate) fn account(&self) -> Option<&str> {
        match &self.target {
            Target::Oauth(connection) => connection.account_identifier.as_deref(),
            Target::ManagedSecret { .. } => None,
        }
    }

    /// The provider that the account is at, if it is for one.
    pub(crate) fn oauth_provider(&self) -> Option<&str> {
        match &self.target {
            Target::Oauth(connection) => Some(&connection.provider_id),
            Target::ManagedSecret { .. } => None,
        }
    }

    /// The provider's scopes that the account is connected with.
    pub(crate) fn scopes(&self) -> &[String] {
        match &self.target {
            Target::Oauth(connection) => &connection.scopes,
            Target::ManagedSecret { .. } => &[],
        }
    }

    /// The managed secret it is for, if it is for one.
    pub(crate) fn secret_id(&self) -> Option<&str> {
        match &self.target {
            Target::Oauth(_) => None,
            Target::ManagedSecret { secret_id, .. } => Some(secret_id),
        }
    }
}
