//! The credential of a grant, and how it goes into a request.

use crate::protocol::base64;
use crate::protocol::digest::sha256_hex;
use serde_json::{Map, Value, json};

use crate::portal::handler::refusal::Refusal;
use crate::portal::manage::grants::grant::{Connection, Grant, Target};
use crate::portal::manage::managed_secrets::credential::Credential;
use crate::portal::manage::managed_secrets::secret::{Secret, StoredSecret};
use crate::portal::secret::Sealed;
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

/// The answer to a request for the credential of a grant.
pub(super) fn of(tables: &Tables, grant: &Grant, now: Stamp) -> Result<Value, Refusal> {
    let mut answer = match &grant.target {
        Target::Oauth(connection) => connected(connection),
        Target::ManagedSecret { secret_id, .. } => {
            let stored = tables.of::<StoredSecret>().get(secret_id);
            let stored = stored.ok_or_else(|| {
                Refusal::not_found("secret_not_found", "The managed secret is gone.")
            })?;
            of_secret(&stored.secret, &stored.credential)
        }
    };
    answer["grant_id"] = json!(grant.id);
    answer["token_type"] = json!("Bearer");
    answer["scope_mismatch"] = json!(grant.scope_mismatch);
    let end = grant.policy.expires_at;
    answer["expires_at"] = json!(end);
    answer["expires_in"] = json!(end.map(|Stamp(end)| (end - now.0).max(0)));
    answer["grant_expires_at"] = json!(end);
    Ok(answer)
}

fn connected(connection: &Connection) -> Value {
    json!({
        "access_token": connection.access_token.expose(),
        "provider_id": connection.provider_id,
        "scopes": connection.scopes,
        "injection_header": "Authorization",
        "injection_format": "Bearer {token}",
        "token_generation": generation(connection.access_token.expose()),
    })
}

/// The id of the credential of a grant, which its siblings share.
pub(super) fn id(grant: &Grant) -> String {
    match &grant.target {
        Target::Oauth(connection) => generation(connection.access_token.expose()),
        Target::ManagedSecret { secret_id, .. } => secret_id.clone(),
    }
}

/// The same for the same token, and another for another.
fn generation(token: &str) -> String {
    let hash = sha256_hex(token.as_bytes());
    format!(
        "{}-{}-4{}-8{}-{}",
        &hash[..8],
        &hash[8..12],
        &hash[13..16],
        &hash[17..20],
        &hash[20..32]
    )
}

fn of_secret(secret: &Secret, credential: &Credential) -> Value {
    let (token, more) = match secret.credential_type.as_str() {
        "basic_auth" => (basic(credential), Map::new()),
        "aws_sig_v4" => (value(credential).to_owned(), signing(credential)),
        _ => (value(credential).to_owned(), fields(credential)),
    };
    json!({
        "access_token": token,
        "provider_id": secret.slug,
        "scopes": [],
        "injection_header": secret.injection_header,
        "injection_format": secret.injection_format,
        "additional_credentials": Some(more).filter(|more| !more.is_empty()),
        "additional_injections": secret.injection_rules,
    })
}

fn value(credential: &Credential) -> &str {
    credential.value.as_ref().map_or("", Sealed::expose)
}

fn field<'a>(credential: &'a Credential, name: &str) -> Option<&'a str> {
    credential.fields.get(name).map(Sealed::expose)
}

fn fields(credential: &Credential) -> Map<String, Value> {
    let fields = credential.fields.iter();
    fields.map(|(name, part)| (name.clone(), json!(part.expose()))).collect()
}

/// User name and password, as HTTP's Basic scheme has them.
fn basic(credential: &Credential) -> String {
    let pair = match (field(credential, "username"), field(credential, "password")) {
        (Some(name), Some(password)) => format!("{name}:{password}"),
        // A service that calls the two by other names keeps the first as the credential itself.
        _ => match credential.fields.values().next() {
            Some(second) => format!("{}:{}", value(credential), second.expose()),
            None => return value(credential).to_owned(),
        },
    };
    base64::standard(pair.as_bytes())
}

/// The parts that an AWS signature is made of.
fn signing(credential: &Credential) -> Map<String, Value> {
    let names = [
        ("secret_key", "secret_access_key"),
        ("session_token", "session_token"),
        ("region", "region"),
        ("service", "service"),
    ];
    let parts = names.iter().filter_map(|(name, part)| Some((*name, field(credential, part)?)));
    parts.map(|(name, part)| (name.to_owned(), json!(part))).collect()
}
