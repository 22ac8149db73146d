//! Identity providers: found out about, and set up for an app.

mod discovery;
mod issuers;
pub(crate) mod probe;
pub(crate) mod provider;
pub(crate) mod webhook;

use serde_json::{Map, Value, json};

use crate::api::identity_providers as api;
use crate::portal::handler::body::Body;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::{Issue, Refusal};
use crate::portal::handler::resource::Resource;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::random;
use discovery::Discovery;
use issuers::Kind;
use probe::{Client, Probe};
use provider::{Claims, IdentityProvider, Wallet};

pub(crate) const ROUTES: &[Route] = &[
    Route::new(&api::DISCOVER, discover).check(issuer_faults).prefetch(probe::run),
    Route::new(&api::CREATE, create).check(new_faults).prefetch(probe::run),
    Route::new(&api::WEBHOOK_STATUS, webhook::status),
    Route::new(&api::WEBHOOK_ENABLE, webhook::enable),
    Route::new(&api::WEBHOOK_DISABLE, webhook::disable),
    Route::new(&api::WEBHOOK_ROTATE, webhook::rotate),
];

/// What a client id begins with that the emulator's fake issuers refuse.
const REFUSED_CLIENT: &str = "refused";

/// Finds out about an issuer, and saves nothing.
fn discover(call: &mut Call<'_>) -> Outcome {
    Ok(Response::json(200, &Discovery::of(&issuer(call)?, &probed(call))?))
}

/// The issuer that a checked body names, without the slash at its end.
fn issuer(call: &Call<'_>) -> Result<String, Refusal> {
    Ok(issuers::plain(&call.body.required::<String>("issuer_url")?).to_owned())
}

/// The result of the probe that was made before the state was locked.
fn probed(call: &Call<'_>) -> Probe {
    serde_json::from_value(call.prefetched.clone()).unwrap_or_default()
}

/// An app has one identity provider. What does not check out is not kept.
fn create(call: &mut Call<'_>) -> Outcome {
    let app = call.params.get("app");
    if let Some(other) = call.state.tables.of::<IdentityProvider>().of_app(app).next() {
        let message = format!("This app has {} as its identity provider.", other.issuer);
        return Err(Refusal::conflict("identity_provider_exists", message));
    }
    let probe = probed(call);
    let found = Discovery::of(&issuer(call)?, &probe)?;
    let body = &call.body;
    let wallet = wallet(body, &found.issuer, probe.client)?;
    let suggested = found.suggested_claims;
    let provider = IdentityProvider {
        id: random::uuid(),
        app_id: app.to_owned(),
        issuer: found.issuer,
        provider_type: found.provider_type.to_owned(),
        jwks_uri: found.jwks_uri,
        audience: body.get("audience")?,
        claims: Claims {
            user_id: body.get("user_id_claim")?.unwrap_or(suggested.user_id),
            group: body.get("group_claim")?.or(suggested.group),
            role: body.get("role_claim")?.or(suggested.role),
        },
        wallet,
        webhook: None,
        created_at: call.now,
    };
    let answer = Response::json(201, &provider.shown(call));
    call.record(&provider, "created", json!({ "issuer": provider.issuer }));
    call.state.tables.of_mut().add(provider);
    Ok(answer)
}

/// Finds an issuer that the product does not take, or that the emulator knows to be nowhere.
fn issuer_faults(_: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let url = keys.get("issuer_url").and_then(Value::as_str);
    let fault = url.and_then(issuers::fault);
    fault.map(|(kind, msg)| Issue::new("body", "issuer_url", kind, msg)).into_iter().collect()
}

/// Finds the same in a new provider, and half a wallet: it needs a client id and its secret.
fn new_faults(call: &Call<'_>, keys: &Map<String, Value>) -> Vec<Issue> {
    let given = |name: &str| keys.get(name).is_some_and(|value| !value.is_null() && value != "");
    let parts = ["wallet_client_id", "wallet_client_secret"];
    let mut issues = issuer_faults(call, keys);
    let missing = parts.into_iter().filter(|name| !given(name));
    if parts.into_iter().any(given) {
        let msg = "is required for a wallet";
        issues.extend(missing.map(|name| Issue::new("body", name, "missing", msg)));
    }
    issues
}

/// The wallet's client, unless the issuer refuses it.
fn wallet(body: &Body, issuer: &str, probed: Client) -> Result<Option<Wallet>, Refusal> {
    let (Some(client_id), Some(client_secret)) =
        (body.get::<String>("wallet_client_id")?, body.get("wallet_client_secret")?)
    else {
        return Ok(None);
    };
    let client = match Kind::of(issuer) {
        Kind::Loopback => probed,
        // There is nobody to ask; the emulator knows every client but this one.
        _ if client_id.starts_with(REFUSED_CLIENT) => Client::Refused,
        Kind::Custom => Client::Unclear,
        Kind::Auth0 | Kind::Clerk | Kind::Okta => Client::Known,
    };
    let verification = match client {
        Client::Known => "verified",
        Client::Unclear => "inconclusive",
        Client::Refused => {
            let msg = "The issuer refuses this client id and secret; nothing was saved";
            let (name, kind) = ("wallet_client_secret", "credentials_refused");
            return Err(Refusal::invalid("body", name, kind, msg));
        }
    };
    Ok(Some(Wallet { client_id, client_secret, verification: verification.to_owned() }))
}
