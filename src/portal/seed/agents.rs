//! Agents: some at work, one suspended, one gone.

use serde_json::{Value, json};

use super::timeline::Timeline;
use crate::portal::demo_ids::{APP_IDS, agent_id, numbered};
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::agents::keys::StoredAgentKey;

/// App, number, name, display name, type, status, age in days, scopes.
type Row = (usize, usize, &'static str, &'static str, &'static str, &'static str, i64, Value);

/// What happened to agents and their keys.
pub(super) fn add(timeline: &mut Timeline) {
    let rows: [Row; 5] = [
        (0, 4, "faq-bot", "FAQ bot", "agent", "revoked", 58, json!({})),
        (
            0,
            0,
            "support-bot",
            "Support bot",
            "agent",
            "active",
            50,
            json!({"google": ["openid", "email"], "slack": ["chat:write"], "managed_secret_slugs": ["stripe", "twilio"]}),
        ),
        (0, 2, "triage", "Ticket triage", "agent", "active", 33, json!({})),
        (
            0,
            3,
            "night-watch",
            "Night watch",
            "service",
            "inactive",
            21,
            json!({"slack": ["chat:write"]}),
        ),
        (
            1,
            1,
            "invoice-bot",
            "Invoice bot",
            "service",
            "active",
            23,
            json!({"google": ["openid"]}),
        ),
    ];
    for (app, number, name, display_name, kind, status, age, scopes) in rows {
        let at = timeline.ago(age);
        let mut stored = StoredAgent::blank(APP_IDS[app], at);
        let agent = &mut stored.agent;
        agent.id = agent_id(number);
        name.clone_into(&mut agent.name);
        agent.display_name = Some(display_name.to_owned());
        kind.clone_into(&mut agent.kind);
        status.clone_into(&mut agent.status);
        agent.scopes = scopes.as_object().cloned().unwrap_or_default();
        if agent.is_active() {
            agent.last_used_at = Some(timeline.now.plus(-900));
        }
        let mut first = StoredAgentKey::fresh(&stored, 1, at);
        first.key.key_id = numbered("a9e4e100", 2 * number);
        let second_at = timeline.ago(age / 2);
        let mut second = StoredAgentKey::fresh(&stored, 2, second_at);
        second.key.key_id = numbered("a9e4e100", 2 * number + 1);
        let gone_at = timeline.ago(40);
        if stored.agent.is_revoked() {
            first.key.revoked_at = Some(gone_at);
            timeline.note(gone_at, "revoked", &first);
            timeline.note(gone_at, "revoked", &stored);
        }
        timeline.add(at, "created", stored);
        // One agent has two keys, and its first is on its way out.
        let two = number == 0;
        if two {
            first.key.deprecated_at = Some(second_at);
            timeline.note(second_at, "deprecated", &first);
        }
        timeline.add(at, "minted", first);
        if two {
            timeline.add(second_at, "minted", second);
        }
    }
}
