//! Identity providers: found out about, and set up for an app.

mod discovery;
mod issuers;
pub(crate) mod probe;
pub(crate) mod provider;
pub(crate) mod webhook;

use serde_json::json;

use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{secret, text};
use crate::portal::handler::form::{
    Key, Mode, clear_or_put, fill, optional, put, required, with_issues,
};
use crate::portal::handler::refusal::{Issue, Refusal};
use crate::portal::handler::resource::Resource;
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;
use crate::portal::random;
use crate::portal::secret::Sealed;
use discovery::Discovery;
use issuers::Kind;
use probe::{Client, Probe};
use provider::{Claims, IdentityProvider, Wallet};

const CREATE: &str = "dashboard_identity_providers:create";

pub(crate) const ROUTES: &[Route] = &[
    Route::new("POST", "/apps/{app}/identity-providers/discover", CREATE, discover)
        .ahead(probe::run),
    Route::new("POST", "/apps/{app}/identity-providers", CREATE, create).ahead(probe::run),
];

const MAX_TEXT: usize = 255;
/// What a client id begins with that the emulator's fake issuers refuse.
const REFUSED_CLIENT: &str = "refused";

/// What a body says of a new provider.
#[derive(Default)]
struct Draft {
    issuer: String,
    audience: Option<String>,
    user_id_claim: Option<String>,
    group_claim: Option<String>,
    role_claim: Option<String>,
    wallet_client_id: Option<String>,
    wallet_client_secret: Option<Sealed>,
}

const NEW: &[Key<Draft>] = &[
    ISSUER,
    optional("audience", |draft, value| {
        clear_or_put(&mut draft.audience, value, text(1, MAX_TEXT))
    }),
    optional("user_id_claim", |draft, value| {
        put(&mut draft.user_id_claim, text(1, MAX_TEXT)(value).map(Some))
    }),
    optional("group_claim", |draft, value| {
        clear_or_put(&mut draft.group_claim, value, text(1, MAX_TEXT))
    }),
    optional("role_claim", |draft, value| {
        clear_or_put(&mut draft.role_claim, value, text(1, MAX_TEXT))
    }),
    optional("wallet_client_id", |draft, value| {
        clear_or_put(&mut draft.wallet_client_id, value, text(1, MAX_TEXT))
    }),
    optional("wallet_client_secret", |draft, value| {
        clear_or_put(&mut draft.wallet_client_secret, value, secret)
    }),
];
const ISSUER: Key<Draft> =
    required("issuer_url", |draft, value| put(&mut draft.issuer, issuers::url(value)));

/// Finds out about an issuer, and saves nothing.
fn discover(call: &mut Call<'_>) -> Outcome {
    let mut draft = Draft::default();
    fill(&[ISSUER], Mode::Create, &call.request.body, &mut draft)?;
    Ok(Response::json(200, &Discovery::of(&draft.issuer, &probed(call))?))
}

/// The result of the probe that was made before the state was locked.
fn probed(call: &Call<'_>) -> Probe {
    serde_json::from_value(call.ahead.clone()).unwrap_or_default()
}

/// An app has one identity provider. What does not check out is not kept.
fn create(call: &mut Call<'_>) -> Outcome {
    let mut draft = Draft::default();
    let filled = fill(NEW, Mode::Create, &call.request.body, &mut draft);
    with_issues(filled, half_wallet(&draft))?;
    let app = call.params.get("app");
    if let Some(other) = call.state.tables.of::<IdentityProvider>().of_app(app).next() {
        let message = format!("This app has {} as its identity provider.", other.issuer);
        return Err(Refusal::conflict("identity_provider_exists", message));
    }
    let probe = probed(call);
    let found = Discovery::of(&draft.issuer, &probe)?;
    let wallet = wallet(&mut draft, probe.client)?;
    let provider = IdentityProvider {
        id: random::uuid(),
        app_id: app.to_owned(),
        issuer: found.issuer,
        provider_type: found.provider_type.to_owned(),
        jwks_uri: found.jwks_uri,
        audience: draft.audience,
        claims: Claims {
            user_id: draft.user_id_claim.unwrap_or(found.suggested_claims.user_id),
            group: draft.group_claim.or(found.suggested_claims.group),
            role: draft.role_claim.or(found.suggested_claims.role),
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

/// A wallet needs a client id and its secret.
fn half_wallet(draft: &Draft) -> Vec<Issue> {
    let name = match (&draft.wallet_client_id, &draft.wallet_client_secret) {
        (Some(_), None) => "wallet_client_secret",
        (None, Some(_)) => "wallet_client_id",
        _ => return Vec::new(),
    };
    vec![Issue::new("body", name, "missing", format!("A wallet needs `{name}` too"))]
}

/// The wallet's client, unless the issuer refuses it.
fn wallet(draft: &mut Draft, probed: Client) -> Result<Option<Wallet>, Refusal> {
    let (Some(client_id), Some(client_secret)) =
        (draft.wallet_client_id.take(), draft.wallet_client_secret.take())
    else {
        return Ok(None);
    };
    let client = match Kind::of(&draft.issuer) {
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
