//! The scopes of runtime keys.

use serde_json::Value;

use crate::portal::handler::checks::{Checked, text, wrong};

/// Rises whenever a scope comes or goes.
pub(crate) const VERSION: u32 = 1;

/// Resources and their verbs.
pub(crate) const ALL: &[(&str, &[&str])] = &[
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

const MAX: usize = 200;

/// A scope of a key: one of the catalogue, also narrowed to one id (`grants:read:ID`), or `*`.
pub(crate) fn scope(value: &Value) -> Checked<String> {
    let scope = text(1, MAX)(value)?;
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
        return Ok(scope);
    }
    wrong("scope", format!("`{scope}` is not a scope of the catalogue"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_scopes_of_the_catalogue() {
        for good in ["*", "grants:read", "grants:read:1f", "idp_users:write"] {
            assert!(scope(&json!(good)).is_ok(), "{good}");
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
            assert!(scope(&json!(bad)).is_err(), "{bad}");
        }
    }
}
