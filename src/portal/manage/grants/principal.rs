//! Whom a grant is for.

use serde::{Deserialize, Serialize};

/// One of the four kinds there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Principal {
    User {
        app_user_id: String,
    },
    Group {
        idp_id: String,
        external_group_id: String,
    },
    Agent {
        agent_id: String,
    },
    /// The app itself.
    System,
}

impl Principal {
    /// The word for its kind.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::Group { .. } => "group",
            Self::Agent { .. } => "agent",
            Self::System => "system",
        }
    }

    /// The user, where it is one.
    pub(crate) fn user_id(&self) -> Option<&str> {
        match self {
            Self::User { app_user_id } => Some(app_user_id),
            _ => None,
        }
    }

    /// The agent, where it is one.
    pub(crate) fn agent_id(&self) -> Option<&str> {
        match self {
            Self::Agent { agent_id } => Some(agent_id),
            _ => None,
        }
    }
}
