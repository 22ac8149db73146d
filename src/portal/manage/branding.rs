//! How an app's own pages look to those who connect their accounts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::api::branding;
use crate::portal::handler::body::Body;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::{Issue, Refusal};
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::portal_actions::Subject;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(&branding::GET, show),
    Route::new(&branding::REPLACE, replace),
    Route::new(&branding::UPDATE, update).check(change_faults),
    Route::new(&branding::RESET, reset),
];

/// The branding of an app as it is kept; without one it has none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredBranding {
    app_id: String,
    pub(crate) branding: Branding,
}

/// How the pages of an app look.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Branding {
    pub(crate) logo_url: String,
    pub(crate) colors: Colors,
    pub(crate) font_family: Option<String>,
    updated_at: Stamp,
}

/// Each `#RRGGBB`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Colors {
    pub(crate) primary: String,
    pub(crate) text: String,
    pub(crate) background: String,
}

impl Row for StoredBranding {
    const TABLE: &'static str = "branding";

    fn id(&self) -> &str {
        &self.app_id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

fn configured<'a>(call: &'a Call<'_>) -> Option<&'a StoredBranding> {
    call.state.tables.of::<StoredBranding>().get(call.params.get("app"))
}

fn not_found() -> Refusal {
    Refusal::not_found("branding_not_found", "This app has no branding of its own.")
}

fn show(call: &mut Call<'_>) -> Outcome {
    let stored = configured(call).ok_or_else(not_found)?;
    Ok(Response::json(200, &stored.branding))
}

fn replace(call: &mut Call<'_>) -> Outcome {
    let mut branding = Branding { updated_at: call.now, ..Branding::default() };
    fill(&call.body, &mut branding)?;
    keep(call, "branding.replaced", branding)
}

fn update(call: &mut Call<'_>) -> Outcome {
    let Some(stored) = configured(call) else {
        let message = "This app has no branding to change; replace it as a whole.";
        return Err(Refusal::conflict("branding_not_configured", message));
    };
    let mut branding = Branding { updated_at: call.now, ..stored.branding.clone() };
    fill(&call.body, &mut branding)?;
    keep(call, "branding.updated", branding)
}

fn fill(body: &Body, branding: &mut Branding) -> Result<(), Refusal> {
    body.set("logo_url", &mut branding.logo_url)?;
    body.set("font_family", &mut branding.font_family)?;
    let colors = body.object("colors").unwrap_or_default();
    colors.set("primary", &mut branding.colors.primary)?;
    colors.set("text", &mut branding.colors.text)?;
    colors.set("background", &mut branding.colors.background)
}

/// Finds colors without a color.
fn change_faults(_: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let colors = keys.get("colors").and_then(Value::as_object);
    let empty = colors.filter(|colors| colors.is_empty());
    let msg = "must have at least one of primary, text, background";
    empty.map(|_| Issue::new("body", "colors", "missing", msg)).into_iter().collect()
}

fn keep(call: &mut Call<'_>, action: &str, branding: Branding) -> Outcome {
    let answer = Response::json(200, &branding);
    let app_id = call.params.get("app").to_owned();
    let table = call.state.tables.of_mut::<StoredBranding>();
    if table.change(&app_id, |stored| stored.branding.clone_from(&branding)).is_none() {
        table.add(StoredBranding { app_id: app_id.clone(), branding });
    }
    note(call, action, &app_id);
    Ok(answer)
}

fn reset(call: &mut Call<'_>) -> Outcome {
    let app_id = configured(call).ok_or_else(not_found)?.app_id.clone();
    call.state.tables.of_mut::<StoredBranding>().remove(&app_id);
    note(call, "branding.reset", &app_id);
    Ok(Response::json(200, &json!({ "id": app_id, "deleted": true })))
}

fn note(call: &mut Call<'_>, action: &str, app_id: &str) {
    let subject = Subject { kind: "branding", id: app_id, app_id: Some(app_id) };
    call.note(action, subject, json!({}));
}
