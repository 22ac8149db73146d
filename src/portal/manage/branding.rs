//! How an app's own pages look to those who connect their accounts.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{Checked, text, web_url, wrong};
use crate::portal::handler::fields::Fields;
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::portal_actions::Subject;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

const READ: &str = "dashboard_branding:read";
const WRITE: &str = "dashboard_branding:write";

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "/apps/{app}/branding", READ, show),
    Route::new("PUT", "/apps/{app}/branding", WRITE, replace),
    Route::new("PATCH", "/apps/{app}/branding", WRITE, update),
    Route::new("DELETE", "/apps/{app}/branding", WRITE, reset),
];

const MAX_FONT_FAMILY: usize = 200;
const COLORS: [&str; 3] = ["primary", "text", "background"];

/// The branding of an app as it is kept; without one it has none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredBranding {
    app_id: String,
    branding: Branding,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Branding {
    logo_url: String,
    colors: Colors,
    font_family: Option<String>,
    updated_at: Stamp,
}

/// Each `#RRGGBB`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Colors {
    primary: String,
    text: String,
    background: String,
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

impl Colors {
    fn place(&mut self, name: &str) -> &mut String {
        match name {
            "primary" => &mut self.primary,
            "text" => &mut self.text,
            _ => &mut self.background,
        }
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
    call.fields(|fields| {
        branding.logo_url = fields.required("logo_url", secure_url);
        colors(fields, &mut branding.colors, true);
        branding.font_family = fields.nullable("font_family", text(1, MAX_FONT_FAMILY));
    })?;
    keep(call, "branding.replaced", branding)
}

fn update(call: &mut Call<'_>) -> Outcome {
    let before = configured(call).map(|stored| stored.branding.clone());
    let mut branding = before.clone().unwrap_or_default();
    branding.updated_at = call.now;
    call.fields(|fields| {
        if fields.is_empty() {
            let msg = "Give at least one of logo_url, colors, font_family";
            fields.refuse("", "missing", msg);
        }
        if let Some(url) = fields.optional("logo_url", secure_url) {
            branding.logo_url = url;
        }
        if fields.has("colors") {
            colors(fields, &mut branding.colors, false);
        }
        if fields.has("font_family") {
            branding.font_family = fields.nullable("font_family", text(1, MAX_FONT_FAMILY));
        }
    })?;
    if before.is_none() {
        let message = "This app has no branding to change; replace it as a whole.";
        return Err(Refusal::conflict("branding_not_configured", message));
    }
    keep(call, "branding.updated", branding)
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
    call.no_fields()?;
    let app_id = configured(call).ok_or_else(not_found)?.app_id.clone();
    call.state.tables.of_mut::<StoredBranding>().remove(&app_id);
    note(call, "branding.reset", &app_id);
    Ok(Response::json(200, &json!({ "id": app_id, "deleted": true })))
}

fn note(call: &mut Call<'_>, action: &str, app_id: &str) {
    let subject = Subject { kind: "branding", id: app_id, app_id: Some(app_id) };
    call.note(action, subject, json!({}));
}

fn secure_url(value: &Value) -> Checked<String> {
    let url = web_url(value)?;
    if url.starts_with("https://") {
        Ok(url)
    } else {
        wrong("url_scheme", "Input should be an https URL")
    }
}

/// Takes the colors that are given: all, or some.
fn colors(fields: &mut Fields, colors: &mut Colors, all: bool) {
    let given = fields.required("colors", |value| match value.as_object() {
        Some(map) => Ok(Some(map.clone())),
        None => wrong("dict_type", "Input should be an object"),
    });
    let Some(given) = given else {
        return;
    };
    let mut refuse = |name: &str, kind, msg: &str| {
        fields.refuse_within("colors", std::iter::once(name.to_owned()), kind, msg);
    };
    for name in COLORS {
        match given.get(name).map(color) {
            Some(Some(color)) => *colors.place(name) = color,
            Some(None) => refuse(name, "color", "Input should be a color such as #1A2B3C"),
            None if all => refuse(name, "missing", "Field required"),
            None => {}
        }
    }
    for name in given.keys().filter(|name| !COLORS.contains(&name.as_str())) {
        refuse(name, "extra_forbidden", "Extra inputs are not permitted");
    }
    if given.is_empty() && !all {
        fields.refuse("colors", "missing", format!("Give at least one of {}", COLORS.join(", ")));
    }
}

fn color(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| text.to_owned())
}
