//! What the portal has of what a file manages: one list a kind, one for each secret with grants and each target with rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::declare::Kind;
use super::kinds::{agents, app, branding, grants, keys, providers, rules, secrets};
use super::portal::{document, request, rows};
use super::read::AppFile;
use super::step::Reference;
use super::thing::{Existing, Identity, Thing, rule_content};
use crate::api;
use crate::base::failure::{Failure, Kind as FailureKind};
use crate::base::time;
use crate::session::Session;

/// The lists that are read.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// The sections whose lists are read.
    lists: BTreeSet<&'static str>,
    /// The slugs of secrets whose grants are read.
    grants_of: BTreeSet<String>,
    /// The targets whose rules are read.
    targets: BTreeSet<String>,
    /// Set for everything there is: an export.
    all: bool,
}

/// What there is.
#[derive(Debug, Default)]
pub(crate) struct Current {
    /// The app's own row.
    pub(crate) app: Option<Existing>,
    pub(crate) things: Vec<Existing>,
    /// The ids of what may be referred to, by address.
    pub(crate) ids: BTreeMap<String, String>,
}

impl Wanted {
    /// Returns the lists that a plan for a file needs.
    pub(crate) fn of(file: &AppFile) -> Self {
        let targets_of = |kind: &str| {
            file.rule_targets.iter().any(|target| target.starts_with(&format!("{kind}.")))
        };
        let mut grants_of = file.secrets_with_grants.clone();
        let labelled = |thing: &&Thing| {
            thing.kind.noun == "managed_secret" && thing.fields.contains_key("label")
        };
        grants_of.extend(file.things.iter().filter(labelled).map(|thing| thing.key.clone()));
        let granted = file.rule_targets.iter().filter_map(|target| target.strip_prefix("grants."));
        grants_of.extend(granted.filter_map(|target| Some(target.split_once('/')?.0.to_owned())));
        let mut lists = file.sections.clone();
        if targets_of("providers") {
            lists.insert("providers");
        }
        if targets_of("agents") || !file.secrets_with_grants.is_empty() {
            lists.insert("agents");
        }
        if targets_of("grants") {
            lists.insert("managed_secrets");
        }
        Self { lists, grants_of, targets: file.rule_targets.clone(), all: false }
    }

    /// Returns all lists.
    pub(crate) fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    fn has(&self, section: &str) -> bool {
        self.all || self.lists.contains(section)
    }
}

/// Reads what an app has.
pub(crate) fn read(session: &Session, app: &Value, wanted: &Wanted) -> Result<Current, Failure> {
    let id = app["id"].as_str().unwrap_or_default().to_owned();
    let mut reader =
        Reader { session, app: &id, wanted, current: Current::default(), agents: BTreeMap::new() };
    reader.current.app = Some(existing(&app::KIND, app, Identity::Name(String::new()), ""));
    reader.read()?;
    Ok(reader.current)
}

struct Reader<'s, 'c> {
    session: &'s Session<'c>,
    app: &'s str,
    wanted: &'s Wanted,
    current: Current,
    /// The names of agents, by id.
    agents: BTreeMap<String, String>,
}

impl Reader<'_, '_> {
    fn read(&mut self) -> Result<(), Failure> {
        if self.wanted.has("providers") {
            for row in rows(self.session, &api::providers::LIST, &[self.app], &[])? {
                let name = text(&row, "provider_id");
                let mut found = existing(&providers::KIND, &row, Identity::Name(name.clone()), "");
                found.id = name;
                found.fields.insert("grant_count", row["grant_count"].clone());
                self.add(found);
            }
        }
        if self.wanted.has("agents") {
            self.agents()?;
        }
        if self.wanted.has("managed_secrets") {
            self.secrets()?;
        }
        if self.wanted.has("keys") {
            for row in rows(self.session, &api::keys::LIST, &[self.app], &[("status", "active")])? {
                if is_managed_key(&row) {
                    let name = Identity::Name(text(&row, "name"));
                    self.add(existing(&keys::KIND, &row, name, ""));
                }
            }
        }
        self.rules()?;
        if self.wanted.has("branding") {
            self.branding()?;
        }
        Ok(())
    }

    fn add(&mut self, found: Existing) {
        if let Identity::Name(name) = &found.identity {
            let address = match found.kind.noun {
                "grant" => format!("managed_secrets.{}.grants.{name}", found.parent),
                _ => format!("{}.{name}", found.kind.section),
            };
            self.current.ids.insert(address, found.id.clone());
        }
        self.current.things.push(found);
    }

    fn agents(&mut self) -> Result<(), Failure> {
        for row in
            rows(self.session, &api::agents::LIST, &[self.app], &[("status", "active,inactive")])?
        {
            let name = text(&row, "name");
            self.agents.insert(text(&row, "id"), name.clone());
            self.add(existing(&agents::KIND, &row, Identity::Name(name), ""));
        }
        Ok(())
    }

    fn secrets(&mut self) -> Result<(), Failure> {
        for row in rows(self.session, &api::managed_secrets::LIST, &[self.app], &[])? {
            let (id, slug) = (text(&row, "id"), text(&row, "slug"));
            let mut found = existing(&secrets::KIND, &row, Identity::Name(slug.clone()), "");
            found.fields.insert("slug", slug.clone().into());
            if self.wanted.all || self.wanted.grants_of.contains(&slug) {
                let list = rows(self.session, &api::secret_grants::LIST, &[self.app, &id], &[])?;
                let of_system = |row: &&Value| row["principal"]["type"] == "system";
                let base = list.iter().filter(of_system).min_by_key(|row| text(row, "created_at"));
                if let Some(base) = base {
                    found.fields.insert("label", base["label"].clone());
                    found.also = text(base, "id");
                }
                let base = found.also.clone();
                self.add(found);
                for row in list
                    .iter()
                    .filter(|row| row["status"] == "active" && row["id"] != base.as_str())
                {
                    if row.get("parent_grant_id").is_none_or(Value::is_null) {
                        self.grant(row, &slug);
                    }
                }
            } else {
                self.add(found);
            }
        }
        Ok(())
    }

    fn grant(&mut self, row: &Value, slug: &str) {
        let mut principal = row["principal"].clone();
        if let Some(name) = principal["agent_id"].as_str().and_then(|id| self.agents.get(id)) {
            principal = json!({ "type": "agent", "agent": name });
        }
        let identity = match row["label"].as_str() {
            Some(label) => Identity::Name(label.to_owned()),
            None => Identity::Content(principal.to_string()),
        };
        let mut found = existing(&grants::KIND, row, identity, slug);
        found.fields.insert("principal", principal);
        self.add(found);
    }

    fn rules(&mut self) -> Result<(), Failure> {
        let mut targets = self.wanted.targets.clone();
        if self.wanted.all {
            targets.insert("app".into());
            for found in &self.current.things {
                let Identity::Name(name) = &found.identity else { continue };
                match found.kind.noun {
                    "agent" => drop(targets.insert(format!("agents.{name}"))),
                    "provider" => drop(targets.insert(format!("providers.{name}"))),
                    "grant" => drop(targets.insert(format!("grants.{}/{name}", found.parent))),
                    _ => {}
                }
            }
        }
        for target in targets {
            let operations = rules::Target::of(&target);
            let mut ids = vec![self.app.to_owned()];
            let known = operations.ids.iter().map(|id| match id {
                Reference::Id(id) => Some(id.clone()),
                Reference::Of(address) => self.current.ids.get(address).cloned(),
            });
            // What is not there yet has no rules.
            let Some(known) = known.collect::<Option<Vec<String>>>() else { continue };
            if target.starts_with("providers.") && !self.current.ids.contains_key(&target) {
                continue;
            }
            ids.extend(known);
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            for row in rows(self.session, operations.list, &ids, &[])? {
                let identity = match row["name"].as_str() {
                    Some(name) => Identity::Name(name.to_owned()),
                    None => Identity::Content(rule_content(&row["rule_type"], &row["rule_body"])),
                };
                let found = existing(&rules::KIND, &row, identity, &target);
                self.current.things.push(found);
            }
        }
        Ok(())
    }

    fn branding(&mut self) -> Result<(), Failure> {
        match self.session.send(&request(&api::branding::GET, &[self.app], None)) {
            Ok(response) => {
                let row = document(&response)?;
                self.current.things.push(existing(
                    &branding::KIND,
                    &row,
                    Identity::Name("branding".into()),
                    "",
                ));
                Ok(())
            }
            Err(failure) if failure.kind() == FailureKind::NotFound => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}

/// Returns true for a key that people manage: not derived, not replaced, not of the past.
fn is_managed_key(row: &Value) -> bool {
    let is_null = |key: &str| row.get(key).is_none_or(Value::is_null);
    let expired =
        row["expires_at"].as_str().and_then(time::parse).is_some_and(|at| at <= time::now());
    let kind = row["key_type"].as_str();
    is_null("parent_key_id")
        && is_null("revoked_at")
        && is_null("deprecated_at")
        && !expired
        && matches!(kind, Some("rk" | "ak"))
}

fn existing(kind: &'static Kind, row: &Value, identity: Identity, parent: &str) -> Existing {
    let value = |field: &'static super::declare::FileField| {
        Some((field.name, (kind.row_value)(field, row)?))
    };
    Existing {
        kind,
        id: text(row, "id"),
        identity,
        parent: parent.to_owned(),
        fields: kind.fields.iter().filter_map(value).collect(),
        also: String::new(),
    }
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap_or_default().to_owned()
}
