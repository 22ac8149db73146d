//! Grants of managed secrets.

use super::field::{Field, future, number, object, of_kind, text, uuid};
use super::kind::Kind;
use super::managed_secrets::MAX_LABEL;
use super::operation::{Effect, delete, get, patch, post};
use super::shape::SECRET_GRANT;

const READ: &str = "dashboard_secrets:read";
const WRITE: &str = "dashboard_secrets:write";

/// Whom a grant is for: the types, and what names one of each.
pub const PRINCIPALS: &[(&str, &[Field])] = &[
    ("user", &[uuid("app_user_id").required()]),
    ("group", &[uuid("idp_id").required(), text("external_group_id", 1, 255).required()]),
    ("agent", &[uuid("agent_id").required()]),
    ("system", &[]),
];

/// Users and groups need a label: they may hold several grants of one secret.
const LABEL: Field = text("label", 1, MAX_LABEL).clearable();
const DESCRIPTION: Field = text("description", 1, 2000).clearable();
const POLICY: Field = object(
    "grant_policy",
    &[
        future("expires_at").clearable(),
        number("max_ttl_seconds", 1, i64::MAX).clearable(),
        number("default_ttl_seconds", 1, i64::MAX).clearable(),
    ],
)
.nullable();

/// No grant is shown alone.
const SHOWN: Effect = Effect::At("/apps/{app}/grants");

operations! {
    /// Lists the grants of a managed secret.
    LIST = get("/apps/{app}/managed-secrets/{managed_secret}/grants").needs(READ).array(&SECRET_GRANT);
    /// Lists the grants that an agent has.
    LIST_FOR_AGENT = get("/apps/{app}/agents/{agent}/managed-secret-grants").needs(READ).array(&SECRET_GRANT);
    /// Grants the use of a managed secret.
    CREATE = post("/apps/{app}/managed-secrets/{managed_secret}/grants")
        .needs(WRITE)
        .body(&[of_kind("principal", Kind::Tagged(PRINCIPALS)).required(), LABEL, DESCRIPTION, POLICY])
        .created(&SECRET_GRANT);
    /// Changes a grant.
    UPDATE = patch("/apps/{app}/managed-secret-grants/{grant}")
        .needs(WRITE)
        .body(&[LABEL, DESCRIPTION, POLICY])
        .object(&SECRET_GRANT)
        .effect(SHOWN);
    /// Revokes a grant.
    REVOKE = delete("/apps/{app}/managed-secret-grants/{grant}").needs(WRITE).object(&SECRET_GRANT).effect(SHOWN);
}
