//! Probing an issuer on this machine: its discovery document, and whether it knows a client. This takes time, so it is
//! done before the state is locked.

use std::time::Duration;

use crate::base::origin::encode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ureq::Agent;

use super::issuers;
use crate::api::format::ISSUER;

/// For each request, until the last byte of its answer.
const DEADLINE: Duration = Duration::from_secs(5);
const MAX_DOCUMENT: u64 = 256 * 1024;

/// The result of a probe.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Probe {
    /// Its discovery document, or why there is none.
    pub(super) document: Result<Value, String>,
    pub(super) client: Client,
}

/// What it thinks of a client id and secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Client {
    Known,
    Refused,
    /// There was no probe, or its answer says neither.
    Unclear,
}

/// The part of a body that says what to probe.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Target {
    issuer_url: Value,
    wallet_client_id: Option<String>,
    wallet_client_secret: Option<String>,
}

impl Default for Probe {
    fn default() -> Self {
        Self { document: Err("it was not probed".to_owned()), client: Client::Unclear }
    }
}

/// Probes the issuer that a body names, if it is on this machine.
pub(super) fn run(body: &[u8]) -> Value {
    let target: Target = serde_json::from_slice(body).unwrap_or_default();
    let issuer = target.issuer_url.as_str().filter(|url| (ISSUER.check)(url).is_ok());
    let issuer = issuer.map(issuers::plain).filter(|url| issuers::loopback(url).is_some());
    let probe = issuer.map_or_else(Probe::default, |issuer| {
        let document = document(issuer);
        let client = match (&document, &target.wallet_client_id, &target.wallet_client_secret) {
            (Ok(document), Some(id), Some(secret)) => client(document, id, secret),
            _ => Client::Unclear,
        };
        Probe { document, client }
    });
    serde_json::to_value(probe).unwrap_or_default()
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .timeout_global(Some(DEADLINE))
        .accept("application/json")
        .build()
        .into()
}

fn document(issuer: &str) -> Result<Value, String> {
    fetch(&format!("{issuer}/.well-known/openid-configuration"))
}

/// The keys that an issuer on this machine signs with, if it says so.
pub(crate) fn keys(issuer: &str) -> Option<Value> {
    issuers::loopback(issuer)?;
    let document = document(issuer).ok()?;
    let keys = document.get("jwks_uri").and_then(Value::as_str)?;
    issuers::loopback(keys)?;
    fetch(keys).ok()
}

/// A JSON document.
fn fetch(url: &str) -> Result<Value, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{url}: {error}");
    let mut answer = agent().get(url).call().map_err(|error| failed(&error))?;
    if answer.status() != 200 {
        return Err(failed(&format!("it answered {}", answer.status().as_u16())));
    }
    let body = answer.body_mut().with_config().limit(MAX_DOCUMENT).read_to_vec();
    let body = body.map_err(|error| failed(&error))?;
    serde_json::from_slice(&body).map_err(|_| failed(&"it is not JSON"))
}

/// Tries the client where the issuer gives tokens, on this machine.
fn client(document: &Value, id: &str, secret: &str) -> Client {
    let endpoint = document.get("token_endpoint").and_then(Value::as_str);
    let Some(endpoint) = endpoint.filter(|url| issuers::loopback(url).is_some()) else {
        return Client::Unclear;
    };
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        encode(id),
        encode(secret)
    );
    let request = agent().post(endpoint).content_type("application/x-www-form-urlencoded");
    let Ok(mut answer) = request.send(&form) else {
        return Client::Unclear;
    };
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(MAX_DOCUMENT).read_to_vec();
    let body: Value = serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default();
    match (status, body.get("error").and_then(Value::as_str)) {
        (200, None) => Client::Known,
        (401, _) | (400, Some("invalid_client")) => Client::Refused,
        // It knows the client, and gives it no token of this kind.
        (400, Some("unauthorized_client" | "unsupported_grant_type" | "invalid_scope")) => {
            Client::Known
        }
        _ => Client::Unclear,
    }
}
