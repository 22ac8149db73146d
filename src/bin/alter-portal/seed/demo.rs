//! A small believable organization: two apps, who and what uses them, and a week of runtime calls.

use alter::auth::scopes;

use super::timeline::Timeline;
use super::{agents, apps, people, providers, secrets};
use crate::audit::synthetic::{number, verdict};
use crate::audit::{self, AuditEvent};
use crate::demo_ids::{APP_IDS, agent_id};
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
    let mut timeline = Timeline::new(now);
    apps::add(&mut timeline);
    people::add(&mut timeline);
    agents::add(&mut timeline);
    providers::add(&mut timeline);
    secrets::add(&mut timeline);
    timeline.play(&mut state);
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

fn add_events(state: &mut State, now: Stamp) {
    for number in 0..EVENTS {
        let age = i64::try_from(EVENTS - number).unwrap_or(0) * EVENT_SPACING;
        let event = event(state, number, now.plus(-age));
        audit::record(&mut state.tables, event);
    }
}

fn event(state: &State, at: usize, created_at: Stamp) -> AuditEvent {
    const CALLS: [(&str, &str, &str); 4] = [
        ("github", "GET", "https://api.github.com/user/repos"),
        ("google", "GET", "https://gmail.googleapis.com/gmail/v1/users/me/messages"),
        ("slack", "POST", "https://slack.com/api/chat.postMessage"),
        ("stripe", "GET", "https://api.stripe.com/v1/invoices"),
    ];
    let (provider, method, url) = CALLS[at / 2 % CALLS.len()];
    // Two of three threads are the first app's.
    let app = usize::from(at / 20 % 3 == 2);
    let actor = ["support-bot", "invoice-bot"][app];
    let key = state.tables.of::<StoredKey>().iter().find(|key| key.app_id == APP_IDS[app]);
    let (status, decision, outcome, reason) = verdict(at / 2);
    AuditEvent {
        id: format!("e7e47000-0001-4000-8000-{at:012x}"),
        created_at,
        trace_id: format!("7ace0000-0001-4000-8000-{:012x}", at / 2),
        thread_id: Some(format!("74ead000-0001-4000-8000-{:012x}", at / 20)),
        app_id: APP_IDS[app].to_owned(),
        actor_id: Some(agent_id(app)),
        actor_name: Some(actor.to_owned()),
        api_key_id: key.map(|key| key.key.id.clone()),
        caller_key_prefix: key.map(|key| key.key.prefix.clone()),
        caller: Some(actor.to_owned()),
        tool_name: (at % 2 == 1).then(|| format!("{provider}.call")),
        run_id: Some(format!("run-{}", at / 20)),
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
