//! The app itself.

use serde_json::Value;

use super::body_of;
use crate::api::apps;
use crate::app_file::declare::{Default, Kind, at_its_place, nothing_to_finish, of};
use crate::app_file::step::{Step, body};

pub(crate) static KIND: Kind = Kind {
    noun: "app",
    section: "app",
    fields: &[
        of("name", &apps::CREATE).default(Default::None),
        of("description", &apps::CREATE),
        of("website_url", &apps::CREATE),
    ],
    required: &["name"],
    steps_to_create: |thing| {
        let body: Value = body(thing, thing.kind.fields.iter()).into();
        vec![Step::new(&apps::CREATE, Vec::new()).body(body)]
    },
    steps_to_update: |thing, _, fields| {
        vec![Step::new(&apps::UPDATE, Vec::new()).body(body_of(thing, fields))]
    },
    steps_to_delete: |_| Vec::new(),
    row_value: at_its_place,
    finish: nothing_to_finish,
    rename: None,
};
