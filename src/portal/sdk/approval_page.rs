//! What a person is shown of a call that waits for an approval, and of what came of it.

use serde_json::Value;

use super::approvals::Approval;
use crate::portal::manage::apps::App;
use crate::portal::policy::StoredRule;
use crate::portal::store::Tables;

/// Characters of a body that are shown: more than a person reads, and less than a browser minds.
const MAX_SHOWN: usize = 4000;

impl Approval {
    /// Method and address.
    pub(crate) fn call(&self) -> String {
        format!("{} {}", self.wanted.method, self.wanted.url)
    }

    /// The name of who asks.
    pub(crate) fn asked_by(&self) -> String {
        self.event.caller.clone().unwrap_or_default()
    }

    /// The rows that say which call it is, in a person's words. A rule without a name goes by its id.
    pub(crate) fn question(&self, tables: &Tables) -> Vec<(&'static str, String)> {
        let name = |id: &str| tables.of::<StoredRule>().get(id)?.rule.name.clone();
        let rules = self.gates.iter().map(|gate| name(&gate.rule).unwrap_or(gate.rule.clone()));
        let rules: Vec<String> = rules.collect();
        let provider = self.event.provider_id.as_deref().unwrap_or_default();
        let app = tables.of::<App>().get(&self.asker.app_id).map(|app| app.name.clone());
        let headers = self.wanted.headers.iter().map(|(name, value)| format!("{name}: {value}"));
        let rows = [
            ("Call", self.call()),
            ("Headers", headers.collect::<Vec<_>>().join("\n")),
            ("Body", self.wanted.body.as_ref().map(body).unwrap_or_default()),
            ("Grant", format!("{provider}, {}", self.grant_id)),
            ("App", app.unwrap_or_default()),
            ("Asked by", self.asked_by()),
            ("Reason", self.event.reason.clone().unwrap_or_default()),
            ("Rule", rules.join(", ")),
        ];
        rows.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// What came of it, as far as it has come: a word for the title, and a sentence.
    pub(crate) fn outcome(&self) -> (&'static str, String) {
        let why = self.execution_error.as_deref().unwrap_or_default();
        match self.status.as_str() {
            "pending" => {
                let left = self.open().count();
                let more = if left == 1 { "one more decision" } else { "more decisions" };
                ("Allowed", format!("It is allowed here. The call waits for {more}."))
            }
            "executing" => ("Allowed", "It is allowed. The call is being made.".to_owned()),
            "executed" => {
                let status = self.result.as_ref().map(|result| result["status_code"].to_string());
                let answer = status.map(|status| format!(" The answer: {status}."));
                let answer = answer.unwrap_or_default();
                ("Allowed", format!("It is allowed, and the call was made.{answer}"))
            }
            "denied" => ("Denied", "It is denied. The call is not made.".to_owned()),
            "expired" => {
                let end = self.gates.iter().map(|gate| gate.expires_at).min().unwrap_or_default();
                ("Too late", format!("Nobody decided before {end}, so the call is not made."))
            }
            _ if self.executed_at.is_none() => {
                ("Not made", format!("It was allowed, but the call may no longer be made. {why}"))
            }
            _ => ("Failed", format!("It was allowed, but the call failed. {why}")),
        }
    }
}

/// A body as a person reads it, cut where it is very long.
fn body(body: &Value) -> String {
    let text = match body {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    };
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => {
            format!("{}\n… and {} more characters", &text[..end], text[end..].chars().count())
        }
        None => text,
    }
}
