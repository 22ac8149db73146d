//! The scopes of runtime keys.

/// Resources and their verbs, as the runtime documents them.
pub const ALL: &[(&str, &[&str])] = &[
    ("agents", &["read", "write"]),
    ("approvals", &["read"]),
    ("audit", &["emit"]),
    ("connect", &["initiate"]),
    ("grants", &["read", "write"]),
    ("identity", &["assert", "resolve"]),
    ("idp_users", &["read", "write"]),
    ("keys", &["admin", "derive"]),
    ("providers", &["read"]),
    ("proxy", &["execute"]),
    ("secrets", &["write"]),
    ("spans", &["emit"]),
    ("tokens", &["retrieve"]),
];

/// Refuses what is not a scope of the catalogue, also narrowed to one id (`grants:read:ID`), or `*`.
pub(super) fn check(scope: &str) -> Result<(), String> {
    let mut parts = scope.splitn(3, ':');
    let known = match (parts.next(), parts.next(), parts.next()) {
        (Some("*"), None, None) => true,
        (Some(resource), Some(verb), id) => {
            let narrowed = id.is_none_or(|id| !id.is_empty() && !id.contains(':'));
            narrowed && ALL.iter().any(|(name, verbs)| *name == resource && verbs.contains(&verb))
        }
        _ => false,
    };
    if known {
        Ok(())
    } else {
        Err(format!("is not a runtime scope; there are {}", all().join(", ")))
    }
}

/// Returns every scope by name.
pub fn all() -> Vec<String> {
    let named = |(name, verbs): &(&str, &[&str])| {
        let name = (*name).to_owned();
        verbs.iter().map(move |verb| format!("{name}:{verb}")).collect::<Vec<_>>()
    };
    ALL.iter().flat_map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scopes_of_the_catalogue() {
        for good in ["*", "grants:read", "grants:read:1f", "idp_users:write"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "grants",
            "grants:erase",
            "grant:read",
            "grants:*",
            "*:read",
            "grants:read:",
            "grants:read:1:2",
            "Grants:read",
            "*:",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
