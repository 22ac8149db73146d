//! What has to fit together in a body about a provider, and in what it makes of the stored one.

use serde_json::{Map, Value};

use super::config::{CUSTOM, StoredProvider};
use crate::portal::catalogues::providers::{self as catalogue, Provider};
use crate::portal::handler::call::Call;
use crate::portal::handler::refusal::Issue;

/// What the rules of a provider are about: a stored one, changed by the keys of a body.
struct Merged<'a> {
    provider: Option<&'static Provider>,
    source: &'a str,
    has_client_id: bool,
    has_client_secret: bool,
    has_redirects: bool,
    scopes: Vec<&'a str>,
}

/// Returns the provider of this id, where the catalogue has it.
pub(super) fn known(id: &str) -> Option<&'static Provider> {
    catalogue::find(id)
}

/// Finds what does not fit together in a new provider.
pub(super) fn new_faults(_: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let id = keys.get("provider_id").and_then(Value::as_str);
    let provider = id.and_then(known);
    let mut issues = Vec::new();
    if let Some(id) = id.filter(|_| provider.is_none()) {
        let msg = format!("must be in the catalogue of providers, which has no `{id}`");
        issues.push(Issue::new("body", "provider_id", "enum", msg));
    }
    issues.extend(Merged::of(provider, None, keys).faults());
    issues
}

/// Finds what would not fit together in a changed provider.
pub(super) fn change_faults(call: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let Ok(stored) = call.row::<StoredProvider>() else {
        return Vec::new();
    };
    Merged::of(known(&stored.config.provider_id), Some(stored), keys).faults()
}

impl<'a> Merged<'a> {
    fn of(
        provider: Option<&'static Provider>,
        stored: Option<&'a StoredProvider>,
        keys: &'a Map<String, Value>,
    ) -> Self {
        let texts = |name: &str| {
            let list = keys.get(name).and_then(Value::as_array)?;
            Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>())
        };
        let kept = |list: fn(&StoredProvider) -> &[String]| {
            stored.map_or(&[][..], list).iter().map(String::as_str).collect::<Vec<_>>()
        };
        let redirects =
            texts("redirect_uris").unwrap_or_else(|| kept(|one| &one.config.redirect_uris));
        let source = keys.get("credential_source").and_then(Value::as_str);
        Self {
            provider,
            source: source.unwrap_or(stored.map_or(CUSTOM, |one| &one.config.credential_source)),
            has_client_id: keys.contains_key("client_id")
                || stored.is_some_and(|one| one.config.client_id.is_some()),
            has_client_secret: keys.contains_key("client_secret")
                || stored.is_some_and(|one| one.client_secret.is_some()),
            has_redirects: !redirects.is_empty(),
            scopes: texts("scopes").unwrap_or_else(|| kept(|one| &one.config.scopes)),
        }
    }

    fn faults(&self) -> Vec<Issue> {
        let mut issues = self.missing_client();
        issues.extend(self.provider.into_iter().flat_map(|provider| self.wrong_scopes(provider)));
        issues
    }

    fn missing_client(&self) -> Vec<Issue> {
        if self.source != CUSTOM {
            return Vec::new();
        }
        let parts = [
            ("client_id", self.has_client_id),
            ("client_secret", self.has_client_secret),
            ("redirect_uris", self.has_redirects),
        ];
        let missing = parts.into_iter().filter(|(_, there)| !there);
        let msg = format!("is required for `{CUSTOM}` credentials");
        missing.map(|(name, _)| Issue::new("body", name, "missing", msg.as_str())).collect()
    }

    /// A provider without scopes takes every value.
    fn wrong_scopes(&self, provider: &Provider) -> Vec<Issue> {
        let (given, all) = (&self.scopes, &provider.scopes);
        let absent = |scope: &&String| !given.contains(&scope.as_str());
        let unknown = |scope: &&&str| !all.is_empty() && !all.iter().any(|one| one == **scope);
        let name = &provider.name;
        let required = provider.required_scopes.iter().filter(absent);
        let required =
            required.map(|scope| ("missing_scope", format!("must have `{scope}` for {name}")));
        let unknown = given.iter().filter(unknown);
        let unknown =
            unknown.map(|scope| ("scope", format!("must be of {name}, which has no `{scope}`")));
        let none = !all.is_empty() && given.is_empty();
        let none = none.then(|| ("too_short", "must not be empty".to_owned()));
        let all = required.chain(unknown).chain(none);
        all.map(|(kind, msg)| Issue::new("body", "scopes", kind, msg)).collect()
    }
}
