//! Who can reach a managed secret, and by which grant. The decision is made here and nowhere else.

use serde::Serialize;

use super::secret::StoredSecret;
use crate::contract::call::{Call, Outcome};
use crate::contract::resource::Resource;
use crate::http::response::Response;
use crate::resources::agents::agent::StoredAgent;
use crate::resources::end_users::group::Group;
use crate::resources::end_users::user::User;
use crate::resources::grants::grant::Grant;
use crate::resources::grants::principal::Principal;
use crate::stamp::Stamp;
use crate::store::Tables;

/// Who asks for a secret.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asker<'a> {
    App,
    User(&'a User),
    Agent(&'a StoredAgent),
}

/// By what a grant opens a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Path {
    Direct,
    Group,
    System,
    Agent,
    Delegation,
}

/// What is asked for, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Door<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) secret: &'a StoredSecret,
    pub(crate) now: Stamp,
}

impl<'a> Door<'a> {
    /// Whether a grant lets somebody have the secret, and by what.
    pub(crate) fn opens(self, grant: &Grant, asker: Asker<'_>) -> Option<Path> {
        if grant.secret_id() != Some(&self.secret.secret.id) || !self.stands(grant) {
            return None;
        }
        match (&grant.principal, asker) {
            (Principal::System, Asker::App) => Some(Path::System),
            (Principal::User { app_user_id }, Asker::User(user)) => {
                (*app_user_id == user.id && user.is_active()).then_some(Path::Direct)
            }
            (Principal::Group { .. }, Asker::User(user)) => {
                let group = self.group(grant)?;
                let member = user.is_active() && user.group_ids.contains(&group.id);
                member.then_some(Path::Group)
            }
            (Principal::Agent { agent_id }, Asker::Agent(stored)) => {
                let agent = &stored.agent;
                let may = *agent_id == agent.id
                    && agent.is_active()
                    && !agent.shuts_out(&self.secret.secret.slug);
                let path =
                    if grant.parent_grant_id.is_some() { Path::Delegation } else { Path::Agent };
                may.then_some(path)
            }
            _ => None,
        }
    }

    /// Whether a grant is active, and everything that it was delegated from.
    fn stands(self, grant: &Grant) -> bool {
        let grants = self.tables.of::<Grant>();
        let mut grant = grant;
        // A grant is older than what is delegated from it, so there is an end to going up.
        loop {
            if !grant.is_active(self.now) {
                return false;
            }
            let Some(parent) = grant.parent_grant_id.as_deref() else {
                return true;
            };
            let Some(parent) = grants.get(parent) else {
                return false;
            };
            let policy = self.secret.secret.delegation_policy;
            if matches!(parent.principal, Principal::Group { .. }) && !policy.allow_group_delegation
            {
                return false;
            }
            grant = parent;
        }
    }

    /// The group that a grant is for, once anybody of it has signed in.
    fn group(self, grant: &Grant) -> Option<&'a Group> {
        let Principal::Group { idp_id, external_group_id } = &grant.principal else {
            return None;
        };
        let mut groups = self.tables.of::<Group>().of_app(&self.secret.app_id);
        groups
            .find(|group| group.idp_id == *idp_id && group.external_group_id == *external_group_id)
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
struct Access<'a> {
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
    let door = Door { tables: &call.state.tables, secret: stored, now: call.now };
    let entries: Vec<Entry<'_>> =
        stored.grants(call).flat_map(|grant| entries(door, grant)).collect();
    let mut counts = Counts::default();
    for entry in &entries {
        counts.add(entry.path);
    }
    let (secret_id, slug) = (stored.secret.id.as_str(), stored.secret.slug.as_str());
    Ok(Response::json(200, &Access { secret_id, slug, entries, counts }))
}

/// Everybody whom a grant opens the secret to. A group stands before its members.
fn entries<'a>(door: Door<'a>, grant: &'a Grant) -> Vec<Entry<'a>> {
    let entry = |path, id, name| Entry {
        principal: Who { kind: grant.principal.kind(), id, name },
        path,
        grant_id: &grant.id,
        expires_at: grant.policy.expires_at,
    };
    let open = |asker| door.opens(grant, asker);
    let mut entries = Vec::new();
    match &grant.principal {
        Principal::System => entries.extend(open(Asker::App).map(|path| entry(path, None, None))),
        Principal::User { app_user_id } => {
            if let Some(user) = door.tables.of::<User>().get(app_user_id)
                && let Some(path) = open(Asker::User(user))
            {
                entries.push(entry(path, Some(&user.id), Some(user.name())));
            }
        }
        Principal::Agent { agent_id } => {
            if let Some(stored) = door.tables.of::<StoredAgent>().get(agent_id)
                && let Some(path) = open(Asker::Agent(stored))
            {
                entries.push(entry(path, Some(agent_id), Some(stored.name())));
            }
        }
        Principal::Group { external_group_id, .. } if door.stands(grant) => {
            let group = door.group(grant);
            let name = group.map(|group| group.name.as_str());
            entries.push(entry(Path::Group, Some(external_group_id), name));
            let members = group.into_iter().flat_map(|group| group.members(door.tables));
            for user in members {
                if let Some(path) = open(Asker::User(user)) {
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
