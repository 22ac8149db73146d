//! Every path of the portal's API. A deployment that differs is met here and nowhere else.

use super::url::segment;

/// What every path begins with.
pub const PREFIX: &str = "/api/v1";

/// The PAT that makes the request.
pub fn this_pat() -> String {
    format!("{PREFIX}/pats/me")
}

/// All apps.
pub fn apps() -> String {
    format!("{PREFIX}/apps")
}

/// One app.
pub fn app(app: &str) -> String {
    format!("{PREFIX}/apps/{}", segment(app))
}

/// A step in the life of an app: `archive`, `unarchive`.
pub fn app_action(app: &str, action: &str) -> String {
    format!("{}/{action}", self::app(app))
}
