//! The people who use an app.

use super::field::text;
use super::operation::get;
use super::shape::USER;

const READ: &str = "dashboard_end_users:read";

operations! {
    /// Lists the users of an app.
    LIST = get("/apps/{app}/end-users").needs(READ).query(&[text("search", 0, 100)]).items(1000, 100, &USER);
    /// Shows a user.
    SHOW = get("/apps/{app}/end-users/{user}").needs(READ).object(&USER);
}
