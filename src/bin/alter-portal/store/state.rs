//! The state: whose portal it is, and its tables.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::tables::{Reader, Tables};

/// All that outlives a request.
#[derive(Debug, Serialize)]
pub(crate) struct State {
    pub(crate) organization: Named,
    pub(crate) user: User,
    pub(crate) tables: Tables,
}

/// An id and what people call it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// The one person of the organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    organization: Named,
    user: User,
    tables: BTreeMap<String, Box<RawValue>>,
}

impl State {
    /// Nothing yet but the organization and its one person.
    pub(crate) fn empty(organization: Named, user: User) -> Self {
        Self { organization, user, tables: Tables::default() }
    }

    /// Reads a state file's text.
    pub(super) fn read(text: &[u8], readers: &[Reader]) -> serde_json::Result<Self> {
        let kept: Kept = serde_json::from_slice(text)?;
        Ok(Self {
            organization: kept.organization,
            user: kept.user,
            tables: Tables::read(kept.tables, readers)?,
        })
    }
}
