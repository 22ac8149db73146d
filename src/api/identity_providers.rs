//! Identity providers. Re-pointing, deleting and reading one is done in the dashboard.

use super::field::{Field, format, secret, text};
use super::format::ISSUER;
use super::operation::{Effect, delete, get, post};
use super::shape::{DISCOVERY, IDENTITY_PROVIDER, WEBHOOK, WEBHOOK_SECRET};

const CREATE_SCOPE: &str = "dashboard_identity_providers:create";
const WEBHOOKS: &str = "dashboard_identity_providers:webhooks";

const MAX_TEXT: usize = 255;
const ISSUER_URL: Field = format("issuer_url", &ISSUER);
/// Clerk and Okta show the secret that is to be given; for others the portal makes one.
const SECRET: &[Field] = &[secret("secret")];

operations! {
    /// Finds out about an issuer, and saves nothing.
    DISCOVER = post("/apps/{app}/identity-providers/discover")
        .needs(CREATE_SCOPE)
        .body(&[ISSUER_URL.required()])
        .object(&DISCOVERY)
        .only_reads();
    /// Sets up the identity provider of an app.
    CREATE = post("/apps/{app}/identity-providers")
        .needs(CREATE_SCOPE)
        .body(&[
            ISSUER_URL.required(),
            text("audience", 1, MAX_TEXT).nullable(),
            text("user_id_claim", 1, MAX_TEXT),
            text("group_claim", 1, MAX_TEXT).nullable(),
            text("role_claim", 1, MAX_TEXT).nullable(),
            text("wallet_client_id", 1, MAX_TEXT).nullable(),
            secret("wallet_client_secret").nullable(),
        ])
        .created(&IDENTITY_PROVIDER)
        .effect(Effect::Journal);
    /// Shows the webhook of an identity provider.
    WEBHOOK_STATUS = get("/apps/{app}/identity-providers/{identity_provider}/webhook").needs(WEBHOOKS).object(&WEBHOOK);
    /// Switches the webhook on; its secret is in this answer alone.
    WEBHOOK_ENABLE = post("/apps/{app}/identity-providers/{identity_provider}/webhook")
        .needs(WEBHOOKS)
        .body(SECRET)
        .created(&WEBHOOK_SECRET)
        .secret("secret");
    /// Switches the webhook off.
    WEBHOOK_DISABLE = delete("/apps/{app}/identity-providers/{identity_provider}/webhook").needs(WEBHOOKS).object(&WEBHOOK);
    /// Replaces the secret of the webhook; the new one is in this answer alone.
    WEBHOOK_ROTATE = post("/apps/{app}/identity-providers/{identity_provider}/webhook/rotate")
        .needs(WEBHOOKS)
        .body(SECRET)
        .object(&WEBHOOK_SECRET)
        .secret("secret");
}
