//! Users and groups that managed secrets can be granted to.

use serde::Serialize;

use super::grants as secret_grants;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::http::response::Response;
use crate::portal::manage::end_users::group::{self, Group, member_counts};
use crate::portal::manage::end_users::shown_user;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::grants::principal::Principal;
use crate::portal::page::Paged;

/// Rows of a part of an answer, where the request does not say how many.
const PART: usize = 100;

/// A group with its members and grants.
#[derive(Serialize)]
struct Whole<'a, M: Serialize, G: Serialize> {
    #[serde(flatten)]
    group: group::Shown<'a>,
    members: Paged<M>,
    grants: Paged<G>,
}

/// Lists the users.
pub(super) fn users(call: &mut Call<'_>) -> Outcome {
    let idp = call.query.text("idp_id");
    let search = call.query.text("search").map(str::to_lowercase);
    shown_user::page(call, |user| {
        (idp.is_none() || user.idp_id.as_deref() == idp)
            && search.as_ref().is_none_or(|part| user.matches(part))
    })
}

/// Lists the groups.
pub(super) fn groups(call: &mut Call<'_>) -> Outcome {
    let idp = call.query.text("idp_id");
    let search = call.query.text("search").map(str::to_lowercase);
    let wanted = |group: &&Group| {
        let names = [&group.name, &group.external_group_id];
        idp.is_none_or(|idp| group.idp_id == idp)
            && search
                .as_ref()
                .is_none_or(|part| names.iter().any(|name| name.to_lowercase().contains(part)))
    };
    let counts = member_counts(call);
    let count = |group: &Group| counts.get(group.id.as_str()).copied().unwrap_or(0);
    let all = call.state.tables.of::<Group>().of_app(call.params.get("app")).rev();
    let page = Paged::of(all.filter(wanted), call.page);
    Ok(Response::json(200, &page.map(|group| group.shown_with(count(group)))))
}

/// Shows a group with a page of its members and one of its grants.
pub(super) fn show_group(call: &mut Call<'_>) -> Outcome {
    let members = call.query.part("member", PART);
    let grants = call.query.part("grant", PART);
    let group: &Group = call.row()?;
    let for_group = |grant: &&Grant| match &grant.principal {
        Principal::Group { idp_id, external_group_id } => {
            group.idp_id == *idp_id && group.external_group_id == *external_group_id
        }
        _ => false,
    };
    let all = call.state.tables.of::<Grant>().of_app(&group.app_id).rev().filter(for_group);
    let whole = Whole {
        members: shown_user::shown(
            call,
            Paged::of(group.members(&call.state.tables).rev(), members),
        ),
        grants: Paged::of(all, grants).map(|grant| secret_grants::shown(grant, call.now)),
        group: group.shown_with(group.members(&call.state.tables).count()),
    };
    Ok(Response::json(200, &whole))
}
