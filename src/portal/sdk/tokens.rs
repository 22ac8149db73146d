//! Retrieve mode: a credential is given out, and the caller makes the call itself.

use crate::protocol::url::ProviderUrl;
use serde_json::Value;

use super::audit_rows::{self, RETRIEVED};
use super::credential;
use super::decision::{Mode, Question};
use super::policies::Asker;
use super::resolution::{self, Address};
use super::signer::Signer;
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
    let (grant, user_id) = resolution::find(call, signer, &address)?;
    let question = Question {
        tables: &call.state.tables,
        asker: &Asker::of(signer, user_id),
        grant: &grant,
        method: &purpose.method,
        url: &purpose.url,
        mode: Mode::Retrieve,
        port: call.runtime.port,
        now: call.now,
    };
    let outcome =
        question.decide().and_then(|_| credential::of(&call.state.tables, &grant, call.now));
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
