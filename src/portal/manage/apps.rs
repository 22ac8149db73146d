//! Apps: what everything else belongs to.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::api::apps;
use crate::portal::audit::synthetic::DeletedApp;
use crate::portal::audit::{Filter, Log};
use crate::portal::demo_ids::APP_IDS;
use crate::portal::handler::body::Body;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::resource::Resource;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::stored_key::StoredKey;
use crate::portal::random;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(&apps::LIST, list),
    Route::new(&apps::CREATE, |call| call.create(App::blank(call.now))),
    Route::new(&apps::SHOW, |call| call.show::<App>()),
    Route::new(&apps::UPDATE, update),
    Route::new(&apps::DELETE, delete),
    Route::new(&apps::ARCHIVE, archive),
    Route::new(&apps::UNARCHIVE, unarchive),
];

/// An app as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) website_url: Option<String>,
    /// `active` or `archived`.
    pub(crate) status: String,
    pub(crate) archived_at: Option<Stamp>,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
}

/// An app as it is shown.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    app: &'a App,
    stats: Option<Stats>,
}

#[derive(Serialize)]
struct Stats {
    grants: usize,
    keys: usize,
    api_calls: usize,
}

impl Row for App {
    const TABLE: &'static str = "apps";

    fn id(&self) -> &str {
        &self.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.id)
    }
}

impl Resource for App {
    const KIND: &'static str = "app";
    const NOT_FOUND: &'static str = "app_not_found";

    fn shown<'a>(&'a self, call: &'a Call<'_>) -> impl Serialize {
        let stats = Some(stats(call, self));
        Shown { app: self, stats }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn touch(&mut self, now: Stamp) {
        self.updated_at = now;
    }

    fn fill(&mut self, body: &Body) -> Result<(), Refusal> {
        body.set("name", &mut self.name)?;
        body.set("description", &mut self.description)?;
        body.set("website_url", &mut self.website_url)
    }
}

impl App {
    /// A live app without a word of its own.
    pub(crate) fn blank(now: Stamp) -> Self {
        Self {
            id: random::uuid(),
            name: String::new(),
            description: None,
            website_url: None,
            status: "active".to_owned(),
            archived_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Archives it, or brings it back.
    pub(crate) fn archived(&mut self, at: Option<Stamp>) {
        self.archived_at = at;
        at.map_or("active", |_| "archived").clone_into(&mut self.status);
    }
}

fn stats(call: &Call<'_>, app: &App) -> Stats {
    let keys = call.state.tables.of::<StoredKey>().of_app(&app.id);
    let active = keys.filter(|key| key.is_active(call.now));
    let grants = call.state.tables.of::<Grant>().of_app(&app.id);
    let grants = grants.filter(|grant| grant.is_active(call.now));
    Stats { grants: grants.count(), keys: active.count(), api_calls: api_calls(call, &app.id) }
}

/// Looks at the rows of this app alone: a list does this for each of its apps.
fn api_calls(call: &Call<'_>, app_id: &str) -> usize {
    let log = Log::of(&call.state.tables, call.computed);
    let recorded = log.recorded.of_app(app_id).count();
    if APP_IDS.contains(&app_id) {
        return recorded + log.computed.select(&Filter::of_app(app_id)).count();
    }
    recorded
}

fn list(call: &mut Call<'_>) -> Outcome {
    let archived = call.query.flag("include_archived").unwrap_or(false);
    let with_stats = call.query.flag("include_stats").unwrap_or(true);
    let apps = call.state.tables.of::<App>().iter();
    let wanted = apps.filter(|app| archived || app.archived_at.is_none());
    let shown = wanted.map(|app| Shown { app, stats: with_stats.then(|| stats(call, app)) });
    Ok(Response::json(200, &shown.collect::<Vec<_>>()))
}

fn update(call: &mut Call<'_>) -> Outcome {
    call.update::<App>()
}

fn archive(call: &mut Call<'_>) -> Outcome {
    call.change("archived", |app: &mut App, now| {
        if app.archived_at.is_some() {
            let message = format!("The app {} is archived already.", app.name);
            return Err(Refusal::conflict("app_already_archived", message));
        }
        app.archived(Some(now));
        Ok(json!({}))
    })
}

fn unarchive(call: &mut Call<'_>) -> Outcome {
    call.change("unarchived", |app: &mut App, _| {
        if app.archived_at.is_none() {
            let message = format!("The app {} is not archived.", app.name);
            return Err(Refusal::conflict("app_not_archived", message));
        }
        app.archived(None);
        Ok(json!({}))
    })
}

fn delete(call: &mut Call<'_>) -> Outcome {
    let app: App = call.confirmed()?;
    if APP_IDS.contains(&app.id.as_str()) {
        call.state.tables.of_mut().add(DeletedApp::new(&app.id));
    }
    call.state.tables.remove_app(&app.id);
    call.deleted(&app)
}
