//! Users by their tokens: JWTs of the app's identity provider, or of the portal where it signed the user in.

use crate::protocol::base64;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::portal::handler::call::Call;
use crate::portal::handler::refusal::Refusal;
use crate::portal::manage::end_users::group::Group;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::identity_providers::probe;
use crate::portal::manage::identity_providers::provider::IdentityProvider;
use crate::portal::random;

const MAX_TOKEN: usize = 8192;
/// Seconds that clocks may differ by.
const LEEWAY: i64 = 60;
/// Seconds that a sign-in lasts.
const SIGNED_IN: i64 = 3600;

/// The parts of a body that a token may stand in.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    user_token: Option<String>,
    token: Option<String>,
    principal: Option<Holder>,
}

/// A principal that is named by its token.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Holder {
    user_token: Option<String>,
}

/// A token taken apart, not believed yet.
struct Jwt {
    signed: String,
    header: Value,
    claims: Value,
    signature: Vec<u8>,
}

impl Jwt {
    fn parse(token: &str) -> Option<Self> {
        let token = Some(token).filter(|token| token.len() <= MAX_TOKEN)?;
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let json = |part| serde_json::from_slice(&base64::from_url(part)?).ok();
        Some(Self {
            signed: signed.to_owned(),
            header: json(header)?,
            claims: json(claims)?,
            signature: base64::from_url(signature)?,
        })
    }

    fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    fn is_for(&self, audience: &str) -> bool {
        match self.claims.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(all)) => all.iter().any(|one| one == audience),
            _ => false,
        }
    }

    /// Whether one of the issuer's keys made the signature. No other algorithm is known, `none` least of all.
    fn is_signed_by(&self, keys: &Value) -> bool {
        let kid = self.header.get("kid");
        let fits = |key: &&Value| kid.is_none() || key.get("kid") == kid;
        let part = |key: &Value, name| base64::from_url(key.get(name)?.as_str()?);
        let keys = keys.get("keys").and_then(Value::as_array).into_iter().flatten();
        self.header["alg"] == "RS256"
            && keys.filter(fits).any(|key| match (part(key, "n"), part(key, "e")) {
                (Some(n), Some(e)) => RsaPublicKeyComponents { n, e }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, self.signed.as_bytes(), &self.signature)
                    .is_ok(),
                _ => false,
            })
    }
}

/// Fetches the keys of the issuer that a body's token names, if it is on this machine.
pub(super) fn fetch_keys(body: &[u8]) -> Value {
    let asked: Asked = serde_json::from_slice(body).unwrap_or_default();
    let holder = asked.principal.unwrap_or_default();
    let token = asked.user_token.or(asked.token).or(holder.user_token);
    let jwt = token.as_deref().and_then(Jwt::parse);
    let keys = jwt.and_then(|jwt| probe::keys(jwt.claim("iss")?.trim_end_matches('/')));
    keys.unwrap_or_default()
}

/// The user that a token is of; one who was not seen before is made.
pub(super) fn of_token(call: &mut Call<'_>, token: &str) -> Result<User, Refusal> {
    let (provider, jwt) = believed(call, token).map_err(|why| {
        Refusal::new(401, "jwt_validation_error", format!("The user's token is not valid: {why}."))
    })?;
    let user = find_or_make(call, &provider, &jwt);
    if user.is_active() {
        return Ok(user);
    }
    Err(Refusal::new(403, "user_not_active", "The user is suspended."))
}

/// What a token says, once it is believed.
fn believed(call: &Call<'_>, token: &str) -> Result<(IdentityProvider, Jwt), &'static str> {
    let jwt = Jwt::parse(token).ok_or("it is no signed JWT")?;
    let providers = call.state.tables.of::<IdentityProvider>();
    let provider = providers.of_app(call.params.get("app")).next();
    let provider = provider.ok_or("the app has no identity provider")?;
    let issuer = |text: &str| text.trim_end_matches('/').to_owned();
    if jwt.claim("iss").map(issuer) != Some(issuer(&provider.issuer)) {
        return Err("another issuer made it");
    }
    let own =
        jwt.header["alg"] == "ES256" && call.runtime.issuer.signed(&jwt.signed, &jwt.signature);
    if !own && !jwt.is_signed_by(&call.prefetched) {
        return Err("the signature is not the issuer's");
    }
    if provider.audience.as_ref().is_some_and(|audience| !jwt.is_for(audience)) {
        return Err("it is for another audience");
    }
    let instant = |name| jwt.claims.get(name).and_then(Value::as_i64);
    if instant("exp").is_none_or(|end| end.saturating_add(LEEWAY) <= call.now.0) {
        return Err("it has expired");
    }
    if instant("nbf").is_some_and(|start| start.saturating_sub(LEEWAY) > call.now.0) {
        return Err("it is not valid yet");
    }
    if jwt.claim(&provider.claims.user_id).is_none() {
        return Err("it does not say whose it is");
    }
    Ok((provider.clone(), jwt))
}

/// The subject of a token that is believed.
pub(super) fn subject(call: &Call<'_>, token: &str) -> Option<String> {
    let (provider, jwt) = believed(call, token).ok()?;
    jwt.claim(&provider.claims.user_id).map(str::to_owned)
}

fn find_or_make(call: &mut Call<'_>, provider: &IdentityProvider, jwt: &Jwt) -> User {
    let subject = jwt.claim(&provider.claims.user_id).unwrap_or_default();
    let groups =
        provider.claims.group.as_deref().and_then(|claim| group_ids(call, provider, jwt, claim));
    let now = call.now;
    let users = call.state.tables.of_mut::<User>();
    let known =
        |user: &&User| user.subject() == subject && user.idp_id.as_deref() == Some(&provider.id);
    let found = users.of_app(&provider.app_id).find(known).map(|user| user.id.clone());
    let refresh = |user: &mut User| {
        for (claim, place) in [("email", &mut user.email), ("name", &mut user.display_name)] {
            if let Some(text) = jwt.claim(claim) {
                *place = Some(text.to_owned());
            }
        }
        user.last_seen_at = Some(now);
        if let Some(groups) = groups {
            user.group_ids = groups;
        }
    };
    if let Some(id) = found
        && let Some(user) = users.change(&id, refresh.clone())
    {
        return user.clone();
    }
    let mut user = User {
        id: random::uuid(),
        app_id: provider.app_id.clone(),
        email: None,
        display_name: None,
        idp_id: Some(provider.id.clone()),
        subject: Some(subject.to_owned()),
        status: "active".to_owned(),
        created_at: now,
        last_seen_at: None,
        group_ids: Vec::new(),
    };
    refresh(&mut user);
    users.add(user.clone());
    user
}

/// Returns the groups that a claim names, and makes those that were not seen before. A token without the claim says
/// nothing of groups.
fn group_ids(
    call: &mut Call<'_>,
    provider: &IdentityProvider,
    jwt: &Jwt,
    claim: &str,
) -> Option<Vec<String>> {
    let names: Vec<&str> = match jwt.claims.get(claim)? {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let groups = call.state.tables.of_mut::<Group>();
    let mut ids = Vec::new();
    for name in names {
        let known = |group: &&Group| group.idp_id == provider.id && group.external_group_id == name;
        let found = groups.of_app(&provider.app_id).find(known).map(|group| group.id.clone());
        ids.push(found.unwrap_or_else(|| {
            let id = random::uuid();
            groups.add(Group {
                id: id.clone(),
                app_id: provider.app_id.clone(),
                name: name.to_owned(),
                external_group_id: name.to_owned(),
                idp_id: provider.id.clone(),
            });
            id
        }));
    }
    Some(ids)
}

/// A token for a user who has signed in on the portal's own page.
pub(super) fn token(call: &Call<'_>, provider: &IdentityProvider, user: &User) -> String {
    let claims = json!({
        "iss": provider.issuer, "aud": provider.audience,
        "sub": user.subject(),
        "email": user.email, "name": user.display_name,
        "iat": call.now.0, "exp": call.now.0 + SIGNED_IN,
    });
    call.runtime.issuer.sign("JWT", &claims)
}
