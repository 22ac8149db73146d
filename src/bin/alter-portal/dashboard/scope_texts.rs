//! Scopes in plain words.

use alter::auth::scopes::{RESOURCES, outside_wildcard};

/// What a scope lets its holder do, and whether that deserves a second look.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) words: String,
    pub(super) dangerous: bool,
}

/// Explains a scope that exists.
pub(super) fn explain(scope: &str) -> Meaning {
    let (resource, verb) = scope.split_once(':').unwrap_or((scope, ""));
    if verb == "*" {
        return wildcard(resource);
    }
    Meaning { words: words(resource, verb), dangerous: is_dangerous(verb) }
}

fn wildcard(resource: &str) -> Meaning {
    let mut known = RESOURCES.iter().filter(|known| known.name == resource);
    let verbs = known.next().map_or(&[][..], |known| known.verbs);
    let given = verbs.iter().filter(|verb| !outside_wildcard(resource, verb));
    let given: Vec<Meaning> = given.map(|verb| explain(&format!("{resource}:{verb}"))).collect();
    if given.is_empty() {
        let words = "Nothing: each of these permissions must be asked for by name".to_owned();
        return Meaning { words, dangerous: false };
    }
    let words: Vec<&str> = given.iter().map(|meaning| meaning.words.as_str()).collect();
    Meaning { words: words.join(" · "), dangerous: given.iter().any(|meaning| meaning.dangerous) }
}

fn is_dangerous(verb: &str) -> bool {
    matches!(verb, "delete" | "admin" | "create" | "webhooks") || verb.starts_with("rules_")
}

fn words(resource: &str, verb: &str) -> String {
    let special = match (resource, verb) {
        ("dashboard_apps", "delete") => "Delete apps, with everything in them",
        ("dashboard_keys", "write") => "Mint, rotate and rename runtime keys",
        ("dashboard_keys", "admin") => "Revoke runtime keys",
        ("dashboard_agents", "write") => "Create and change agents and mint their keys",
        ("dashboard_agents", "admin") => "Revoke agents and their keys",
        ("dashboard_providers", "admin") => {
            "Delete provider configurations, with their connections"
        }
        ("dashboard_secrets", "write") => {
            "Store and rotate managed secrets and grant access to them"
        }
        ("dashboard_secrets", "delete") => "Delete managed secrets",
        ("dashboard_identity_providers", "create") => {
            "Decide who can sign in, by adding an identity provider"
        }
        ("dashboard_identity_providers", "webhooks") => "Manage the webhooks of identity providers",
        ("dashboard_app_policy", "rules_create") => "Add policy rules",
        ("dashboard_app_policy", "rules_update") => "Change and switch off policy rules",
        ("dashboard_app_policy", "rules_delete") => "Delete policy rules",
        ("dashboard_grants", "admin") => "Revoke the connections of users",
        ("dashboard_pats", "read") => "See the details of this access token itself",
        _ => "",
    };
    if !special.is_empty() {
        return special.to_owned();
    }
    let things = match resource {
        "dashboard_apps" => "apps",
        "dashboard_keys" => "runtime keys (never their secrets)",
        "dashboard_agents" => "agents",
        "dashboard_providers" => "provider configurations",
        "dashboard_secrets" => "managed secrets (never their values)",
        "dashboard_app_policy" => "policy rules",
        "dashboard_audit" => "the audit log",
        "dashboard_analytics" => "usage analytics",
        "dashboard_grants" => "the connections of users",
        "dashboard_end_users" => "end users",
        "dashboard_branding" => "branding",
        "dashboard_approvals" => "approval settings",
        other => other,
    };
    match verb {
        "read" => format!("See {things}"),
        "write" => format!("Create and change {things}"),
        other => format!("{other} {things}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alter::auth::scopes;

    #[test]
    fn every_scope_has_words() {
        for scope in scopes::all() {
            let meaning = explain(&scope);
            assert!(!meaning.words.contains('_'), "{scope}: {meaning:?}");
            assert!(meaning.words.starts_with(char::is_uppercase), "{scope}: {meaning:?}");
        }
    }

    #[test]
    fn dangers_are_marked() {
        for scope in ["dashboard_apps:delete", "dashboard_keys:admin", "dashboard_keys:*"] {
            assert!(explain(scope).dangerous, "{scope}");
        }
        for scope in ["dashboard_apps:write", "dashboard_apps:*", "dashboard_identity_providers:*"]
        {
            assert!(!explain(scope).dangerous, "{scope}");
        }
    }
}
