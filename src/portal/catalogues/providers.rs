//! The OAuth providers that can be configured.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const TEXT: &str = include_str!("oauth-providers.json");

static ALL: LazyLock<Vec<Provider>> = LazyLock::new(|| {
    // The tests fail when the file, a part of the program, does not fit its types.
    serde_json::from_str::<File>(TEXT).map(|file| file.providers).unwrap_or_default()
});

#[derive(Deserialize)]
struct File {
    providers: Vec<Provider>,
}

/// A provider of the catalogue.
#[derive(Debug, Deserialize)]
pub(crate) struct Provider {
    pub(crate) id: String,
    pub(crate) name: String,
    category: Option<String>,
    pkce: String,
    token_refresh: String,
    /// All there are; none where the provider has no scopes.
    pub(crate) scopes: Vec<String>,
    default_scopes: Vec<String>,
    pub(crate) required_scopes: Vec<String>,
}

/// A provider as it is shown.
#[derive(Serialize)]
pub(crate) struct Shown<'a> {
    id: &'a str,
    name: &'a str,
    display_name: &'a str,
    category: Option<&'a str>,
    supports_refresh: bool,
    supports_pkce: bool,
    default_scopes: &'a [String],
    required_scopes: &'a [String],
    status: &'static str,
}

/// Every provider, by id.
pub(crate) fn all() -> &'static [Provider] {
    &ALL
}

/// The provider of this id.
pub(crate) fn find(id: &str) -> Option<&'static Provider> {
    all().iter().find(|provider| provider.id == id)
}

impl Provider {
    fn supports_refresh(&self) -> bool {
        self.token_refresh.starts_with("Automatic")
    }

    fn supports_pkce(&self) -> bool {
        self.pkce != "unsupported"
    }

    /// As the SDK reads it: every scope with what is known of it.
    pub(crate) fn for_sdk(&self) -> Value {
        let scopes = self.scopes.iter().map(|scope| {
            let about = json!({
                "description": scope, "required": self.required_scopes.contains(scope),
                "is_default": self.default_scopes.contains(scope), "requires": [],
            });
            (scope.clone(), about)
        });
        json!({
            "id": self.id, "name": self.id, "display_name": self.name, "category": self.category,
            "description": null, "logo_url": null,
            "supports_refresh": self.supports_refresh(),
            "supports_pkce": self.supports_pkce(),
            "available_scopes": scopes.collect::<Map<_, _>>(),
            "default_scopes": self.default_scopes, "required_scopes": self.required_scopes,
            "status": "active",
        })
    }

    /// As the public catalogue has it.
    pub(crate) fn shown(&self) -> Shown<'_> {
        Shown {
            id: &self.id,
            name: &self.id,
            display_name: &self.name,
            category: self.category.as_deref(),
            supports_refresh: self.supports_refresh(),
            supports_pkce: self.supports_pkce(),
            default_scopes: &self.default_scopes,
            required_scopes: &self.required_scopes,
            status: "active",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_there() {
        assert_eq!(all().len(), 70);
        assert!(all().is_sorted_by_key(|provider| &provider.id));
        for provider in all() {
            let known = |scope: &String| provider.scopes.contains(scope);
            assert!(provider.required_scopes.iter().all(known), "{}", provider.id);
        }
    }
}
