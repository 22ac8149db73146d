//! Providers: the catalogue, and how an app's users connect their accounts.

use super::field::{Field, bounded_list, choice, flag, secret, text};
use super::format::SECURE_URL;
use super::kind::Kind;
use super::operation::{delete, get, patch, post};
use super::shape::{CATALOG_PROVIDER, DELETED, PROVIDER_CONFIG};

const READ: &str = "dashboard_providers:read";
const WRITE: &str = "dashboard_providers:write";
const ADMIN: &str = "dashboard_providers:admin";

const MAX_TEXT: usize = 255;

/// Some providers have no scopes.
const SCOPES: Field =
    bounded_list("scopes", &Kind::Text { least: 1, most: MAX_TEXT }, 0, usize::MAX);
const SOURCE: Field = choice("credential_source", &["custom", "shared_dev"]);
const CLIENT_ID: Field = text("client_id", 1, MAX_TEXT);
const CLIENT_SECRET: Field = secret("client_secret");
const REDIRECT_URIS: Field =
    bounded_list("redirect_uris", &Kind::Format(&SECURE_URL), 0, usize::MAX)
        .given_by("--redirect-uri");

operations! {
    /// Lists the providers that there are.
    CATALOG = get("/providers/catalog").array(&CATALOG_PROVIDER);
    /// Lists the providers of an app.
    LIST = get("/apps/{app}/providers").needs(READ).array(&PROVIDER_CONFIG);
    /// Sets a provider up for an app.
    CREATE = post("/apps/{app}/providers")
        .needs(WRITE)
        .body(&[
            text("provider_id", 1, MAX_TEXT).given_by("--provider").required(),
            SCOPES.required(),
            SOURCE,
            CLIENT_ID,
            CLIENT_SECRET,
            REDIRECT_URIS,
        ])
        .created(&PROVIDER_CONFIG);
    /// Shows a provider of an app.
    SHOW = get("/apps/{app}/providers/{provider}").needs(READ).object(&PROVIDER_CONFIG);
    /// Changes a provider of an app.
    UPDATE = patch("/apps/{app}/providers/{provider}")
        .needs(WRITE)
        .body(&[SCOPES, choice("status", &["active", "disabled"]), SOURCE, CLIENT_ID, CLIENT_SECRET, REDIRECT_URIS])
        .object(&PROVIDER_CONFIG);
    /// Removes a provider from an app.
    DELETE = delete("/apps/{app}/providers/{provider}")
        .needs(ADMIN)
        .query(&[flag("force")])
        .object(&DELETED);
}
