//! The OAuth providers of an app, by their id.

use serde_json::{Value, json};

use super::body_of;
use crate::api::field::{Field, choice};
use crate::api::providers;
use crate::app_file::declare::{
    Compare, Default, FileField, Kind, at_its_place, nothing_to_finish, of, own,
};
use crate::app_file::step::{Reference, Step, body};

static STATUS: Field = choice("status", &["active", "disabled"]);

pub(crate) static KIND: Kind = Kind {
    noun: "provider",
    section: "providers",
    fields: &[
        of("scopes", &providers::CREATE).compared(Compare::Set).default(Default::None),
        of("credential_source", &providers::CREATE).default(Default::Text("custom")),
        of("client_id", &providers::CREATE),
        of("client_secret", &providers::CREATE).compared(Compare::Credential),
        of("redirect_uris", &providers::CREATE).compared(Compare::Set).default(Default::EmptyList),
        own(&STATUS).default(Default::Text("active")),
    ],
    required: &["scopes"],
    steps_to_create: |thing| {
        let made = |field: &&FileField| field.name != "status";
        let mut new = body(thing, thing.kind.fields.iter().filter(made));
        new.insert("provider_id".into(), thing.name().into());
        let mut steps = vec![Step::new(&providers::CREATE, Vec::new()).body(new.into())];
        if thing.fields.get("status").is_some_and(|status| status == "disabled") {
            let id = vec![Reference::Id(thing.name().to_owned())];
            steps.push(Step::new(&providers::UPDATE, id).body(json!({ "status": "disabled" })));
        }
        steps
    },
    steps_to_update: |thing, found, fields| {
        let id = vec![Reference::Id(found.id.clone())];
        vec![Step::new(&providers::UPDATE, id).body(body_of(thing, fields))]
    },
    steps_to_delete: |found| {
        vec![Step::new(&providers::DELETE, vec![Reference::Id(found.id.clone())])]
    },
    row_value: at_its_place,
    finish: nothing_to_finish,
    rename: None,
};

/// Returns the request that replaces the client secret.
pub(crate) fn rotate(id: &str, secret: &Value) -> Step {
    let id = vec![Reference::Id(id.to_owned())];
    Step::new(&providers::UPDATE, id).body(json!({ "client_secret": secret }))
}
