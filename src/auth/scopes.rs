//! The scopes a PAT can hold: `resource:verb`, and `resource:*`.

/// A resource of the dashboard and what a PAT may be allowed to do with it.
#[derive(Debug)]
pub(crate) struct Resource {
    /// The part before the colon.
    pub(crate) name: &'static str,
    /// Every verb there is.
    pub(crate) verbs: &'static [&'static str],
    /// The verbs that a browser sign-in asks for when `--scopes` does not say.
    pub(crate) default: &'static [&'static str],
}

const fn resource(
    name: &'static str,
    verbs: &'static [&'static str],
    default: &'static [&'static str],
) -> Resource {
    Resource { name, verbs, default }
}

/// Every resource, in the order of the documentation.
pub(crate) const RESOURCES: &[Resource] = &[
    resource("dashboard_apps", &["read", "write", "delete"], &["read", "write"]),
    resource("dashboard_keys", &["read", "write", "admin"], &["read", "write"]),
    resource("dashboard_agents", &["read", "write", "admin"], &["read", "write"]),
    resource("dashboard_providers", &["read", "write", "admin"], &["read", "write"]),
    resource("dashboard_secrets", &["read", "write", "delete"], &["read", "write"]),
    resource("dashboard_identity_providers", &["create", "webhooks"], &[]),
    resource(
        "dashboard_app_policy",
        &["read", "rules_create", "rules_update", "rules_delete"],
        &["read"],
    ),
    resource("dashboard_audit", &["read"], &["read"]),
    resource("dashboard_analytics", &["read"], &["read"]),
    resource("dashboard_grants", &["read", "admin"], &["read"]),
    resource("dashboard_end_users", &["read"], &["read"]),
    resource("dashboard_branding", &["read", "write"], &["read", "write"]),
    resource("dashboard_approvals", &["read"], &["read"]),
    resource("dashboard_pats", &["read"], &["read"]),
];

/// The scopes of a sign-in that asks for nothing in particular.
pub(crate) fn default_set() -> Vec<String> {
    list(|resource| resource.default)
}

/// Every scope by name, wildcards left out.
pub(crate) fn all() -> Vec<String> {
    list(|resource| resource.verbs)
}

fn list(verbs: fn(&Resource) -> &'static [&'static str]) -> Vec<String> {
    RESOURCES
        .iter()
        .flat_map(|resource| verbs(resource).iter().map(|verb| format!("{}:{verb}", resource.name)))
        .collect()
}

/// Whether a PAT may carry this scope: a verb that exists, or `resource:*`.
pub(crate) fn is_known(scope: &str) -> bool {
    scope.split_once(':').is_some_and(|(name, verb)| {
        RESOURCES.iter().any(|resource| {
            resource.name == name && (verb == "*" || resource.verbs.contains(&verb))
        })
    })
}

/// Whether `resource:*` leaves this verb out: it must be asked for by name.
pub(crate) fn outside_wildcard(resource: &str, verb: &str) -> bool {
    resource == "dashboard_identity_providers"
        || matches!(verb, "delete" | "rules_update" | "rules_delete")
}

/// Whether a PAT holding `granted` may do what needs `scope`.
pub(crate) fn allows<S: AsRef<str>>(granted: &[S], scope: &str) -> bool {
    let Some((resource, verb)) = scope.split_once(':') else {
        return false;
    };
    granted.iter().map(AsRef::as_ref).any(|held| {
        held == scope
            || (held.strip_suffix(":*") == Some(resource) && !outside_wildcard(resource, verb))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_leave_dangerous_verbs_out() {
        let held = ["dashboard_apps:*", "dashboard_app_policy:*", "dashboard_identity_providers:*"];
        assert!(allows(&held, "dashboard_apps:write"));
        assert!(allows(&held, "dashboard_app_policy:rules_create"));
        for scope in [
            "dashboard_apps:delete",
            "dashboard_app_policy:rules_update",
            "dashboard_app_policy:rules_delete",
            "dashboard_identity_providers:create",
            "dashboard_keys:read",
        ] {
            assert!(!allows(&held, scope), "{scope}");
        }
        assert!(allows(&["dashboard_apps:delete"], "dashboard_apps:delete"));
    }

    #[test]
    fn names_are_checked() {
        assert!(is_known("dashboard_apps:*") && is_known("dashboard_audit:read"));
        assert!(!is_known("dashboard_apps:fly") && !is_known("apps:read") && !is_known("read"));
    }
}
