//! Decisions: against a second implementation that is slow and obvious, and at the edges of clocks and addresses.

mod edges;
mod obvious;
mod random;

use serde_json::Value;

use super::decide::Decision;
use super::{Request, Rule, StoredRule, Target, decide};
use crate::portal::timestamp::Stamp;

const APP: &str = "app-1";

/// A rule that is enabled.
fn rule(id: usize, rule_type: &str, body: Value, target: Target) -> StoredRule {
    let rule = Rule {
        id: format!("rule-{id}"),
        kind: rule_type.to_owned(),
        body,
        name: None,
        description: None,
        enabled: true,
        target,
        created_at: Stamp::default(),
        updated_at: Stamp::default(),
    };
    StoredRule { app_id: APP.to_owned(), rule }
}

/// A decision in one line.
fn line(decision: &Decision<'_>) -> String {
    match decision {
        Decision::Allow => "allow".to_owned(),
        Decision::Deny(rule) => format!("deny {}", rule.rule.id),
        Decision::Error(rule, _) => format!("error {}", rule.rule.id),
        Decision::Hold(rules) => {
            let ids: Vec<&str> = rules.iter().map(|rule| rule.rule.id.as_str()).collect();
            format!("hold {}", ids.join(" "))
        }
    }
}
