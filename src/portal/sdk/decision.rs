//! Decides about a call with a grant: when it is asked for, and once more when it is made after an approval. Much can
//! have happened in between, so nothing that counts for the one is left out of the other.

use crate::protocol::url::ProviderUrl;

use super::policies::{self, Asker, Verdict};
use super::signing_key::Key;
use super::{provider, resolution, upstream};
use crate::portal::handler::refusal::Refusal;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::apps::App;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

/// Who makes the call once the credential is given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The caller, with the credential.
    Retrieve,
    /// The portal.
    Proxy,
}

/// A call with a grant, and the state it is decided by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) tables: &'a Tables,
    pub(super) asker: &'a Asker,
    pub(super) grant: &'a Grant,
    pub(super) method: &'a str,
    pub(super) url: &'a ProviderUrl,
    pub(super) mode: Mode,
    /// The port of this portal, whose own provider every credential may go to.
    pub(super) port: u16,
    pub(super) now: Stamp,
}

impl Question<'_> {
    /// Refuses a call that may not be made; gives the rules under which it waits for an approval.
    pub(super) fn decide(self) -> Result<Vec<String>, Refusal> {
        let Self { tables, asker, grant, now, .. } = self;
        self.check_asker()?;
        resolution::stands(tables, grant, now)?;
        resolution::allows_agent(tables, asker.agent_id.as_deref(), grant, now)?;
        resolution::allows_user(tables, asker.user_id.as_deref(), grant, now)?;
        let proxied = self.mode == Mode::Proxy;
        if proxied {
            resolution::admits_call(tables, grant, self.method, self.url.path())?;
        } else if !resolution::restrictions(tables, grant).is_empty() {
            let message = "The grant allows some calls alone, so the portal makes them itself.";
            return Err(Refusal::new(400, "restricted_grant_requires_proxy", message));
        }
        if !proxied && (grant.parent_grant_id.is_some() || grant.scope_constraint.is_some()) {
            let message = "The grant was delegated, so the portal makes calls with it itself.";
            return Err(Refusal::new(400, "delegated_grant_requires_proxy", message));
        }
        if !provider::is_own(self.port, self.url) {
            resolution::admits_host(tables, grant, self.url.origin().host(), proxied)?;
        }
        let gates = self.gates()?;
        if proxied {
            upstream::admits(self.port, self.url)?;
        }
        Ok(gates)
    }

    /// Refuses a key, an app or an agent that does not work any more.
    fn check_asker(self) -> Result<(), Refusal> {
        let Self { tables, asker, now, .. } = self;
        let gone = |code, message: &str| Refusal::new(403, code, message);
        let key = Key::of_id(tables, &asker.key_id);
        let key = key.ok_or_else(|| gone("key_revoked", "The key is gone."))?;
        key.check(tables, now, false)?;
        key.admits(tables, asker.client_ip)?;
        let app = tables.of::<App>().get(&asker.app_id);
        if app.is_none_or(|app| app.archived_at.is_some()) {
            return Err(gone("app_archived", "The app is archived; nothing of it can be used."));
        }
        let agent = asker.agent_id.as_deref().map(|id| tables.of::<StoredAgent>().get(id));
        match agent {
            Some(None) => Err(gone("agent_revoked", "The agent is gone.")),
            Some(Some(stored)) if !stored.agent.is_active() => {
                Err(gone("agent_inactive", "The agent is not active."))
            }
            _ => Ok(()),
        }
    }

    /// The rules that ask for an approval, unless one of them says no.
    fn gates(self) -> Result<Vec<String>, Refusal> {
        match policies::of(self.tables, self.asker, self.grant, self.method, self.now) {
            Verdict::Allow => Ok(Vec::new()),
            Verdict::Hold(_) if self.mode == Mode::Retrieve => {
                let message = "A rule asks for an approval, so the portal makes calls with this grant itself.";
                Err(Refusal::new(400, "hitl_grant_requires_proxy", message))
            }
            Verdict::Hold(gates) => Ok(gates),
            Verdict::Error(why) => Err(Refusal::new(403, "policy_error", why)),
            Verdict::Deny(why) => Err(Refusal::new(403, "policy_denied", why)),
        }
    }
}
