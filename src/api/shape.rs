//! The objects that operations answer with, by name.

use super::member::Answered::Object;
use super::member::{
    Member, any_object, choice, decimal, flag, list, lists, number, object, page, text, texts,
    time, uuid,
};

/// An object of an answer. It has these keys and no others.
#[derive(Debug)]
pub struct Shape {
    /// Its name: `Key`.
    pub name: &'static str,
    /// The shape whose keys it has too.
    pub base: Option<&'static Shape>,
    /// Its keys.
    pub keys: &'static [Member],
}

impl Shape {
    /// Returns every key, those of the base first.
    pub fn members(&self) -> impl Iterator<Item = &'static Member> {
        self.base.map_or(&[][..], |base| base.keys).iter().chain(self.keys)
    }
}

const fn shape(name: &'static str, keys: &'static [Member]) -> Shape {
    Shape { name, base: None, keys }
}

const fn extended(name: &'static str, base: &'static Shape, keys: &'static [Member]) -> Shape {
    Shape { name, base: Some(base), keys }
}

/// An object that nothing is said of.
pub const ANY: Shape = shape("Any", &[]);
/// A thing that is gone.
pub const DELETED: Shape = shape("Deleted", &[text("id"), flag("deleted")]);
const NAMED: Shape = shape("Named", &[text("id"), text("name")]);

/// A Personal Access Token, without its plaintext.
pub const PAT: Shape = shape(
    "PAT",
    &[
        uuid("id"),
        text("name"),
        text("prefix"),
        texts("scopes"),
        time("created_at"),
        time("expires_at").nullable(),
        time("last_used_at").nullable(),
        object("organization", &NAMED),
        object("user", &PERSON),
    ],
);
const PERSON: Shape = shape("Person", &[uuid("id"), text("email")]);

/// An app.
pub const APP: Shape = shape(
    "App",
    &[
        uuid("id"),
        text("name"),
        text("description").nullable(),
        text("website_url").nullable(),
        choice("status", &["active", "archived"]),
        time("archived_at").nullable(),
        time("created_at"),
        time("updated_at"),
        object("stats", &APP_STATS).nullable(),
    ],
);
const APP_STATS: Shape =
    shape("AppStats", &[number("grants"), number("keys"), number("api_calls")]);

/// A runtime key, without its plaintext.
pub const KEY: Shape = shape(
    "Key",
    &[
        uuid("id"),
        text("name"),
        text("key_prefix"),
        choice("key_type", &["rk", "ak", "dk", "pk"]),
        texts("scopes"),
        number("scope_version"),
        texts("cidr_allowlist").nullable(),
        number("rate_limit_rpm").nullable(),
        number("effective_rate_limit_rpm").nullable(),
        text("rate_limit_source").nullable(),
        time("expires_at").nullable(),
        time("deprecated_at").nullable(),
        time("revoked_at").nullable(),
        uuid("parent_key_id").nullable(),
        time("created_at"),
        time("last_used_at").nullable(),
    ],
);
/// How many keys an app has.
pub const KEY_STATISTICS: Shape = shape(
    "KeyStatistics",
    &[number("active"), number("rotated_in_grace"), number("total"), number("max_allowed")],
);
/// A new key with its plaintext.
pub const MINTED_KEY: Shape = extended("MintedKey", &KEY, &[text("api_key").nullable()]);
/// The key that takes over from another.
pub const ROTATED_KEY: Shape = extended(
    "RotatedKey",
    &KEY,
    &[text("api_key").nullable(), object("rotated_from", &ROTATED_FROM)],
);
const ROTATED_FROM: Shape = shape("RotatedFrom", &[uuid("id"), time("grace_until")]);

/// An agent.
pub const AGENT: Shape = shape(
    "Agent",
    &[
        uuid("id"),
        text("name"),
        text("display_name").nullable(),
        choice("type", AGENT_TYPES),
        choice("status", &["active", "inactive", "revoked"]),
        lists("scopes"),
        any_object("policy"),
        any_object("metadata"),
        number("rate_limit_per_minute").nullable(),
        number("version"),
        time("created_at"),
        time("last_used_at").nullable(),
    ],
);
const AGENT_TYPES: &[&str] = &["agent", "service"];
/// A new agent with the plaintext of its first key.
pub const CREATED_AGENT: Shape =
    extended("CreatedAgent", &AGENT, &[text("api_key").nullable(), uuid("key_id")]);
/// A key of an agent, without its plaintext.
pub const AGENT_KEY: Shape = shape(
    "AgentKey",
    &[
        uuid("key_id"),
        text("key_prefix"),
        text("name"),
        time("created_at"),
        time("deprecated_at").nullable(),
        time("revoked_at").nullable(),
        time("last_used_at").nullable(),
    ],
);
/// A new key of an agent with its plaintext.
pub const MINTED_AGENT_KEY: Shape =
    extended("MintedAgentKey", &AGENT_KEY, &[text("api_key").nullable()]);
/// An agent that audit data has seen.
pub const REGISTRY_ENTRY: Shape = shape(
    "RegistryEntry",
    &[
        text("actor_id"),
        text("name"),
        text("type"),
        time("first_seen_at"),
        time("last_activity_at"),
        number("calls_30d"),
        uuid("agent_id").nullable(),
    ],
);

/// A provider of the public catalogue.
pub const CATALOG_PROVIDER: Shape = shape(
    "CatalogProvider",
    &[
        text("id"),
        text("name"),
        text("display_name"),
        text("category").nullable(),
        flag("supports_refresh"),
        flag("supports_pkce"),
        texts("default_scopes"),
        texts("required_scopes"),
        text("status"),
    ],
);
/// A provider as an app has it set up.
pub const PROVIDER_CONFIG: Shape = shape(
    "ProviderConfig",
    &[
        text("provider_id"),
        text("display_name"),
        choice("status", &["active", "disabled"]),
        choice("credential_source", &["custom", "shared_dev"]),
        text("client_id").nullable(),
        texts("redirect_uris"),
        texts("scopes"),
        number("grant_count"),
        time("created_at"),
        time("updated_at"),
        list("breaking_changes", &Object(&BREAKING_CHANGE)).optional(),
    ],
);
const BREAKING_CHANGE: Shape = shape("BreakingChange", &[text("kind"), text("detail")]);

/// A template of managed secrets.
pub const TEMPLATE: Shape = shape(
    "Template",
    &[
        text("id"),
        text("name"),
        text("category"),
        choice("credential_type", CREDENTIAL_TYPES),
        list("fields", &Object(&TEMPLATE_FIELD)),
        text("injection_header"),
        text("injection_format"),
        texts("allowed_hosts"),
    ],
);
const TEMPLATE_FIELD: Shape =
    shape("TemplateField", &[text("name"), text("label"), flag("required")]);
const CREDENTIAL_TYPES: &[&str] = &["bearer_token", "header_key", "basic_auth", "aws_sig_v4"];
/// A managed secret, without its credential.
pub const SECRET: Shape = shape(
    "Secret",
    &[
        uuid("id"),
        text("slug"),
        text("name"),
        text("description").nullable(),
        text("template_id").nullable(),
        choice("credential_type", CREDENTIAL_TYPES),
        text("injection_header"),
        text("injection_format"),
        list("injection_rules", &Object(&INJECTION_RULE)),
        text("account_identifier").nullable(),
        text("account_display_name").nullable(),
        texts("allowed_hosts"),
        object("delegation_policy", &DELEGATION_POLICY),
        number("grant_count"),
        time("created_at"),
        time("updated_at"),
        time("rotated_at").nullable(),
    ],
);
const INJECTION_RULE: Shape = shape(
    "InjectionRule",
    &[choice("target", &["header", "query_param"]), text("key"), text("value_source")],
);
const DELEGATION_POLICY: Shape =
    shape("DelegationPolicy", &[flag("allow_group_delegation"), number("max_delegation_ttl_days")]);
/// A new managed secret with the grant that lets the app use it.
pub const CREATED_SECRET: Shape =
    extended("CreatedSecret", &SECRET, &[object("base_grant", &SECRET_GRANT)]);
/// A grant of a managed secret.
pub const SECRET_GRANT: Shape = shape(
    "SecretGrant",
    &[
        uuid("id"),
        choice("grant_kind", &["managed_secret"]),
        uuid("managed_secret_id"),
        text("managed_secret_slug"),
        object("principal", &GRANT_PRINCIPAL),
        text("label").nullable(),
        text("description").nullable(),
        choice("status", GRANT_STATUSES),
        object("grant_policy", &GRANT_POLICY).nullable(),
        time("expires_at").nullable(),
        time("created_at"),
        time("revoked_at").nullable(),
        time("last_used_at").nullable(),
        uuid("parent_grant_id").optional(),
    ],
);
const GRANT_STATUSES: &[&str] = &["active", "expired", "revoked"];
const GRANT_PRINCIPAL: Shape = shape(
    "GrantPrincipal",
    &[
        choice("type", &["user", "group", "agent", "system"]),
        uuid("app_user_id").optional(),
        uuid("idp_id").optional(),
        text("external_group_id").optional(),
        uuid("agent_id").optional(),
    ],
);
const GRANT_POLICY: Shape = shape(
    "GrantPolicy",
    &[
        time("expires_at").optional(),
        number("max_ttl_seconds").optional(),
        number("default_ttl_seconds").optional(),
        object("restrictions", &RESTRICTIONS).optional(),
    ],
);
const RESTRICTIONS: Shape = shape(
    "Restrictions",
    &[texts("allowed_methods").optional(), texts("allowed_endpoints").optional()],
);
/// Who can use a managed secret.
pub const ACCESS: Shape = shape(
    "Access",
    &[
        uuid("secret_id"),
        text("slug"),
        list("entries", &Object(&ACCESS_ENTRY)),
        object("counts", &ACCESS_COUNTS),
    ],
);
const ACCESS_ENTRY: Shape = shape(
    "AccessEntry",
    &[
        object("principal", &WHO),
        choice("path", &["direct", "group", "system", "agent", "delegation"]),
        uuid("grant_id"),
        time("expires_at").nullable(),
    ],
);
const WHO: Shape = shape(
    "Who",
    &[
        choice("type", &["user", "group", "agent", "system"]),
        text("id").nullable(),
        text("name").nullable(),
    ],
);
const ACCESS_COUNTS: Shape = shape(
    "AccessCounts",
    &[
        number("direct"),
        number("group"),
        number("system"),
        number("agent"),
        number("delegation"),
        number("total"),
    ],
);

/// A person who uses an app.
pub const USER: Shape = shape(
    "User",
    &[
        uuid("id"),
        text("email").nullable(),
        text("display_name").nullable(),
        uuid("idp_id").nullable(),
        choice("status", &["active", "suspended"]),
        time("created_at"),
        time("last_seen_at").nullable(),
        list("groups", &Object(&NAMED)),
        number("grant_count"),
    ],
);
/// A group of users.
pub const GROUP: Shape = shape(
    "Group",
    &[uuid("id"), text("name"), text("external_group_id"), uuid("idp_id"), number("member_count")],
);
/// A group with its members and grants.
pub const GROUP_DETAILS: Shape =
    extended("GroupDetails", &GROUP, &[page("members", &USER), page("grants", &SECRET_GRANT)]);

/// What is found out about an issuer.
pub const DISCOVERY: Shape = shape(
    "Discovery",
    &[
        text("issuer"),
        choice("provider_type", ISSUER_TYPES),
        text("jwks_uri"),
        text("authorization_endpoint").nullable(),
        text("token_endpoint").nullable(),
        object("suggested_claims", &CLAIMS),
    ],
);
const ISSUER_TYPES: &[&str] = &["auth0", "clerk", "okta", "custom"];
const CLAIMS: Shape =
    shape("Claims", &[text("user_id"), text("group").nullable(), text("role").nullable()]);
/// The identity provider of an app.
pub const IDENTITY_PROVIDER: Shape = shape(
    "IdentityProvider",
    &[
        uuid("id"),
        text("issuer"),
        choice("provider_type", ISSUER_TYPES),
        text("audience").nullable(),
        object("claims", &CLAIMS),
        flag("wallet_enabled"),
        choice("wallet_verification", &["verified", "inconclusive"]).nullable(),
        time("created_at"),
    ],
);
/// The webhook of an identity provider.
pub const WEBHOOK: Shape = shape(
    "Webhook",
    &[
        flag("enabled"),
        text("endpoint_url").nullable(),
        text("secret_prefix").nullable(),
        time("created_at").nullable(),
        time("rotated_at").nullable(),
        time("last_event_at").nullable(),
    ],
);
/// A webhook with its new secret.
pub const WEBHOOK_SECRET: Shape = extended("WebhookSecret", &WEBHOOK, &[text("secret").nullable()]);

/// A rule of a policy.
pub const RULE: Shape = shape(
    "Rule",
    &[
        uuid("id"),
        choice("rule_type", &["json_match", "ip_allowlist", "time_window", "require_approval"]),
        any_object("rule_body"),
        text("name").nullable(),
        text("description").nullable(),
        flag("enabled"),
        object("target", &RULE_TARGET),
        time("created_at"),
        time("updated_at"),
    ],
);
const RULE_TARGET: Shape = shape(
    "RuleTarget",
    &[choice("kind", &["app", "agent", "grant", "provider"]), text("id").nullable()],
);

/// A runtime call and its result.
pub const AUDIT_EVENT: Shape = shape(
    "AuditEvent",
    &[
        uuid("id"),
        time("created_at"),
        text("trace_id"),
        text("thread_id").nullable(),
        uuid("app_id"),
        text("actor_id").nullable(),
        text("actor_name").nullable(),
        text("api_key_id").nullable(),
        text("caller_key_prefix").nullable(),
        text("caller").nullable(),
        text("principal_user_id").nullable(),
        text("tool_name").nullable(),
        text("run_id").nullable(),
        text("provider_id").nullable(),
        text("grant_id").nullable(),
        choice("grant_kind", GRANT_TYPES).nullable(),
        text("action"),
        text("method").nullable(),
        text("url").nullable(),
        number("response_status").nullable(),
        decimal("latency_ms").nullable(),
        choice("policy_decision", &["ALLOW", "DENY", "ERROR"]).nullable(),
        text("policy_error").nullable(),
        choice("outcome", OUTCOMES),
        text("reason").nullable(),
        text("principal_type").nullable(),
    ],
);
const GRANT_TYPES: &[&str] = &["oauth", "managed_secret"];
const OUTCOMES: &[&str] = &["success", "denied", "error"];
/// A change in the portal, and who made it.
pub const PORTAL_ACTION: Shape = shape(
    "PortalAction",
    &[
        uuid("id"),
        time("created_at"),
        text("action"),
        choice("principal_kind", ACTORS),
        object("principal", &NAMED),
        text("resource_type"),
        text("resource_id"),
        uuid("app_id").nullable(),
        any_object("details"),
    ],
);
const ACTORS: &[&str] = &["portal", "sdk", "system", "pat"];
/// A change of a grant.
pub const GRANT_EVENT: Shape = shape(
    "GrantEvent",
    &[
        uuid("id"),
        time("created_at"),
        text("event"),
        uuid("grant_id"),
        choice("grant_type", GRANT_TYPES),
        text("provider_id").nullable(),
        uuid("app_id"),
        text("actor"),
        choice("actor_source", ACTORS),
        text("reason").nullable(),
    ],
);
/// A trace in a list.
pub const TRACE_SUMMARY: Shape = shape(
    "TraceSummary",
    &[
        text("trace_id"),
        time("started_at"),
        time("ended_at"),
        number("event_count"),
        choice("status", OUTCOMES),
        text("actor_id").nullable(),
        uuid("app_id"),
    ],
);
/// A trace with its events.
pub const TRACE: Shape =
    extended("Trace", &TRACE_SUMMARY, &[list("events", &Object(&AUDIT_EVENT))]);
/// A thread in a list.
pub const THREAD_SUMMARY: Shape = shape(
    "ThreadSummary",
    &[text("thread_id"), time("last_activity_at"), number("trace_count"), number("event_count")],
);
/// A thread with its traces, and these with their events.
pub const THREAD: Shape = extended("Thread", &THREAD_SUMMARY, &[list("traces", &Object(&TRACE))]);
/// Somebody who calls, and how much.
pub const PRINCIPAL: Shape = shape(
    "Principal",
    &[
        choice("principal_kind", &["key", "actor", "agent"]),
        text("id"),
        text("name").nullable(),
        list("keys", &Object(&KEY_COUNT)),
        number("key_count"),
        number("thread_count"),
        number("trace_count"),
        number("event_count"),
        time("last_activity_at"),
    ],
);
const KEY_COUNT: Shape = shape("KeyCount", &[text("key_id"), number("event_count")]);
/// The result of an integrity check.
pub const INTEGRITY: Shape = shape(
    "Integrity",
    &[time("start"), time("end"), list("tables", &Object(&CHECKED_TABLE)), flag("ok")],
);
const CHECKED_TABLE: Shape = shape(
    "CheckedTable",
    &[
        choice("table", &["api-calls", "oauth-tokens", "managed-secrets"]),
        number("rows_checked"),
        list("mismatches", &Object(&MISMATCH)),
    ],
);
const MISMATCH: Shape = shape("Mismatch", &[text("id"), text("expected"), text("actual")]);

/// A grant of a connection or of a managed secret.
pub const GRANT: Shape = shape(
    "Grant",
    &[
        uuid("id"),
        choice("grant_type", GRANT_TYPES),
        text("provider_id"),
        uuid("app_user_id").nullable(),
        text("user_identifier").nullable(),
        choice("status", GRANT_STATUSES),
        texts("scopes"),
        text("label").nullable(),
        time("expires_at").nullable(),
        time("created_at"),
        time("last_used_at").nullable(),
        time("revoked_at").nullable(),
    ],
);
/// How the pages of an app look.
pub const BRANDING: Shape = shape(
    "Branding",
    &[
        text("logo_url"),
        object("colors", &COLORS),
        text("font_family").nullable(),
        time("updated_at"),
    ],
);
const COLORS: Shape = shape("Colors", &[text("primary"), text("text"), text("background")]);
/// What an approval is like where its rule does not say.
pub const APPROVAL_DEFAULTS: Shape = shape(
    "ApprovalDefaults",
    &[object("defaults", &APPROVAL_VALUES), object("bounds", &APPROVAL_BOUNDS)],
);
const APPROVAL_VALUES: Shape = shape(
    "ApprovalValues",
    &[
        number("expires_in_seconds"),
        number("max_pending"),
        number("result_retention_seconds"),
        texts("channels"),
    ],
);
const APPROVAL_BOUNDS: Shape = shape(
    "ApprovalBounds",
    &[object("expires_in_seconds", &BOUNDS), object("max_pending", &BOUNDS)],
);
const BOUNDS: Shape = shape("Bounds", &[number("min"), number("max")]);

const CALLS: &[Member] = &[number("total"), number("success"), number("failure")];
const CALL_TOTALS: Shape = shape("CallTotals", CALLS);
/// Calls over time.
pub const API_CALLS: Shape = shape(
    "ApiCalls",
    &[
        time("start"),
        time("end"),
        choice("granularity", &["hour", "day", "week", "month"]),
        list("series", &Object(&CALL_BUCKET)),
        object("totals", &CALL_TOTALS),
    ],
);
const CALL_BUCKET: Shape = extended("CallBucket", &CALL_TOTALS, &[time("bucket")]);
/// Calls by provider.
pub const BY_PROVIDER: Shape =
    shape("ByProvider", &[time("start"), time("end"), list("rows", &Object(&PROVIDER_CALLS))]);
const PROVIDER_CALLS: Shape = extended("ProviderCalls", &CALL_TOTALS, PROVIDER_NAME);
const PROVIDER_NAME: &[Member] = &[text("provider_id").nullable(), text("name").nullable()];
/// Calls by app.
pub const BY_APP: Shape =
    shape("ByApp", &[time("start"), time("end"), list("rows", &Object(&APP_CALLS))]);
const APP_CALLS: Shape = extended("AppCalls", &CALL_TOTALS, &[uuid("app_id"), text("name")]);
/// Calls in a few numbers.
pub const ANALYTICS_SUMMARY: Shape = shape(
    "AnalyticsSummary",
    &[
        number("total_calls"),
        decimal("success_rate").nullable(),
        text("busiest_provider").nullable(),
        text("busiest_app").nullable(),
        number("active_apps"),
    ],
);
/// Decisions of policies.
pub const POLICY_COUNTS: Shape = shape(
    "PolicyCounts",
    &[
        number("allow"),
        number("deny"),
        number("error"),
        list("top_denied_providers", &Object(&PROVIDER_COUNT)),
    ],
);
const PROVIDER_COUNT: Shape = shape(
    "ProviderCount",
    &[text("provider_id").nullable(), text("name").nullable(), number("count")],
);
/// How long calls took.
pub const LATENCY: Shape =
    extended("Latency", &DURATIONS, &[list("by_provider", &Object(&PROVIDER_LATENCY))]);
const DURATIONS: Shape = shape(
    "Durations",
    &[
        decimal("avg_ms").nullable(),
        decimal("p50_ms").nullable(),
        decimal("p95_ms").nullable(),
        decimal("p99_ms").nullable(),
    ],
);
const PROVIDER_LATENCY: Shape = extended(
    "ProviderLatency",
    &DURATIONS,
    &[text("provider_id").nullable(), text("name").nullable(), number("count")],
);
/// Calls that failed.
pub const ERROR_COUNTS: Shape = shape(
    "ErrorCounts",
    &[
        number("total"),
        list("by_status", &Object(&STATUS_COUNT)),
        list("by_provider", &Object(&PROVIDER_COUNT)),
    ],
);
const STATUS_COUNT: Shape = shape("StatusCount", &[number("status").nullable(), number("count")]);
/// All in a few numbers.
pub const DASHBOARD_COUNTS: Shape = shape(
    "DashboardCounts",
    &[
        object("apps", &APP_COUNTS),
        object("users", &USER_COUNTS),
        object("connections", &CONNECTION_COUNTS),
        list("popular_providers", &Object(&PROVIDER_COUNT)),
        object("api_usage", &CALL_TOTALS),
    ],
);
const APP_COUNTS: Shape =
    shape("AppCounts", &[number("total"), number("active"), number("archived")]);
const USER_COUNTS: Shape =
    shape("UserCounts", &[number("total"), number("active"), number("seen")]);
const CONNECTION_COUNTS: Shape = shape(
    "ConnectionCounts",
    &[number("total"), number("active"), number("expired"), number("revoked")],
);
