//! Managed secrets: credentials of backend services, and the users and groups that may be granted them.

use super::field::{
    Field, bounded_list, choice, flag, format, number, of_kind, secret, text, uuid,
};
use super::format::{HEADER, HOST, INJECTION};
use super::kind::Kind;
use super::operation::{delete, get, post, put};
use super::shape::{ACCESS, CREATED_SECRET, DELETED, GROUP, GROUP_DETAILS, SECRET, TEMPLATE, USER};

const READ: &str = "dashboard_secrets:read";
const WRITE: &str = "dashboard_secrets:write";
const DELETE_SECRET: &str = "dashboard_secrets:delete";

/// The most characters of a label and of what names an account.
pub(super) const MAX_LABEL: usize = 255;

/// The farthest that a part of a group is paged to.
const MAX_OFFSET: i64 = 1_000_000_000;

/// The words of `credential_type`.
pub const CREDENTIAL_TYPES: &[&str] = &["bearer_token", "header_key", "basic_auth", "aws_sig_v4"];

const VALUE: Field = secret("credential_value");
/// The parts of the credential beside its value.
const PARTS: Field = of_kind(
    "additional_credentials",
    Kind::Map { of: &Kind::Secret, keys: 10, name: 50, bytes: usize::MAX },
)
.given_by("--credentials");
const ALLOW_GROUP_DELEGATION: Field = flag("allow_group_delegation");
const MAX_DELEGATION_TTL_DAYS: Field = number("max_delegation_ttl_days", 1, 1825);
/// Only the portal knows whether the key suits its target.
const RULE: Kind = Kind::Object(&[
    choice("target", &["header", "query_param"]).required(),
    text("key", 1, 100).required(),
    text("value_source", 1, 100).required(),
]);

const DIRECTORY: &[Field] = &[uuid("idp_id").given_by("--idp"), text("search", 0, 200)];

operations! {
    /// Lists the templates that there are.
    TEMPLATES = get("/apps/{app}/managed-secrets/templates").needs(READ).array(&TEMPLATE);
    /// Lists the managed secrets of an app.
    LIST = get("/apps/{app}/managed-secrets").needs(READ).array(&SECRET);
    /// Creates a managed secret, with a grant for the app itself.
    CREATE = post("/apps/{app}/managed-secrets")
        .needs(WRITE)
        .body(&[
            text("name", 1, 120).required(),
            text("description", 1, 2000).clearable(),
            text("template_id", 1, MAX_LABEL).given_by("--template").clearable(),
            choice("credential_type", CREDENTIAL_TYPES),
            VALUE,
            PARTS,
            format("injection_header", &HEADER),
            format("injection_format", &INJECTION),
            bounded_list("injection_rules", &RULE, 0, 10).given_by("--injection-rule"),
            text("label", 1, MAX_LABEL).clearable(),
            text("account_identifier", 1, MAX_LABEL).clearable(),
            text("account_display_name", 1, MAX_LABEL).clearable(),
            ALLOW_GROUP_DELEGATION,
            MAX_DELEGATION_TTL_DAYS,
            // Old scripts send one; it is ignored.
            of_kind("slug", Kind::Any),
        ])
        .created(&CREATED_SECRET);
    /// Shows a managed secret, never its credential.
    SHOW = get("/apps/{app}/managed-secrets/{managed_secret}").needs(READ).object(&SECRET);
    /// Deletes a managed secret with its grants.
    DELETE = delete("/apps/{app}/managed-secrets/{managed_secret}")
        .needs(DELETE_SECRET)
        .body(&[text("confirm", 0, usize::MAX).required()])
        .object(&DELETED);
    /// Replaces the credential of a managed secret.
    ROTATE = post("/apps/{app}/managed-secrets/{managed_secret}/rotate")
        .needs(WRITE)
        .body(&[VALUE, PARTS])
        .object(&SECRET);
    /// Lists who may use a managed secret, and through what.
    ACCESS_LIST = get("/apps/{app}/managed-secrets/{managed_secret}/access").needs(READ).object(&ACCESS);
    /// Replaces the delegation policy of a managed secret.
    SET_DELEGATION_POLICY = put("/apps/{app}/managed-secrets/{managed_secret}/delegation-policy")
        .needs(WRITE)
        .body(&[ALLOW_GROUP_DELEGATION, MAX_DELEGATION_TTL_DAYS])
        .object(&SECRET);
    /// Replaces the hosts that the credential may be sent to.
    SET_ALLOWED_HOSTS = put("/apps/{app}/managed-secrets/{managed_secret}/allowed-hosts")
        .needs(WRITE)
        .body(&[bounded_list("allowed_hosts", &Kind::Format(&HOST), 0, 100).given_by("--host").required()])
        .object(&SECRET);
    /// Lists the users that can be granted access.
    USERS = get("/apps/{app}/managed-secrets/users").needs(READ).query(DIRECTORY).items(1000, 100, &USER);
    /// Lists the groups that can be granted access.
    GROUPS = get("/apps/{app}/managed-secrets/groups").needs(READ).query(DIRECTORY).items(1000, 100, &GROUP);
    /// Shows a group with a page of its members and one of its grants.
    SHOW_GROUP = get("/apps/{app}/managed-secrets/groups/{group}")
        .needs(READ)
        .query(&[
            number("member_limit", 1, 1000),
            number("member_offset", 0, MAX_OFFSET),
            number("grant_limit", 1, 1000),
            number("grant_offset", 0, MAX_OFFSET),
        ])
        .object(&GROUP_DETAILS);
}
