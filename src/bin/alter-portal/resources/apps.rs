//! Apps: what everything else belongs to.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::call::{Call, Outcome};
use crate::api::checks::{string, text, web_url};
use crate::api::refusal::Refusal;
use crate::api::routes::Route;
use crate::http::answer::Answer;
use crate::random;
use crate::resources::audit::Filter;
use crate::resources::portal_actions::Subject;
use crate::stamp::Stamp;
use crate::store::Row;

const READ: &str = "dashboard_apps:read";
const WRITE: &str = "dashboard_apps:write";
const DELETE: &str = "dashboard_apps:delete";

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "/apps", READ, list).query(&["include_archived", "include_stats"]),
    Route::new("POST", "/apps", WRITE, create),
    Route::new("GET", "/apps/{app}", READ, show),
    Route::new("PATCH", "/apps/{app}", WRITE, update),
    Route::new("DELETE", "/apps/{app}", DELETE, delete),
    Route::new("POST", "/apps/{app}/archive", WRITE, archive),
    Route::new("POST", "/apps/{app}/unarchive", WRITE, unarchive),
];

const NAME_MAX: usize = 120;
const DESCRIPTION_MAX: usize = 2000;

/// An app as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) website_url: Option<String>,
    pub(crate) archived_at: Option<Stamp>,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
}

/// An app as it is shown.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    id: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    website_url: Option<&'a str>,
    status: &'static str,
    archived_at: Option<Stamp>,
    created_at: Stamp,
    updated_at: Stamp,
    stats: Option<Stats>,
}

#[derive(Debug, Serialize)]
struct Stats {
    grants: usize,
    keys: usize,
    api_calls: usize,
}

impl Row for App {
    fn id(&self) -> &str {
        &self.id
    }
}

impl App {
    /// `active` or `archived`.
    pub(crate) fn status(&self) -> &'static str {
        match self.archived_at {
            None => "active",
            Some(_) => "archived",
        }
    }

    fn shown(&self, stats: Option<Stats>) -> Shown<'_> {
        Shown {
            id: &self.id,
            name: &self.name,
            description: self.description.as_deref(),
            website_url: self.website_url.as_deref(),
            status: self.status(),
            archived_at: self.archived_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
            stats,
        }
    }
}

fn stats(call: &Call<'_>, app: &App) -> Stats {
    let keys = call.state.keys.iter().filter(|key| key.app_id == app.id);
    let filter = Filter::of_app(&app.id);
    Stats {
        grants: 0,
        keys: keys.filter(|key| key.is_active(call.now)).count(),
        api_calls: call.log().count(&filter),
    }
}

fn answer(call: &Call<'_>, status: u16) -> Outcome {
    let app = call.app()?;
    Ok(Answer::json(status, &app.shown(Some(stats(call, app)))))
}

fn list(call: &mut Call<'_>) -> Outcome {
    let archived = call.query.flag("include_archived")?.unwrap_or(false);
    let with_stats = call.query.flag("include_stats")?.unwrap_or(true);
    let apps = call.state.apps.iter();
    let wanted = apps.filter(|app| archived || app.archived_at.is_none());
    let shown = wanted.map(|app| app.shown(with_stats.then(|| stats(call, app))));
    Ok(Answer::json(200, &shown.collect::<Vec<_>>()))
}

fn create(call: &mut Call<'_>) -> Outcome {
    let fields = call.fields(&["name", "description", "website_url"])?;
    let mut app = App {
        id: random::uuid(),
        name: fields.required("name", text(1, NAME_MAX))?,
        description: None,
        website_url: fields.optional("website_url", web_url)?,
        archived_at: None,
        created_at: call.now,
        updated_at: call.now,
    };
    let description = fields.change("description", text(1, DESCRIPTION_MAX))?;
    description.apply(&mut app.description);
    let (id, details) = (app.id.clone(), json!({ "name": app.name }));
    let stats = stats(call, &app);
    let answer = Answer::json(201, &app.shown(Some(stats)));
    call.state.apps.add(app);
    note(call, "app.created", &id, details);
    Ok(answer)
}

fn show(call: &mut Call<'_>) -> Outcome {
    answer(call, 200)
}

fn update(call: &mut Call<'_>) -> Outcome {
    let mut app = call.live_app()?.clone();
    let fields = call.fields(&["name", "description", "website_url"])?;
    if let Some(name) = fields.optional("name", text(1, NAME_MAX))? {
        app.name = name;
    }
    let description = fields.change("description", text(1, DESCRIPTION_MAX))?;
    description.apply(&mut app.description);
    fields
        .change("website_url", web_url)?
        .apply(&mut app.website_url);
    put(
        call,
        app,
        "app.updated",
        json!({ "changed": fields.names() }),
    )
}

fn archive(call: &mut Call<'_>) -> Outcome {
    call.fields(&[])?;
    let mut app = call.app()?.clone();
    if app.archived_at.is_some() {
        let message = format!("The app {} is archived already.", app.name);
        return Err(Refusal::conflict("app_already_archived", message));
    }
    app.archived_at = Some(call.now);
    put(call, app, "app.archived", json!({}))
}

fn unarchive(call: &mut Call<'_>) -> Outcome {
    call.fields(&[])?;
    let mut app = call.app()?.clone();
    if app.archived_at.take().is_none() {
        let message = format!("The app {} is not archived.", app.name);
        return Err(Refusal::conflict("app_not_archived", message));
    }
    put(call, app, "app.unarchived", json!({}))
}

fn put(call: &mut Call<'_>, mut app: App, action: &str, details: Value) -> Outcome {
    app.updated_at = call.now;
    let id = app.id.clone();
    if let Some(kept) = call.state.apps.get_mut(&id) {
        *kept = app;
    }
    note(call, action, &id, details);
    answer(call, 200)
}

fn delete(call: &mut Call<'_>) -> Outcome {
    let app = call.app()?;
    let confirm = call.fields(&["confirm"])?.required("confirm", string)?;
    if confirm != app.name {
        let message = "`confirm` must be the app's exact name.";
        return Err(Refusal::conflict("confirmation_mismatch", message));
    }
    let (id, details) = (app.id.clone(), json!({ "name": app.name }));
    call.state.delete_app(&id);
    note(call, "app.deleted", &id, details);
    Ok(Answer::json(
        200,
        &Deleted {
            id: &id,
            deleted: true,
        },
    ))
}

#[derive(Serialize)]
struct Deleted<'a> {
    id: &'a str,
    deleted: bool,
}

fn note(call: &mut Call<'_>, action: &str, id: &str, details: Value) {
    let subject = Subject {
        kind: "app",
        id,
        app_id: Some(id),
    };
    call.note(action, subject, details);
}
