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
    app_rules(app) = "/apps/{app}/policy/rules";
    app_rule(app, rule) = "/apps/{app}/policy/rules/{rule}";
    agent_rules(app, agent) = "/apps/{app}/agents/{agent}/policy/rules";
    agent_rule(app, agent, rule) = "/apps/{app}/agents/{agent}/policy/rules/{rule}";
    grant_rules(app, grant) = "/apps/{app}/grants/{grant}/policy/rules";
    grant_rule(app, grant, rule) = "/apps/{app}/grants/{grant}/policy/rules/{rule}";
    provider_rules(app, provider) = "/apps/{app}/providers/{provider}/policy/rules";
    provider_rule(app, provider, rule) = "/apps/{app}/providers/{provider}/policy/rules/{rule}";
    grants(app) = "/apps/{app}/grants";
    grant_revocation(app, grant) = "/apps/{app}/grants/{grant}/revoke";
    end_users(app) = "/apps/{app}/end-users";
    end_user(app, user) = "/apps/{app}/end-users/{user}";
    branding(app) = "/apps/{app}/branding";
    approval_defaults() = "/approvals/defaults";
    audit_events() = "/audit/events";
    portal_actions() = "/audit/portal-actions";
    grant_events() = "/audit/grant-events";
    traces() = "/audit/traces";
    trace(trace) = "/audit/traces/{trace}";
    threads() = "/audit/threads";
    thread(thread) = "/audit/threads/{thread}";
    principals() = "/audit/agents";
    principal(principal) = "/audit/agents/{principal}";
    integrity_check() = "/audit/integrity-check";
}

/// `/analytics/{verb}`
pub fn analytics(verb: &str) -> String {
    format!("{PREFIX}/analytics/{}", segment(verb))
}
