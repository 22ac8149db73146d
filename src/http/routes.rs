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

/// The keys of an app.
pub fn keys(app: &str) -> String {
    format!("{}/keys", self::app(app))
}

/// One key of an app.
pub fn key(app: &str, key: &str) -> String {
    format!("{}/{}", keys(app), segment(key))
}

/// How many keys an app has and may have.
pub fn key_statistics(app: &str) -> String {
    format!("{}/statistics", keys(app))
}

/// A new secret for a key.
pub fn key_rotation(app: &str, key: &str) -> String {
    format!("{}/rotate", self::key(app, key))
}

/// A feed of the audit log: `events`, `portal-actions`.
pub fn audit(feed: &str) -> String {
    format!("{PREFIX}/audit/{feed}")
}
