//! A user: somebody who signs in to an app through its identity provider.

use serde::{Deserialize, Serialize};

use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

/// A user as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) app_id: String,
    pub(crate) email: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) idp_id: Option<String>,
    /// What the identity provider calls them.
    #[serde(default)]
    pub(crate) subject: Option<String>,
    /// `active` or `suspended`.
    pub(crate) status: String,
    pub(crate) created_at: Stamp,
    pub(crate) last_seen_at: Option<Stamp>,
    pub(crate) group_ids: Vec<String>,
}

impl Row for User {
    const TABLE: &'static str = "users";

    fn id(&self) -> &str {
        &self.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl User {
    /// What the identity provider calls them. One whom it has not named is never called by an id of the portal's own, so
    /// that no token of another's can say it.
    pub(crate) fn subject(&self) -> String {
        self.subject.clone().unwrap_or_else(|| format!("user|{}", self.id))
    }

    /// Whether it may sign in.
    pub(crate) fn is_active(&self) -> bool {
        self.status == "active"
    }

    /// Whether its address or its name holds this text, which is in lower case.
    pub(crate) fn matches(&self, part: &str) -> bool {
        let mut names = [&self.email, &self.display_name].into_iter().flatten();
        names.any(|name| name.to_lowercase().contains(part))
    }
}
