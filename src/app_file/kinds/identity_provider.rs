//! The identity provider of an app. A PAT cannot read it: it is made unless there is one, and never compared.

use serde_json::Value;

use crate::api::identity_providers::CREATE;
use crate::app_file::declare::{Compare, Default, Kind, nothing_to_finish, of};
use crate::app_file::step::{Step, body};

pub(crate) static KIND: Kind = Kind {
    noun: "identity_provider",
    section: "identity_provider",
    fields: &[
        of("issuer_url", &CREATE).default(Default::None),
        of("audience", &CREATE),
        of("user_id_claim", &CREATE),
        of("group_claim", &CREATE),
        of("role_claim", &CREATE),
        of("wallet_client_id", &CREATE),
        of("wallet_client_secret", &CREATE).compared(Compare::Credential),
    ],
    required: &["issuer_url"],
    steps_to_create: |thing| {
        let body: Value = body(thing, thing.kind.fields.iter()).into();
        vec![Step::new(&CREATE, Vec::new()).body(body)]
    },
    steps_to_update: |_, _, _| Vec::new(),
    steps_to_delete: |_| Vec::new(),
    row_value: |_, _| None,
    finish: nothing_to_finish,
    rename: None,
};
