//! What an app has set up of a provider.

use serde::{Deserialize, Serialize};

use crate::portal::catalogues::providers::{self as catalogue, Provider};
use crate::portal::secret::Sealed;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

/// The source of credentials of an app's own.
pub(super) const CUSTOM: &str = "custom";

/// A configuration as it is shown, but for the number of grants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ProviderConfig {
    pub(crate) provider_id: String,
    pub(super) display_name: String,
    /// `active` or `disabled`.
    pub(crate) status: String,
    /// `custom`, or `shared_dev` for the portal's own client.
    pub(super) credential_source: String,
    pub(super) client_id: Option<String>,
    pub(super) redirect_uris: Vec<String>,
    pub(crate) scopes: Vec<String>,
    created_at: Stamp,
    pub(super) updated_at: Stamp,
}

/// A configuration as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredProvider {
    /// The app and the provider, which together are what it is found by.
    id: String,
    pub(super) app_id: String,
    pub(super) client_secret: Option<Sealed>,
    pub(crate) config: ProviderConfig,
}

impl Row for StoredProvider {
    const TABLE: &'static str = "providers";

    fn id(&self) -> &str {
        &self.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl StoredProvider {
    /// An active configuration of no provider yet.
    pub(super) fn blank(app_id: &str, now: Stamp) -> Self {
        let config = ProviderConfig {
            provider_id: String::new(),
            display_name: String::new(),
            status: "active".to_owned(),
            credential_source: CUSTOM.to_owned(),
            client_id: None,
            redirect_uris: Vec::new(),
            scopes: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        let app_id = app_id.to_owned();
        Self { id: String::new(), app_id, client_secret: None, config }
    }

    /// A provider of the catalogue with a custom client, as the demo has them.
    pub(crate) fn configured(
        app_id: &str,
        provider_id: &str,
        scopes: Vec<String>,
        client_id: String,
        redirect_uri: String,
        now: Stamp,
    ) -> Option<Self> {
        let mut stored = Self::blank(app_id, now);
        stored.identify(catalogue::find(provider_id)?);
        stored.config.scopes = scopes;
        stored.client_secret = Some(Sealed::new(format!("{client_id}-secret")));
        stored.config.client_id = Some(client_id);
        stored.config.redirect_uris = vec![redirect_uri];
        Some(stored)
    }

    /// Takes ids and display name from the catalogue.
    pub(super) fn identify(&mut self, provider: &Provider) {
        self.id = key(&self.app_id, &provider.id);
        self.config.provider_id.clone_from(&provider.id);
        self.config.display_name.clone_from(&provider.name);
    }
}

/// What a provider of an app is found by.
pub(super) fn key(app_id: &str, provider_id: &str) -> String {
    format!("{app_id}/{provider_id}")
}
