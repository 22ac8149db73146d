//! Who can reach a managed secret, and by which grant. The decision is made here and nowhere else.

use serde::Serialize;

use super::secret::StoredSecret;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::resource::Resource;
use crate::portal::http::response::Response;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::end_users::group::Group;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::grants::principal::Principal;
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

/// Who wants to use a secret.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Requester<'a> {
    App,
    User(&'a User),
    Agent(&'a StoredAgent),
}

/// By what a grant gives access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Path {
    Direct,
    Group,
    System,
    Agent,
    Delegation,
}

/// A secret at an instant, and the tables that decide who may use it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) secret: &'a StoredSecret,
    pub(crate) now: Stamp,
}

impl<'a> Access<'a> {
    /// By what a grant gives this requester access, if it does.
    pub(crate) fn by(self, grant: &Grant, requester: Requester<'_>) -> Option<Path> {
        if grant.secret_id() != Some(&self.secret.secret.id) || !self.is_in_force(grant) {
            return None;
        }
        match (&grant.principal, requester) {
            (Principal::System, Requester::App) => Some(Path::System),
            (Principal::User { app_user_id }, Requester::User(user)) => {
                (*app_user_id == user.id && user.is_active()).then_some(Path::Direct)
            }
            (Principal::Group { .. }, Requester::User(user)) => {
                let group = self.group(grant)?;
                let member = user.is_active() && user.group_ids.contains(&group.id);
                member.then_some(Path::Group)
            }
            (Principal::Agent { agent_id }, Requester::Agent(stored)) => {
                let agent = &stored.agent;
                let slug = &self.secret.secret.slug;
                let allowed =
                    *agent_id == agent.id && agent.is_active() && agent.scopes_allow(slug);
                let delegated = grant.parent_grant_id.is_some();
                allowed.then_some(if delegated { Path::Delegation } else { Path::Agent })
            }
            _ => None,
        }
    }

    /// Whether a grant is active, and so is everything that it was delegated from.
    fn is_in_force(self, grant: &Grant) -> bool {
        let grants = self.tables.of::<Grant>();
        let mut grant = grant;
        // A grant is older than what is delegated from it, so this ends.
        loop {
            if !grant.is_active(self.now) {
                return false;
            }
            let Some(parent) = grant.parent_grant_id.as_deref() else {
                return true;
            };
            let Some(parent) = grants.get(parent).filter(|parent| self.may_delegate(parent)) else {
                return false;
            };
            grant = parent;
        }
    }

    /// Whether what the principal of a grant has delegated still holds.
    fn may_delegate(self, grant: &Grant) -> bool {
        match &grant.principal {
            Principal::User { app_user_id } => {
                self.tables.of::<User>().get(app_user_id).is_some_and(User::is_active)
            }
            Principal::Agent { agent_id } => {
                let stored = self.tables.of::<StoredAgent>().get(agent_id);
                stored.is_some_and(|stored| stored.agent.is_active())
            }
            Principal::Group { .. } => self.secret.secret.delegation_policy.allow_group_delegation,
            Principal::System => true,
        }
    }

    /// The group that a grant is for, once the identity provider has reported it.
    fn group(self, grant: &Grant) -> Option<&'a Group> {
        let Principal::Group { idp_id, external_group_id } = &grant.principal else {
            return None;
        };
        let same = |group: &&Group| {
            group.idp_id == *idp_id && group.external_group_id == *external_group_id
        };
        self.tables.of::<Group>().of_app(&self.secret.app_id).find(same)
    }
}

/// One principal that can reach the secret.
#[derive(Serialize)]
struct Entry<'a> {
    principal: Who<'a>,
    path: Path,
    grant_id: &'a str,
    expires_at: Option<Stamp>,
}

#[derive(Serialize)]
struct Who<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Option<&'a str>,
    name: Option<&'a str>,
}

#[derive(Default, Serialize)]
struct Counts {
    direct: usize,
    group: usize,
    system: usize,
    agent: usize,
    delegation: usize,
    total: usize,
}

#[derive(Serialize)]
struct Report<'a> {
    secret_id: &'a str,
    slug: &'a str,
    entries: Vec<Entry<'a>>,
    counts: Counts,
}

impl Counts {
    fn add(&mut self, path: Path) {
        self.total += 1;
        *match path {
            Path::Direct => &mut self.direct,
            Path::Group => &mut self.group,
            Path::System => &mut self.system,
            Path::Agent => &mut self.agent,
            Path::Delegation => &mut self.delegation,
        } += 1;
    }
}

/// Every principal that can reach the secret, grant by grant.
pub(super) fn show(call: &mut Call<'_>) -> Outcome {
    let stored: &StoredSecret = call.row()?;
    let access = Access { tables: &call.state.tables, secret: stored, now: call.now };
    let entries: Vec<Entry<'_>> =
        stored.grants(call).flat_map(|grant| entries(access, grant)).collect();
    let mut counts = Counts::default();
    for entry in &entries {
        counts.add(entry.path);
    }
    let (secret_id, slug) = (stored.secret.id.as_str(), stored.secret.slug.as_str());
    Ok(Response::json(200, &Report { secret_id, slug, entries, counts }))
}

/// Everybody whom a grant gives access. A group comes before its members.
fn entries<'a>(access: Access<'a>, grant: &'a Grant) -> Vec<Entry<'a>> {
    let entry = |path, id, name| Entry {
        principal: Who { kind: grant.principal.kind(), id, name },
        path,
        grant_id: &grant.id,
        expires_at: grant.policy.expires_at,
    };
    let by = |requester| access.by(grant, requester);
    let mut entries = Vec::new();
    match &grant.principal {
        Principal::System => entries.extend(by(Requester::App).map(|path| entry(path, None, None))),
        Principal::User { app_user_id } => {
            if let Some(user) = access.tables.of::<User>().get(app_user_id)
                && let Some(path) = by(Requester::User(user))
            {
                entries.push(entry(path, Some(&user.id), Some(user.name())));
            }
        }
        Principal::Agent { agent_id } => {
            if let Some(stored) = access.tables.of::<StoredAgent>().get(agent_id)
                && let Some(path) = by(Requester::Agent(stored))
            {
                entries.push(entry(path, Some(agent_id), Some(stored.name())));
            }
        }
        Principal::Group { external_group_id, .. } if access.is_in_force(grant) => {
            let group = access.group(grant);
            let name = group.map(|group| group.name.as_str());
            entries.push(entry(Path::Group, Some(external_group_id), name));
            let members = group.into_iter().flat_map(|group| group.members(access.tables));
            for user in members {
                if let Some(path) = by(Requester::User(user)) {
                    let mut member = entry(path, Some(&user.id), Some(user.name()));
                    member.principal.kind = "user";
                    entries.push(member);
                }
            }
        }
        Principal::Group { .. } => {}
    }
    entries
}

#[cfg(test)]
mod tests;
