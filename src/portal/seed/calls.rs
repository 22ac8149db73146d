//! A week of runtime calls, decided by the rules of the demo.

use super::people::user_id;
use super::rules::FORBIDDEN;
use crate::portal::audit::synthetic::{number, verdict};
use crate::portal::audit::{self, AuditEvent};
use crate::portal::demo_ids::{APP_IDS, agent_id, numbered};
use crate::portal::manage::stored_key::StoredKey;
use crate::portal::policy::{Request, StoredRule, decide};
use crate::portal::store::state::State;
use crate::portal::timestamp::Stamp;

/// One each 36 minutes.
const EVENTS: usize = 280;
const EVENT_SPACING: i64 = 36 * 60;
/// Events of one trace, and of one thread.
const TRACE: usize = 2;
const THREAD: usize = 20;

/// Something that is called.
struct Call {
    provider: &'static str,
    method: &'static str,
    url: &'static str,
    tool: &'static str,
    /// The grant it is called with, and whose: nobody's where it is a managed secret.
    grant: usize,
    user: Option<usize>,
}

/// What each app calls.
const CALLS: [&[Call]; 2] = [
    &[
        Call {
            provider: "github",
            method: "GET",
            url: "https://api.github.com/user/repos",
            tool: "github.list_repos",
            grant: 5,
            user: Some(3),
        },
        Call {
            provider: "google",
            method: "GET",
            url: "https://gmail.googleapis.com/gmail/v1/users/me/messages",
            tool: "gmail.search",
            grant: 0,
            user: Some(0),
        },
        Call {
            provider: "slack",
            method: "POST",
            url: "https://slack.com/api/chat.postMessage",
            tool: "slack.post",
            grant: 2,
            user: Some(0),
        },
        Call {
            provider: "stripe",
            method: "GET",
            url: "https://api.stripe.com/v1/invoices",
            tool: "stripe.invoices",
            grant: 100,
            user: None,
        },
    ],
    &[
        Call {
            provider: "google",
            method: "GET",
            url: "https://gmail.googleapis.com/gmail/v1/users/me/messages",
            tool: "gmail.search",
            grant: 7,
            user: Some(6),
        },
        Call {
            provider: "stripe",
            method: "GET",
            url: "https://api.stripe.com/v1/charges",
            tool: "stripe.charges",
            grant: 111,
            user: None,
        },
    ],
];

/// What the first app tries without success.
const TRIED: Call = Call {
    provider: FORBIDDEN.0,
    method: FORBIDDEN.1,
    url: "https://slack.com/api/conversations.archive",
    tool: "slack.archive",
    grant: 2,
    user: Some(0),
};

/// Adds the calls of the week before now.
pub(super) fn add(state: &mut State, now: Stamp) {
    for number in 0..EVENTS {
        let age = i64::try_from(EVENTS - number).unwrap_or(0) * EVENT_SPACING;
        let event = event(state, number, now.plus(-age));
        audit::record(&mut state.tables, event);
    }
}

fn event(state: &State, at: usize, created_at: Stamp) -> AuditEvent {
    // Two of three threads are the first app's.
    let app = usize::from(at / THREAD % 3 == 2);
    let actor = ["support-bot", "invoice-bot"][app];
    let (status, meant, outcome, reason) = verdict(at / TRACE);
    let call = match (meant, app) {
        ("DENY", 0) => &TRIED,
        _ => &CALLS[app][at / TRACE % CALLS[app].len()],
    };
    let agent = agent_id(app);
    let grant = numbered("9a470000", call.grant);
    let kind = if call.user.is_some() { "oauth" } else { "managed_secret" };
    let request = Request {
        app_id: APP_IDS[app],
        environment: Some("production"),
        agent_id: Some(&agent),
        provider_id: Some(call.provider),
        grant_id: Some(&grant),
        resource_kind: Some(kind),
        method: Some(call.method),
        at: created_at,
        ..Request::default()
    };
    let decision = decide(state.tables.of::<StoredRule>().iter(), &request);
    let (status, word, outcome, reason) = match (decision.word(), meant) {
        ("DENY", _) => (403, "DENY", "denied", Some("policy_denied")),
        // What is meant to be denied is, where there is a rule that does it.
        (word, "DENY") => (200, word, "success", None),
        (_, meant) => (status, meant, outcome, reason),
    };
    let mut keys = state.tables.of::<StoredKey>().of_app(APP_IDS[app]);
    let key = keys.find(|key| key.is_active(created_at));
    AuditEvent {
        id: format!("e7e47000-0001-4000-8000-{at:012x}"),
        created_at,
        trace_id: format!("7ace0000-0001-4000-8000-{:012x}", at / TRACE),
        thread_id: Some(format!("74ead000-0001-4000-8000-{:012x}", at / THREAD)),
        app_id: APP_IDS[app].to_owned(),
        api_key_id: key.map(|key| key.key.id.clone()),
        caller_key_prefix: key.map(|key| key.key.prefix.clone()),
        caller: Some(actor.to_owned()),
        actor_id: Some(agent),
        actor_name: Some(actor.to_owned()),
        principal_user_id: call.user.map(user_id),
        tool_name: Some(call.tool.to_owned()),
        run_id: Some(format!("run-{}", at / THREAD)),
        provider_id: Some(call.provider.to_owned()),
        grant_id: Some(grant),
        grant_kind: Some(kind.to_owned()),
        action: ["token.retrieved", "provider.called"][at % TRACE].to_owned(),
        method: Some(call.method.to_owned()),
        url: Some(call.url.to_owned()),
        response_status: Some(status),
        latency_ms: number(&format!("{}.{}", 40 + at * 37 % 400, at % 10)),
        policy_decision: Some(word.to_owned()),
        policy_error: match word {
            "ERROR" => Some("the policy service did not answer".to_owned()),
            _ => decision.why(),
        },
        outcome: outcome.to_owned(),
        reason: reason.map(str::to_owned),
        principal_type: Some(if call.user.is_some() { "user" } else { "system" }.to_owned()),
    }
}
