//! Reads an app file: from text to things, with a place for each fault. All faults are told at once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::declare::{FileField, Kind};
use super::fault::{Fault, Faults};
use super::kinds::{
    agents, app, branding, grants, identity_provider, keys, providers, rules, secrets,
};
use super::thing::Thing;
use super::value::{Values, holds_variable};
use crate::api::path::{Part, Path, Place};
use crate::input::yaml::{self, Entry, Mark, Node};

/// A file may hold as many values as 1 MiB of the shortest entries has.
const RULES: yaml::Rules = yaml::Rules { most: 300_000, refuses_anchors: true };

/// What an app file asks for.
#[derive(Debug, Default)]
pub(crate) struct AppFile {
    /// The app's own fields, where the file has them.
    pub(crate) app: Option<Thing>,
    /// The sections that are there: only these are managed.
    pub(crate) sections: BTreeSet<&'static str>,
    /// The secrets whose grants are managed, by slug.
    pub(crate) secrets_with_grants: BTreeSet<String>,
    /// The targets whose rules are managed: `app`, `agents.billing`.
    pub(crate) rule_targets: BTreeSet<String>,
    /// Everything else, in the order in which it is made.
    pub(crate) things: Vec<Thing>,
    /// The names of credentials that the file refers to, each with the address it is for.
    pub(crate) secrets: Vec<(String, String)>,
}

/// Reads a text; `values` has the variables.
pub(crate) fn read(text: &str, values: &Values) -> Result<AppFile, Vec<Fault>> {
    let root = yaml::read(text, 0, RULES)
        .map_err(|refused| vec![Fault::new(refused.mark, String::new(), refused.why)])?;
    let mut reader = Reader { faults: Faults::default(), values, file: AppFile::default() };
    reader.whole(&root);
    reader.check_references();
    if reader.faults.is_empty() { Ok(reader.file) } else { Err(reader.faults.sorted()) }
}

struct Reader<'v> {
    faults: Faults,
    values: &'v Values,
    file: AppFile,
}

/// The keys of a whole file.
pub(crate) const SECTIONS: &[&str] = &[
    "version",
    "app",
    "providers",
    "identity_provider",
    "agents",
    "managed_secrets",
    "keys",
    "rules",
    "branding",
];

/// The kinds of target that rules stand under, beside the app itself.
pub(crate) const TARGETS: &[&str] = &["agents", "providers", "grants"];

impl Reader<'_> {
    fn whole(&mut self, root: &Node) {
        let Some(entries) = self.map(root, "") else { return };
        self.refuse_unknown(entries, SECTIONS, "");
        match entries.iter().find(|entry| entry.key == "version") {
            Some(entry) if entry.value.value.text() == Some("1") => {}
            Some(entry) => {
                self.faults.add(
                    entry.value.mark,
                    "version",
                    "must be 1, the only version there is",
                );
            }
            None => self.faults.add(
                root.mark,
                "version",
                "is required: begin the file with `version: 1`",
            ),
        }
        // The order in which things are made: what is referred to comes first.
        for section in SECTIONS {
            let Some(entry) = entries.iter().find(|entry| entry.key == *section) else { continue };
            if *section == "version" {
                continue;
            }
            self.file.sections.insert(section);
            match *section {
                "app" => self.file.app = self.entry(&app::KIND, entry, "app", ""),
                "branding" => self.single(&branding::KIND, entry),
                "identity_provider" => self.single(&identity_provider::KIND, entry),
                "providers" => self.things(&providers::KIND, entry, "", ""),
                "agents" => self.things(&agents::KIND, entry, "", ""),
                "keys" => self.things(&keys::KIND, entry, "", ""),
                "managed_secrets" => self.secrets(entry),
                _ => self.rules(entry),
            }
        }
    }

    fn single(&mut self, kind: &'static Kind, entry: &Entry) {
        let thing = self.entry(kind, entry, kind.section, "");
        self.file.things.extend(thing);
    }

    /// Reads a section, or a part of one, that holds one entry a name.
    fn things(&mut self, kind: &'static Kind, section: &Entry, above: &str, parent: &str) {
        let place = if above.is_empty() {
            kind.section.to_owned()
        } else {
            format!("{}.{above}", kind.section)
        };
        let Some(entries) = self.map(&section.value, &place) else { return };
        for entry in entries {
            if entry.key.trim().is_empty() {
                self.faults.add(entry.mark, &place, "has a name that is blank");
                continue;
            }
            let address =
                if above.is_empty() { entry.key.clone() } else { format!("{above}.{}", entry.key) };
            let thing = self.entry(kind, entry, &address, parent);
            self.file.things.extend(thing);
        }
    }

    fn secrets(&mut self, section: &Entry) {
        let Some(entries) = self.map(&section.value, "managed_secrets") else { return };
        let mut grants = Vec::new();
        for entry in entries {
            let (own, below) = split(entry, "grants");
            let thing = self.entry(&secrets::KIND, &own, &entry.key, "");
            if let Some(thing) = thing {
                self.faults.extend(secrets::check_slug(&thing));
                self.file.things.push(thing);
            }
            grants.extend(below.map(|below| (entry.key.clone(), below)));
        }
        for (slug, below) in grants {
            self.file.secrets_with_grants.insert(slug.clone());
            self.things(&grants::KIND, &below, &format!("{slug}.grants"), &slug);
        }
    }

    fn rules(&mut self, section: &Entry) {
        let Some(entries) = self.map(&section.value, "rules") else { return };
        let known: Vec<&str> = std::iter::once("app").chain(TARGETS.iter().copied()).collect();
        self.refuse_unknown(entries, &known, "rules");
        for entry in entries.iter().filter(|entry| known.contains(&entry.key.as_str())) {
            if entry.key == "app" {
                self.file.rule_targets.insert("app".into());
                self.things(&rules::KIND, entry, "app", "app");
                continue;
            }
            let place = format!("rules.{}", entry.key);
            for target in self.map(&entry.value, &place).unwrap_or_default() {
                let parent = format!("{}.{}", entry.key, target.key);
                if entry.key == "grants" && target.key.split_once('/').is_none() {
                    self.faults.add(
                        target.mark,
                        &format!("{place}.{}", target.key),
                        "must be SLUG/LABEL, as in stripe/for-billing",
                    );
                    continue;
                }
                self.file.rule_targets.insert(parent.clone());
                self.things(&rules::KIND, target, &parent, &parent);
            }
        }
    }

    /// Reads one entry: every key is a field of its kind.
    fn entry(
        &mut self,
        kind: &'static Kind,
        entry: &Entry,
        address: &str,
        parent: &str,
    ) -> Option<Thing> {
        let mut thing = Thing {
            kind,
            address: address.to_owned(),
            key: entry.key.clone(),
            parent: parent.to_owned(),
            id: None,
            name: None,
            mark: entry.mark,
            fields: BTreeMap::new(),
        };
        let place = thing.full_address();
        let entries = self.map(&entry.value, &place)?;
        let named = !matches!(kind.section, "app" | "branding" | "identity_provider");
        let own_name = named && kind.field("name").is_none();
        let known: Vec<&str> = kind
            .fields
            .iter()
            .filter(|field| !field.name.is_empty())
            .map(|field| field.name)
            .collect();
        let beside: &[&str] = if own_name {
            &["id", "name"]
        } else if named {
            &["id"]
        } else {
            &[]
        };
        let all: Vec<&str> = known.iter().chain(beside).copied().collect();
        self.refuse_unknown(entries, &all, &place);
        for entry in entries {
            let at = format!("{place}.{}", entry.key);
            match (entry.key.as_str(), kind.field(&entry.key)) {
                ("id", None) if named => thing.id = self.id(entry, &at),
                ("name", None) if own_name => match &entry.value.value {
                    yaml::Value::Null => drop(thing.fields.insert("name", Value::Null)),
                    yaml::Value::Text { text, .. } => thing.name = Some(text.clone()),
                    _ => self.faults.add(entry.value.mark, &at, "must be a string"),
                },
                (_, Some(field)) => {
                    let value = self.field(field, entry, &at);
                    thing.fields.insert(field.name, value);
                }
                _ => {}
            }
        }
        let shape = (kind.finish)(&mut thing);
        for (name, why) in shape {
            let mark = entries
                .iter()
                .find(|entry| entry.key == name)
                .map_or(entry.mark, |entry| entry.value.mark);
            let at = if name.is_empty() { place.clone() } else { format!("{place}.{name}") };
            self.faults.add(mark, &at, why);
        }
        Some(thing)
    }

    fn id(&mut self, entry: &Entry, at: &str) -> Option<String> {
        let id = entry.value.value.text().unwrap_or_default();
        match (crate::api::format::UUID.check)(id) {
            Ok(()) => Some(id.to_ascii_lowercase()),
            Err(why) => {
                self.faults.add(entry.value.mark, at, why);
                None
            }
        }
    }

    /// Reads the value of a field and checks it as the operation that sets it does.
    fn field(&mut self, field: &'static FileField, entry: &Entry, at: &str) -> Value {
        if field.is_credential() {
            return self.credential(entry, at);
        }
        let declared = field.field();
        let (before, mut faults) = (self.faults.count(), Faults::default());
        let value = self.values.read(&entry.value, field.read_as(), at, &mut faults);
        self.faults.append(faults);
        // An empty list clears what is compared as a set, whatever the least of the operation that makes it.
        let cleared = field.clears_by_empty_list() && value.as_array().is_some_and(Vec::is_empty);
        if self.faults.count() > before || holds_variable(&value) || cleared {
            return value;
        }
        let mut wrong = Vec::new();
        declared.check(&Place::root(&value), crate::base::time::now(), &mut wrong);
        for wrong in wrong {
            self.faults.add(
                mark_of(&entry.value, &wrong.path),
                &path_text(at, &wrong.path),
                wrong.why,
            );
        }
        value
    }

    /// Reads where a credential belongs: the name of a secret, or a map of such names.
    fn credential(&mut self, entry: &Entry, at: &str) -> Value {
        let mut names = Vec::new();
        let mut faults = Faults::default();
        let value = super::value::credential(
            &entry.value,
            at,
            entry.key == "credential",
            &mut names,
            &mut faults,
        );
        self.faults.append(faults);
        for (name, mark) in names {
            let same = |(other, _): &&(String, String)| {
                *other != name
                    && super::secret_values::variable(other)
                        == super::secret_values::variable(&name)
            };
            if let Some((other, _)) = self.file.secrets.iter().find(same) {
                let why = format!(
                    "comes to the same variable as `{other}`: {}",
                    super::secret_values::variable(&name)
                );
                self.faults.add(mark, at, why);
            }
            let address = at.rsplit_once('.').map_or(at, |(address, _)| address);
            self.file.secrets.push((name, address.to_owned()));
        }
        value
    }

    fn map<'n>(&mut self, node: &'n Node, place: &str) -> Option<&'n [Entry]> {
        match &node.value {
            yaml::Value::Map(entries) => Some(entries),
            yaml::Value::Null => {
                self.faults.add(
                    node.mark,
                    place,
                    "has no value: write `{}` where nothing is meant, or leave the key out",
                );
                None
            }
            _ => {
                self.faults.add(node.mark, place, "must be a map of keys and values");
                None
            }
        }
    }

    fn refuse_unknown(&mut self, entries: &[Entry], known: &[&str], place: &str) {
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let at =
                if place.is_empty() { entry.key.clone() } else { format!("{place}.{}", entry.key) };
            let why = match crate::cli::suggest::nearest(&entry.key, known.iter().copied()) {
                Some(near) => format!("is not a known key; did you mean `{near}`?"),
                None => format!("is not a known key; there are {}", known.join(", ")),
            };
            self.faults.add(entry.mark, &at, why);
        }
    }

    /// Refuses names that two entries would have at the portal.
    fn check_references(&mut self) {
        let mut seen: BTreeMap<(&str, String, String), String> = BTreeMap::new();
        for thing in &self.file.things {
            let identity = format!("{:?}", thing.identity());
            let key = (thing.kind.noun, thing.parent.clone(), identity);
            if let Some(other) = seen.get(&key).filter(|_| thing.id.is_none()) {
                let why = format!("is the same as {other}: both would be one thing at the portal");
                self.faults.add(thing.mark, &thing.full_address(), why);
            }
            seen.insert(key, thing.full_address());
        }
    }
}

/// Parts an entry's value from the map under one key of it.
fn split(entry: &Entry, key: &str) -> (Entry, Option<Entry>) {
    let mut own = entry.clone();
    let mut below = None;
    if let yaml::Value::Map(entries) = &mut own.value.value
        && let Some(at) = entries.iter().position(|entry| entry.key == key)
    {
        below = Some(entries.remove(at));
    }
    (own, below)
}

/// Returns the place of the value that a path within a node leads to, or of the nearest that is there.
fn mark_of(node: &Node, path: &Path) -> Mark {
    let mut at = node;
    for part in path.parts() {
        let next = match (part, &at.value) {
            (Part::Key(key), yaml::Value::Map(entries)) => {
                entries.iter().find(|entry| entry.key == *key).map(|entry| &entry.value)
            }
            (Part::Index(index), yaml::Value::List(items)) => items.get(*index),
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    at.mark
}

fn path_text(at: &str, path: &Path) -> String {
    format!("{at}{}", path.to_string().trim_start_matches('$'))
}
