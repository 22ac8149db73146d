//! The front page: what is there, to look at and not to touch.

use super::html::{escape, page};
use crate::audit::{AuditEvent, Log};
use crate::http::response::Response;
use crate::journal::PortalAction;
use crate::policy::StoredRule;
use crate::portal::Portal;
use crate::resources::apps::App;
use crate::resources::managed_secrets::secret::StoredSecret;
use crate::resources::stored_key::StoredKey;
use crate::stamp::Stamp;
use crate::store::state::State;

const ROWS: usize = 20;

/// Shows apps, keys, secrets, rules, and the last of what happened.
pub(super) fn show(portal: &Portal) -> Response {
    let now = Stamp::now();
    let store = portal.store();
    let state = &store.state;
    let log = Log::of(&state.tables, &portal.computed);
    let keys = state.tables.of::<StoredKey>().iter().rev().map(|key| key_row(state, key, now));
    let calls = log.latest(ROWS);
    let actions = state.tables.of::<PortalAction>().iter().rev().take(ROWS);
    let content = [
        format!(
            "<h1>{}</h1>\n<p class=\"soft\">This page only shows what there is; changes go through the API.</p>\n",
            escape(&state.organization.name)
        ),
        table(
            "Apps",
            ["Name", "Id", "Status", "Created"],
            state.tables.of::<App>().iter().map(app_row),
        ),
        table("Keys", ["Name", "App", "Prefix", "Scopes", "Status", "Created"], keys),
        table(
            "Managed secrets",
            ["Slug", "Name", "App", "Type", "Created"],
            state.tables.of::<StoredSecret>().iter().rev().map(|secret| secret_row(state, secret)),
        ),
        table(
            "Policy rules",
            ["Name", "App", "Target", "Type", "Body", "Enabled"],
            state.tables.of::<StoredRule>().iter().rev().map(|stored| rule_row(state, stored)),
        ),
        table(
            "Last changes",
            ["Time", "Action", "Principal", "Resource", "App"],
            actions.map(|action| action_row(state, action)),
        ),
        table(
            "Last runtime calls",
            ["Time", "Action", "App", "Actor", "Provider", "Decision", "Status"],
            calls.iter().map(|call| call_row(state, call)),
        ),
    ];
    page(200, "Overview", &content.concat(), "form-action 'none'")
}

fn app_row(app: &App) -> [String; 4] {
    [app.name.clone(), app.id.clone(), app.status.clone(), time(app.created_at)]
}

fn key_row(state: &State, stored: &StoredKey, now: Stamp) -> [String; 6] {
    let key = &stored.key;
    [
        key.name.clone(),
        app_name(state, &stored.app_id),
        format!("{}…", key.prefix),
        key.scopes.join(", "),
        stored.status(now).to_owned(),
        time(key.created_at),
    ]
}

/// Without the credential.
fn secret_row(state: &State, stored: &StoredSecret) -> [String; 5] {
    let secret = &stored.secret;
    [
        secret.slug.clone(),
        secret.name.clone(),
        app_name(state, &stored.app_id),
        secret.credential_type.clone(),
        time(secret.created_at),
    ]
}

fn rule_row(state: &State, stored: &StoredRule) -> [String; 6] {
    let rule = &stored.rule;
    let target = rule.target.id.iter().fold(rule.target.kind.clone(), |kind, id| kind + " " + id);
    [
        rule.name.clone().unwrap_or_else(dash),
        app_name(state, &stored.app_id),
        target,
        rule.kind.clone(),
        rule.body.to_string(),
        if rule.enabled { "yes" } else { "no" }.to_owned(),
    ]
}

fn action_row(state: &State, action: &PortalAction) -> [String; 5] {
    let app = action.app_id.as_deref();
    [
        time(action.created_at),
        action.action.clone(),
        format!("{} ({})", action.principal.name, action.principal_kind),
        format!("{} {}", action.resource_type, action.resource_id),
        app.map_or_else(dash, |id| app_name(state, id)),
    ]
}

fn call_row(state: &State, call: &AuditEvent) -> [String; 7] {
    [
        time(call.created_at),
        call.action.clone(),
        app_name(state, &call.app_id),
        call.actor_name.clone().unwrap_or_else(dash),
        call.provider_id.clone().unwrap_or_else(dash),
        call.policy_decision.clone().unwrap_or_else(dash),
        call.response_status.map_or_else(dash, |status| status.to_string()),
    ]
}

fn app_name(state: &State, id: &str) -> String {
    let app = state.tables.of::<App>().get(id);
    app.map_or_else(|| id.to_owned(), |app| app.name.clone())
}

/// To the minute, which is what fits.
fn time(instant: Stamp) -> String {
    let text = instant.to_string();
    let (date, clock) = text.split_once('T').unwrap_or((&text, ""));
    format!("{date} {}Z", clock.get(..5).unwrap_or_default())
}

fn dash() -> String {
    "–".to_owned()
}

fn table<const N: usize>(
    title: &str,
    columns: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let cells = |row: [String; N]| {
        let cells = row.map(|cell| format!("<td>{}</td>", escape(&cell)));
        format!("<tr>{}</tr>\n", cells.concat())
    };
    let rows: String = rows.map(cells).collect();
    if rows.is_empty() {
        return format!("<h2>{title}</h2>\n<p class=\"soft\">None yet.</p>\n");
    }
    let head = columns.map(|column| format!("<th scope=\"col\">{column}</th>"));
    // A table wider than the window is scrolled, so it has to take the keyboard's focus.
    format!(
        "<h2>{title}</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\">\n\
         <table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n",
        head.concat()
    )
}
