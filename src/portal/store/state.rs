//! The state: whose portal it is, and its tables.

use serde::{Deserialize, Serialize};

use super::tables::Tables;

/// All that outlives a request.
#[derive(Debug)]
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

impl State {
    /// Nothing yet but the organization and its one person.
    pub(crate) fn empty(organization: Named, user: User) -> Self {
        Self { organization, user, tables: Tables::default() }
    }
}
