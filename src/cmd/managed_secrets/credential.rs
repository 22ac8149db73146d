//! The three ways to give a credential: its value, a document of its parts, or the parts one by one.

use std::collections::BTreeMap;

use crate::base::failure::Failure;
use crate::base::secret::Secret;
use crate::cli::context::Context;
use crate::http::request::Body;
use crate::input::intake::{self, JsonType};
use crate::output::json::Object;

const VALUE: &str = "credential_value";

/// A credential as the flags give it.
pub(super) struct Credential<'a> {
    pub(super) value: Option<&'a Secret>,
    pub(super) document: Option<&'a Secret>,
    pub(super) fields: &'a [Secret],
}

const UNSENDABLE: &str = "no request header can carry it; give the credential alone";

/// Checks that a credential can be the value of a header.
fn check_sendable(value: &str) -> Result<(), String> {
    if value.contains(['\r', '\n']) {
        return Err(format!("has {} lines", value.lines().count()));
    }
    match value.chars().find(char::is_ascii_control) {
        Some(c) => Err(format!("has the control character U+{:04X}", u32::from(c))),
        None => Ok(()),
    }
}

type Parts = BTreeMap<String, String>;

impl Credential<'_> {
    /// Adds the credential to a body; refuses when there is none.
    pub(super) fn add_to(&self, body: Body, context: &Context) -> Result<Body, Failure> {
        let value = context.secret("--credential-value", self.value)?;
        let mut parts = self.parts(context)?;
        let value = match (value, parts.remove(VALUE)) {
            (Some(_), Some(_)) => {
                let why = format!("is given, and a {VALUE} beside it: give one of them");
                return Err(Failure::usage("--credential-value", why));
            }
            (value, part) => value.or(part),
        };
        if value.is_none() && parts.is_empty() {
            let ways = "--credential-value, --credentials or --credential-field";
            return Err(Failure::usage(ways, "a credential is needed from one of them"));
        }
        if let Some(value) = &value {
            check_sendable(value)
                .map_err(|why| Failure::usage(self.value_flag(), format!("{why}: {UNSENDABLE}")))?;
        }
        let parts = Some(parts).filter(|parts| !parts.is_empty());
        Ok(body.maybe(VALUE, value).maybe("additional_credentials", parts))
    }

    /// The flag that the credential itself came by.
    fn value_flag(&self) -> &'static str {
        match (self.value, self.document) {
            (Some(_), _) => "--credential-value",
            (None, Some(_)) => "--credentials",
            (None, None) => "--credential-field",
        }
    }

    fn parts(&self, context: &Context) -> Result<Parts, Failure> {
        let Some(document) = self.document else {
            return fields(context, self.fields);
        };
        if !self.fields.is_empty() {
            context.streams.warn("--credentials wins: --credential-field is left out");
        }
        read(context, document.expose())
    }
}

/// A JSON object of strings.
fn read(context: &Context, given: &str) -> Result<Parts, Failure> {
    const FLAG: &str = "--credentials";
    intake::warn_of_inline(&context.streams, FLAG, given);
    let document = context.intake.json(FLAG, given, JsonType::Object)?;
    let object = Object::parse(document.get())
        .ok_or_else(|| Failure::usage(FLAG, "must be an object of strings"))?;
    let mut parts = Parts::new();
    for (at, (name, value)) in object.entries().enumerate() {
        let refuse = |why| Failure::usage(FLAG, format!("entry {} {why}", at + 1));
        let value: String = serde_json::from_str(value).map_err(|_| refuse("is not a string"))?;
        put(&mut parts, name, value).map_err(refuse)?;
    }
    Ok(parts)
}

/// `name=value`, each time the flag is given.
fn fields(context: &Context, given: &[Secret]) -> Result<Parts, Failure> {
    const FLAG: &str = "--credential-field";
    let mut parts = Parts::new();
    for (at, field) in given.iter().enumerate() {
        let refuse = |why| Failure::usage(FLAG, format!("number {} {why}", at + 1));
        let (name, value) =
            field.expose().split_once('=').ok_or_else(|| refuse("wants the form name=value"))?;
        put(&mut parts, name, value.to_owned()).map_err(refuse)?;
    }
    if !given.is_empty() {
        context.streams.warn(
            "--credential-field shows the credential to whoever can run ps, and leaves it in the shell's history; give it with --credentials @file",
        );
    }
    Ok(parts)
}

fn put(parts: &mut Parts, name: &str, value: String) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("has no name");
    }
    if value.is_empty() {
        return Err("is empty");
    }
    match parts.insert(name.to_owned(), value) {
        Some(_) => Err("has a name that was there before"),
        None => Ok(()),
    }
}
