//! `alter agents …-key`: the keys of one agent.

use argh::{ArgsInfo, FromArgs};

use super::agent;
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::Request;
use crate::output::json::Object;
use crate::output::shell;
use crate::output::table::{Table, column, derived, time};
use crate::session::call::{Call, Plain};
use crate::session::one_time_secret::{Made, OneTimeSecret};
use crate::session::question::Question;

const KEYS: Table = Table {
    noun: "keys",
    columns: &[
        column("KEY ID", "key_id"),
        column("NAME", "name").shrinks(),
        column("PREFIX", "key_prefix"),
        derived("STATUS", &["revoked_at", "deprecated_at"], status).state(),
        time("CREATED", "created_at"),
        time("LAST USED", "last_used_at"),
    ],
    least: &["LAST USED", "CREATED", "PREFIX"],
    first: "alter agents mint-key --agent ID",
};

fn status(key: &Object) -> String {
    let state = match (key.path("revoked_at"), key.path("deprecated_at")) {
        (Some(_), _) => "revoked",
        (None, Some(_)) => "deprecated",
        (None, None) => "active",
    };
    state.into()
}

/// mint another key for an agent; its secret is shown once
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "mint-key",
    example = "alter agents mint-key AGENT_ID --secret-file agent.key"
)]
pub(super) struct MintKey {
    /// the agent's id
    #[argh(option, arg_name = "id")]
    agent: String,
    /// write the secret to this new file instead of printing it
    #[argh(option, arg_name = "path")]
    secret_file: Option<String>,
}

impl Facts for MintKey {
    const OPERATION: &Operation = &api::agents::MINT_KEY;
    const OPERAND: Option<&str> = Some("--agent");
}

impl Plain for MintKey {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let (app, agent) = (context.app()?, agent(&self.agent)?);
        let undo = format!(
            "alter agents revoke-key --app {} --agent {} --key",
            shell::word(app.text()),
            shell::word(agent.text())
        );
        let once = OneTimeSecret {
            given: false,
            also: None,
            thing: "key",
            secret: "api_key",
            id: Made::Under("key_id"),
            file: self.secret_file,
            undo,
        };
        Ok(Call::secret(Request::of(Self::OPERATION, &[&app, &agent]), once))
    }
}

/// list an agent's keys
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "list-keys", example = "alter agents list-keys AGENT_ID")]
pub(super) struct ListKeys {
    /// the agent's id
    #[argh(option, arg_name = "id")]
    agent: String,
}

impl Facts for ListKeys {
    const OPERATION: &Operation = &api::agents::LIST_KEYS;
    const TABLE: Option<&Table> = Some(&KEYS);
    const OPERAND: Option<&str> = Some("--agent");
}

impl Plain for ListKeys {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?, &agent(&self.agent)?]);
        Ok(Call::rows(request))
    }
}

/// revoke one key of an agent
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "revoke-key",
    example = "alter agents revoke-key --agent AGENT_ID --key KEY_ID --yes"
)]
pub(super) struct RevokeKey {
    /// the agent's id
    #[argh(option, arg_name = "id")]
    agent: String,
    /// the key's id
    #[argh(option, arg_name = "id")]
    key: String,
    /// also when it is the agent's only active key
    #[argh(switch)]
    force: bool,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

impl Facts for RevokeKey {
    const OPERATION: &Operation = &api::agents::REVOKE_KEY;
}

impl Plain for RevokeKey {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let (app, agent, key) = (context.app()?, agent(&self.agent)?, key(&self.key)?);
        let question = Question::new("Revoke agent key", &key, "It stops working at once.");
        Ok(Call::delete(Request::of(Self::OPERATION, &[&app, &agent, &key]))
            .switch("force", self.force)
            .confirm(
                question.look_up(Request::of(&api::agents::LIST_KEYS, &[&app, &agent])),
                self.yes,
            ))
    }
}

/// mark a key as deprecated; it keeps working, with an advisory header in the answers
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "deprecate-key",
    example = "alter agents deprecate-key --agent AGENT_ID --key KEY_ID"
)]
pub(super) struct DeprecateKey {
    /// the agent's id
    #[argh(option, arg_name = "id")]
    agent: String,
    /// the key's id
    #[argh(option, arg_name = "id")]
    key: String,
}

impl Facts for DeprecateKey {
    const OPERATION: &Operation = &api::agents::DEPRECATE_KEY;
}

impl Plain for DeprecateKey {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let (agent, key) = (agent(&self.agent)?, key(&self.key)?);
        let request = Request::of(Self::OPERATION, &[&context.app()?, &agent, &key]);
        Ok(Call::object(request))
    }
}

/// undo the deprecation of a key
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "undeprecate-key",
    example = "alter agents undeprecate-key --agent AGENT_ID --key KEY_ID"
)]
pub(super) struct UndeprecateKey {
    /// the agent's id
    #[argh(option, arg_name = "id")]
    agent: String,
    /// the key's id
    #[argh(option, arg_name = "id")]
    key: String,
}

impl Facts for UndeprecateKey {
    const OPERATION: &Operation = &api::agents::UNDEPRECATE_KEY;
}

impl Plain for UndeprecateKey {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let (agent, key) = (agent(&self.agent)?, key(&self.key)?);
        let request = Request::of(Self::OPERATION, &[&context.app()?, &agent, &key]);
        Ok(Call::object(request))
    }
}

fn key(key: &str) -> Result<Id, Failure> {
    Id::parse("--key", key)
}
