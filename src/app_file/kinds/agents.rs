//! Agents, by name. The first key of a new one is shown once.

use serde_json::json;

use super::{body_of, itself};
use crate::api::agents;
use crate::api::field::{Field, choice};
use crate::app_file::declare::{Compare, Default, FileField, Kind, at_its_place, of, own};
use crate::app_file::step::{Reference, Step, body};
use crate::app_file::thing::Thing;

static STATUS: Field = choice("status", &["active", "inactive"]);

pub(crate) static KIND: Kind = Kind {
    noun: "agent",
    section: "agents",
    fields: &[
        of("type", &agents::CREATE)
            .default(Default::Text("agent"))
            .fixed("the type of an agent stays: make one under another name"),
        of("display_name", &agents::CREATE),
        of("scopes", &agents::CREATE).compared(Compare::Sets).default(Default::EmptyObject),
        of("policy", &agents::CREATE).default(Default::EmptyObject),
        of("metadata", &agents::CREATE).default(Default::EmptyObject),
        of("rate_limit_per_minute", &agents::CREATE),
        own(&STATUS).default(Default::Text("active")),
    ],
    required: &[],
    steps_to_create: |thing| {
        let made = |field: &&FileField| field.name != "status";
        let mut new = body(thing, thing.kind.fields.iter().filter(made));
        new.insert("name".into(), thing.name().into());
        let mut steps = vec![Step::new(&agents::CREATE, Vec::new()).body(new.into())];
        if thing.fields.get("status").is_some_and(|status| status == "inactive") {
            steps.push(
                Step::new(&agents::UPDATE, itself(thing)).body(json!({ "status": "inactive" })),
            );
        }
        steps
    },
    steps_to_update: |thing, found, fields| {
        let id = vec![Reference::Id(found.id.clone())];
        vec![Step::new(&agents::UPDATE, id).body(body_of(thing, fields))]
    },
    steps_to_delete: |found| {
        vec![Step::new(&agents::REVOKE, vec![Reference::Id(found.id.clone())])]
    },
    row_value: at_its_place,
    finish,
    rename: None,
};

fn finish(thing: &mut Thing) -> Vec<(&'static str, String)> {
    let wrong = (crate::api::format::AGENT_NAME.check)(thing.name()).err();
    wrong.map(|why| ("", format!("stands under a name that {why}"))).into_iter().collect()
}
