//! A small believable organization: two apps, their keys, and a week of runtime calls.

use alter::auth::scopes;
use serde_json::json;

use crate::audit::AuditEvent;
use crate::audit::synthetic::{number, verdict};
use crate::demo_ids::{APP_IDS, agent_id};
use crate::journal::{self, Principal, Subject};
use crate::resources::apps::App;
use crate::resources::pats::{self, NewPat};
use crate::resources::stored_key::StoredKey;
use crate::stamp::Stamp;
use crate::store::state::State;

/// What the plaintexts of PATs that do not work begin with.
pub(crate) const DEMO_PAT: &str = "alter_pat_demo_";
/// PATs that do not work. Their plaintexts are fixed, and stand in the help.
const EXPIRED_PAT: &str = "alter_pat_demo_expired_0000000000000000000000000000";
const REVOKED_PAT: &str = "alter_pat_demo_revoked_0000000000000000000000000000";

/// A week of them, one each 36 minutes.
const EVENTS: usize = 280;
const EVENT_SPACING: i64 = 36 * 60;

/// The demo organization as it stands now.
pub(crate) fn demo(now: Stamp) -> State {
    let mut state = super::empty(now);
    add_pats(&mut state, now);
    add_apps_and_keys(&mut state, now);
    add_events(&mut state, now);
    state
}

fn add_pats(state: &mut State, now: Stamp) {
    for (name, plaintext) in [("expired", EXPIRED_PAT), ("revoked", REVOKED_PAT)] {
        let new = NewPat {
            name: name.to_owned(),
            plaintext: plaintext.to_owned(),
            scopes: scopes::all(),
            created_at: now.plus_days(-90),
            expires_at: (name == "expired").then(|| now.plus_days(-1)),
            revoked_at: (name == "revoked").then(|| now.plus_days(-1)),
        };
        pats::add(state, new);
    }
}

/// In the order of their making, for that is the order of every list.
fn add_apps_and_keys(state: &mut State, now: Stamp) {
    let [copilot, runner] = APP_IDS;
    let purpose = "Answers tickets with the tools customers connect";
    add_app(state, copilot, "Support Copilot", purpose, now.plus_days(-61));
    let mut first = key(copilot, "rk", "first-try", now.plus_days(-61));
    first.key.revoked_at = Some(now.plus_days(-59));
    add_key(state, first);
    add_key(state, key(copilot, "rk", "backend", now.plus_days(-60)));
    let parent = key(copilot, "ak", "agent-fleet", now.plus_days(-30));
    let parent_id = parent.key.id.clone();
    add_key(state, parent);
    let purpose = "Collects and files supplier invoices every night";
    add_app(state, runner, "Invoice Runner", purpose, now.plus_days(-24));
    add_key(state, key(runner, "rk", "nightly", now.plus_days(-24)));
    let mut derived = key(copilot, "dk", "derived-from-fleet", now.plus(-3600));
    derived.key.parent_key_id = Some(parent_id);
    derived.key.expires_at = Some(now.plus_days(1));
    add_key(state, derived);
}

fn add_app(state: &mut State, id: &str, name: &str, description: &str, created_at: Stamp) {
    let slug = name.to_lowercase().replace(' ', "-");
    state.tables.of_mut().add(App {
        id: id.to_owned(),
        name: name.to_owned(),
        description: Some(description.to_owned()),
        website_url: Some(format!("https://{slug}.northwind.example")),
        ..App::blank(created_at)
    });
    let subject = Subject { kind: "app", id, app_id: Some(id) };
    note(state, created_at, "app.created", subject, name);
}

fn key(app_id: &str, kind: &str, name: &str, created_at: Stamp) -> StoredKey {
    let scopes = ["tokens:retrieve", "proxy:execute", "audit:emit"];
    let scopes = scopes.map(str::to_owned).to_vec();
    StoredKey::fresh(app_id, kind, name.to_owned(), scopes, created_at)
}

fn add_key(state: &mut State, key: StoredKey) {
    let subject = Subject { kind: "key", id: &key.key.id, app_id: Some(&key.app_id) };
    note(state, key.key.created_at, "key.minted", subject, &key.key.name);
    state.tables.of_mut().add(key);
}

/// The demo's past is the work of its one person in the dashboard.
fn note(state: &mut State, at: Stamp, action: &str, subject: Subject<'_>, name: &str) {
    let person = Principal::person(&state.user.id, &state.user.email);
    journal::note(state, at, action, person, subject, json!({ "name": name }));
}

fn add_events(state: &mut State, now: Stamp) {
    for number in 0..EVENTS {
        let age = i64::try_from(EVENTS - number).unwrap_or(0) * EVENT_SPACING;
        let event = event(state, number, now.plus(-age));
        state.tables.of_mut().add(event);
    }
}

fn event(state: &State, at: usize, created_at: Stamp) -> AuditEvent {
    const CALLS: [(&str, &str, &str); 4] = [
        ("github", "GET", "https://api.github.com/user/repos"),
        ("google", "GET", "https://gmail.googleapis.com/gmail/v1/users/me/messages"),
        ("slack", "POST", "https://slack.com/api/chat.postMessage"),
        ("stripe", "GET", "https://api.stripe.com/v1/invoices"),
    ];
    let (provider, method, url) = CALLS[at % CALLS.len()];
    // Two of three calls are the first app's.
    let app = usize::from(at % 3 == 2);
    let key = state.tables.of::<StoredKey>().iter().find(|key| key.app_id == APP_IDS[app]);
    let (status, decision, outcome, reason) = verdict(at);
    AuditEvent {
        id: format!("e7e47000-0001-4000-8000-{at:012x}"),
        created_at,
        trace_id: format!("7ace0000-0001-4000-8000-{:012x}", at / 2),
        thread_id: Some(format!("74ead000-0001-4000-8000-{:012x}", at / 20)),
        app_id: APP_IDS[app].to_owned(),
        actor_id: Some(agent_id(app)),
        actor_name: Some(["support-bot", "invoice-bot"][app].to_owned()),
        api_key_id: key.map(|key| key.key.id.clone()),
        key_prefix: key.map(|key| key.key.prefix.clone()),
        provider_id: Some(provider.to_owned()),
        action: ["token.retrieved", "provider.called"][at % 2].to_owned(),
        method: Some(method.to_owned()),
        url: Some(url.to_owned()),
        response_status: Some(status),
        latency_ms: number(&format!("{}.{}", 40 + at * 37 % 400, at % 10)),
        policy_decision: Some(decision.to_owned()),
        outcome: outcome.to_owned(),
        reason: reason.map(str::to_owned),
        principal_type: Some("agent".to_owned()),
        ..AuditEvent::default()
    }
}
