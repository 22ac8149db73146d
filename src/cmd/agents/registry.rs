//! `alter agents registry-…`: the agents seen in audit data, managed here or not.

use argh::{ArgsInfo, FromArgs};

use super::agent;
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::Request;
use crate::output::table::{Table, column, time};
use crate::session::call::{Call, Plain};

const SEEN: Table = Table {
    noun: "agents seen in audit data",
    columns: &[
        column("ACTOR ID", "actor_id"),
        column("NAME", "name").shrinks(),
        column("TYPE", "type"),
        time("LAST ACTIVITY", "last_activity_at"),
        column("30D COUNT", "calls_30d"),
    ],
    least: &["30D COUNT", "LAST ACTIVITY"],
    first: "",
};

/// list the agents seen in audit data
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "registry-list", example = "alter agents registry-list")]
pub(super) struct RegistryList {}

impl Facts for RegistryList {
    const OPERATION: &Operation = &api::agents::REGISTRY_LIST;
    const TABLE: Option<&Table> = Some(&SEEN);
}

impl Plain for RegistryList {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        Ok(Call::pages(Request::of(Self::OPERATION, &[&context.app()?])))
    }
}

/// show one agent seen in audit data
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "registry-show", example = "alter agents registry-show ACTOR_ID")]
pub(super) struct RegistryShow {
    /// the actor's id, as the audit log has it
    #[argh(option, arg_name = "id")]
    agent: String,
}

impl Facts for RegistryShow {
    const OPERATION: &Operation = &api::agents::REGISTRY_SHOW;
    const OPERAND: Option<&str> = Some("--agent");
}

impl Plain for RegistryShow {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?, &agent(&self.agent)?]);
        Ok(Call::object(request))
    }
}
