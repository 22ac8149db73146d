//! What would be done to make the portal as the file says.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::compare::differs;
use super::current::Current;
use super::declare::{FileField, Kind};
use super::fault::Fault;
use super::kinds::{grants, keys, providers, secrets};
use super::read::AppFile;
use super::step::Step;
use super::thing::{Existing, Identity, Thing};
use crate::base::failure::{Failure, Kind as FailureKind};
use crate::protocol::digest;

/// Something that is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    Create,
    Update,
    Delete,
    Rotate,
}

/// A field that differs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Difference {
    pub(crate) path: String,
    pub(crate) from: Value,
    pub(crate) to: Value,
}

/// One thing that is to be changed.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) action: Action,
    pub(crate) kind: &'static Kind,
    pub(crate) address: String,
    /// Its name at the portal.
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) fields: Vec<Difference>,
    pub(crate) steps: Vec<Step>,
    /// The credentials that are sent, by name, and the hosts that they may be sent on to.
    pub(crate) secrets: Vec<String>,
    pub(crate) hosts: Vec<String>,
}

/// Something that cannot be done.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Blocked {
    pub(crate) address: String,
    pub(crate) reason: String,
    pub(crate) fix: String,
}

/// Something that cannot be known.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Unknown {
    pub(crate) address: String,
    pub(crate) reason: String,
    #[serde(skip)]
    pub(crate) steps: Vec<Step>,
}

/// A whole plan.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) origin: String,
    /// The app's id, where there is one, and its name.
    pub(crate) app_id: Option<String>,
    pub(crate) app_name: Option<String>,
    pub(crate) changes: Vec<Change>,
    pub(crate) blocked: Vec<Blocked>,
    pub(crate) unknown: Vec<Unknown>,
    pub(crate) unchanged: usize,
}

/// What was asked for beside the file.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) prune: bool,
    /// The addresses whose credential is replaced.
    pub(crate) rotate: BTreeSet<String>,
}

/// A fault that is found only beside the portal, or the failure that ends it all.
#[derive(Debug)]
pub(crate) enum Wrong {
    Faults(Vec<Fault>),
    Failed(Failure),
}

/// Plans what makes the portal, as it is now, as the file says.
pub(crate) fn plan(file: &AppFile, current: &Current, asked: &Asked) -> Result<Plan, Wrong> {
    let mut planner = Planner {
        file,
        current,
        asked,
        plan: Plan::default(),
        matched: BTreeSet::new(),
        rotated: BTreeSet::new(),
    };
    planner.check_references()?;
    planner.app().map_err(Wrong::Failed)?;
    for thing in &file.things {
        planner.thing(thing).map_err(Wrong::Failed)?;
    }
    if asked.prune {
        planner.prune();
    }
    planner.check_rotated().map_err(Wrong::Failed)?;
    Ok(planner.plan)
}

struct Planner<'a> {
    file: &'a AppFile,
    current: &'a Current,
    asked: &'a Asked,
    plan: Plan,
    /// The ids of what the file has.
    matched: BTreeSet<(&'static str, String)>,
    rotated: BTreeSet<String>,
}

impl<'a> Planner<'a> {
    /// Refuses names of what is neither in the file nor at the portal.
    fn check_references(&self) -> Result<(), Wrong> {
        let mut faults = Vec::new();
        let known: BTreeSet<String> = self.file.things.iter().map(Thing::full_address).collect();
        let there =
            |address: &str| known.contains(address) || self.current.ids.contains_key(address);
        for thing in &self.file.things {
            let (wanted, path) = match thing.kind.noun {
                "grant" => match thing
                    .fields
                    .get("principal")
                    .and_then(|principal| principal["agent"].as_str())
                {
                    Some(agent) => (format!("agents.{agent}"), "agent"),
                    None => continue,
                },
                "rule" => match thing.parent.split_once('.') {
                    Some(("grants", target)) => match target.split_once('/') {
                        Some((slug, label)) => {
                            (format!("managed_secrets.{slug}.grants.{label}"), "")
                        }
                        None => continue,
                    },
                    Some((kind, name)) => (format!("{kind}.{name}"), ""),
                    None => continue,
                },
                _ => continue,
            };
            if !there(&wanted) {
                let dot = if path.is_empty() { "" } else { "." };
                let at = format!("{}{dot}{path}", thing.full_address());
                faults.push(Fault::new(
                    thing.mark,
                    at,
                    format!("refers to {wanted}, which is neither in the file nor at the portal"),
                ));
            }
        }
        for slug in &self.file.secrets_with_grants {
            let address = format!("managed_secrets.{slug}");
            debug_assert!(there(&address) || !known.contains(&address));
        }
        if faults.is_empty() { Ok(()) } else { Err(Wrong::Faults(faults)) }
    }

    fn app(&mut self) -> Result<(), Failure> {
        let Some(thing) = &self.file.app else { return Ok(()) };
        match &self.current.app {
            Some(found) => self.compare(thing, found),
            None => self.create(thing),
        }
        Ok(())
    }

    fn thing(&mut self, thing: &Thing) -> Result<(), Failure> {
        if thing.kind.section == "identity_provider" {
            self.identity_provider(thing);
            return Ok(());
        }
        match self.found(thing)? {
            Some(found) => {
                self.matched.insert((thing.kind.noun, found.id.clone()));
                self.compare(thing, found);
            }
            None => self.create(thing),
        }
        Ok(())
    }

    fn identity_provider(&mut self, thing: &Thing) {
        if self.current.app.is_none() {
            return self.create(thing);
        }
        self.plan.unknown.push(Unknown {
            address: thing.full_address(),
            reason: "cannot be read with a PAT: it is made unless the app has one, and then left as it is".into(),
            steps: (thing.kind.steps_to_create)(thing),
        });
    }

    /// Returns the thing of the portal that one of the file is.
    fn found(&self, thing: &Thing) -> Result<Option<&'a Existing>, Failure> {
        let current: &'a Current = self.current;
        let siblings = || {
            current
                .things
                .iter()
                .filter(|found| found.kind.noun == thing.kind.noun && found.parent == thing.parent)
        };
        if let Some(id) = &thing.id {
            let found = siblings().find(|found| found.id.eq_ignore_ascii_case(id));
            return found.map(Some).ok_or_else(|| {
                Failure::new(
                    FailureKind::NotFound,
                    thing.full_address(),
                    format!("has the id {id}, and there is no such {}", thing.kind.noun),
                )
                .fix("take the `id:` out of the file, to have it made anew")
            });
        }
        let pinned: BTreeSet<&str> =
            self.file.things.iter().filter_map(|other| other.id.as_deref()).collect();
        let identity = thing.identity();
        let mut same = siblings()
            .filter(|found| found.identity == identity && !pinned.contains(found.id.as_str()));
        match (same.next(), same.next()) {
            (Some(one), Some(other)) => {
                let why = format!("there are two of that name: {} and {}", one.id, other.id);
                let lines = format!(
                    "name each: add `id: {}` here, and another entry with `id: {}`; both with `name: {}`",
                    one.id,
                    other.id,
                    thing.name()
                );
                Err(Failure::new(FailureKind::Conflict, thing.full_address(), why).fix(lines))
            }
            (found, _) => Ok(found),
        }
    }

    fn create(&mut self, thing: &Thing) {
        let missing: Vec<&str> = thing
            .kind
            .required
            .iter()
            .copied()
            .filter(|name| !thing.fields.contains_key(name))
            .collect();
        if !missing.is_empty() {
            self.plan.blocked.push(Blocked {
                address: thing.full_address(),
                reason: format!("is not there, and cannot be made without {}", missing.join(", ")),
                fix: format!("add {} to the file", missing.join(", ")),
            });
            return;
        }
        if self.asked.rotate.contains(&thing.full_address()) {
            self.rotated.insert(thing.full_address());
        }
        let fields = thing
            .kind
            .fields
            .iter()
            .filter(|field| field.name != "label" || thing.kind.noun != "grant");
        let fields = fields.filter_map(|field| {
            let to = thing.fields.get(field.name)?.clone();
            Some(Difference { path: field.name.to_owned(), from: Value::Null, to })
        });
        let change = self.change(
            Action::Create,
            thing,
            None,
            fields.collect(),
            (thing.kind.steps_to_create)(thing),
        );
        self.plan.changes.push(change);
    }

    fn compare(&mut self, thing: &Thing, found: &Existing) {
        let address = thing.full_address();
        let rotate = self.asked.rotate.contains(&address) && rotates(thing.kind);
        let mut changed: Vec<&'static FileField> = Vec::new();
        let mut fields = Vec::new();
        let all = thing.kind.fields.iter().chain((thing.kind.noun == "grant").then(grants::whom));
        for field in all {
            let Some(wanted) = thing.fields.get(field.name) else { continue };
            let there = found.fields.get(field.name).unwrap_or(&Value::Null);
            if !differs(field, wanted, there) {
                continue;
            }
            let difference =
                Difference { path: field.name.to_owned(), from: there.clone(), to: wanted.clone() };
            match field.fixed {
                Some(fix) if !(rotate && thing.kind.noun == "key" && field.name == "scopes") => {
                    self.block(&address, &difference, fix);
                }
                _ => {
                    fields.push(difference);
                    changed.push(field);
                }
            }
        }
        self.rename(thing, found, &mut fields, &mut changed);
        if rotate {
            self.rotate(thing, found, fields, &changed);
        } else if changed.is_empty() {
            self.plan.unchanged += 1;
        } else {
            let steps = (thing.kind.steps_to_update)(thing, found, &changed);
            let change = self.change(Action::Update, thing, Some(found.id.clone()), fields, steps);
            self.plan.changes.push(change);
        }
    }

    fn block(&mut self, address: &str, difference: &Difference, fix: &str) {
        self.plan.blocked.push(Blocked {
            address: address.to_owned(),
            reason: format!(
                "{} differs: {} is to be {}",
                difference.path, difference.from, difference.to
            ),
            fix: fix.replace("ADDRESS", address),
        });
    }

    fn rename(
        &mut self,
        thing: &Thing,
        found: &Existing,
        fields: &mut Vec<Difference>,
        changed: &mut Vec<&'static FileField>,
    ) {
        let wanted = thing.identity();
        if thing.id.is_none() || wanted == found.identity {
            return;
        }
        let name = |identity: &Identity| match identity {
            Identity::Name(name) => Value::from(name.as_str()),
            Identity::Content(_) => Value::Null,
        };
        let difference =
            Difference { path: "name".into(), from: name(&found.identity), to: name(&wanted) };
        match thing.kind.rename {
            Some(field) => {
                fields.push(difference);
                changed.push(field);
            }
            // The slug of a secret is not the file's business where an id says which one it is.
            None if thing.kind.noun == "managed_secret" => {}
            None => {
                self.block(
                    &thing.full_address(),
                    &difference,
                    "its name stays: use it in the file",
                );
            }
        }
    }

    fn rotate(
        &mut self,
        thing: &Thing,
        found: &Existing,
        fields: Vec<Difference>,
        changed: &[&'static FileField],
    ) {
        self.rotated.insert(thing.full_address());
        let others: Vec<_> = changed
            .iter()
            .copied()
            .filter(|field| thing.kind.noun != "key" || field.name != "scopes")
            .collect();
        let mut steps = match thing.kind.noun {
            "key" => {
                let differ = changed.iter().any(|field| field.name == "scopes");
                vec![keys::rotate(&found.id, thing.fields.get("scopes").filter(|_| differ))]
            }
            "provider" => thing
                .fields
                .get("client_secret")
                .map(|secret| providers::rotate(&found.id, secret))
                .into_iter()
                .collect(),
            _ => vec![secrets::rotate(thing, &found.id)],
        };
        if !others.is_empty() {
            let mut update = (thing.kind.steps_to_update)(thing, found, &others);
            update.append(&mut steps);
            steps = update;
        }
        let change = self.change(Action::Rotate, thing, Some(found.id.clone()), fields, steps);
        self.plan.changes.push(change);
    }

    fn change(
        &self,
        action: Action,
        thing: &Thing,
        id: Option<String>,
        fields: Vec<Difference>,
        steps: Vec<Step>,
    ) -> Change {
        let mut secrets = BTreeSet::new();
        for step in &steps {
            names_of_secrets(&step.body, &mut secrets);
        }
        let listed = |value: &Value| {
            value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        let hosts = thing.fields.get("allowed_hosts").or_else(|| {
            let found = self.current.things.iter().find(|found| Some(&found.id) == id.as_ref())?;
            found.fields.get("allowed_hosts")
        });
        Change {
            action,
            kind: thing.kind,
            address: thing.full_address(),
            name: thing.name().to_owned(),
            id,
            fields,
            steps,
            hosts: if secrets.is_empty() {
                Vec::new()
            } else {
                hosts.map(listed).unwrap_or_default()
            },
            secrets: secrets.into_iter().collect(),
        }
    }

    /// Plans the removal of what managed sections do not list, in the reverse of the order in which things are made.
    fn prune(&mut self) {
        let managed = |found: &&Existing| match found.kind.noun {
            "grant" => self.file.secrets_with_grants.contains(&found.parent),
            "rule" => self.file.rule_targets.contains(&found.parent),
            "branding" | "app" => false,
            _ => self.file.sections.contains(found.kind.section),
        };
        let going: Vec<Existing> = self
            .current
            .things
            .iter()
            .filter(managed)
            .filter(|found| !self.matched.contains(&(found.kind.noun, found.id.clone())))
            .cloned()
            .collect();
        for found in going.iter().rev() {
            let name = match &found.identity {
                Identity::Name(name) => name.clone(),
                Identity::Content(_) => found.id.clone(),
            };
            let address = match found.kind.noun {
                "grant" => format!("managed_secrets.{}.grants.{name}", found.parent),
                "rule" => format!("rules.{}.{name}", found.parent),
                _ => format!("{}.{name}", found.kind.section),
            };
            let granted =
                found.fields.get("grant_count").and_then(Value::as_u64).unwrap_or_default();
            if granted > 0 {
                self.plan.blocked.push(Blocked {
                    address,
                    reason: format!("has {granted} active grants, which would end"),
                    fix: format!(
                        "alter providers delete --provider {} --force, or list it in the file",
                        found.id
                    ),
                });
                continue;
            }
            self.plan.changes.push(Change {
                action: Action::Delete,
                kind: found.kind,
                address,
                name,
                id: Some(found.id.clone()),
                fields: Vec::new(),
                steps: (found.kind.steps_to_delete)(found),
                secrets: Vec::new(),
                hosts: Vec::new(),
            });
        }
    }

    fn check_rotated(&self) -> Result<(), Failure> {
        let unused: Vec<&str> =
            self.asked.rotate.difference(&self.rotated).map(String::as_str).collect();
        if unused.is_empty() {
            return Ok(());
        }
        let able =
            self.file.things.iter().filter(|thing| rotates(thing.kind)).map(Thing::full_address);
        let able: Vec<String> = able.collect();
        let failure = Failure::usage(
            "--rotate",
            format!("the file has no credential at {}", unused.join(", ")),
        );
        Err(if able.is_empty() {
            failure
        } else {
            failure.fix(format!("one of {}", able.join(", ")))
        })
    }
}

/// Returns true for kinds whose credential `--rotate` replaces.
pub(crate) fn rotates(kind: &Kind) -> bool {
    matches!(kind.noun, "key" | "managed_secret" | "provider")
}

fn names_of_secrets(body: &Value, names: &mut BTreeSet<String>) {
    match body {
        Value::Object(map) => match map.get(super::value::SECRET).and_then(Value::as_str) {
            Some(name) if map.len() == 1 => drop(names.insert(name.to_owned())),
            _ => map.values().for_each(|value| names_of_secrets(value, names)),
        },
        Value::Array(list) => list.iter().for_each(|value| names_of_secrets(value, names)),
        _ => {}
    }
}

impl Change {
    /// Returns the scopes that its requests need.
    pub(crate) fn scopes(&self) -> BTreeSet<&'static str> {
        self.steps.iter().filter_map(|step| step.operation.scope()).collect()
    }

    /// Returns the key of the answer that holds a secret, where it makes one.
    pub(crate) fn mints(&self) -> Option<&'static str> {
        self.steps.iter().find_map(|step| step.operation.secret)
    }

    /// Returns it as rows of the output have it.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = json!({
            "action": self.action,
            "kind": self.kind.noun,
            "address": self.address,
            "fields": self.fields,
            "scope": self.scopes().into_iter().collect::<Vec<_>>().join(","),
        });
        if let Some(id) = &self.id {
            shown["id"] = id.as_str().into();
        }
        shown
    }
}

impl Plan {
    /// Returns true where there is nothing to do.
    pub(crate) fn is_done(&self) -> bool {
        self.changes.is_empty() && self.blocked.is_empty()
    }

    /// Returns how many changes there are of an action.
    pub(crate) fn count(&self, action: Action) -> usize {
        self.changes.iter().filter(|change| change.action == action).count()
    }

    /// Returns the digest of what is to be done, by which an apply knows a plan again.
    pub(crate) fn digest(&self) -> String {
        let credential = |change: &Change, path: &str| {
            change.kind.field(path).is_some_and(FileField::is_credential)
        };
        let changes: Vec<Value> = self
            .changes
            .iter()
            .map(|change| {
                let fields: Vec<Value> = change
                    .fields
                    .iter()
                    .filter(|field| !credential(change, &field.path))
                    .map(|field| json!([field.path, field.from, field.to]))
                    .collect();
                json!([change.action, change.kind.noun, change.address, change.id, fields])
            })
            .collect();
        let app = self.app_id.as_ref().or(self.app_name.as_ref());
        let whole = json!([self.origin, app, changes, self.blocked]);
        format!("sha256:{}", digest::sha256_hex(whole.to_string().as_bytes()))
    }

    /// Returns the names of the credentials that are sent.
    pub(crate) fn secrets(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> =
            self.changes.iter().flat_map(|change| change.secrets.iter().cloned()).collect();
        for unknown in &self.unknown {
            for step in &unknown.steps {
                names_of_secrets(&step.body, &mut names);
            }
        }
        names
    }

    /// Returns the whole plan as `json` prints it.
    pub(crate) fn shown(&self) -> Value {
        let mut app = BTreeMap::new();
        app.extend(self.app_id.as_ref().map(|id| ("id", id)));
        app.extend(self.app_name.as_ref().map(|name| ("name", name)));
        json!({
            "version": 1,
            "origin": self.origin,
            "app": app,
            "changes": self.changes.iter().map(Change::shown).collect::<Vec<_>>(),
            "blocked": self.blocked,
            "unknown": self.unknown,
            "unchanged": self.unchanged,
            "digest": self.digest(),
        })
    }
}
