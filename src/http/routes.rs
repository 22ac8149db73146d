//! Every path of the portal's API. A deployment that differs is met here and nowhere else.

use crate::id::Id;
use crate::origin::segment;

/// What every path begins with.
pub const PREFIX: &str = "/api/v1";

macro_rules! routes {
    ($($name:ident($($id:ident),*) = $path:literal;)+) => {
        $(#[doc = concat!("`", $path, "`")]
        pub fn $name($($id: &Id),*) -> String {
            $(let $id = segment($id.text());)*
            PREFIX.to_owned() + &format!($path)
        })+
    };
}

routes! {
    this_pat() = "/pats/me";
    apps() = "/apps";
    app(app) = "/apps/{app}";
    archive(app) = "/apps/{app}/archive";
    unarchive(app) = "/apps/{app}/unarchive";
    keys(app) = "/apps/{app}/keys";
    key(app, key) = "/apps/{app}/keys/{key}";
    key_statistics(app) = "/apps/{app}/keys/statistics";
    key_rotation(app, key) = "/apps/{app}/keys/{key}/rotate";
    providers(app) = "/apps/{app}/providers";
    trace(trace) = "/audit/traces/{trace}";
    audit_events() = "/audit/events";
    portal_actions() = "/audit/portal-actions";
}
