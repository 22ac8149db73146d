//! Agents: programs that act on their own, with keys of their own.

use super::field::{Field, choice, choices, flag, format, number, of_kind, text};
use super::format::AGENT_NAME;
use super::kind::Kind;
use super::operation::{delete, get, patch, post};
use super::shape::{
    AGENT, AGENT_KEY, CREATED_AGENT, MINTED_AGENT_KEY, PORTAL_ACTION, REGISTRY_ENTRY,
};

const READ: &str = "dashboard_agents:read";
const WRITE: &str = "dashboard_agents:write";
const ADMIN: &str = "dashboard_agents:admin";

/// The most bytes of an agent's policy and of its metadata.
const MAX_OBJECT: usize = 8192;

const TYPE: Field = choice("type", &["agent", "service"]);
const DISPLAY_NAME: Field = text("display_name", 1, 120).clearable();
/// Lists of scopes by provider, and slugs of managed secrets.
const SCOPES: Field = of_kind(
    "scopes",
    Kind::Map {
        of: &Kind::List { of: &Kind::Text { least: 1, most: 255 }, least: 1, most: usize::MAX },
        keys: usize::MAX,
        name: 255,
        bytes: 12_288,
    },
);
const POLICY: Field = of_kind("policy", Kind::AnyObject { bytes: MAX_OBJECT });
const METADATA: Field = of_kind("metadata", Kind::AnyObject { bytes: MAX_OBJECT });
const RATE_LIMIT: Field = number("rate_limit_per_minute", 1, 100_000).clearable();

operations! {
    /// Lists the agents of an app.
    LIST = get("/apps/{app}/agents")
        .needs(READ)
        .query(&[
            choices("status", &["active", "inactive", "revoked"]),
            TYPE,
            text("provider", 0, 200),
            text("search", 0, 200),
            flag("without_keys"),
        ])
        .items(1000, 50, &AGENT);
    /// Creates an agent with its first key, whose plaintext is in this answer alone.
    CREATE = post("/apps/{app}/agents")
        .needs(WRITE)
        .body(&[
            format("name", &AGENT_NAME).required(),
            TYPE,
            DISPLAY_NAME,
            SCOPES,
            POLICY,
            METADATA,
            RATE_LIMIT,
        ])
        .created(&CREATED_AGENT)
        .secret("api_key");
    /// Shows an agent.
    SHOW = get("/apps/{app}/agents/{agent}").needs(READ).object(&AGENT);
    /// Changes an agent.
    UPDATE = patch("/apps/{app}/agents/{agent}")
        .needs(WRITE)
        .body(&[DISPLAY_NAME, SCOPES, POLICY, METADATA, RATE_LIMIT, choice("status", &["active", "inactive"])])
        .object(&AGENT);
    /// Revokes an agent and every key of it.
    REVOKE = delete("/apps/{app}/agents/{agent}").needs(ADMIN).object(&AGENT);
    /// Lists what was done to an agent and its keys.
    AUDIT = get("/apps/{app}/agents/{agent}/audit")
        .needs("dashboard_audit:read")
        .items(500, 50, &PORTAL_ACTION);
    /// Lists the agents that audit data has seen.
    REGISTRY_LIST = get("/apps/{app}/agent-registry").needs(READ).items(1000, 50, &REGISTRY_ENTRY);
    /// Shows an agent that audit data has seen.
    REGISTRY_SHOW = get("/apps/{app}/agent-registry/{actor}").needs(READ).object(&REGISTRY_ENTRY);
    /// Lists the keys of an agent.
    LIST_KEYS = get("/apps/{app}/agents/{agent}/keys").needs(READ).array(&AGENT_KEY);
    /// Mints a key for an agent; its plaintext is in this answer alone.
    MINT_KEY = post("/apps/{app}/agents/{agent}/keys")
        .needs(WRITE)
        .created(&MINTED_AGENT_KEY)
        .secret("api_key");
    /// Revokes a key of an agent.
    REVOKE_KEY = delete("/apps/{app}/agents/{agent}/keys/{key}")
        .needs(ADMIN)
        .query(&[flag("force")])
        .object(&AGENT_KEY);
    /// Marks a key of an agent as deprecated.
    DEPRECATE_KEY = post("/apps/{app}/agents/{agent}/keys/{key}/deprecate").needs(WRITE).object(&AGENT_KEY);
    /// Takes the mark from a key of an agent.
    UNDEPRECATE_KEY = post("/apps/{app}/agents/{agent}/keys/{key}/undeprecate").needs(WRITE).object(&AGENT_KEY);
}
