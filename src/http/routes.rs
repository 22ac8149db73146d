//! Every path of the portal's API. A deployment that differs is met here and nowhere else.

use crate::base::id::Id;
use crate::base::origin::segment;

/// What every path begins with.
pub(crate) const PREFIX: &str = "/api/v1";

macro_rules! routes {
    ($($name:ident($($id:ident),*) = $path:literal;)+) => {
        $(#[doc = concat!("`", $path, "`")]
        pub(crate) fn $name($($id: &Id),*) -> String {
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
    agents(app) = "/apps/{app}/agents";
    agent(app, agent) = "/apps/{app}/agents/{agent}";
    agent_audit(app, agent) = "/apps/{app}/agents/{agent}/audit";
    agent_keys(app, agent) = "/apps/{app}/agents/{agent}/keys";
    agent_key(app, agent, key) = "/apps/{app}/agents/{agent}/keys/{key}";
    agent_key_deprecation(app, agent, key) = "/apps/{app}/agents/{agent}/keys/{key}/deprecate";
    agent_key_undeprecation(app, agent, key) = "/apps/{app}/agents/{agent}/keys/{key}/undeprecate";
    agent_secret_grants(app, agent) = "/apps/{app}/agents/{agent}/managed-secret-grants";
    agent_registry(app) = "/apps/{app}/agent-registry";
    registered_agent(app, actor) = "/apps/{app}/agent-registry/{actor}";
    provider_catalog() = "/providers/catalog";
    providers(app) = "/apps/{app}/providers";
    provider(app, provider) = "/apps/{app}/providers/{provider}";
    secret_templates(app) = "/apps/{app}/managed-secrets/templates";
    secrets(app) = "/apps/{app}/managed-secrets";
    secret(app, secret) = "/apps/{app}/managed-secrets/{secret}";
    secret_rotation(app, secret) = "/apps/{app}/managed-secrets/{secret}/rotate";
    secret_access(app, secret) = "/apps/{app}/managed-secrets/{secret}/access";
    secret_delegation(app, secret) = "/apps/{app}/managed-secrets/{secret}/delegation-policy";
    secret_hosts(app, secret) = "/apps/{app}/managed-secrets/{secret}/allowed-hosts";
    secret_grants(app, secret) = "/apps/{app}/managed-secrets/{secret}/grants";
    secret_grant(app, grant) = "/apps/{app}/managed-secret-grants/{grant}";
    secret_users(app) = "/apps/{app}/managed-secrets/users";
    secret_groups(app) = "/apps/{app}/managed-secrets/groups";
    secret_group(app, group) = "/apps/{app}/managed-secrets/groups/{group}";
    issuer_discovery(app) = "/apps/{app}/identity-providers/discover";
    identity_providers(app) = "/apps/{app}/identity-providers";
    webhook(app, provider) = "/apps/{app}/identity-providers/{provider}/webhook";
    webhook_rotation(app, provider) = "/apps/{app}/identity-providers/{provider}/webhook/rotate";
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
    trace(trace) = "/audit/traces/{trace}";
    audit_events() = "/audit/events";
    portal_actions() = "/audit/portal-actions";
    grant_events() = "/audit/grant-events";
    traces() = "/audit/traces";
    threads() = "/audit/threads";
    thread(thread) = "/audit/threads/{thread}";
    principals() = "/audit/agents";
    principal(principal) = "/audit/agents/{principal}";
    integrity_check() = "/audit/integrity-check";
}

/// The grants of an app, as many as one page has: the portal shows none of them alone.
pub(crate) fn newest_grants(app: &Id) -> String {
    grants(app) + "?limit=1000"
}

/// `/analytics/{verb}`
pub(crate) fn analytics(verb: &str) -> String {
    format!("{PREFIX}/analytics/{}", segment(verb))
}

/// Whether a POST to `path` only looks something up.
pub(crate) fn only_reads(path: &str) -> bool {
    ["/identity-providers/discover", "/audit/integrity-check"].iter().any(|end| path.ends_with(end))
}
