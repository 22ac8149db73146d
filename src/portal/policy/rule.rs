//! A policy rule: what it says, and of whom.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

/// A rule as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub(crate) id: String,
    #[serde(rename = "rule_type")]
    pub(crate) kind: String,
    /// As it was given; a body of this type, for it was checked.
    #[serde(rename = "rule_body")]
    pub(crate) body: Value,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) target: Target,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
}

/// Whose requests a rule speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    /// `app`, `agent`, `grant` or `provider`.
    pub(crate) kind: String,
    /// Nothing where it is the app.
    pub(crate) id: Option<String>,
}

/// A rule as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredRule {
    pub(crate) app_id: String,
    pub(crate) rule: Rule,
}

impl Row for StoredRule {
    const TABLE: &'static str = "policy_rules";

    fn id(&self) -> &str {
        &self.rule.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl Target {
    /// Every request of the app.
    pub(crate) fn app() -> Self {
        Self { kind: "app".to_owned(), id: None }
    }
}
