//! Managed secrets, by slug. A credential is sent when the secret is made, or when it is rotated, and never compared.

use serde_json::{Map, Value, json};

use super::itself;
use crate::api::field::{Field, flag, number, object, of_kind, text};
use crate::api::kind::Kind as ValueKind;
use crate::api::managed_secrets as api;
use crate::api::secret_grants;
use crate::app_file::declare::{Compare, Default, FileField, Kind, of, own};
use crate::app_file::fault::Fault;
use crate::app_file::step::{Reference, Step, body};
use crate::app_file::thing::Thing;
use crate::app_file::value::SECRET;

const STAYS: &str = "the portal has no request that changes it: make a secret under another name, and delete this one";

static TEMPLATE: Field = text("template", 1, 255).nullable();
static CREDENTIAL: Field = of_kind("credential", ValueKind::Any);
static HOSTS: Field = crate::api::field::bounded_list(
    "allowed_hosts",
    &ValueKind::Format(&crate::api::format::HOST),
    0,
    100,
);
static DELEGATION: Field = object(
    "delegation",
    &[flag("allow_group_delegation"), number("max_delegation_ttl_days", 1, 1825)],
);

pub(crate) static KIND: Kind = Kind {
    noun: "managed_secret",
    section: "managed_secrets",
    fields: &[
        of("name", &api::CREATE).default(Default::None).fixed(STAYS),
        of("description", &api::CREATE).fixed(STAYS),
        own(&TEMPLATE).at("template_id").fixed(STAYS),
        of("credential_type", &api::CREATE).default(Default::Text("bearer_token")).fixed(STAYS),
        own(&CREDENTIAL).compared(Compare::Credential),
        of("injection_header", &api::CREATE).default(Default::Text("Authorization")).fixed(STAYS),
        of("injection_format", &api::CREATE).default(Default::Text("Bearer {token}")).fixed(STAYS),
        of("injection_rules", &api::CREATE).default(Default::EmptyList).fixed(STAYS),
        of("label", &api::CREATE),
        of("account_identifier", &api::CREATE).fixed(STAYS),
        of("account_display_name", &api::CREATE).fixed(STAYS),
        own(&HOSTS).compared(Compare::Hosts).default(Default::EmptyList),
        own(&DELEGATION).at("delegation_policy").default(Default::NoDelegation),
    ],
    required: &["name", "credential"],
    steps_to_create,
    steps_to_update,
    steps_to_delete: |found| {
        let confirm = found.fields.get("slug").cloned().unwrap_or_default();
        vec![
            Step::new(&api::DELETE, vec![Reference::Id(found.id.clone())])
                .body(json!({ "confirm": confirm })),
        ]
    },
    row_value: |field, row| row.get(field.key).cloned(),
    finish,
    rename: None,
};

/// The default of `delegation`, whole: the portal replaces what is left out by it.
fn finish(thing: &mut Thing) -> Vec<(&'static str, String)> {
    if let Some(Value::Object(delegation)) = thing.fields.get_mut("delegation") {
        delegation.entry("allow_group_delegation").or_insert(false.into());
        delegation.entry("max_delegation_ttl_days").or_insert(90.into());
    }
    Vec::new()
}

/// Refuses a key that is not the slug that the portal makes of the name.
pub(crate) fn check_slug(thing: &Thing) -> Option<Fault> {
    let name = thing.fields.get("name").and_then(Value::as_str)?;
    let slug = slug(name);
    (thing.id.is_none() && thing.key != slug).then(|| {
        let why = format!("stands under `{}`, but the portal makes the slug `{slug}` of its name: use that, or give its `id`", thing.key);
        Fault::new(thing.mark, thing.full_address(), why)
    })
}

/// Returns the slug of a name: letters and digits of ASCII in small letters, everything else one `-`, none at the ends.
pub(crate) fn slug(name: &str) -> String {
    /// The longest slug that the portal makes.
    const MAX: usize = 50;
    let dashed = name.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let words: Vec<&str> = dashed.split('-').filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(MAX).collect();
    match slug.trim_end_matches('-') {
        "" => "secret".to_owned(),
        slug => slug.to_owned(),
    }
}

fn steps_to_create(thing: &Thing) -> Vec<Step> {
    let at_once =
        |field: &&FileField| !matches!(field.name, "credential" | "allowed_hosts" | "delegation");
    let mut new = body(thing, thing.kind.fields.iter().filter(at_once));
    new.extend(credential(thing));
    if let Some(Value::Object(delegation)) = thing.fields.get("delegation") {
        new.extend(delegation.clone());
    }
    let mut steps = vec![Step::new(&api::CREATE, Vec::new()).body(new.into())];
    if let Some(hosts) = thing.fields.get("allowed_hosts") {
        steps.push(set_hosts(itself(thing), hosts));
    }
    steps
}

fn steps_to_update(
    thing: &Thing,
    found: &crate::app_file::thing::Existing,
    fields: &[&'static FileField],
) -> Vec<Step> {
    let id = || vec![Reference::Id(found.id.clone())];
    let step = |field: &&'static FileField| {
        let value = thing.fields.get(field.name)?;
        Some(match field.name {
            "allowed_hosts" => set_hosts(id(), value),
            "delegation" => Step::new(&api::SET_DELEGATION_POLICY, id()).body(value.clone()),
            _ => {
                let base = vec![Reference::Id(found.also.clone())];
                Step::new(&secret_grants::UPDATE, base).body(json!({ "label": value }))
            }
        })
    };
    fields.iter().filter_map(step).collect()
}

fn set_hosts(id: Vec<Reference>, hosts: &Value) -> Step {
    let hosts = if hosts.is_null() { json!([]) } else { hosts.clone() };
    Step::new(&api::SET_ALLOWED_HOSTS, id).body(json!({ "allowed_hosts": hosts }))
}

/// Returns the request that replaces the credential.
pub(crate) fn rotate(thing: &Thing, id: &str) -> Step {
    Step::new(&api::ROTATE, vec![Reference::Id(id.to_owned())]).body(credential(thing).into())
}

/// Returns the keys of a body that hold the credential: one value, and its parts.
fn credential(thing: &Thing) -> Map<String, Value> {
    const VALUE: &str = "credential_value";
    let mut keys = Map::new();
    match thing.fields.get("credential") {
        Some(Value::Object(parts)) if !parts.contains_key(SECRET) => {
            let mut parts = parts.clone();
            keys.extend(parts.remove(VALUE).map(|value| (VALUE.to_owned(), value)));
            if !parts.is_empty() {
                keys.insert("additional_credentials".into(), parts.into());
            }
        }
        Some(value) => drop(keys.insert(VALUE.into(), value.clone())),
        None => {}
    }
    keys
}
