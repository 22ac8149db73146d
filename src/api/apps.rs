//! Apps: what everything else belongs to.

use super::field::{Field, flag, format, text};
use super::format::WEB_URL;
use super::operation::{delete, get, patch, post};
use super::shape::{APP, DELETED};

const READ: &str = "dashboard_apps:read";
const WRITE: &str = "dashboard_apps:write";
const DELETE_APP: &str = "dashboard_apps:delete";

const NAME: Field = text("name", 1, 120);
const DESCRIPTION: Field = text("description", 1, 2000).clearable();
const WEBSITE_URL: Field = format("website_url", &WEB_URL).clearable();

operations! {
    /// Lists the apps of the organization.
    LIST = get("/apps").needs(READ).query(&[flag("include_archived"), flag("include_stats")]).array(&APP);
    /// Creates an app.
    CREATE = post("/apps").needs(WRITE).body(&[NAME.required(), DESCRIPTION, WEBSITE_URL.nullable()]).created(&APP);
    /// Shows an app.
    SHOW = get("/apps/{app}").needs(READ).object(&APP);
    /// Changes an app.
    UPDATE = patch("/apps/{app}").needs(WRITE).body(&[NAME, DESCRIPTION, WEBSITE_URL]).object(&APP);
    /// Archives an app.
    ARCHIVE = post("/apps/{app}/archive").needs(WRITE).object(&APP).allows_archived();
    /// Brings an archived app back.
    UNARCHIVE = post("/apps/{app}/unarchive").needs(WRITE).object(&APP).allows_archived();
    /// Deletes an app with all that belongs to it.
    DELETE = delete("/apps/{app}")
        .needs(DELETE_APP)
        .body(&[text("confirm", 0, usize::MAX).required()])
        .object(&DELETED)
        .allows_archived();
}
