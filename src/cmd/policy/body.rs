//! The body of a rule, checked key by key before any request.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::api::path::Wrong;
use crate::base::failure::Failure;
use crate::cli::context::Context;
use crate::input::intake::{self, JsonType};
use crate::input::{check, rule_body};

const FLAG: &str = "--body";

/// A document that may be a body; of what type is seen later.
pub(super) fn read(context: &Context, body: &str) -> Result<Box<RawValue>, Failure> {
    context.intake.json(FLAG, body, JsonType::Object)
}

/// Refuses a body that a rule of this type cannot have, and warns of one that is likely not meant.
pub(super) fn check(context: &Context, rule_type: &str, body: &RawValue) -> Result<(), Failure> {
    let body: Value = intake::value(FLAG, body)?;
    rule_body::check(rule_type, &body).map_err(|faults| refused(rule_type, &faults))?;
    for warning in rule_body::warnings(rule_type, &body) {
        context.streams.warn(&format!("{FLAG}: {} {}", warning.path, warning.why));
    }
    Ok(())
}

fn refused(rule_type: &str, faults: &[Wrong]) -> Failure {
    let failure = check::faulty(FLAG, faults);
    match rule_body::example(rule_type) {
        Some(body) => failure.fix(format!("a body of {rule_type}, for example: {body}")),
        None => failure,
    }
}
