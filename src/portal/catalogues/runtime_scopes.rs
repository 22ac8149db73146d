//! The scopes of runtime keys.

use serde_json::Value;

use crate::api::format::RUNTIME_SCOPE;
pub(crate) use crate::api::runtime_scopes::ALL;
use crate::portal::handler::checks::{Checked, text, wrong};

/// Rises whenever a scope comes or goes.
pub(crate) const VERSION: u32 = 1;

const MAX: usize = 200;

/// A scope of a key: one of the catalogue, also narrowed to one id (`grants:read:ID`), or `*`.
pub(crate) fn scope(value: &Value) -> Checked<String> {
    let scope = text(1, MAX)(value)?;
    if (RUNTIME_SCOPE.check)(&scope).is_ok() {
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
