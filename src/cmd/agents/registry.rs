//! `alter agents registry-…`: the agents seen in audit data, managed here or not.

use argh::{ArgsInfo, FromArgs};

use super::agent;
use crate::base::failure::Failure;
use crate::cli::context::Context;
use crate::http::request::Request;
use crate::http::routes;
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
};

/// list the agents seen in audit data
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "registry-list",
    note = "scope: dashboard_agents:read",
    note = "page: 1000, 50",
    example = "alter agents registry-list"
)]
pub(super) struct RegistryList {}

impl Plain for RegistryList {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        Ok(Call::pages(Request::get(routes::agent_registry(&context.app()?)), &SEEN))
    }
}

/// show one agent seen in audit data
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "registry-show",
    note = "scope: dashboard_agents:read",
    note = "operand: --agent",
    example = "alter agents registry-show ACTOR_ID"
)]
pub(super) struct RegistryShow {
    /// the actor's id, as the audit log has it
    #[argh(option, arg_name = "id")]
    agent: String,
}

impl Plain for RegistryShow {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let path = routes::registered_agent(&context.app()?, &agent(&self.agent)?);
        Ok(Call::object(Request::get(path)))
    }
}
