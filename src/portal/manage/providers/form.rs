//! What a body may say of a provider, and what has to fit together.

use serde_json::Value;

use super::config::{CUSTOM, StoredProvider};
use crate::portal::catalogues::providers::{self as catalogue, Provider};
use crate::portal::handler::checks::{
    Checked, list_or_empty, loopback_or_https, one_of, secret, string, text, wrong,
};
use crate::portal::handler::form::{Key, optional, put, required};
use crate::portal::handler::refusal::Issue;

const MAX_TEXT: usize = 255;

/// What a new configuration may be given.
pub(super) const NEW: &[Key<StoredProvider>] = &[
    required("provider_id", |row, value| known(value).map(|provider| row.identify(provider))),
    required("scopes", |row, value| put(&mut row.config.scopes, scopes(value))),
    SOURCE,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECTS,
];
/// What may be changed of one.
pub(super) const CHANGE: &[Key<StoredProvider>] = &[
    optional("scopes", |row, value| put(&mut row.config.scopes, scopes(value))),
    optional("status", |row, value| {
        put(&mut row.config.status, one_of(&["active", "disabled"])(value).map(str::to_owned))
    }),
    SOURCE,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECTS,
];
const SOURCE: Key<StoredProvider> = optional("credential_source", |row, value| {
    let source = one_of(&[CUSTOM, "shared_dev"])(value);
    put(&mut row.config.credential_source, source.map(str::to_owned))
});
const CLIENT_ID: Key<StoredProvider> = optional("client_id", |row, value| {
    put(&mut row.config.client_id, text(1, MAX_TEXT)(value).map(Some))
});
const CLIENT_SECRET: Key<StoredProvider> =
    optional("client_secret", |row, value| put(&mut row.client_secret, secret(value).map(Some)));
const REDIRECTS: Key<StoredProvider> = optional("redirect_uris", |row, value| {
    put(&mut row.config.redirect_uris, list_or_empty(loopback_or_https)(value))
});

fn known(value: &Value) -> Checked<&'static Provider> {
    let id = string(value)?;
    match catalogue::find(&id) {
        Some(provider) => Ok(provider),
        None => wrong("enum", format!("`{id}` is not in the catalogue of providers")),
    }
}

fn scopes(value: &Value) -> Checked<Vec<String>> {
    list_or_empty(text(1, MAX_TEXT))(value)
}

/// What does not fit together.
pub(super) fn misfits(row: &StoredProvider) -> Vec<Issue> {
    let provider = catalogue::find(&row.config.provider_id);
    let mut issues = missing_client(row);
    issues.extend(provider.into_iter().flat_map(|provider| wrong_scopes(row, provider)));
    issues
}

fn missing_client(row: &StoredProvider) -> Vec<Issue> {
    let config = &row.config;
    if config.credential_source != CUSTOM {
        return Vec::new();
    }
    let parts = [
        ("client_id", config.client_id.is_some()),
        ("client_secret", row.client_secret.is_some()),
        ("redirect_uris", !config.redirect_uris.is_empty()),
    ];
    let missing = parts.into_iter().filter(|(_, there)| !there);
    let issue = |(name, _)| {
        Issue::new("body", name, "missing", format!("`{CUSTOM}` credentials need `{name}`"))
    };
    missing.map(issue).collect()
}

/// A provider without scopes takes every value.
fn wrong_scopes(row: &StoredProvider, provider: &Provider) -> Vec<Issue> {
    let given = &row.config.scopes;
    let name = &provider.name;
    let absent = |scope: &&String| !given.contains(scope);
    let unknown = |scope: &&String| !provider.scopes.is_empty() && !provider.scopes.contains(scope);
    let required = provider.required_scopes.iter().filter(absent);
    let required = required.map(|scope| ("missing_scope", format!("{name} requires `{scope}`")));
    let unknown = given.iter().filter(unknown);
    let unknown = unknown.map(|scope| ("scope", format!("{name} has no scope `{scope}`")));
    let none = !provider.scopes.is_empty() && given.is_empty();
    let none = none.then(|| ("too_short", "List should have at least 1 item".to_owned()));
    let all = required.chain(unknown).chain(none);
    all.map(|(kind, msg)| Issue::new("body", "scopes", kind, msg)).collect()
}
