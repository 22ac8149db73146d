//! `alter branding`: how an app's own pages look.

use argh::{ArgsInfo, FromArgs};
use serde_json::{Map, Value};

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::input::intake::{self, JsonType};
use crate::session::Verb as _;
use crate::session::call::{Call, Plain};
use crate::session::question::Question;

namespace! {
    /// manage how the pages of an app look
    Branding "branding", crate::session::Session<'_>: { Get, Set, Reset }
}

/// The colours of a page.
const COLOURS: [&str; 3] = ["primary", "text", "background"];

/// show the app's branding
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "get",
    example = "alter branding get --fields logo_url,colors,font_family > branding.json"
)]
struct Get {}

impl Facts for Get {
    const OPERATION: &Operation = &api::branding::GET;
}

impl Plain for Get {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        Ok(Call::object(Request::of(Self::OPERATION, &[&context.app()?]))
            .advise("branding_not_found", "alter branding set --replace --input @branding.json"))
    }
}

/// change the app's branding in part, or as a whole
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "set",
    example = "alter branding set --replace --input @branding.json",
    example = "alter branding set --input @colors.json"
)]
struct Set {
    /// logo_url (https), colors with primary, text, background (#RRGGBB), font_family, as JSON: inline, @file or -
    #[argh(option, arg_name = "json")]
    input: String,
    /// put this in the place of all there is; it then needs logo_url and the three colors
    #[argh(switch)]
    replace: bool,
}

impl Facts for Set {
    const OPERATION: &Operation = &api::branding::UPDATE;
}

impl Plain for Set {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let operation = if self.replace { &api::branding::REPLACE } else { Self::OPERATION };
        let document = context.intake.json("--input", &self.input, JsonType::Object)?;
        check(&intake::value("--input", &document)?, self.replace)?;
        let request = Request::of(operation, &[&context.app()?]).body(Body::document(&document));
        Ok(Call::object(request).advise("branding_not_configured", "repeat with --replace"))
    }
}

/// go back to the portal's own look
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "reset", example = "alter branding reset --yes")]
struct Reset {
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

impl Facts for Reset {
    const OPERATION: &Operation = &api::branding::RESET;
}

impl Plain for Reset {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let app = context.app()?;
        let question = Question::of_the_app("Reset the branding", "The default takes its place.");
        Ok(Call::delete(Request::of(Self::OPERATION, &[&app])).confirm(question, self.yes))
    }
}

/// Checks a branding, or, where it does not replace all there is, a part of one.
fn check(document: &Value, whole: bool) -> Result<(), Failure> {
    let Some(branding) = document.as_object() else { return Err(wrong("$", "must be an object")) };
    if branding.is_empty() && !whole {
        return Err(Failure::usage("--input", "changes nothing"));
    }
    known_keys(branding, "$", &["logo_url", "colors", "font_family"])?;
    if whole {
        needed(branding, "$", &["logo_url", "colors"])?;
    }
    if let Some(logo) = branding.get("logo_url") {
        let plain = |text: &str| !text.chars().any(|c| c.is_control() || c.is_whitespace());
        let host = logo.as_str().and_then(|url| url.strip_prefix("https://"));
        if !host.is_some_and(|host| !host.is_empty() && !host.starts_with('/') && plain(host)) {
            return Err(wrong("$.logo_url", "must be an https:// address"));
        }
    }
    if branding.get("font_family").is_some_and(|font| !font.is_string() && !font.is_null()) {
        return Err(wrong("$.font_family", "must be a string"));
    }
    match branding.get("colors") {
        Some(Value::Object(colours)) => check_colours(colours, whole),
        Some(_) => Err(wrong("$.colors", "must be an object")),
        None => Ok(()),
    }
}

fn check_colours(colours: &Map<String, Value>, whole: bool) -> Result<(), Failure> {
    known_keys(colours, "$.colors", &COLOURS)?;
    if whole {
        needed(colours, "$.colors", &COLOURS)?;
    }
    let formed = |colour: &Value| {
        let digits = colour.as_str().and_then(|text| text.strip_prefix('#'));
        digits.is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    match colours.iter().find(|(_, colour)| !formed(colour)) {
        Some((name, _)) => Err(wrong(&format!("$.colors.{name}"), "must be #RRGGBB")),
        None => Ok(()),
    }
}

fn known_keys(object: &Map<String, Value>, at: &str, known: &[&str]) -> Result<(), Failure> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(wrong(
            &format!("{at}.{key}"),
            &format!("is unknown: there are {}", known.join(", ")),
        )),
        None => Ok(()),
    }
}

fn needed(object: &Map<String, Value>, at: &str, keys: &[&str]) -> Result<(), Failure> {
    let missing: Vec<String> = keys
        .iter()
        .filter(|key| !object.contains_key(**key))
        .map(|key| format!("{at}.{key}"))
        .collect();
    match missing.len() {
        0 => Ok(()),
        1 => Err(wrong(&missing[0], "is needed with --replace")),
        _ => Err(wrong(&missing.join(", "), "are needed with --replace")),
    }
}

fn wrong(path: &str, why: &str) -> Failure {
    Failure::usage("--input", format!("{path} {why}"))
}
