//! `alter branding`: how an app's own pages look.

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::time;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::input::check;
use crate::input::intake::{self, JsonType};
use crate::session::Verb as _;
use crate::session::call::{Call, Plain};
use crate::session::question::Question;
use argh::{ArgsInfo, FromArgs};

namespace! {
    /// manage how the pages of an app look
    Branding "branding", crate::session::Session<'_>: { Get, Set, Reset }
}

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
        let faults = operation.check_body(&intake::value("--input", &document)?, time::now());
        if !faults.is_empty() {
            return Err(check::faulty("--input", &faults));
        }
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
