//! The people who use an app.

pub(crate) mod group;
pub(crate) mod shown_user;
pub(crate) mod user;

use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::route::Route;
use user::User;

const READ: &str = "dashboard_end_users:read";

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "/apps/{app}/end-users", READ, list).query(&["search"]).paged(1000, 100),
    Route::new("GET", "/apps/{app}/end-users/{user}", READ, |call| call.show::<User>()),
];

const MAX_SEARCH: usize = 100;

fn list(call: &mut Call<'_>) -> Outcome {
    let search = call.query.short("search", MAX_SEARCH)?.map(str::to_lowercase);
    shown_user::page(call, |user| search.as_ref().is_none_or(|part| user.matches(part)))
}
