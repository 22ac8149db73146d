//! How an app's own pages look to those who connect their accounts.

use super::field::{Field, format, object, text};
use super::format::{COLOR, HTTPS_URL};
use super::operation::{delete, get, patch, put};
use super::shape::{BRANDING, DELETED};

const READ: &str = "dashboard_branding:read";
const WRITE: &str = "dashboard_branding:write";

const LOGO_URL: Field = format("logo_url", &HTTPS_URL);
const FONT_FAMILY: Field = text("font_family", 1, 200).nullable();
const PRIMARY: Field = format("primary", &COLOR);
const TEXT: Field = format("text", &COLOR);
const BACKGROUND: Field = format("background", &COLOR);

operations! {
    /// Shows the branding of an app.
    GET = get("/apps/{app}/branding").needs(READ).object(&BRANDING);
    /// Replaces the branding of an app.
    REPLACE = put("/apps/{app}/branding")
        .needs(WRITE)
        .body(&[
            LOGO_URL.required(),
            object("colors", &[PRIMARY.required(), TEXT.required(), BACKGROUND.required()]).required(),
            FONT_FAMILY,
        ])
        .object(&BRANDING);
    /// Changes the branding of an app.
    UPDATE = patch("/apps/{app}/branding")
        .needs(WRITE)
        .body(&[LOGO_URL, object("colors", &[PRIMARY, TEXT, BACKGROUND]), FONT_FAMILY])
        .object(&BRANDING);
    /// Goes back to the portal's own look.
    RESET = delete("/apps/{app}/branding").needs(WRITE).object(&DELETED);
}
