//! The decision over a request.
//!
//! Every rule that is enabled and speaks of the request is asked. One that denies outweighs all others; one that cannot
//! be evaluated lets nothing pass; those that want an approval hold the request, each for an approval of its own.

use std::net::IpAddr;

use crate::api::address::Range;
use crate::input::rule_body;
use serde_json::Value;

use super::hours::Hours;
use super::rule::{StoredRule, Target};
use crate::portal::timestamp::Stamp;

/// A request as rules see it. What is not known matches no condition.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Request<'a> {
    pub(crate) app_id: &'a str,
    pub(crate) environment: Option<&'a str>,
    pub(crate) agent_id: Option<&'a str>,
    pub(crate) api_key_id: Option<&'a str>,
    /// An OAuth provider's id, or the slug of a managed secret.
    pub(crate) provider_id: Option<&'a str>,
    pub(crate) grant_id: Option<&'a str>,
    /// `oauth` or `managed_secret`.
    pub(crate) resource_kind: Option<&'a str>,
    pub(crate) client_ip: Option<IpAddr>,
    /// In capitals.
    pub(crate) method: Option<&'a str>,
    pub(crate) at: Stamp,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Decision<'a> {
    Allow,
    /// This rule forbids it.
    Deny(&'a StoredRule),
    /// This rule cannot be evaluated, and why.
    Error(&'a StoredRule, String),
    /// It waits for an approval under each of these rules.
    Hold(Vec<&'a StoredRule>),
}

impl Decision<'_> {
    /// As the audit log has it; a held call that is made was approved.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Allow | Self::Hold(_) => "ALLOW",
            Self::Deny(_) => "DENY",
            Self::Error(..) => "ERROR",
        }
    }

    /// The rules behind it.
    pub(crate) fn why(&self) -> Option<String> {
        match self {
            Self::Allow => None,
            Self::Deny(stored) => Some(format!("denied by rule {}", stored.rule.id)),
            Self::Error(stored, why) => Some(format!("rule {}: {why}", stored.rule.id)),
            Self::Hold(gates) => {
                let ids: Vec<&str> = gates.iter().map(|stored| stored.rule.id.as_str()).collect();
                Some(format!("held for approval by rule {}", ids.join(", ")))
            }
        }
    }
}

/// What one rule says.
enum Say {
    Nothing,
    Deny,
    Hold,
    Error(String),
}

/// Decides a request under rules, of whichever app and target they are.
pub(crate) fn decide<'a>(
    rules: impl IntoIterator<Item = &'a StoredRule>,
    request: &Request<'_>,
) -> Decision<'a> {
    let (mut error, mut gates) = (None, Vec::new());
    for stored in rules.into_iter().filter(|stored| speaks_of(stored, request)) {
        match say(stored, request) {
            Say::Nothing => {}
            Say::Deny => return Decision::Deny(stored),
            Say::Error(why) => error = error.or(Some((stored, why))),
            Say::Hold => gates.push(stored),
        }
    }
    match error {
        Some((stored, why)) => Decision::Error(stored, why),
        None if gates.is_empty() => Decision::Allow,
        None => Decision::Hold(gates),
    }
}

fn speaks_of(stored: &StoredRule, request: &Request<'_>) -> bool {
    let Target { kind, id } = &stored.rule.target;
    let named = |value: Option<&str>| value.is_some() && value == id.as_deref();
    let targeted = match kind.as_str() {
        "app" => true,
        "agent" => named(request.agent_id),
        "grant" => named(request.grant_id),
        // A managed secret may have a provider's name for its slug.
        "provider" => request.resource_kind == Some("oauth") && named(request.provider_id),
        _ => false,
    };
    stored.rule.enabled && stored.app_id == request.app_id && targeted
}

fn say(stored: &StoredRule, request: &Request<'_>) -> Say {
    let body = &stored.rule.body;
    // A state file can be edited by hand; what then cannot be understood lets nothing pass.
    if let Err(faults) = rule_body::check(&stored.rule.kind, body) {
        let wrong = faults.iter().map(|wrong| format!("{} {}", wrong.path, wrong.why));
        return Say::Error(wrong.collect::<Vec<_>>().join(", "));
    }
    let unless = |passes: bool, say: Say| if passes { Say::Nothing } else { say };
    match stored.rule.kind.as_str() {
        "json_match" => unless(!matches(&body["when"], request), Say::Deny),
        "ip_allowlist" => unless(is_listed(&body["allow"], request.client_ip), Say::Deny),
        "time_window" => match Hours::of(body) {
            Ok(hours) => unless(hours.hold(request.at), Say::Deny),
            Err(why) => Say::Error(why),
        },
        _ => {
            let always = body.get("when").is_none();
            unless(!always && !matches(&body["when"], request), Say::Hold)
        }
    }
}

/// Whether every condition holds.
fn matches(when: &Value, request: &Request<'_>) -> bool {
    when.as_object().is_some_and(|conditions| {
        conditions.iter().all(|(attribute, values)| match values {
            Value::Array(values) => values.iter().any(|value| is(attribute, value, request)),
            value => is(attribute, value, request),
        })
    })
}

fn is(attribute: &str, value: &Value, request: &Request<'_>) -> bool {
    let actual = match attribute {
        "app_id" => Some(request.app_id),
        "environment" => request.environment,
        "agent_id" => request.agent_id,
        "api_key_id" => request.api_key_id,
        "provider_id" => request.provider_id,
        "resource_kind" => request.resource_kind,
        "method" => request.method,
        "client_ip" => return is_listed(value, request.client_ip),
        _ => None,
    };
    actual.is_some() && actual == value.as_str()
}

/// Whether an address is one of those written, alone or in a list.
fn is_listed(allow: &Value, address: Option<IpAddr>) -> bool {
    let holds = |range: &Value| {
        let range = range.as_str().and_then(Range::parse);
        address.zip(range).is_some_and(|(address, range)| range.holds(address))
    };
    allow.as_array().map_or_else(|| holds(allow), |list| list.iter().any(holds))
}
