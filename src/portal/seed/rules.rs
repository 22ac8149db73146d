//! Policy rules: one for each kind of target, and one of each type.

use serde_json::{Value, json};

use super::timeline::Timeline;
use crate::portal::demo_ids::{APP_IDS, agent_id, numbered};
use crate::portal::policy::{Rule, StoredRule, Target};

/// The rule that forbids what some of the demo's calls try.
pub(super) const FORBIDDEN: (&str, &str) = ("slack", "DELETE");

/// App, type, name, whether it is enabled, kind and id of its target, age in days, body.
type Row = (usize, &'static str, &'static str, bool, (&'static str, Option<String>), i64, Value);

/// What happened to rules.
pub(super) fn add(timeline: &mut Timeline) {
    let (provider, method) = FORBIDDEN;
    let office = json!({ "allow": ["203.0.113.0/24", "2001:db8::/32"] });
    let by_day = json!({ "business_hours_only": true, "weekdays_only": true });
    let asking = json!({
        "effect": "require_approval",
        "approval": { "approvers": ["dana@northwind.example"], "expires_in_seconds": 900 },
        "when": { "method": ["POST", "PUT", "DELETE"] }
    });
    let deny = |when: Value| json!({ "when": when, "effect": "deny" });
    let forbidden = deny(json!({ "provider_id": provider, "method": [method, "PUT"] }));
    let staging = deny(json!({ "environment": "staging" }));
    let rows: [Row; 6] = [
        (0, "json_match", "Nothing is deleted in Slack", true, ("app", None), 40, forbidden),
        (0, "ip_allowlist", "From the office only", false, ("app", None), 39, office),
        (0, "time_window", "Triage by day", true, ("agent", Some(agent_id(2))), 30, by_day),
        (
            0,
            "require_approval",
            "Ask before GitHub is changed",
            true,
            ("grant", Some(numbered("9a470000", 5))),
            26,
            asking,
        ),
        (
            0,
            "json_match",
            "Mail is only read",
            true,
            ("provider", Some("google".to_owned())),
            25,
            deny(json!({ "method": ["PUT", "PATCH", "DELETE"] })),
        ),
        (1, "json_match", "Not from staging", true, ("app", None), 18, staging),
    ];
    for (number, (app, kind, name, enabled, target, age, body)) in rows.into_iter().enumerate() {
        let at = timeline.ago(age);
        let rule = Rule {
            id: numbered("901c0000", number),
            kind: kind.to_owned(),
            body,
            name: Some(name.to_owned()),
            description: None,
            enabled,
            target: Target { kind: target.0.to_owned(), id: target.1 },
            created_at: at,
            updated_at: at,
        };
        timeline.add(at, "created", StoredRule { app_id: APP_IDS[app].to_owned(), rule });
    }
}
