//! The app's policy rules, asked about a runtime call.

use super::signer::Signer;
use crate::contract::call::Call;
use crate::policy::{Decision, Request, StoredRule, decide};
use crate::resources::grants::grant::Grant;

/// What the rules say of a call.
#[derive(Debug)]
pub(super) enum Verdict {
    Allow,
    /// A rule forbids it: which, in words.
    Deny(String),
    /// A rule cannot be evaluated: which and why.
    Error(String),
    /// It waits for an approval under each of these rules, which are given by their ids.
    Hold(Vec<String>),
}

/// Decides about a call with a grant, under the app's rules and the request's own.
pub(super) fn of(call: &Call<'_>, signer: &Signer, grant: &Grant, method: &str) -> Verdict {
    let request = Request {
        app_id: &signer.app_id,
        environment: None,
        agent_id: signer.agent_id.as_deref(),
        api_key_id: Some(&signer.key_id),
        provider_id: Some(grant.provider_id()),
        grant_id: Some(&grant.id),
        resource_kind: Some(grant.kind()),
        client_ip: Some(signer.client_ip),
        method: Some(method),
        at: call.now,
    };
    let rules = call.state.tables.of::<StoredRule>().of_app(&signer.app_id).chain(&signer.rule);
    let decision = decide(rules, &request);
    let why = decision.why().unwrap_or_default();
    match decision {
        Decision::Allow => Verdict::Allow,
        Decision::Deny(_) => Verdict::Deny(why),
        Decision::Error(..) => Verdict::Error(why),
        Decision::Hold(gates) => {
            Verdict::Hold(gates.iter().map(|stored| stored.rule.id.clone()).collect())
        }
    }
}
