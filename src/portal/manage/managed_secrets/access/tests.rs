//! The decision against a second, plain statement of it, over every mix of grants, requesters and states.

use super::*;
use crate::portal::manage::managed_secrets::credential::Credential;
use crate::portal::manage::managed_secrets::secret::Secret;

const NOW: Stamp = Stamp(1_800_000_000);
const APP: &str = "app";
const IDP: &str = "idp";

/// One state of everything that a decision depends on: a bit for each fact.
#[derive(Clone, Copy, Debug)]
struct Facts(u32);

const STATES: u32 = 1 << 9;
const ACTIVE_USER: u32 = 0;
const MEMBER: u32 = 1;
const ACTIVE_AGENT: u32 = 2;
const GROUP_DELEGATION: u32 = 3;
const EXPIRED: u32 = 4;
const REVOKED: u32 = 5;
const PARENT_REVOKED: u32 = 6;
const AGENT_SCOPES: u32 = 7;
const SLUG_IN_SCOPES: u32 = 8;

impl Facts {
    fn has(self, fact: u32) -> bool {
        self.0 >> fact & 1 == 1
    }
}

fn group() -> Principal {
    Principal::Group { idp_id: IDP.to_owned(), external_group_id: "g".to_owned() }
}

fn user() -> Principal {
    Principal::User { app_user_id: "user".to_owned() }
}

fn agent() -> Principal {
    Principal::Agent { agent_id: "agent".to_owned() }
}

struct World {
    tables: Tables,
    secret: StoredSecret,
    user: User,
    agent: StoredAgent,
}

impl World {
    fn new(facts: Facts) -> Self {
        let blank = Secret::blank("bearer_token", NOW);
        let mut secret = Secret { slug: "slug".to_owned(), ..blank };
        secret.delegation_policy.allow_group_delegation = facts.has(GROUP_DELEGATION);
        let user = User {
            id: "user".to_owned(),
            app_id: APP.to_owned(),
            email: None,
            display_name: None,
            idp_id: Some(IDP.to_owned()),
            subject: None,
            status: if facts.has(ACTIVE_USER) { "active" } else { "suspended" }.to_owned(),
            created_at: NOW,
            last_seen_at: None,
            group_ids: if facts.has(MEMBER) { vec!["group".to_owned()] } else { Vec::new() },
        };
        let mut agent = StoredAgent::blank(APP, NOW);
        agent.agent.id = "agent".to_owned();
        agent.agent.status = if facts.has(ACTIVE_AGENT) { "active" } else { "inactive" }.to_owned();
        if facts.has(AGENT_SCOPES) {
            let slug = if facts.has(SLUG_IN_SCOPES) { "slug" } else { "another" };
            agent.agent.scopes.insert("managed_secret_slugs".to_owned(), vec![slug].into());
        }
        let mut tables = Tables::default();
        tables.of_mut().add(user.clone());
        tables.of_mut().add(agent.clone());
        tables.of_mut().add(Group {
            id: "group".to_owned(),
            app_id: APP.to_owned(),
            name: "Group".to_owned(),
            external_group_id: "g".to_owned(),
            idp_id: IDP.to_owned(),
        });
        let credential = Credential::default();
        Self {
            tables,
            secret: StoredSecret { app_id: APP.to_owned(), secret, credential },
            user,
            agent,
        }
    }

    /// A grant in the state of the facts, delegated from one to this principal where there is one.
    fn grant(&mut self, facts: Facts, principal: Principal, parent: Option<Principal>) -> Grant {
        let mut grant = Grant::new(APP, self.secret.target(), principal, NOW);
        grant.policy.expires_at = facts.has(EXPIRED).then_some(NOW);
        grant.revoked_at = facts.has(REVOKED).then_some(NOW);
        if let Some(parent) = parent {
            let mut parent = Grant::new(APP, self.secret.target(), parent, NOW);
            parent.revoked_at = facts.has(PARENT_REVOKED).then_some(NOW);
            grant.parent_grant_id = Some(parent.id.clone());
            self.tables.of_mut().add(parent);
        }
        grant
    }
}

/// What should come out, written down without a look at how it is computed.
fn expected(facts: Facts, principal: &str, parent: Option<&str>, requester: &str) -> Option<Path> {
    if facts.has(EXPIRED) || facts.has(REVOKED) {
        return None;
    }
    let parent_holds = match parent {
        None => true,
        Some(_) if facts.has(PARENT_REVOKED) => false,
        Some("user") => facts.has(ACTIVE_USER),
        Some("group") => facts.has(GROUP_DELEGATION),
        Some(_) => facts.has(ACTIVE_AGENT),
    };
    if !parent_holds {
        return None;
    }
    let agent_may =
        facts.has(ACTIVE_AGENT) && (!facts.has(AGENT_SCOPES) || facts.has(SLUG_IN_SCOPES));
    match (principal, requester) {
        ("system", "app") => Some(Path::System),
        ("user", "user") if facts.has(ACTIVE_USER) => Some(Path::Direct),
        ("group", "user") if facts.has(ACTIVE_USER) && facts.has(MEMBER) => Some(Path::Group),
        ("agent", "agent") if agent_may && parent.is_none() => Some(Path::Agent),
        ("agent", "agent") if agent_may => Some(Path::Delegation),
        _ => None,
    }
}

#[test]
fn every_mix() {
    let principals =
        [("system", Principal::System), ("user", user()), ("group", group()), ("agent", agent())];
    let parents =
        [None, Some(("user", user())), Some(("group", group())), Some(("agent", agent()))];
    let mut given = 0;
    for facts in (0..STATES).map(Facts) {
        let mut world = World::new(facts);
        for (kind, principal) in &principals {
            for parent in &parents {
                let (parent_kind, parent) = match parent {
                    // Only agents are delegated to.
                    Some(_) if *kind != "agent" => continue,
                    Some((kind, parent)) => (Some(*kind), Some(parent.clone())),
                    None => (None, None),
                };
                let grant = world.grant(facts, principal.clone(), parent);
                for (name, requester) in [
                    ("app", Requester::App),
                    ("user", Requester::User(&world.user)),
                    ("agent", Requester::Agent(&world.agent)),
                ] {
                    let access = Access { tables: &world.tables, secret: &world.secret, now: NOW };
                    let path = access.by(&grant, requester);
                    let wanted = expected(facts, kind, parent_kind, name);
                    assert_eq!(path, wanted, "{facts:?}: {name} by {kind} from {parent_kind:?}");
                    given += usize::from(path.is_some());
                }
            }
        }
    }
    assert!(given > 300, "{given}");
}

#[test]
fn a_grant_of_another_secret_gives_nothing() {
    let facts = Facts(0);
    let mut world = World::new(facts);
    let mut grant = world.grant(facts, Principal::System, None);
    let other = World::new(facts);
    let access = Access { tables: &world.tables, secret: &other.secret, now: NOW };
    assert_eq!(access.by(&grant, Requester::App), None);
    // Neither does one that was delegated from nothing that is there.
    grant.parent_grant_id = Some("gone".to_owned());
    let access = Access { tables: &world.tables, secret: &world.secret, now: NOW };
    assert_eq!(access.by(&grant, Requester::App), None);
}
