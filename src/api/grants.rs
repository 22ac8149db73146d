//! Grants: what gives an app the use of an account or a managed secret.

use super::field::{choice, text, uuid};
use super::operation::{get, post};
use super::shape::GRANT;

operations! {
    /// Lists the grants of an app.
    LIST = get("/apps/{app}/grants")
        .needs("dashboard_grants:read")
        .query(&[
            choice("status", &["active", "expired", "revoked"]),
            text("provider", 0, 200),
            uuid("app_user"),
            text("search", 0, 100),
        ])
        .items(1000, 100, &GRANT);
    /// Revokes a grant and the delegations under it.
    REVOKE = post("/apps/{app}/grants/{grant}/revoke")
        .needs("dashboard_grants:admin")
        .body(&[text("reason", 0, 500).nullable()])
        .object(&GRANT);
}
