//! A runtime key: what it is, and whether it works.

use serde::{Deserialize, Serialize};

use super::plaintext;
use crate::portal::random;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

/// The limit of a key that has none of its own.
const PLATFORM_RATE_LIMIT: i64 = 600;

/// A key as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "key_prefix")]
    pub(crate) prefix: String,
    /// `rk`, `ak`, `dk` or `pk`.
    #[serde(rename = "key_type")]
    pub(crate) kind: String,
    pub(crate) scopes: Vec<String>,
    scope_version: u32,
    pub(crate) cidr_allowlist: Option<Vec<String>>,
    rate_limit_rpm: Option<i64>,
    pub(crate) effective_rate_limit_rpm: Option<i64>,
    rate_limit_source: Option<String>,
    pub(crate) expires_at: Option<Stamp>,
    pub(crate) deprecated_at: Option<Stamp>,
    pub(crate) revoked_at: Option<Stamp>,
    pub(crate) parent_key_id: Option<String>,
    pub(crate) created_at: Stamp,
    pub(crate) last_used_at: Option<Stamp>,
}

/// A key as it is kept. Its callers sign with the plaintext, so checking them needs the plaintext too.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredKey {
    pub(crate) app_id: String,
    pub(crate) plaintext: String,
    /// Until when a rotated key works on.
    pub(crate) grace_until: Option<Stamp>,
    pub(crate) key: Key,
}

impl Row for StoredKey {
    const TABLE: &'static str = "keys";

    fn id(&self) -> &str {
        &self.key.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl Key {
    /// Makes this a key that does no more than another, shares its minute and is used from where that is.
    pub(crate) fn derive_from(&mut self, parent: &Self) {
        self.parent_key_id = Some(parent.id.clone());
        self.cidr_allowlist.clone_from(&parent.cidr_allowlist);
        self.limit(parent.rate_limit_rpm);
    }

    /// Sets the key's own rate limit, or the platform's.
    pub(crate) fn limit(&mut self, own: Option<i64>) {
        let source = if own.is_some() { "key" } else { "platform_default" };
        self.rate_limit_rpm = own;
        self.effective_rate_limit_rpm = Some(own.unwrap_or(PLATFORM_RATE_LIMIT));
        self.rate_limit_source = Some(source.to_owned());
    }
}

impl StoredKey {
    /// A new key with a new plaintext.
    pub(crate) fn fresh(
        app_id: &str,
        kind: &str,
        name: String,
        scopes: Vec<String>,
        now: Stamp,
    ) -> Self {
        Self::with(&plaintext::fresh(kind), app_id, kind, name, scopes, now)
    }

    /// A new key with a plaintext that was chosen.
    pub(crate) fn with(
        plaintext: &str,
        app_id: &str,
        kind: &str,
        name: String,
        scopes: Vec<String>,
        now: Stamp,
    ) -> Self {
        let mut key = Key {
            id: random::uuid(),
            name,
            prefix: plaintext::prefix(plaintext),
            kind: kind.to_owned(),
            scopes,
            scope_version: 1,
            cidr_allowlist: None,
            rate_limit_rpm: None,
            effective_rate_limit_rpm: None,
            rate_limit_source: None,
            expires_at: None,
            deprecated_at: None,
            revoked_at: None,
            parent_key_id: None,
            created_at: now,
            last_used_at: None,
        };
        key.limit(None);
        let (app_id, plaintext) = (app_id.to_owned(), plaintext.to_owned());
        Self { app_id, plaintext, grace_until: None, key }
    }

    /// The key that takes over from this one.
    pub(crate) fn successor(&self, scopes: Option<Vec<String>>, now: Stamp) -> Self {
        let scopes = scopes.unwrap_or_else(|| self.key.scopes.clone());
        let name = self.key.name.clone();
        let mut next = Self::fresh(&self.app_id, &self.key.kind, name, scopes, now);
        next.key.cidr_allowlist.clone_from(&self.key.cidr_allowlist);
        next.key.limit(self.key.rate_limit_rpm);
        next.key.expires_at = self.key.expires_at;
        next
    }

    /// Neither revoked, rotated nor expired.
    pub(crate) fn is_active(&self, now: Stamp) -> bool {
        self.lives(now) && self.key.deprecated_at.is_none()
    }

    /// Rotated, and working on for a while.
    pub(crate) fn is_in_grace(&self, now: Stamp) -> bool {
        self.lives(now) && self.grace_until.is_some_and(|end| now < end)
    }

    /// One word for its state.
    pub(crate) fn status(&self, now: Stamp) -> &'static str {
        match () {
            () if self.key.revoked_at.is_some() => "revoked",
            () if self.is_active(now) => "active",
            () if self.is_in_grace(now) => "rotated",
            () => "expired",
        }
    }

    fn lives(&self, now: Stamp) -> bool {
        self.key.revoked_at.is_none() && self.key.expires_at.is_none_or(|expiry| now < expiry)
    }
}
