//! Scopes in plain words, grouped by what they are about.

use crate::auth::scopes::outside_wildcard;

/// A resource, and what is asked for to do with it.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) resource: &'static str,
    pub(super) title: &'static str,
    pub(super) verbs: Vec<Verb>,
}

/// What one scope lets its holder do, and whether that deserves a second look.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verb {
    pub(super) name: &'static str,
    pub(super) words: String,
    pub(super) dangerous: bool,
}

/// A resource, its title, and its verbs in words that are read after the title.
type Texts = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const TEXTS: &[Texts] = &[
    (
        "dashboard_apps",
        "Apps",
        &[
            ("read", "See apps"),
            ("write", "Create and change them"),
            ("delete", "Delete them and all they hold"),
        ],
    ),
    (
        "dashboard_keys",
        "Runtime keys",
        &[
            ("read", "See keys, never their secrets"),
            ("write", "Mint, rotate and rename them"),
            ("admin", "Revoke them"),
        ],
    ),
    (
        "dashboard_agents",
        "Agents",
        &[
            ("read", "See agents"),
            ("write", "Create and change them, mint their keys"),
            ("admin", "Revoke them and their keys"),
        ],
    ),
    (
        "dashboard_providers",
        "Providers",
        &[
            ("read", "See provider configurations"),
            ("write", "Create and change them"),
            ("admin", "Delete them with their connections"),
        ],
    ),
    (
        "dashboard_secrets",
        "Managed secrets",
        &[
            ("read", "See secrets, never their values"),
            ("write", "Store, rotate and grant access to them"),
            ("delete", "Delete them"),
        ],
    ),
    (
        "dashboard_identity_providers",
        "Identity providers",
        &[
            ("create", "Add one, which decides who can sign in"),
            ("webhooks", "Manage their webhooks"),
        ],
    ),
    (
        "dashboard_app_policy",
        "Policy rules",
        &[
            ("read", "See rules"),
            ("rules_create", "Add rules"),
            ("rules_update", "Change rules and switch them off"),
            ("rules_delete", "Delete rules"),
        ],
    ),
    ("dashboard_audit", "Audit log", &[("read", "See what was done, and who did it")]),
    ("dashboard_analytics", "Analytics", &[("read", "See usage figures")]),
    (
        "dashboard_grants",
        "Grants",
        &[("read", "See the connections of users"), ("admin", "Revoke them")],
    ),
    ("dashboard_end_users", "End users", &[("read", "See end users")]),
    (
        "dashboard_branding",
        "Branding",
        &[("read", "See branding"), ("write", "Change what users see")],
    ),
    ("dashboard_approvals", "Approvals", &[("read", "See approval settings")]),
    ("dashboard_pats", "Access tokens", &[("read", "See the details of this access token")]),
];

/// Explains scopes that exist, in the order of the documentation and each once.
pub(super) fn grouped(scopes: &[String]) -> Vec<Group> {
    let groups = TEXTS.iter().map(|(resource, title, verbs)| {
        let asked = |verb: &str| scopes.iter().any(|scope| *scope == format!("{resource}:{verb}"));
        let named = verbs.iter().filter(|(verb, _)| asked(verb)).map(|(name, words)| Verb {
            name,
            words: (*words).to_owned(),
            dangerous: is_dangerous(name),
        });
        let all = asked("*").then(|| wildcard(resource, verbs));
        Group { resource, title, verbs: all.into_iter().chain(named).collect() }
    });
    groups.filter(|group| !group.verbs.is_empty()).collect()
}

fn wildcard(resource: &str, verbs: &[(&str, &str)]) -> Verb {
    let given = verbs.iter().filter(|(verb, _)| !outside_wildcard(resource, verb));
    let words: Vec<&str> = given.clone().map(|(_, words)| *words).collect();
    let words = if words.is_empty() {
        "Nothing: each of these permissions must be asked for by name".to_owned()
    } else {
        words.join(" · ")
    };
    Verb { name: "*", words, dangerous: given.clone().any(|(verb, _)| is_dangerous(verb)) }
}

fn is_dangerous(verb: &str) -> bool {
    matches!(verb, "delete" | "admin" | "create" | "webhooks") || verb.starts_with("rules_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::scopes::RESOURCES;

    #[test]
    fn every_scope_has_words() {
        let texts = TEXTS.iter().map(|(resource, _, verbs)| {
            (*resource, verbs.iter().map(|(verb, _)| *verb).collect::<Vec<_>>())
        });
        let known = RESOURCES.iter().map(|resource| (resource.name, resource.verbs.to_vec()));
        assert_eq!(texts.collect::<Vec<_>>(), known.collect::<Vec<_>>());
    }

    #[test]
    fn a_resource_has_one_row() {
        let asked = ["dashboard_keys:read", "dashboard_apps:*", "dashboard_keys:read"];
        let groups = grouped(&asked.map(str::to_owned));
        let titles: Vec<_> = groups.iter().map(|group| group.title).collect();
        assert_eq!(titles, ["Apps", "Runtime keys"]);
        assert_eq!(groups[0].verbs[0].words, "See apps · Create and change them");
        assert_eq!(groups[1].verbs.len(), 1);
    }

    #[test]
    fn dangers_are_marked() {
        for (scope, dangerous) in [
            ("dashboard_apps:delete", true),
            ("dashboard_keys:admin", true),
            ("dashboard_keys:*", true),
            ("dashboard_app_policy:rules_update", true),
            ("dashboard_apps:write", false),
            ("dashboard_apps:*", false),
            ("dashboard_identity_providers:*", false),
        ] {
            let groups = grouped(&[scope.to_owned()]);
            assert_eq!(groups[0].verbs[0].dangerous, dangerous, "{scope}");
        }
    }
}
