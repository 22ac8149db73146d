//! Runtime keys, by name. The plaintext of a new one is shown once.

use serde_json::{Value, json};

use crate::api::field::{Field, text};
use crate::api::keys;
use crate::app_file::declare::{Compare, Default, FileField, Kind, of, own};
use crate::app_file::step::{Reference, Step, body};
use crate::app_file::thing::Thing;
use crate::base::time;

const STAYS: &str = "a key keeps it: make one under another name, and revoke this one";

static EXPIRES_IN: Field = text("expires_in", 1, 20);
static NAME: Field = text("name", 1, 120);
static RENAME: FileField = own(&NAME);

pub(crate) static KIND: Kind = Kind {
    noun: "key",
    section: "keys",
    fields: &[
        of("scopes", &keys::MINT)
            .compared(Compare::Set)
            .default(Default::None)
            .fixed("replace the key: --rotate ADDRESS"),
        of("key_type", &keys::MINT).default(Default::Text("runtime")).fixed(STAYS),
        of("cidr_allowlist", &keys::MINT)
            .compared(Compare::Set)
            .default(Default::EmptyList)
            .fixed(STAYS),
        of("rate_limit_rpm", &keys::MINT).fixed(STAYS),
        own(&EXPIRES_IN).compared(Compare::WhenMade),
        of("expires_at", &keys::MINT).compared(Compare::Time).fixed(STAYS),
    ],
    required: &["scopes"],
    steps_to_create: |thing| {
        let mut new = body(thing, thing.kind.fields.iter());
        new.insert("name".into(), thing.name().into());
        super::put_expiry(&mut new);
        // An empty list of addresses is none, which is left out.
        new.retain(|key, value| {
            key != "cidr_allowlist" || value.as_array().is_none_or(|list| !list.is_empty())
        });
        vec![Step::new(&keys::MINT, Vec::new()).body(new.into())]
    },
    steps_to_update: |thing, found, _| {
        let id = vec![Reference::Id(found.id.clone())];
        vec![Step::new(&keys::RENAME, id).body(json!({ "name": thing.name() }))]
    },
    steps_to_delete: |found| vec![Step::new(&keys::REVOKE, vec![Reference::Id(found.id.clone())])],
    row_value: |field, row| {
        let value = row.get(field.key)?;
        match (field.name, value.as_str()) {
            ("key_type", Some("rk")) => Some("runtime".into()),
            ("key_type", Some("ak")) => Some("agent".into()),
            _ => Some(value.clone()),
        }
    },
    finish,
    rename: Some(&RENAME),
};

fn finish(thing: &mut Thing) -> Vec<(&'static str, String)> {
    let mut wrong = super::check_expiry(thing);
    if let Err(faults) = NAME.check_value(&thing.name().into(), time::now()) {
        wrong.extend(
            faults.into_iter().map(|fault| ("", format!("stands under a name that {}", fault.why))),
        );
    }
    wrong
}

/// Returns the request that replaces a key, with these scopes where they differ.
pub(crate) fn rotate(id: &str, scopes: Option<&Value>) -> Step {
    let body = scopes.map_or_else(|| json!({}), |scopes| json!({ "scopes": scopes }));
    Step::new(&keys::ROTATE, vec![Reference::Id(id.to_owned())]).body(body)
}
