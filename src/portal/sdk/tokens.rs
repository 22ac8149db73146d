//! Retrieve mode: a credential is given out, and the caller makes the call itself.

use crate::protocol::url::ProviderUrl;
use serde_json::Value;

use super::audit_rows::{self, RETRIEVED};
use super::policies::{self, Asker, Verdict};
use super::resolution::{self, Address};
use super::signer::Signer;
use super::{credential, provider};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{Checked, string, wrong};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

/// What a credential is asked for.
pub(super) struct Purpose {
    pub(super) method: String,
    pub(super) url: ProviderUrl,
}

/// Gives out the credential of a grant for a call that the rules allow.
pub(super) fn retrieve(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let (address, purpose, reason) = call.fields(|fields| {
        let address = Address::read(fields);
        let purpose = fields.required("request", |value| purpose(value).map(Some));
        (address, purpose, fields.nullable("reason", string))
    })?;
    let Some(purpose) = purpose else {
        return Err(Refusal::invalid("body", "request", "missing", "Field required"));
    };
    let grant = resolution::find(call, signer, &address)?;
    let outcome = permitted(call, signer, &grant, &purpose)
        .and_then(|()| credential::of(&call.state.tables, &grant, call.now));
    let mut event = audit_rows::draft(call, signer, RETRIEVED, &grant);
    event.method = Some(purpose.method);
    event.url = Some(purpose.url.to_string());
    event.reason = reason;
    event.policy_decision = Some("ALLOW".to_owned());
    event.response_status = Some(200);
    if let Err(refusal) = &outcome {
        event = audit_rows::refused(event, refusal);
    }
    audit_rows::add(call, event);
    let answer = outcome?;
    used(&mut call.state.tables, &grant.id, call.now);
    Ok(Response::json(200, &answer))
}

/// Notes when a grant was last used.
pub(super) fn used(tables: &mut Tables, grant_id: &str, now: Stamp) {
    tables.of_mut::<Grant>().touch(grant_id, |grant| grant.last_used_at = Some(now));
}

fn permitted(
    call: &Call<'_>,
    signer: &Signer,
    grant: &Grant,
    purpose: &Purpose,
) -> Result<(), Refusal> {
    resolution::stands(&call.state.tables, grant, call.now)?;
    resolution::allows_agent(call, signer, grant)?;
    if !resolution::restrictions(&call.state.tables, grant).is_empty() {
        let message = "The grant allows some calls alone, so the portal makes them itself.";
        return Err(Refusal::new(400, "restricted_grant_requires_proxy", message));
    }
    if grant.parent_grant_id.is_some() || grant.scope_constraint.is_some() {
        let message = "The grant was delegated, so the portal makes calls with it itself.";
        return Err(Refusal::new(400, "delegated_grant_requires_proxy", message));
    }
    if !provider::is_own(call, &purpose.url) {
        resolution::admits_host(call, grant, purpose.url.origin().host(), false)?;
    }
    match policies::of(&call.state.tables, &Asker::of(signer), grant, &purpose.method, call.now) {
        Verdict::Allow => Ok(()),
        Verdict::Hold(_) => {
            let message =
                "A rule wants an approval, so the portal makes calls with this grant itself.";
            Err(Refusal::new(400, "hitl_grant_requires_proxy", message))
        }
        verdict => Err(refused(verdict)),
    }
}

/// The refusal that a verdict other than yes is.
pub(super) fn refused(verdict: Verdict) -> Refusal {
    match verdict {
        Verdict::Error(why) => Refusal::new(403, "policy_error", why),
        Verdict::Deny(why) => Refusal::new(403, "policy_denied", why),
        Verdict::Allow | Verdict::Hold(_) => {
            Refusal::new(403, "policy_denied", "The call waits for an approval.")
        }
    }
}

fn purpose(value: &Value) -> Checked<Purpose> {
    let (Some(method), Some(url)) = (value.get("method"), value.get("url")) else {
        return wrong("missing", "Input should have `method` and `url`");
    };
    Ok(Purpose { method: resolution::method(method)?, url: self::url(url)? })
}

/// An address that a provider may be called at.
pub(super) fn url(value: &Value) -> Checked<ProviderUrl> {
    match ProviderUrl::parse("url", &string(value)?) {
        Ok(url) => Ok(url),
        Err(failure) => wrong("url", failure.message()),
    }
}
