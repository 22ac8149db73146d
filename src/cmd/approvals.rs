//! `alter approvals`: what holds for a request that waits for a person. Deciding stays in the dashboard, on purpose.

use argh::{ArgsInfo, FromArgs};

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::Request;
use crate::session::Verb as _;
use crate::session::call::{Call, Plain};

namespace! {
    /// look at how approvals are set up
    Approvals "approvals", crate::session::Session<'_>: { Defaults }
}

/// show what holds for an approval where its rule says nothing, and the bounds of what a rule may say
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "defaults", example = "alter approvals defaults")]
struct Defaults {}

impl Facts for Defaults {
    const OPERATION: &Operation = &api::approvals::DEFAULTS;
}

impl Plain for Defaults {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        Ok(Call::object(Request::of(Self::OPERATION, &[])))
    }
}
