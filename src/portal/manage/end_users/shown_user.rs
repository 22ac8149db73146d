//! Users as they are shown, with their groups and the number of their grants.

use std::collections::HashMap;

use serde::Serialize;

use super::group::Group;
use super::user::User;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::resource::Resource;
use crate::portal::http::response::Response;
use crate::portal::manage::grants::counts::counts;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::page::Paged;
use crate::portal::timestamp::Stamp;

/// A user as it is shown.
#[derive(Serialize)]
pub(crate) struct Shown<'a> {
    id: &'a str,
    email: Option<&'a str>,
    display_name: Option<&'a str>,
    idp_id: Option<&'a str>,
    status: &'a str,
    created_at: Stamp,
    last_seen_at: Option<Stamp>,
    groups: Vec<Membership<'a>>,
    grant_count: usize,
}

#[derive(Serialize)]
struct Membership<'a> {
    id: &'a str,
    name: &'a str,
}

impl Resource for User {
    const KIND: &'static str = "user";
    const NOT_FOUND: &'static str = "user_not_found";

    fn shown<'a>(&'a self, call: &'a Call<'_>) -> impl Serialize {
        self.shown_with(call, &counts(call, by_user))
    }

    fn name(&self) -> &str {
        self.display_name.as_deref().or(self.email.as_deref()).unwrap_or(&self.id)
    }
}

impl User {
    fn shown_with<'a>(&'a self, call: &'a Call<'_>, counts: &HashMap<&str, usize>) -> Shown<'a> {
        let groups = self.group_ids.iter().filter_map(|id| call.state.tables.of::<Group>().get(id));
        Shown {
            id: &self.id,
            email: self.email.as_deref(),
            display_name: self.display_name.as_deref(),
            idp_id: self.idp_id.as_deref(),
            status: &self.status,
            created_at: self.created_at,
            last_seen_at: self.last_seen_at,
            groups: groups.map(|group| Membership { id: &group.id, name: &group.name }).collect(),
            grant_count: counts.get(self.id.as_str()).copied().unwrap_or(0),
        }
    }
}

/// A page of the app's users that pass, newest first.
pub(crate) fn page(call: &Call<'_>, wanted: impl Fn(&User) -> bool) -> Outcome {
    let users = call.state.tables.of::<User>().of_app(call.params.get("app")).rev();
    Ok(Response::json(200, &shown(call, Paged::of(users.filter(|user| wanted(user)), call.page))))
}

/// The users of a page as they are shown: their grants are counted in one pass.
pub(crate) fn shown<'a>(call: &'a Call<'_>, page: Paged<&'a User>) -> Paged<Shown<'a>> {
    let counts = counts(call, by_user);
    page.map(|user| user.shown_with(call, &counts))
}

fn by_user(grant: &Grant) -> Option<&str> {
    grant.principal.user_id()
}
