//! Principals: who calls. A caller that names an actor is that actor, be it an agent of the organization or not; one
//! that names none is its key, together with the keys that this one was rotated from.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::event::AuditEvent;
use super::filter::Filter;
use super::log::Log;
use super::synthetic::{Groups, Selection, THREAD, TRACE};
use super::threads::BY_THREAD;
use super::traces::BY_TRACE;
use crate::portal::timestamp::Stamp;

/// More keys than these are counted, not listed.
const MAX_KEYS: usize = 50;

/// What principals are, in the order of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Key,
    Actor,
    Agent,
}

/// What the organization knows of those who call.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    /// The names of its agents.
    pub(crate) agents: HashMap<String, String>,
    /// The first key of each key's line, and the name they share.
    pub(crate) keys: HashMap<String, (String, String)>,
}

/// A principal, and what it did.
#[derive(Debug, Serialize)]
pub(crate) struct Principal {
    #[serde(rename = "principal_kind")]
    kind: Kind,
    id: String,
    name: Option<String>,
    keys: Vec<KeyCount>,
    key_count: usize,
    thread_count: usize,
    trace_count: usize,
    event_count: usize,
    last_activity_at: Stamp,
}

#[derive(Debug, Serialize)]
struct KeyCount {
    key_id: String,
    event_count: usize,
}

/// Which principal an event is of.
type Identity = (Kind, String);

impl Directory {
    fn identify(&self, event: &AuditEvent) -> Option<Identity> {
        if let Some(actor) = &event.actor_id {
            let kind = if self.agents.contains_key(actor) { Kind::Agent } else { Kind::Actor };
            return Some((kind, actor.clone()));
        }
        let key = event.api_key_id.as_ref()?;
        Some((Kind::Key, self.keys.get(key).map_or(key, |(first, _)| first).clone()))
    }

    fn name(&self, kind: Kind, event: &AuditEvent) -> Option<String> {
        let key = event.api_key_id.as_ref().and_then(|key| self.keys.get(key));
        match kind {
            Kind::Key => key.map(|(_, name)| name.clone()).or_else(|| event.caller.clone()),
            Kind::Actor | Kind::Agent => {
                let agent = event.actor_id.as_ref().and_then(|actor| self.agents.get(actor));
                agent.or(event.actor_name.as_ref()).cloned()
            }
        }
    }
}

/// The principals of the events that pass: keys first, then the one with the latest event.
pub(crate) fn list(log: Log<'_>, filter: &Filter<'_>, directory: &Directory) -> Vec<Principal> {
    let mut recorded: BTreeMap<Identity, Vec<&AuditEvent>> = BTreeMap::new();
    for event in log.passing(filter) {
        if let Some(identity) = directory.identify(event) {
            recorded.entry(identity).or_default().push(event);
        }
    }
    let contents = log.computed.contents().map(|(_, event)| event);
    let contents = contents.filter(|event| filter.passes(event));
    for identity in contents.filter_map(|event| directory.identify(event)) {
        recorded.entry(identity).or_default();
    }
    let all = recorded.iter().filter_map(|(identity, events)| {
        let same = |event: &AuditEvent| {
            filter.passes(event) && directory.identify(event).as_ref() == Some(identity)
        };
        let computed = log.computed.select_where(filter.window, same);
        measure(identity, directory, events, &computed)
    });
    let mut all: Vec<Principal> = all.collect();
    all.sort_by(|one, other| {
        let keys_first = (one.kind != Kind::Key).cmp(&(other.kind != Kind::Key));
        keys_first.then(other.last_activity_at.cmp(&one.last_activity_at))
    });
    all
}

/// One principal: an actor or agent of this id, or these keys.
pub(crate) fn find(
    log: Log<'_>,
    filter: &Filter<'_>,
    directory: &Directory,
    kind: Kind,
    ids: &[&str],
) -> Option<Principal> {
    let one_of = |id: Option<&String>| id.is_some_and(|id| ids.contains(&id.as_str()));
    let theirs = |event: &AuditEvent| {
        let actor = event.actor_id.as_ref();
        filter.passes(event)
            && match kind {
                Kind::Key => actor.is_none() && one_of(event.api_key_id.as_ref()),
                Kind::Actor => one_of(actor),
                Kind::Agent => one_of(actor.filter(|id| directory.agents.contains_key(*id))),
            }
    };
    let recorded: Vec<&AuditEvent> = log.passing(filter).filter(|event| theirs(event)).collect();
    let computed = log.computed.select_where(filter.window, theirs);
    let identity = (kind, ids.first().copied().unwrap_or_default().to_owned());
    measure(&identity, directory, &recorded, &computed)
}

/// What a principal did, by its events; the recorded ones newest first. Nothing is no principal.
fn measure(
    (kind, id): &Identity,
    directory: &Directory,
    recorded: &[&AuditEvent],
    computed: &Selection<'_>,
) -> Option<Principal> {
    let newest_computed = (computed.count() > 0).then(|| computed.event(0));
    let newest = recorded.first().copied().or(newest_computed.as_ref())?;
    let mut keys = computed.tally(|event| event.api_key_id.clone());
    for event in recorded {
        *keys.entry(event.api_key_id.clone()).or_default() += 1;
    }
    let keys = keys.into_iter();
    let mut keys: Vec<KeyCount> = keys
        .filter_map(|(key, event_count)| Some(KeyCount { key_id: key?, event_count }))
        .collect();
    keys.sort_by_key(|key| std::cmp::Reverse(key.event_count));
    let key_count = keys.len();
    keys.truncate(MAX_KEYS);
    let traces = BY_TRACE.split(recorded.iter().copied()).len();
    let threads = BY_THREAD.split(recorded.iter().copied()).len();
    Some(Principal {
        kind: *kind,
        id: id.clone(),
        name: directory.name(*kind, newest),
        keys,
        key_count,
        thread_count: threads + Groups::new(computed, THREAD).count(),
        trace_count: traces + Groups::new(computed, TRACE).count(),
        event_count: recorded.len() + computed.count(),
        last_activity_at: newest.created_at,
    })
}
