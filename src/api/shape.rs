//! The objects that operations answer with, by name.

use super::field::Field;

/// An object of an answer.
#[derive(Debug)]
pub struct Shape {
    /// Its name: `Key`.
    pub name: &'static str,
    /// Its keys, as far as they are declared: an answer may have more.
    pub keys: &'static [Field],
}

const fn shape(name: &'static str) -> Shape {
    Shape { name, keys: &[] }
}

/// An object that nothing is said of.
pub const ANY: Shape = shape("Any");
/// `PAT`
pub const PAT: Shape = shape("PAT");
/// `App`
pub const APP: Shape = shape("App");
/// `Key`
pub const KEY: Shape = shape("Key");
/// `KeyStatistics`
pub const KEY_STATISTICS: Shape = shape("KeyStatistics");
/// `MintedKey`
pub const MINTED_KEY: Shape = shape("MintedKey");
/// `RotatedKey`
pub const ROTATED_KEY: Shape = shape("RotatedKey");
/// `Agent`
pub const AGENT: Shape = shape("Agent");
/// `CreatedAgent`
pub const CREATED_AGENT: Shape = shape("CreatedAgent");
/// `AgentKey`
pub const AGENT_KEY: Shape = shape("AgentKey");
/// `MintedAgentKey`
pub const MINTED_AGENT_KEY: Shape = shape("MintedAgentKey");
/// `RegistryEntry`
pub const REGISTRY_ENTRY: Shape = shape("RegistryEntry");
/// `CatalogProvider`
pub const CATALOG_PROVIDER: Shape = shape("CatalogProvider");
/// `ProviderConfig`
pub const PROVIDER_CONFIG: Shape = shape("ProviderConfig");
/// `Template`
pub const TEMPLATE: Shape = shape("Template");
/// `Secret`
pub const SECRET: Shape = shape("Secret");
/// `CreatedSecret`
pub const CREATED_SECRET: Shape = shape("CreatedSecret");
/// `SecretGrant`
pub const SECRET_GRANT: Shape = shape("SecretGrant");
/// `Access`
pub const ACCESS: Shape = shape("Access");
/// `User`
pub const USER: Shape = shape("User");
/// `Group`
pub const GROUP: Shape = shape("Group");
/// `GroupDetails`
pub const GROUP_DETAILS: Shape = shape("GroupDetails");
/// `Discovery`
pub const DISCOVERY: Shape = shape("Discovery");
/// `IdentityProvider`
pub const IDENTITY_PROVIDER: Shape = shape("IdentityProvider");
/// `Webhook`
pub const WEBHOOK: Shape = shape("Webhook");
/// `WebhookSecret`
pub const WEBHOOK_SECRET: Shape = shape("WebhookSecret");
/// `Rule`
pub const RULE: Shape = shape("Rule");
/// `AuditEvent`
pub const AUDIT_EVENT: Shape = shape("AuditEvent");
/// `PortalAction`
pub const PORTAL_ACTION: Shape = shape("PortalAction");
/// `GrantEvent`
pub const GRANT_EVENT: Shape = shape("GrantEvent");
/// `TraceSummary`
pub const TRACE_SUMMARY: Shape = shape("TraceSummary");
/// `Trace`
pub const TRACE: Shape = shape("Trace");
/// `ThreadSummary`
pub const THREAD_SUMMARY: Shape = shape("ThreadSummary");
/// `Thread`
pub const THREAD: Shape = shape("Thread");
/// `Principal`
pub const PRINCIPAL: Shape = shape("Principal");
/// `Integrity`
pub const INTEGRITY: Shape = shape("Integrity");
/// `Grant`
pub const GRANT: Shape = shape("Grant");
/// `Branding`
pub const BRANDING: Shape = shape("Branding");
/// `ApprovalDefaults`
pub const APPROVAL_DEFAULTS: Shape = shape("ApprovalDefaults");
/// `ApiCalls`
pub const API_CALLS: Shape = shape("ApiCalls");
/// `ByProvider`
pub const BY_PROVIDER: Shape = shape("ByProvider");
/// `ByApp`
pub const BY_APP: Shape = shape("ByApp");
/// `AnalyticsSummary`
pub const ANALYTICS_SUMMARY: Shape = shape("AnalyticsSummary");
/// `PolicyCounts`
pub const POLICY_COUNTS: Shape = shape("PolicyCounts");
/// `Latency`
pub const LATENCY: Shape = shape("Latency");
/// `ErrorCounts`
pub const ERROR_COUNTS: Shape = shape("ErrorCounts");
/// `DashboardCounts`
pub const DASHBOARD_COUNTS: Shape = shape("DashboardCounts");
/// `Deleted`
pub const DELETED: Shape = shape("Deleted");
