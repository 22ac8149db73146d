//! Two apps and their runtime keys, and an app that was given up.

use serde_json::json;

use super::timeline::Timeline;
use crate::portal::demo_ids::{APP_IDS, ARCHIVED_APP_ID};
use crate::portal::manage::apps::App;
use crate::portal::manage::stored_key::StoredKey;
use crate::portal::portal_actions::{self, Subject};
use crate::portal::timestamp::Stamp;

/// When each app was made, in days before now.
const AGES: [i64; 2] = [61, 24];

/// What happened to apps and keys.
pub(super) fn add(timeline: &mut Timeline) {
    let [copilot, runner] = APP_IDS;
    let purposes = [
        ("Support Copilot", "Answers tickets with the tools customers connect"),
        ("Invoice Runner", "Collects and files supplier invoices every night"),
    ];
    for ((id, age), (name, purpose)) in APP_IDS.iter().zip(AGES).zip(purposes) {
        timeline.add(timeline.ago(age), "created", app(id, name, purpose, timeline.ago(age)));
    }
    let (name, purpose) = ("Hiring Pilot", "Sorted applications for one season");
    let mut pilot = app(ARCHIVED_APP_ID, name, purpose, timeline.ago(90));
    pilot.archived(Some(timeline.ago(33)));
    timeline.note(timeline.ago(33), "archived", &pilot);
    timeline.add(pilot.created_at, "created", pilot);
    let mut first = key(copilot, "rk", "first-try", timeline.ago(61));
    first.key.revoked_at = Some(timeline.ago(59));
    mint(timeline, first);
    mint(timeline, key(copilot, "rk", "backend", timeline.ago(60)));
    let parent = key(copilot, "ak", "agent-fleet", timeline.ago(30));
    let mut derived = key(copilot, "dk", "derived-from-fleet", timeline.now.plus(-3600));
    derived.key.parent_key_id = Some(parent.key.id.clone());
    derived.key.expires_at = Some(timeline.now.plus_days(1));
    mint(timeline, parent);
    mint(timeline, key(runner, "rk", "nightly", timeline.ago(24)));
    mint(timeline, derived);
}

fn app(id: &str, name: &str, description: &str, created_at: Stamp) -> App {
    let slug = name.to_lowercase().replace(' ', "-");
    App {
        id: id.to_owned(),
        name: name.to_owned(),
        description: Some(description.to_owned()),
        website_url: Some(format!("https://{slug}.northwind.example")),
        ..App::blank(created_at)
    }
}

fn key(app_id: &str, kind: &str, name: &str, created_at: Stamp) -> StoredKey {
    let scopes = ["tokens:retrieve", "proxy:execute", "audit:emit"];
    let scopes = scopes.map(str::to_owned).to_vec();
    StoredKey::fresh(app_id, kind, name.to_owned(), scopes, created_at)
}

fn mint(timeline: &mut Timeline, key: StoredKey) {
    let at = key.key.created_at;
    timeline.step(at, move |state, person| {
        let subject = Subject { kind: "key", id: &key.key.id, app_id: Some(&key.app_id) };
        let details = json!({ "name": key.key.name });
        portal_actions::note(state, at, "key.minted", person.clone(), subject, details);
        state.tables.of_mut().add(key);
    });
}
