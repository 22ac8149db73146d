//! The people who use an app.

pub(crate) mod group;
pub(crate) mod shown_user;
pub(crate) mod user;

use crate::api::end_users;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::route::Route;
use user::User;

pub(crate) const ROUTES: &[Route] =
    &[Route::new(&end_users::LIST, list), Route::new(&end_users::SHOW, |call| call.show::<User>())];

fn list(call: &mut Call<'_>) -> Outcome {
    let search = call.query.text("search").map(str::to_lowercase);
    shown_user::page(call, |user| search.as_ref().is_none_or(|part| user.matches(part)))
}
