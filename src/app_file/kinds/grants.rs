//! The grants of a managed secret, by label; without one by whom they are for.

use serde_json::{Map, Value, json};

use crate::api::field::{Field, number, object, of_kind, text};
use crate::api::kind::Kind as ValueKind;
use crate::api::secret_grants as api;
use crate::app_file::declare::{Compare, FileField, Kind, of, own};
use crate::app_file::step::{EXPIRES_IN as LATER, Reference, Step, id_of};
use crate::app_file::thing::{Existing, Identity, Thing};

const STAYS: &str =
    "a grant keeps its principal: make one under another label, and revoke this one";

static AGENT: Field = text("agent", 1, 63);
static USER: Field = crate::api::field::uuid("user");
static GROUP: Field = object(
    "group",
    &[crate::api::field::uuid("idp_id").required(), text("external_group_id", 1, 255).required()],
);
static SYSTEM: Field = crate::api::field::flag("system");
static LABEL: Field = of_kind("label", ValueKind::Any);
static PRINCIPAL: Field = of_kind("principal", ValueKind::Any);
static EXPIRES_IN: Field = text("expires_in", 1, 20);
static EXPIRES_AT: Field = crate::api::field::future("expires_at").nullable();
static POLICY: Field = object(
    "grant_policy",
    &[
        number("max_ttl_seconds", 1, i64::MAX).nullable(),
        number("default_ttl_seconds", 1, i64::MAX).nullable(),
    ],
);
static RENAME: FileField = own(&LABEL);
/// Whom a grant is for, made of the four fields above it.
static WHOM: FileField = own(&PRINCIPAL).fixed(STAYS);

pub(crate) static KIND: Kind = Kind {
    noun: "grant",
    section: "managed_secrets",
    fields: &[
        own(&AGENT).compared(Compare::WhenMade),
        own(&USER).compared(Compare::WhenMade),
        own(&GROUP).compared(Compare::WhenMade),
        own(&SYSTEM).compared(Compare::WhenMade),
        own(&LABEL).compared(Compare::WhenMade),
        of("description", &api::CREATE),
        own(&EXPIRES_IN).compared(Compare::WhenMade),
        own(&EXPIRES_AT).compared(Compare::Time),
        own(&POLICY).compared(Compare::Keys),
    ],
    required: &[],
    steps_to_create: |thing| {
        let mut new = Map::new();
        new.insert("principal".into(), principal_body(thing));
        if let Identity::Name(label) = thing.identity() {
            new.insert("label".into(), label.into());
        }
        new.extend(
            thing.fields.get("description").map(|text| ("description".into(), text.clone())),
        );
        let policy = policy(thing, None);
        if !policy.is_empty() {
            new.insert("grant_policy".into(), policy.into());
        }
        let secret = Reference::Of(format!("managed_secrets.{}", thing.parent));
        vec![Step::new(&api::CREATE, vec![secret]).body(new.into())]
    },
    steps_to_update: |thing, found, fields| {
        let mut body = Map::new();
        for field in fields {
            match field.name {
                "description" => {
                    body.extend(
                        thing
                            .fields
                            .get("description")
                            .map(|text| ("description".into(), text.clone())),
                    );
                }
                "label" => drop(body.insert("label".into(), thing.name().into())),
                _ => drop(body.insert("grant_policy".into(), policy(thing, Some(found)).into())),
            }
        }
        vec![Step::new(&api::UPDATE, vec![Reference::Id(found.id.clone())]).body(body.into())]
    },
    steps_to_delete: |found| vec![Step::new(&api::REVOKE, vec![Reference::Id(found.id.clone())])],
    row_value: |field, row| match field.name {
        "grant_policy" => {
            let keys = row["grant_policy"].as_object()?.iter();
            Some(
                keys.filter(|(key, value)| *key != "expires_at" && !value.is_null())
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect(),
            )
        }
        _ => row.get(field.key).cloned(),
    },
    finish,
    rename: Some(&RENAME),
};

/// Returns the field that stands for whom a grant is for.
pub(crate) fn whom() -> &'static FileField {
    &WHOM
}

fn finish(thing: &mut Thing) -> Vec<(&'static str, String)> {
    let mut wrong = super::check_expiry(thing);
    if thing.fields.get("label").is_some_and(|label| !label.is_null()) {
        wrong.push((
            "label",
            "is the key that the grant stands under; `label: null` says that it has none"
                .to_owned(),
        ));
    }
    let given: Vec<&str> = ["agent", "user", "group", "system"]
        .into_iter()
        .filter(|name| thing.fields.contains_key(name))
        .collect();
    let principal = match given[..] {
        ["agent"] => json!({ "type": "agent", "agent": thing.fields["agent"] }),
        ["user"] => json!({ "type": "user", "app_user_id": thing.fields["user"] }),
        ["group"] => json!({
            "type": "group",
            "idp_id": thing.fields["group"]["idp_id"],
            "external_group_id": thing.fields["group"]["external_group_id"],
        }),
        ["system"] if thing.fields["system"] == Value::Bool(true) => json!({ "type": "system" }),
        ["system"] => {
            wrong.push(("system", "must be true".to_owned()));
            Value::Null
        }
        _ => {
            wrong.push((
                "",
                "must have exactly one of agent, user, group, system: whom the grant is for"
                    .to_owned(),
            ));
            Value::Null
        }
    };
    thing.fields.insert("principal", principal);
    wrong
}

fn principal_body(thing: &Thing) -> Value {
    let principal = thing.fields.get("principal").cloned().unwrap_or_default();
    match principal["agent"].as_str() {
        Some(agent) => json!({ "type": "agent", "agent_id": id_of(format!("agents.{agent}")) }),
        None => principal,
    }
}

/// Returns a whole policy: the portal replaces the one there is, so what the file does not manage is kept.
fn policy(thing: &Thing, found: Option<&Existing>) -> Map<String, Value> {
    let mut policy = Map::new();
    let sources = [found.map(|found| &found.fields), Some(&thing.fields)];
    for fields in sources.into_iter().flatten() {
        policy.extend(
            fields.get("grant_policy").and_then(Value::as_object).cloned().unwrap_or_default(),
        );
        policy.extend(fields.get("expires_at").map(|at| ("expires_at".to_owned(), at.clone())));
    }
    if let (Some(duration), None) = (thing.fields.get("expires_in"), found) {
        policy.insert("expires_at".into(), json!({ LATER: duration }));
    }
    policy
}
