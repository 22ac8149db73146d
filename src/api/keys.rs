//! Runtime keys: minted once, rotated with a grace, revoked with all that was derived from them.

use super::field::{Field, choice, flag, future, list, number, text};
use super::format::{CIDR, RUNTIME_SCOPE};
use super::kind::Kind;
use super::operation::{delete, get, patch, post};
use super::shape::{KEY, KEY_STATISTICS, MINTED_KEY, ROTATED_KEY};

const READ: &str = "dashboard_keys:read";
const WRITE: &str = "dashboard_keys:write";
const ADMIN: &str = "dashboard_keys:admin";

const NAME: Field = text("name", 1, 120);
const SCOPES: Field = list("scopes", &Kind::Format(&RUNTIME_SCOPE));

operations! {
    /// Lists the keys of an app.
    LIST = get("/apps/{app}/keys")
        .needs(READ)
        .query(&[choice("status", &["active", "revoked"]), text("prefix", 0, 200)])
        .items(1000, 200, &KEY);
    /// Counts the keys of an app.
    STATISTICS = get("/apps/{app}/keys/statistics").needs(READ).object(&KEY_STATISTICS);
    /// Mints a key; its plaintext is in this answer alone.
    MINT = post("/apps/{app}/keys")
        .needs(WRITE)
        .body(&[
            NAME.required(),
            SCOPES.required(),
            choice("key_type", &["runtime", "agent"]),
            list("cidr_allowlist", &Kind::Format(&CIDR)).given_by("--cidr").nullable(),
            number("rate_limit_rpm", 1, 100_000).nullable(),
            future("expires_at").nullable(),
        ])
        .created(&MINTED_KEY)
        .secret("api_key");
    /// Shows a key.
    SHOW = get("/apps/{app}/keys/{key}").needs(READ).object(&KEY);
    /// Renames a key.
    RENAME = patch("/apps/{app}/keys/{key}").needs(WRITE).body(&[NAME.required()]).object(&KEY);
    /// Revokes a key and those derived from it.
    REVOKE = delete("/apps/{app}/keys/{key}").needs(ADMIN).query(&[flag("force")]).object(&KEY);
    /// Replaces a key; the old one works for a grace period.
    ROTATE = post("/apps/{app}/keys/{key}/rotate")
        .needs(WRITE)
        .body(&[SCOPES, number("overlap_days", 0, 30)])
        .created(&ROTATED_KEY)
        .secret("api_key");
}
