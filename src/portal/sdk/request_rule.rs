//! The rule that a request puts on itself.

use crate::input::rule_body;
use crate::protocol::base64;
use crate::protocol::sign::REQUEST_RULE;
use serde::Deserialize;
use serde_json::Value;

use super::signature::header;
use crate::portal::handler::call::Call;
use crate::portal::handler::refusal::Refusal;
use crate::portal::policy::{Rule, StoredRule, Target};

const MAX_HEADER: usize = 4096;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Carried {
    rule_type: String,
    rule_body: Value,
}

/// The rule that a request carries, if it carries one.
pub(super) fn of(call: &Call<'_>) -> Result<Option<StoredRule>, Refusal> {
    let header = header(call.request, REQUEST_RULE);
    if header.is_empty() {
        return Ok(None);
    }
    let refuse = || {
        let message = "The request's rule is not base64url of {\"rule_type\", \"rule_body\"}.";
        Refusal::new(422, "invalid_request_rule", message)
    };
    let bytes = base64::from_url(header).filter(|_| header.len() <= MAX_HEADER);
    let carried: Carried =
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(refuse)?;
    // A type that the portal does not know is no mistake in the request; such a rule lets nothing pass.
    let known = rule_body::TYPES.contains(&carried.rule_type.as_str());
    if known && rule_body::check(&carried.rule_type, &carried.rule_body).is_err() {
        return Err(refuse());
    }
    Ok(Some(StoredRule {
        app_id: call.params.get("app").to_owned(),
        rule: Rule {
            id: "request".to_owned(),
            kind: carried.rule_type,
            body: carried.rule_body,
            name: Some("the request's own rule".to_owned()),
            description: None,
            enabled: true,
            target: Target::app(),
            created_at: call.now,
            updated_at: call.now,
        },
    }))
}
