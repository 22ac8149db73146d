//! A group of users, as the identity provider has it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::user::User;
use crate::portal::handler::call::Call;
use crate::portal::handler::resource::Resource;
use crate::portal::store::{Row, Tables};

/// A group as it is kept; who is in it stands with the users.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) app_id: String,
    pub(crate) name: String,
    pub(crate) external_group_id: String,
    pub(crate) idp_id: String,
}

/// A group as it is shown.
#[derive(Serialize)]
pub(crate) struct Shown<'a> {
    id: &'a str,
    name: &'a str,
    external_group_id: &'a str,
    idp_id: &'a str,
    member_count: usize,
}

impl Row for Group {
    const TABLE: &'static str = "groups";

    fn id(&self) -> &str {
        &self.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl Resource for Group {
    const KIND: &'static str = "group";
    const NOT_FOUND: &'static str = "group_not_found";

    fn shown<'a>(&'a self, call: &'a Call<'_>) -> impl Serialize {
        self.shown_with(self.members(&call.state.tables).count())
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Group {
    /// The users in it, oldest first.
    pub(crate) fn members<'a>(
        &'a self,
        tables: &'a Tables,
    ) -> impl DoubleEndedIterator<Item = &'a User> {
        tables.of::<User>().of_app(&self.app_id).filter(|user| user.group_ids.contains(&self.id))
    }

    /// As it is shown, with so many members.
    pub(crate) fn shown_with(&self, member_count: usize) -> Shown<'_> {
        Shown {
            id: &self.id,
            name: &self.name,
            external_group_id: &self.external_group_id,
            idp_id: &self.idp_id,
            member_count,
        }
    }
}

/// How many users of the app are in each group.
pub(crate) fn member_counts<'a>(call: &'a Call<'_>) -> HashMap<&'a str, usize> {
    let mut counts = HashMap::new();
    let users = call.state.tables.of::<User>().of_app(call.params.get("app"));
    for group in users.flat_map(|user| &user.group_ids) {
        *counts.entry(group.as_str()).or_default() += 1;
    }
    counts
}
