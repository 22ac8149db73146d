//! Policy rules, by name within their target; without one by what they say.

use serde_json::{Value, json};

use crate::api::field::{Field, choice, flag, of_kind, text};
use crate::api::kind::Kind as ValueKind;
use crate::api::operation::Operation;
use crate::api::policy;
use crate::app_file::declare::{Default, FileField, Kind, own};
use crate::app_file::step::{Reference, Step, body};
use crate::app_file::thing::{Identity, Thing};
use crate::input::rule_body;

static TYPE: Field = choice("type", &rule_body::TYPES);
static BODY: Field = of_kind("body", ValueKind::AnyObject { bytes: rule_body::MAX_BODY_BYTES });
/// The parts of a body that are text, also where they look like numbers: `environment: 1.10`.
static BODY_TEXTS: ValueKind = ValueKind::Object(&[
    of_kind("when", ValueKind::Map { of: &TEXT, keys: 0, name: 0, bytes: 0 }),
    of_kind("allow", TEXT),
    of_kind("timezone", TEXT),
    of_kind(
        "approval",
        ValueKind::Object(&[of_kind("approvers", TEXT), of_kind("channels", TEXT)]),
    ),
]);
const TEXT: ValueKind = ValueKind::Text { least: 0, most: usize::MAX };
static DESCRIPTION: Field = text("description", 0, 2000).nullable();
static ENABLED: Field = flag("enabled");
static NAME: Field = text("name", 1, 120).nullable();
static RENAME: FileField = own(&NAME);

pub(crate) static KIND: Kind = Kind {
    noun: "rule",
    section: "rules",
    fields: &[
        own(&TYPE)
            .at("rule_type")
            .default(Default::None)
            .fixed("a rule keeps its type: make one under another name, and delete this one"),
        own(&BODY).at("rule_body").default(Default::None).reads(&BODY_TEXTS),
        own(&DESCRIPTION),
        own(&ENABLED).default(Default::Flag(true)),
    ],
    required: &["body"],
    steps_to_create: |thing| {
        let mut new = body(thing, thing.kind.fields.iter());
        new.entry("rule_type").or_insert("json_match".into());
        if let Identity::Name(name) = thing.identity() {
            new.insert("name".into(), name.into());
        }
        let target = Target::of(&thing.parent);
        vec![Step::new(target.create, target.ids).body(new.into())]
    },
    steps_to_update: |thing, found, fields| {
        let mut change = body(thing, fields.iter().copied().filter(|field| field.name != "name"));
        if fields.iter().any(|field| field.name == "name") {
            change.insert("name".into(), thing.name().into());
        }
        let target = Target::of(&found.parent);
        vec![Step::new(target.update, target.with(&found.id)).body(change.into())]
    },
    steps_to_delete: |found| {
        let target = Target::of(&found.parent);
        vec![Step::new(target.delete, target.with(&found.id))]
    },
    row_value: |field, row| row.get(field.key).cloned(),
    finish,
    rename: Some(&RENAME),
};

/// The operations on the rules of a target, and what stands in their paths.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) list: &'static Operation,
    pub(crate) create: &'static Operation,
    pub(crate) update: &'static Operation,
    pub(crate) delete: &'static Operation,
    pub(crate) ids: Vec<Reference>,
}

impl Target {
    /// Returns that of a parent: `app`, `agents.billing`, `providers.github`, `grants.stripe/for-billing`.
    pub(crate) fn of(parent: &str) -> Self {
        use policy as p;
        let (kind, name) = parent.split_once('.').unwrap_or((parent, ""));
        let (list, create, update, delete, ids) = match kind {
            "agents" => {
                let id = Reference::Of(format!("agents.{name}"));
                (
                    &p::LIST_OF_AGENT,
                    &p::CREATE_OF_AGENT,
                    &p::UPDATE_OF_AGENT,
                    &p::DELETE_OF_AGENT,
                    vec![id],
                )
            }
            "providers" => {
                let id = Reference::Id(name.to_owned());
                (
                    &p::LIST_OF_PROVIDER,
                    &p::CREATE_OF_PROVIDER,
                    &p::UPDATE_OF_PROVIDER,
                    &p::DELETE_OF_PROVIDER,
                    vec![id],
                )
            }
            "grants" => {
                let (slug, label) = name.split_once('/').unwrap_or((name, ""));
                let id = Reference::Of(format!("managed_secrets.{slug}.grants.{label}"));
                (
                    &p::LIST_OF_GRANT,
                    &p::CREATE_OF_GRANT,
                    &p::UPDATE_OF_GRANT,
                    &p::DELETE_OF_GRANT,
                    vec![id],
                )
            }
            _ => (
                &p::LIST_OF_APP,
                &p::CREATE_OF_APP,
                &p::UPDATE_OF_APP,
                &p::DELETE_OF_APP,
                Vec::new(),
            ),
        };
        Self { list, create, update, delete, ids }
    }

    fn with(&self, rule: &str) -> Vec<Reference> {
        let mut ids = self.ids.clone();
        ids.push(Reference::Id(rule.to_owned()));
        ids
    }
}

fn finish(thing: &mut Thing) -> Vec<(&'static str, String)> {
    let rule_type =
        thing.fields.get("type").and_then(Value::as_str).unwrap_or("json_match").to_owned();
    let Some(body) = thing.fields.get("body") else {
        return vec![("", "has no body".to_owned())];
    };
    let mut wrong = Vec::new();
    if !crate::app_file::value::holds_variable(body)
        && rule_body::TYPES.contains(&rule_type.as_str())
    {
        let faults = rule_body::check(&rule_type, body).err().unwrap_or_default();
        wrong.extend(faults.into_iter().map(|fault| {
            ("body", format!("{} {}", fault.path.to_string().trim_start_matches("$."), fault.why))
        }));
    }
    thing.fields.entry("type").or_insert_with(|| json!(rule_type));
    wrong
}
