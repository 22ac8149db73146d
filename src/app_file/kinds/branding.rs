//! The look of an app's own pages.

use serde_json::Value;

use super::body_of;
use crate::api::branding as api;
use crate::app_file::declare::{Compare, Default, Kind, at_its_place, nothing_to_finish, of};
use crate::app_file::step::{Step, body};

pub(crate) static KIND: Kind = Kind {
    noun: "branding",
    section: "branding",
    fields: &[
        of("logo_url", &api::UPDATE).default(Default::None),
        of("colors", &api::UPDATE).compared(Compare::Keys).default(Default::None),
        of("font_family", &api::UPDATE),
    ],
    required: &["logo_url", "colors"],
    steps_to_create: |thing| {
        let body: Value = body(thing, thing.kind.fields.iter()).into();
        vec![Step::new(&api::REPLACE, Vec::new()).body(body)]
    },
    steps_to_update: |thing, _, fields| {
        vec![Step::new(&api::UPDATE, Vec::new()).body(body_of(thing, fields))]
    },
    steps_to_delete: |_| Vec::new(),
    row_value: at_its_place,
    finish: nothing_to_finish,
    rename: None,
};
