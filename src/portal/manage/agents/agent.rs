//! An agent: what it is, and what its keys of a body may be.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::portal::handler::body::Body;
use crate::portal::handler::call::Call;
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::resource::Resource;
use crate::portal::random;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

/// The key of an agent's scopes that lists managed secrets; every other one is a provider's id.
pub(crate) const SECRET_SLUGS: &str = "managed_secret_slugs";

/// An agent as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) display_name: Option<String>,
    /// `agent` or `service`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// `active`, `inactive` or `revoked`.
    pub(crate) status: String,
    /// Scopes by provider, and slugs of managed secrets.
    pub(crate) scopes: Map<String, Value>,
    policy: Map<String, Value>,
    metadata: Map<String, Value>,
    pub(crate) rate_limit_per_minute: Option<i64>,
    pub(crate) version: u32,
    pub(crate) created_at: Stamp,
    pub(crate) last_used_at: Option<Stamp>,
}

/// An agent as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredAgent {
    pub(crate) app_id: String,
    pub(crate) agent: Agent,
}

impl Row for StoredAgent {
    const TABLE: &'static str = "agents";

    fn id(&self) -> &str {
        &self.agent.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl Resource for StoredAgent {
    const KIND: &'static str = "agent";
    const NOT_FOUND: &'static str = "agent_not_found";

    fn shown<'a>(&'a self, _call: &'a Call<'_>) -> impl Serialize {
        &self.agent
    }

    fn name(&self) -> &str {
        &self.agent.name
    }

    fn touch(&mut self, _now: Stamp) {
        self.agent.version += 1;
    }

    fn fill(&mut self, body: &Body) -> Result<(), Refusal> {
        let agent = &mut self.agent;
        body.set("name", &mut agent.name)?;
        body.set("type", &mut agent.kind)?;
        body.set("display_name", &mut agent.display_name)?;
        body.set("scopes", &mut agent.scopes)?;
        body.set("policy", &mut agent.policy)?;
        body.set("metadata", &mut agent.metadata)?;
        body.set("rate_limit_per_minute", &mut agent.rate_limit_per_minute)?;
        body.set("status", &mut agent.status)
    }
}

impl StoredAgent {
    /// An active agent without a name.
    pub(crate) fn blank(app_id: &str, now: Stamp) -> Self {
        let agent = Agent {
            id: random::uuid(),
            name: String::new(),
            display_name: None,
            kind: "agent".to_owned(),
            status: "active".to_owned(),
            scopes: Map::new(),
            policy: Map::new(),
            metadata: Map::new(),
            rate_limit_per_minute: None,
            version: 1,
            created_at: now,
            last_used_at: None,
        };
        Self { app_id: app_id.to_owned(), agent }
    }
}

impl Agent {
    /// Whether it is gone for good.
    pub(crate) fn is_revoked(&self) -> bool {
        self.status == "revoked"
    }

    /// Neither suspended nor gone.
    pub(crate) fn is_active(&self) -> bool {
        self.status == "active"
    }

    /// Whether its scopes allow this managed secret; without any scopes its grants alone decide.
    pub(crate) fn scopes_allow(&self, slug: &str) -> bool {
        let listed = |slugs: &Value| {
            slugs.as_array().is_some_and(|slugs| slugs.iter().any(|listed| listed == slug))
        };
        self.scopes.is_empty() || self.scopes.get(SECRET_SLUGS).is_some_and(listed)
    }
}
