//! Whether a key may do what the code does, and no more.

use serde::Deserialize;

use super::{Finding, Scopes};
use crate::output::shell;
use crate::project::design::Design;

/// The part of a key that is looked at.
#[derive(Debug, Deserialize)]
pub(crate) struct Key {
    id: String,
    #[serde(default, rename = "key_type")]
    kind: String,
    #[serde(default)]
    scopes: Vec<String>,
    revoked_at: Option<String>,
}

/// Holds a key against the scopes that the code needs.
pub(crate) fn check(key: &Key, design: &Design, needed: &Scopes) -> Vec<Finding> {
    let error = |rule, message: String| Finding::error("B", rule, message);
    let mut found = Vec::new();
    if let Some(at) = &key.revoked_at {
        found.push(error("revoked-key", format!("the key was revoked at {at}: alter keys mint")));
    }
    let agent = key.kind == "ak";
    if !key.kind.is_empty() && design.is_agent().is_some_and(|wanted| wanted != agent) {
        let (wanted, is) =
            if agent { ("a runtime", "an agent") } else { ("an agent", "a runtime") };
        found.push(error(
            "key-type",
            format!("the design wants {wanted} key, and this is {is} key"),
        ));
    }
    let wildcards: Vec<&str> = granted(key).filter(|scope| scope.contains('*')).collect();
    if !wildcards.is_empty() {
        let message = format!(
            "the key's scope `{}` allows more than the code needs: {}",
            wildcards.join(", "),
            rotate(key, needed)
        );
        found.push(error("wildcard-scope", message));
    }
    for (scope, file, line) in needed.iter().filter(|(scope, ..)| !covers(key, scope)) {
        let message = format!("the key has no scope `{scope}`: {}", rotate(key, needed));
        found.push(error("missing-scope", message).at(file, line));
    }
    let names = needed.names();
    for scope in granted(key).filter(|scope| !scope.contains('*')) {
        if !names.iter().copied().chain(needed.perhaps()).any(|name| same(scope, name)) {
            let message = format!("the key has the scope `{scope}`, which the code does not use");
            found.push(error("unused-scope", message).warns());
        }
    }
    found
}

fn granted(key: &Key) -> impl Iterator<Item = &str> {
    key.scopes.iter().map(String::as_str)
}

fn covers(key: &Key, scope: &str) -> bool {
    let resource = scope.split(':').next().unwrap_or(scope);
    granted(key).any(|granted| {
        granted == "*" || granted.strip_suffix(":*") == Some(resource) || same(granted, scope)
    })
}

/// Whether a key's scope is the one needed, perhaps for one thing alone: `grants:read:<id>`.
fn same(granted: &str, scope: &str) -> bool {
    granted.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// The command that gives the key what it needs and nothing else.
fn rotate(key: &Key, needed: &Scopes) -> String {
    let scopes = needed.names().join(",");
    let scopes = if scopes.is_empty() { "LIST".to_owned() } else { scopes };
    format!("alter keys rotate --key {} --scopes {scopes}", shell::word(&key.id))
}
