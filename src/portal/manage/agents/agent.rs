//! An agent: what it is, and what its keys of a body may be.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::portal::handler::call::Call;
use crate::portal::handler::checks::{Checked, integer, object, one_of, string, text, wrong};
use crate::portal::handler::form::{Key, clear_or_put, optional, put, required};
use crate::portal::handler::resource::Resource;
use crate::portal::random;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

const MAX_NAME: usize = 63;
const MAX_SCOPES: usize = 12_288;
const MAX_OBJECT: usize = 8_192;
const MAX_RATE_LIMIT: i64 = 100_000;

/// The key of an agent's scopes that lists managed secrets; every other one is a provider's id.
pub(crate) const SECRET_SLUGS: &str = "managed_secret_slugs";

/// What a new agent may be given.
pub(super) const NEW: &[Key<StoredAgent>] =
    &[NAME, KIND, DISPLAY_NAME, SCOPES, POLICY, METADATA, RATE_LIMIT];
/// What may be changed of one.
pub(super) const CHANGE: &[Key<StoredAgent>] =
    &[DISPLAY_NAME, SCOPES, POLICY, METADATA, RATE_LIMIT, STATUS];

const NAME: Key<StoredAgent> =
    required("name", |row, value| put(&mut row.agent.name, agent_name(value)));
const KIND: Key<StoredAgent> = optional("type", |row, value| {
    put(&mut row.agent.kind, one_of(&["agent", "service"])(value).map(str::to_owned))
});
const DISPLAY_NAME: Key<StoredAgent> = optional("display_name", |row, value| {
    clear_or_put(&mut row.agent.display_name, value, text(1, 120))
});
const SCOPES: Key<StoredAgent> =
    optional("scopes", |row, value| put(&mut row.agent.scopes, scopes(value)));
const POLICY: Key<StoredAgent> =
    optional("policy", |row, value| put(&mut row.agent.policy, object(MAX_OBJECT)(value)));
const METADATA: Key<StoredAgent> =
    optional("metadata", |row, value| put(&mut row.agent.metadata, object(MAX_OBJECT)(value)));
const RATE_LIMIT: Key<StoredAgent> = optional("rate_limit_per_minute", |row, value| {
    clear_or_put(&mut row.agent.rate_limit_per_minute, value, integer(1, MAX_RATE_LIMIT))
});
const STATUS: Key<StoredAgent> = optional("status", |row, value| {
    put(&mut row.agent.status, one_of(&["active", "inactive"])(value).map(str::to_owned))
});

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

fn agent_name(value: &Value) -> Checked<String> {
    let name = text(1, MAX_NAME)(value)?;
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let formed = name.bytes().all(|byte| inner(byte) || b"_-".contains(&byte));
    if formed && name.bytes().next().is_some_and(inner) {
        return Ok(name);
    }
    wrong("agent_name", "Input should be a-z, 0-9, `_` and `-`, beginning with a letter or digit")
}

/// Lists of scopes by provider; no list is empty.
fn scopes(value: &Value) -> Checked<Map<String, Value>> {
    let scopes = object(MAX_SCOPES)(value)?;
    for (provider, list) in &scopes {
        let words = list.as_array().filter(|words| !words.is_empty());
        let all_text = |words: &Vec<Value>| {
            words.iter().all(|word| string(word).is_ok_and(|word| !word.trim().is_empty()))
        };
        if provider.trim().is_empty() || !words.is_some_and(all_text) {
            let msg = format!("`{provider}` should be a provider with a list of at least 1 scope");
            return wrong("agent_scopes", msg);
        }
    }
    Ok(scopes)
}
