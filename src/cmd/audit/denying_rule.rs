//! The rule that denied a call, found among the rules of the row's app, agent, provider and grant.

use crate::api::policy::{self, Rules};
use crate::base::id::Id;
use crate::http::request::Request;
use crate::output::json::Object;
use crate::output::shell;
use crate::session::Session;

/// A rule by name, and the command that shows it.
pub(super) struct DenyingRule {
    /// Its name and type.
    pub(super) name: String,
    /// `alter policy rules get …`
    pub(super) get: String,
}

/// What the rules of a row may be about: how they are found, the flag that names it, and the key of the row that holds it.
const TARGETS: [(&Rules, &str, &str); 4] = [
    (&policy::OF_APP, "", ""),
    (&policy::OF_AGENT, "--agent", "actor_id"),
    (&policy::OF_PROVIDER, "--provider", "provider_id"),
    (&policy::OF_GRANT, "--grant", "grant_id"),
];

/// Looks the rule up that the row names. Nothing is found where the PAT may not read rules, or the rule is gone.
pub(super) fn find(session: &Session, row: &Object) -> Option<DenyingRule> {
    let rule = Id::parse("rule", &named(row)?).ok()?;
    let app = Id::parse("app", &row.string("app_id")?).ok()?;
    TARGETS.into_iter().find_map(|(rules, flag, key)| {
        let part = match key {
            "" => None,
            key => Some(Id::parse(key, &row.string(key)?).ok()?),
        };
        let ids: Vec<&Id> =
            [Some(&app), part.as_ref(), Some(&rule)].into_iter().flatten().collect();
        let response = session.look_up(&Request::of(rules.show, &ids))?;
        let found = Object::parse(response.json().ok()?)?;
        let name = found.string("name").unwrap_or_else(|| rule.text().to_owned());
        let rule_type = found.string("rule_type").unwrap_or_default();
        let word = |id: &Id| shell::word(id.text());
        let target = part.map_or_else(String::new, |part| format!(" {flag} {}", word(&part)));
        let get = format!("alter policy rules get --app {} --rule {}", word(&app), word(&rule));
        Some(DenyingRule { name: format!("{name} ({rule_type})"), get: get + &target })
    })
}

/// Returns the id of the rule in the words of the row: `denied by rule ID`.
fn named(row: &Object) -> Option<String> {
    let is_id = |word: &&str| word.len() == 36 && word.matches('-').count() == 4;
    ["policy_error", "reason"].into_iter().find_map(|key| {
        let text = row.string(key)?;
        text.split_whitespace().find(is_id).map(str::to_owned)
    })
}
