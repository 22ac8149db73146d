//! An app as an app file: everything that the file can hold, sorted, with what the defaults say left out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::compare::canonical;
use super::current::Current;
use super::declare::{FileField, Kind};
use super::kinds;
use super::secret_values::variable;
use super::thing::{Existing, Identity};
use super::value::SECRET;
use super::yaml_text::Tree;

/// A file with the names of the credentials that it needs.
#[derive(Debug)]
pub(crate) struct Exported {
    pub(crate) file: Tree,
    pub(crate) secrets: Vec<String>,
}

/// Makes the file of what an app has; `templates` has the rows of the portal's templates.
pub(crate) fn export(current: &Current, templates: &[Value]) -> Exported {
    let mut exporter =
        Exporter { current, templates, secrets: Vec::new(), variables: BTreeSet::new() };
    let file = exporter.file();
    Exported { file, secrets: exporter.secrets }
}

struct Exporter<'a> {
    current: &'a Current,
    templates: &'a [Value],
    secrets: Vec<String>,
    variables: BTreeSet<String>,
}

impl Exporter<'_> {
    fn file(&mut self) -> Tree {
        let mut file = vec![("version".to_owned(), Tree::Leaf(json!(1)))];
        if let Some(app) = &self.current.app {
            file.push(("app".into(), Tree::Map(self.fields(app))));
        }
        for kind in [
            &kinds::providers::KIND,
            &kinds::agents::KIND,
            &kinds::secrets::KIND,
            &kinds::keys::KIND,
        ] {
            let entries = self.entries(kind, "");
            if !entries.is_empty() {
                file.push((kind.section.into(), Tree::Map(entries)));
            }
        }
        let rules = self.rules();
        if !rules.is_empty() {
            file.push(("rules".into(), Tree::Map(rules)));
        }
        if let Some(branding) = self.of(&kinds::branding::KIND, "").first() {
            file.push(("branding".into(), Tree::Map(self.fields(branding))));
        }
        Tree::Map(file)
    }

    fn of(&self, kind: &Kind, parent: &str) -> Vec<Existing> {
        let same = |found: &&Existing| found.kind.noun == kind.noun && found.parent == parent;
        let mut found: Vec<Existing> = self.current.things.iter().filter(same).cloned().collect();
        found.sort_by(|one, other| {
            one.identity.cmp(&other.identity).then_with(|| one.id.cmp(&other.id))
        });
        found
    }

    fn entries(&mut self, kind: &'static Kind, parent: &str) -> Vec<(String, Tree)> {
        let all = self.of(kind, parent);
        let mut count: BTreeMap<Identity, usize> = BTreeMap::new();
        for found in &all {
            *count.entry(found.identity.clone()).or_default() += 1;
        }
        let mut taken = BTreeSet::new();
        let mut entries = Vec::new();
        for found in &all {
            let ambiguous = count[&found.identity] > 1;
            let (name, unnamed) = match &found.identity {
                Identity::Name(name) => (name.clone(), false),
                Identity::Content(_) => (format!("{}-1", kind.noun), true),
            };
            // The slug of a secret follows from its name, unless that was taken.
            let own_name =
                kind.noun != "managed_secret" || kinds::secrets::slug(text(found, "name")) == name;
            let blank = name.trim().is_empty();
            let mut key = if blank { format!("{}-1", kind.noun) } else { name.clone() };
            let base =
                key.strip_suffix("-1").filter(|_| unnamed || blank).unwrap_or(&key).to_owned();
            let mut number = 1;
            while !taken.insert(key.clone()) {
                number += 1;
                key = format!("{base}-{number}");
            }
            let mut entry = Vec::new();
            if ambiguous || !own_name || blank {
                entry.push(("id".to_owned(), Tree::Leaf(found.id.clone().into())));
            }
            if key != name && !unnamed && kind.field("name").is_none() {
                entry.push(("name".to_owned(), Tree::Leaf(name.clone().into())));
            }
            if unnamed {
                let field = if kind.noun == "grant" { "label" } else { "name" };
                entry.push((field.to_owned(), Tree::Leaf(Value::Null)));
            }
            entry.extend(self.fields(found));
            if kind.noun == "managed_secret" {
                let grants = self.entries(&kinds::grants::KIND, &name);
                if !grants.is_empty() {
                    entry.push(("grants".into(), Tree::Map(grants)));
                }
            }
            entries.push((key, Tree::Map(entry)));
        }
        entries
    }

    fn fields(&mut self, found: &Existing) -> Vec<(String, Tree)> {
        let mut entries = Vec::new();
        if let Some(principal) = found.fields.get("principal") {
            entries.extend(whom(principal));
        }
        for field in found.kind.fields {
            if field.is_credential() {
                entries.extend(self.credential(field, found));
                continue;
            }
            let Some(value) = found.fields.get(field.name) else { continue };
            let value = canonical(field, value);
            let left_out = !field.is_compared()
                || field.default.is(&value)
                || self.follows_from_template(field, found, &value);
            let empty = value.as_object().is_some_and(serde_json::Map::is_empty);
            if !(left_out || empty && field.name == "grant_policy") {
                entries.push((field.name.to_owned(), Tree::Leaf(value)));
            }
        }
        entries
    }

    fn follows_from_template(&self, field: &FileField, found: &Existing, value: &Value) -> bool {
        self.template(found)
            .is_some_and(|row| row.get(field.key).is_some_and(|default| default == value))
            && matches!(
                field.name,
                "credential_type" | "injection_header" | "injection_format" | "injection_rules"
            )
    }

    fn credential(&mut self, field: &FileField, found: &Existing) -> Option<(String, Tree)> {
        let Identity::Name(name) = &found.identity else { return None };
        if found.kind.noun == "provider" && text(found, "credential_source") == "shared_dev" {
            return None;
        }
        let parts = self.parts(found);
        let mut place = |wanted: String| json!({ SECRET: self.secret(&wanted) });
        let value = match &parts[..] {
            [] | [_] => place(name.clone()),
            parts => {
                parts.iter().map(|part| (part.clone(), place(format!("{name}-{part}")))).collect()
            }
        };
        Some((field.name.to_owned(), Tree::Leaf(value)))
    }

    /// Returns the parts that a credential must have: the portal never says which one has.
    fn parts(&self, found: &Existing) -> Vec<String> {
        let kind = text(found, "credential_type");
        let template = self.template(found).filter(|row| row["credential_type"] == kind);
        let required = template
            .and_then(|row| row["fields"].as_array())
            .into_iter()
            .flatten()
            .filter(|part| part["required"] == true);
        let parts: Vec<String> =
            required.filter_map(|part| part["name"].as_str().map(str::to_owned)).collect();
        match (parts.is_empty(), kind) {
            (true, "aws_sig_v4") => {
                ["access_key_id", "secret_access_key", "region"].map(str::to_owned).to_vec()
            }
            _ => parts,
        }
    }

    fn template(&self, found: &Existing) -> Option<&Value> {
        let id = found.fields.get("template").and_then(Value::as_str)?;
        self.templates.iter().find(|row| row["id"] == id)
    }

    /// Returns a name for a credential whose variable no other has.
    fn secret(&mut self, wanted: &str) -> String {
        let plain: String = wanted
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
            .collect();
        let mut name = plain.clone();
        let mut number = 1;
        while !self.variables.insert(variable(&name)) {
            number += 1;
            name = format!("{plain}-{number}");
        }
        self.secrets.push(name.clone());
        name
    }

    fn rules(&mut self) -> Vec<(String, Tree)> {
        let kind = &kinds::rules::KIND;
        let mut sections = Vec::new();
        let app = self.entries(kind, "app");
        if !app.is_empty() {
            sections.push(("app".to_owned(), Tree::Map(app)));
        }
        let parents: BTreeSet<String> = self
            .current
            .things
            .iter()
            .filter(|found| found.kind.noun == "rule")
            .map(|found| found.parent.clone())
            .collect();
        for section in super::read::TARGETS {
            let mut targets = Vec::new();
            for parent in &parents {
                if let Some(("", name)) =
                    parent.strip_prefix(section).and_then(|rest| rest.split_once('.'))
                {
                    targets.push((name.to_owned(), Tree::Map(self.entries(kind, parent))));
                }
            }
            if !targets.is_empty() {
                sections.push(((*section).to_owned(), Tree::Map(targets)));
            }
        }
        sections
    }
}

/// Returns whom a grant is for, in the words of the file.
fn whom(principal: &Value) -> Option<(String, Tree)> {
    let leaf = |key: &str, value: Value| Some((key.to_owned(), Tree::Leaf(value)));
    match principal["type"].as_str()? {
        "agent" => leaf("agent", principal.get("agent").or(principal.get("agent_id"))?.clone()),
        "user" => leaf("user", principal["app_user_id"].clone()),
        "group" => leaf(
            "group",
            json!({ "idp_id": principal["idp_id"], "external_group_id": principal["external_group_id"] }),
        ),
        _ => leaf("system", true.into()),
    }
}

fn text<'a>(found: &'a Existing, field: &str) -> &'a str {
    found.fields.get(field).and_then(Value::as_str).unwrap_or_default()
}
