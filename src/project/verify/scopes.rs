//! The scopes that a key needs for the SDK's methods.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::scan::Calls;

/// Methods, by group, and what they need.
const NEEDS: &[(&str, &[&str], &[&str])] = &[
    ("", &["request", "boto3_client"], &["tokens:retrieve", "audit:emit"]),
    ("", &["proxy_request"], &["proxy:execute"]),
    ("", &["list_grants"], &["grants:read"]),
    ("", &["revoke_grant", "create_managed_secret_grant", "mint_grant"], &["grants:write"]),
    (
        "",
        &["create_connect_session", "create_connect_session_for_error", "connect"],
        &["connect:initiate"],
    ),
    ("", &["create_managed_secret_connect_session"], &["connect:initiate", "secrets:write"]),
    ("", &["create_auth_session"], &["idp_users:write"]),
    ("", &["poll_auth_session"], &["idp_users:read"]),
    ("", &["authenticate"], &["idp_users:read", "idp_users:write"]),
    ("", &["resolve_identity"], &["identity:resolve"]),
    ("", &["assert_identity"], &["identity:assert"]),
    ("agents", &["list", "get", "get_by_name", "list_keys"], &["agents:read"]),
    (
        "agents",
        &[
            "create",
            "update",
            "suspend",
            "resume",
            "delete",
            "mint_key",
            "deprecate_key",
            "undeprecate_key",
            "revoke_key",
        ],
        &["agents:write"],
    ),
    ("keys", &["derive"], &["keys:derive"]),
    ("keys", &["rotate", "revoke"], &["keys:admin"]),
    ("spans", &["emit"], &["spans:emit"]),
    ("oauth_providers", &["list"], &["providers:read"]),
    ("provider_specs", &["list", "get", "list_operations", "get_operation"], &["providers:read"]),
];

/// Methods for which either scope will do; the second is needed for other calls too.
const APPROVALS: [&str; 2] = ["get_approval_status", "await_approval"];
const APPROVALS_READ: &str = "approvals:read";
const PROXY: &str = "proxy:execute";

/// The scopes that a project needs, with the first place that needs each.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    needed: BTreeMap<&'static str, (String, usize)>,
    /// What calls need that may be calls of a client.
    perhaps: BTreeSet<&'static str>,
}

impl Scopes {
    /// Adds what the calls of a file need.
    pub(super) fn add(&mut self, file: &str, calls: &Calls) {
        for call in &calls.certain {
            for scope in needs(&call.group, &call.method) {
                self.needed.entry(scope).or_insert_with(|| (file.to_owned(), call.line));
            }
        }
        self.perhaps.extend(calls.maybe.iter().flat_map(|(group, method)| needs(group, method)));
    }

    /// The scopes that are needed by what may be a client that another file made.
    pub(super) fn perhaps(&self) -> impl Iterator<Item = &'static str> {
        self.perhaps.iter().copied()
    }

    /// Each scope with the file and line that first needs it.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str, usize)> {
        let spared = |scope: &str| scope == APPROVALS_READ && self.needed.contains_key(PROXY);
        let needed = self.needed.iter().filter(move |(scope, _)| !spared(scope));
        needed.map(|(scope, (file, line))| (*scope, file.as_str(), *line))
    }

    /// Their names.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.iter().map(|(scope, ..)| scope).collect()
    }
}

fn needs(group: &str, method: &str) -> &'static [&'static str] {
    if group.is_empty() && APPROVALS.contains(&method) {
        return &[APPROVALS_READ];
    }
    let found =
        NEEDS.iter().find(|(known, methods, _)| *known == group && methods.contains(&method));
    found.map_or(&[], |(.., scopes)| scopes)
}
