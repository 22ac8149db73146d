//! The app's policy rules, asked about a runtime call.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::signer::Signer;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::policy::{Decision, Request, StoredRule, decide};
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

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

/// Who asks for a call, as rules see it, and the rule that the request puts on itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Asker {
    pub(super) app_id: String,
    pub(super) key_id: String,
    pub(super) agent_id: Option<String>,
    /// The user whose token came with the request.
    #[serde(default)]
    pub(super) user_id: Option<String>,
    pub(super) client_ip: IpAddr,
    pub(super) rule: Option<StoredRule>,
}

impl Asker {
    /// Who signed a request, and the user it is made for.
    pub(super) fn of(signer: &Signer, user_id: Option<String>) -> Self {
        Self {
            app_id: signer.app_id.clone(),
            key_id: signer.key_id.clone(),
            agent_id: signer.agent_id.clone(),
            user_id,
            client_ip: signer.client_ip,
            rule: signer.rule.clone(),
        }
    }
}

/// Decides about a call with a grant, under the app's rules and the request's own.
pub(super) fn of(
    tables: &Tables,
    asker: &Asker,
    grant: &Grant,
    method: &str,
    now: Stamp,
) -> Verdict {
    let request = Request {
        app_id: &asker.app_id,
        environment: None,
        agent_id: asker.agent_id.as_deref(),
        api_key_id: Some(&asker.key_id),
        provider_id: Some(grant.provider_id()),
        grant_id: Some(&grant.id),
        resource_kind: Some(grant.kind()),
        client_ip: Some(asker.client_ip),
        method: Some(method),
        at: now,
    };
    let rules = tables.of::<StoredRule>().of_app(&asker.app_id).chain(&asker.rule);
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
