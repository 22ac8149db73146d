//! OAuth providers of an app, and the public catalogue of those there are.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::provider_changes::{Change, between};
use crate::catalogues::providers::{self as catalogue, Provider};
use crate::contract::call::{Call, Outcome};
use crate::contract::checks::{
    Checked, list_or_empty, loopback_or_https, one_of, secret, string, text, wrong,
};
use crate::contract::form::{Key, Mode, fill, optional, put, required};
use crate::contract::refusal::{Issue, Refusal};
use crate::contract::resource::Resource;
use crate::contract::route::Route;
use crate::http::response::Response;
use crate::resources::grants::grant::Grant;
use crate::resources::grants::{counts, revocation};
use crate::sealed::Sealed;
use crate::stamp::Stamp;
use crate::store::Row;

const READ: &str = "dashboard_providers:read";
const WRITE: &str = "dashboard_providers:write";
const ADMIN: &str = "dashboard_providers:admin";

pub(crate) const ROUTES: &[Route] = &[
    Route::public("GET", "/providers/catalog", catalog),
    Route::new("GET", "/apps/{app}/providers", READ, list),
    Route::new("POST", "/apps/{app}/providers", WRITE, create),
    Route::new("GET", "/apps/{app}/providers/{provider}", READ, |call| {
        call.show::<StoredProvider>()
    }),
    Route::new("PATCH", "/apps/{app}/providers/{provider}", WRITE, update),
    Route::new("DELETE", "/apps/{app}/providers/{provider}", ADMIN, delete).query(&["force"]),
];

const CUSTOM: &str = "custom";

const NEW: &[Key<StoredProvider>] = &[
    required("provider_id", |row, value| put(&mut row.config.provider_id, known(value))),
    required("scopes", |row, value| put(&mut row.config.scopes, scopes(value))),
    SOURCE,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECTS,
];
const CHANGE: &[Key<StoredProvider>] = &[
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
    put(&mut row.config.client_id, text(1, 255)(value).map(Some))
});
const CLIENT_SECRET: Key<StoredProvider> =
    optional("client_secret", |row, value| put(&mut row.client_secret, secret(value).map(Some)));
const REDIRECTS: Key<StoredProvider> = optional("redirect_uris", |row, value| {
    put(&mut row.config.redirect_uris, list_or_empty(loopback_or_https)(value))
});

/// What an app has set up of a provider, as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ProviderConfig {
    pub(crate) provider_id: String,
    display_name: String,
    /// `active` or `disabled`.
    pub(crate) status: String,
    /// `custom`, or `shared_dev` for the portal's own client.
    pub(super) credential_source: String,
    pub(super) client_id: Option<String>,
    pub(super) redirect_uris: Vec<String>,
    pub(crate) scopes: Vec<String>,
    created_at: Stamp,
    updated_at: Stamp,
}

/// The same as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredProvider {
    /// The app and the provider, which together are what it is found by.
    id: String,
    app_id: String,
    client_secret: Option<Sealed>,
    pub(crate) config: ProviderConfig,
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    config: &'a ProviderConfig,
    grant_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    breaking_changes: Option<Vec<Change>>,
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

impl Resource for StoredProvider {
    const KIND: &'static str = "provider";
    const NOT_FOUND: &'static str = "provider_not_found";

    fn key(call: &Call<'_>) -> String {
        key(call.params.get("app"), call.params.get("provider"))
    }

    fn shown<'a>(&'a self, call: &'a Call<'_>) -> impl Serialize {
        let grant_count = grants(call, self).count();
        Shown { config: &self.config, grant_count, breaking_changes: None }
    }

    fn public_id(&self) -> &str {
        &self.config.provider_id
    }

    fn name(&self) -> &str {
        &self.config.display_name
    }

    fn touch(&mut self, now: Stamp) {
        self.config.updated_at = now;
    }
}

impl StoredProvider {
    /// An active configuration of no provider yet.
    pub(crate) fn blank(app_id: &str, now: Stamp) -> Self {
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
        let provider = catalogue::find(provider_id)?;
        stored.config.provider_id.clone_from(&provider.id);
        stored.config.scopes = scopes;
        stored.client_secret = Some(Sealed::new(format!("{client_id}-secret")));
        stored.config.client_id = Some(client_id);
        stored.config.redirect_uris = vec![redirect_uri];
        stored.identify(provider);
        Some(stored)
    }

    /// Takes id and display name from the catalogue.
    fn identify(&mut self, provider: &Provider) {
        self.id = key(&self.app_id, &provider.id);
        self.config.display_name.clone_from(&provider.name);
    }

    /// What does not fit together.
    fn issues(&self, provider: &Provider) -> Vec<Issue> {
        let config = &self.config;
        let mut issues = Vec::new();
        let mut refuse = |name, kind, msg: String| issues.push(Issue::new("body", name, kind, msg));
        if config.credential_source == CUSTOM {
            for (name, there) in [
                ("client_id", config.client_id.is_some()),
                ("client_secret", self.client_secret.is_some()),
                ("redirect_uris", !config.redirect_uris.is_empty()),
            ] {
                if !there {
                    refuse(name, "missing", format!("`{CUSTOM}` credentials need `{name}`"));
                }
            }
        }
        let given = |scope: &&String| !config.scopes.contains(scope);
        let missing: Vec<&str> =
            provider.required_scopes.iter().filter(given).map(String::as_str).collect();
        if !missing.is_empty() {
            let msg = format!("{} requires {}", provider.name, missing.join(", "));
            refuse("scopes", "missing_scope", msg);
        }
        if !provider.scopes.is_empty() {
            if config.scopes.is_empty() {
                refuse("scopes", "too_short", "List should have at least 1 item".to_owned());
            }
            for scope in config.scopes.iter().filter(|scope| !provider.scopes.contains(scope)) {
                refuse("scopes", "scope", format!("{} has no scope `{scope}`", provider.name));
            }
        }
        issues
    }
}

fn key(app_id: &str, provider_id: &str) -> String {
    format!("{app_id}/{provider_id}")
}

fn known(value: &Value) -> Checked<String> {
    let id = string(value)?;
    match catalogue::find(&id) {
        Some(_) => Ok(id),
        None => wrong("enum", format!("`{id}` is not in the catalogue of providers")),
    }
}

fn scopes(value: &Value) -> Checked<Vec<String>> {
    list_or_empty(text(1, 255))(value)
}

/// The active grants of a provider.
fn grants<'a>(call: &'a Call<'_>, of: &'a StoredProvider) -> impl Iterator<Item = &'a Grant> {
    let all = call.state.tables.of::<Grant>().of_app(&of.app_id);
    let own = |grant: &Grant| grant.oauth_provider() == Some(&of.config.provider_id);
    all.filter(move |grant| own(grant) && grant.is_active(call.now))
}

fn catalog(_call: &mut Call<'_>) -> Outcome {
    let all: Vec<_> = catalogue::all().iter().map(Provider::shown).collect();
    Ok(Response::json(200, &all))
}

fn list(call: &mut Call<'_>) -> Outcome {
    let counts = counts(call, Grant::oauth_provider);
    let all = call.state.tables.of::<StoredProvider>().of_app(call.params.get("app"));
    let shown = all.map(|stored| Shown {
        config: &stored.config,
        grant_count: counts.get(stored.public_id()).copied().unwrap_or(0),
        breaking_changes: None,
    });
    Ok(Response::json(200, &shown.collect::<Vec<_>>()))
}

fn create(call: &mut Call<'_>) -> Outcome {
    let mut stored = StoredProvider::blank(call.params.get("app"), call.now);
    fill(NEW, Mode::Create, &call.request.body, &mut stored)?;
    checked(&mut stored)?;
    let table = call.state.tables.of::<StoredProvider>();
    if table.get(stored.id()).is_some() {
        let message = format!("{} is set up already; update it.", stored.config.display_name);
        return Err(Refusal::conflict("provider_exists", message));
    }
    let answer = Response::json(201, &stored.shown(call));
    call.record(&stored, "created", json!({ "name": stored.name() }));
    call.state.tables.of_mut().add(stored);
    Ok(answer)
}

/// Refuses what does not fit the provider.
fn checked(stored: &mut StoredProvider) -> Result<(), Refusal> {
    let Some(provider) = catalogue::find(&stored.config.provider_id) else {
        return Err(Refusal::not_found("provider_not_found", "There is no such provider."));
    };
    stored.identify(provider);
    let issues = stored.issues(provider);
    if issues.is_empty() { Ok(()) } else { Err(Refusal::Invalid(issues)) }
}

fn update(call: &mut Call<'_>) -> Outcome {
    let before = call.row::<StoredProvider>()?.clone();
    let mut after = before.clone();
    let changed = fill(CHANGE, Mode::Change, &call.request.body, &mut after)?;
    checked(&mut after)?;
    after.touch(call.now);
    call.record(&after, "updated", json!({ "changed": changed }));
    let table = call.state.tables.of_mut::<StoredProvider>();
    table.change(after.id(), |kept| kept.clone_from(&after));
    let shown = Shown {
        grant_count: grants(call, &after).count(),
        config: &after.config,
        breaking_changes: Some(between(&before.config, &after.config)),
    };
    Ok(Response::json(200, &shown))
}

/// Without its provider a grant is worth nothing, so forcing it ends the grants too.
fn delete(call: &mut Call<'_>) -> Outcome {
    call.no_fields()?;
    let force = call.query.flag("force")?.unwrap_or(false);
    let stored = call.row::<StoredProvider>()?.clone();
    let going: Vec<Grant> = grants(call, &stored).cloned().collect();
    if !going.is_empty() && !force {
        let message = format!(
            "{} has active grants ({}), which would end. Repeat with --force if that is meant.",
            stored.config.display_name,
            going.len()
        );
        return Err(Refusal::conflict("active_grants", message)
            .details(json!({ "grant_count": going.len() })));
    }
    let by = call.principal.clone();
    for grant in going {
        revocation::revoke(call.state, call.now, &by, &grant, Some("provider deleted"));
    }
    call.state.tables.of_mut::<StoredProvider>().remove(stored.id());
    call.deleted(&stored)
}
