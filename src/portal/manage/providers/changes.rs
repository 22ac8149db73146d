//! What a changed provider takes away from those who use it.

use serde::Serialize;

use super::config::ProviderConfig;

/// One thing that worked before and does not now.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Change {
    kind: &'static str,
    detail: String,
}

/// Everything that a change takes away.
pub(super) fn between(before: &ProviderConfig, after: &ProviderConfig) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut add = |kind, detail| changes.push(Change { kind, detail });
    let lost = missing(&before.scopes, &after.scopes);
    if !lost.is_empty() {
        add("scopes_narrowed", format!("No longer asked for: {lost}"));
    }
    let lost = missing(&before.redirect_uris, &after.redirect_uris);
    if !lost.is_empty() {
        add("redirect_uri_removed", format!("No longer accepted: {lost}"));
    }
    let client =
        |config: &ProviderConfig| (config.credential_source.clone(), config.client_id.clone());
    if client(before) != client(after) {
        add("client_id_changed", "Users have to connect again to the new client".to_owned());
    }
    if before.status == "active" && after.status == "disabled" {
        add("disabled", "Nobody can connect, and grants do not work".to_owned());
    }
    changes
}

/// What is not there any more, in words.
fn missing(before: &[String], after: &[String]) -> String {
    let lost = before.iter().filter(|one| !after.contains(one)).map(String::as_str);
    lost.collect::<Vec<_>>().join(", ")
}
