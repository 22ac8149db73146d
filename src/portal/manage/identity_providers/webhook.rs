//! The webhook through which an identity provider reports new, changed and deleted users.

use serde::Serialize;
use serde_json::json;

use super::provider::{IdentityProvider, Webhook};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::random;
use crate::portal::secret::Sealed;
use crate::portal::timestamp::Stamp;

const PREFIX: &str = "whsec_";
const MAX_PREFIX: usize = 10;

/// A webhook as it is shown, on or off.
#[derive(Default, Serialize)]
struct Shown<'a> {
    enabled: bool,
    endpoint_url: Option<String>,
    secret_prefix: Option<String>,
    created_at: Option<Stamp>,
    rotated_at: Option<Stamp>,
    last_event_at: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
}

fn shown<'a>(call: &Call<'_>, provider: &IdentityProvider, secret: Option<&'a str>) -> Shown<'a> {
    let Some(webhook) = &provider.webhook else {
        return Shown::default();
    };
    Shown {
        enabled: true,
        endpoint_url: Some(format!("{}/webhooks/{}", call.origin(), provider.id)),
        secret_prefix: Some(prefix(webhook.secret.expose())),
        created_at: Some(webhook.created_at),
        rotated_at: webhook.rotated_at,
        last_event_at: webhook.last_event_at,
        secret,
    }
}

/// What may be shown of a secret: a quarter of it at most, for some are short.
fn prefix(secret: &str) -> String {
    let most = secret.chars().count() / 4;
    secret.chars().take(most.min(MAX_PREFIX)).collect()
}

/// Shows the webhook.
pub(super) fn status(call: &mut Call<'_>) -> Outcome {
    Ok(Response::json(200, &shown(call, call.row()?, None)))
}

/// Clerk and Okta sign with a secret of their own; for the others the portal makes one.
pub(super) fn enable(call: &mut Call<'_>) -> Outcome {
    let given = given(call)?;
    let provider: &IdentityProvider = call.row()?;
    if provider.webhook.is_some() {
        let message = "The webhook is on already; rotate its secret instead.";
        return Err(Refusal::conflict("webhook_already_enabled", message));
    }
    let secret = match given {
        Some(secret) => secret,
        None if provider.has_stable_groups() => {
            let msg = format!("{} shows the secret to give here", provider.issuer);
            return Err(Refusal::invalid("body", "secret", "missing", msg));
        }
        None => fresh(),
    };
    let (created_at, rotated_at, last_event_at) = (call.now, None, None);
    keep(call, 201, "webhook_enabled", Webhook { secret, created_at, rotated_at, last_event_at })
}

/// Replaces the secret.
pub(super) fn rotate(call: &mut Call<'_>) -> Outcome {
    let given = given(call)?;
    let webhook = enabled(call)?;
    let secret = given.unwrap_or_else(fresh);
    let rotated_at = Some(call.now);
    keep(call, 200, "webhook_rotated", Webhook { secret, rotated_at, ..webhook })
}

/// Switches it off.
pub(super) fn disable(call: &mut Call<'_>) -> Outcome {
    enabled(call)?;
    change(call, "webhook_disabled", None)?;
    status(call)
}

/// The secret in the body, which has the form of the provider's.
fn given(call: &Call<'_>) -> Result<Option<Sealed>, Refusal> {
    let provider: &IdentityProvider = call.row()?;
    let given: Option<Sealed> = call.body.get("secret")?;
    let formed = |secret: &Sealed| secret.expose().starts_with(PREFIX);
    if provider.provider_type == "clerk" && given.as_ref().is_some_and(|secret| !formed(secret)) {
        let msg = format!("A secret of Clerk begins with {PREFIX}");
        return Err(Refusal::invalid("body", "secret", "secret", msg));
    }
    Ok(given)
}

fn enabled(call: &Call<'_>) -> Result<Webhook, Refusal> {
    call.row::<IdentityProvider>()?.webhook.clone().ok_or_else(|| {
        Refusal::conflict("webhook_not_enabled", "The webhook is off; enable it first.")
    })
}

fn fresh() -> Sealed {
    Sealed::new(format!("{PREFIX}{}", random::alphanumeric(32)))
}

/// Keeps a webhook and answers with its secret, this once.
fn keep(call: &mut Call<'_>, status: u16, verb: &str, webhook: Webhook) -> Outcome {
    let secret = webhook.secret.clone();
    change(call, verb, Some(webhook))?;
    let shown = shown(call, call.row()?, Some(secret.expose()));
    Ok(Response::json(status, &shown).with_secret(secret.expose()))
}

fn change(call: &mut Call<'_>, verb: &str, webhook: Option<Webhook>) -> Result<(), Refusal> {
    let edit = |provider: &mut IdentityProvider, _| {
        provider.webhook = webhook;
        Ok(json!({ "issuer": provider.issuer }))
    };
    call.change(verb, edit).map(|_| ())
}
