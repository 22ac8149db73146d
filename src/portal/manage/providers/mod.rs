//! OAuth providers of an app, and the public catalogue of those there are.

mod changes;
mod config;
mod form;

use serde::Serialize;
use serde_json::json;

use crate::api::providers;
use crate::portal::catalogues::providers::{self as catalogue, Provider};
use crate::portal::handler::body::Body;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::resource::Resource;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::manage::grants::counts::counts;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::grants::revocation;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;
use changes::{Change, between};
pub(crate) use config::StoredProvider;
use config::{ProviderConfig, key};
use form::{change_faults, known, new_faults};

pub(crate) const ROUTES: &[Route] = &[
    Route::new(&providers::CATALOG, catalog),
    Route::new(&providers::LIST, list),
    Route::new(&providers::CREATE, create).check(new_faults),
    Route::new(&providers::SHOW, |call| call.show::<StoredProvider>()),
    Route::new(&providers::UPDATE, update).check(change_faults),
    Route::new(&providers::DELETE, delete),
];

/// A configuration as it is shown.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    config: &'a ProviderConfig,
    grant_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    breaking_changes: Option<Vec<Change>>,
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

    fn fill(&mut self, body: &Body) -> Result<(), Refusal> {
        let config = &mut self.config;
        body.set("scopes", &mut config.scopes)?;
        body.set("status", &mut config.status)?;
        body.set("credential_source", &mut config.credential_source)?;
        body.set("client_id", &mut config.client_id)?;
        body.set("redirect_uris", &mut config.redirect_uris)?;
        body.set("client_secret", &mut self.client_secret)
    }
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
    stored.fill(&call.body)?;
    if let Some(provider) = known(&call.body.required::<String>("provider_id")?) {
        stored.identify(provider);
    }
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

fn update(call: &mut Call<'_>) -> Outcome {
    let before = call.row::<StoredProvider>()?.clone();
    let mut after = before.clone();
    after.fill(&call.body)?;
    after.touch(call.now);
    call.record(&after, "updated", json!({ "changed": call.body.names() }));
    let table = call.state.tables.of_mut::<StoredProvider>();
    table.change(after.id(), |stored| stored.clone_from(&after));
    let shown = Shown {
        grant_count: grants(call, &after).count(),
        config: &after.config,
        breaking_changes: Some(between(&before.config, &after.config)),
    };
    Ok(Response::json(200, &shown))
}

/// Without its provider a grant is worth nothing, so forcing it ends the grants too.
fn delete(call: &mut Call<'_>) -> Outcome {
    let force = call.query.flag("force").unwrap_or(false);
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
