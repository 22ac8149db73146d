//! Signing users in through the app's identity provider, which here is a page of the portal's own.

use serde_json::json;

use super::connect::begin;
use super::sessions::{self, Session, What};
use super::signer::Signer;
use super::users;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::checks::{integer, text};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::identity_providers::provider::IdentityProvider;

const MAX_TEXT: usize = 255;
const MAX_TOKEN: usize = 8192;
/// Milliseconds that a client may ask to wait.
pub(super) const MAX_WAIT: i64 = 30_000;

/// The app's identity provider.
fn provider(call: &Call<'_>) -> Result<IdentityProvider, Refusal> {
    let all = call.state.tables.of::<IdentityProvider>();
    all.of_app(call.params.get("app")).next().cloned().ok_or_else(|| {
        let message = "The app has no identity provider that users could sign in through.";
        Refusal::conflict("idp_signin_not_configured", message)
            .details(json!({ "reason": "missing_client_id" }))
            .also("retryable", false)
    })
}

pub(super) fn start(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    call.no_fields()?;
    provider(call)?;
    let session = Session::new("auth_", &signer.app_id, What::SignIn, None, call.now);
    let body = session.given(call, "auth_url", "sign-in");
    Ok(begin(call, session, 201, &body))
}

/// The state of a sign-in. Waiting was done before, while nothing was locked.
pub(super) fn poll(call: &mut Call<'_>, _: &Signer) -> Outcome {
    let token = call.fields(|fields| {
        fields.optional("wait_ms", integer(0, MAX_WAIT));
        fields.required("session_token", text(1, MAX_TEXT))
    })?;
    let session =
        sessions::find(call, &token).filter(|session| matches!(session.what, What::SignIn));
    let Some(session) = session else {
        return Ok(Response::json(200, &json!({ "status": "expired" })));
    };
    let user = session.user_id.as_deref().and_then(|id| call.state.tables.of::<User>().get(id));
    let user = user.filter(|user| user.is_active() && session.is_fresh(call.now));
    let body = match (session.status.as_str(), user) {
        ("completed", Some(user)) => json!({
            "status": "completed", "user_token": users::token(call, &provider(call)?, user),
            "user_info": {
                "sub": user.subject(),
                "email": user.email, "name": user.display_name,
            },
        }),
        ("denied", _) => json!({
            "status": "error", "error_code": "access_denied", "error_message": "The user did not sign in.",
        }),
        _ if session.is_open(call.now) => json!({ "status": "pending" }),
        _ => json!({ "status": "expired" }),
    };
    Ok(Response::json(200, &body))
}

/// Whose token it is, if it is good.
pub(super) fn verify(call: &mut Call<'_>, _: &Signer) -> Outcome {
    let token = call.fields(|fields| fields.required("token", text(1, MAX_TOKEN)))?;
    match users::subject(call, &token) {
        Some(subject) => Ok(Response::json(200, &json!({ "sub": subject }))),
        None => Err(Refusal::new(401, "jwt_validation_error", "The token is not valid.")),
    }
}
