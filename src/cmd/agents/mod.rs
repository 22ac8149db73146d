//! `alter agents`: the agents and services that act for an app.

mod keys;
mod registry;

use argh::{ArgsInfo, FromArgs};

use self::keys::{DeprecateKey, ListKeys, MintKey, RevokeKey, UndeprecateKey};
use self::registry::{RegistryList, RegistryShow};
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::input::check;
use crate::input::intake::JsonType;
use crate::output::shell;
use crate::output::table::{Table, column, seconds, time};
use crate::session::Verb as _;
use crate::session::call::{Call, Plain};
use crate::session::one_time_secret::{Made, OneTimeSecret};
use crate::session::question::Question;

namespace! {
    /// manage agents and their keys
    Agents "agents", crate::session::Session<'_>: {
        List, Create, Show, Update, Revoke, Audit, RegistryList, RegistryShow, MintKey, ListKeys, RevokeKey,
        DeprecateKey, UndeprecateKey,
    }
}

const AGENTS: Table = Table {
    noun: "agents",
    columns: &[
        column("ID", "id"),
        column("NAME", "name").shrinks(),
        column("DISPLAY NAME", "display_name").shrinks(),
        column("TYPE", "type"),
        column("STATUS", "status").state(),
        time("LAST USED", "last_used_at"),
    ],
    least: &["LAST USED", "TYPE", "DISPLAY NAME"],
    first: "alter agents create --name NAME",
};

const ACTIONS: Table = Table {
    noun: "actions",
    columns: &[
        seconds("TIME", "created_at"),
        column("ACTION", "action"),
        column("ACTOR", "principal.name").shrinks(),
        column("DETAILS", "details").shrinks(),
    ],
    least: &[],
    first: "",
};

/// list the app's agents
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "list",
    example = "alter agents list --status active,inactive --type service",
    example = "alter agents list --without-keys"
)]
struct List {
    /// only agents of these statuses: active, inactive, revoked, separated by commas
    #[argh(option, arg_name = "list")]
    status: Option<String>,
    /// only agents of this type
    #[argh(option, arg_name = "type")]
    r#type: Option<String>,
    /// only agents whose scopes name this provider
    #[argh(option, arg_name = "id")]
    provider: Option<String>,
    /// only agents with this in their name or display name
    #[argh(option, arg_name = "text")]
    search: Option<String>,
    /// only agents without a key that works
    #[argh(switch)]
    without_keys: bool,
}

impl Facts for List {
    const OPERATION: &Operation = &api::agents::LIST;
    const TABLE: Option<&Table> = Some(&AGENTS);
}

impl Plain for List {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let provider = self.provider.map(|id| Id::parse("--provider", &id)).transpose()?;
        let request = Request::of(Self::OPERATION, &[&context.app()?])
            .maybe(
                "status",
                self.status
                    .as_deref()
                    .map(|list| check::list("--status", list))
                    .transpose()?
                    .map(|words| words.join(",")),
            )
            .maybe("type", self.r#type)
            .maybe("provider", provider.as_ref().map(Id::text))
            .maybe("search", self.search)
            .maybe("without_keys", self.without_keys.then_some(true));
        Ok(Call::pages(request))
    }
}

/// create an agent; the secret of its first key is shown once
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "create",
    example = "alter agents create --name nightly-sync --type service --display-name 'Nightly Sync'",
    example = "alter agents create --name mailer --scopes @scopes.json --secret-file mailer.key"
)]
struct Create {
    /// agent name: lower-case letters, digits, `-` and `_`, at most 63
    #[argh(option, arg_name = "name")]
    name: Option<String>,
    /// display name
    #[argh(option, arg_name = "text")]
    display_name: Option<String>,
    /// agent type [default: agent]
    #[argh(option, arg_name = "type")]
    r#type: Option<String>,
    /// scopes, a JSON object from provider to list of scopes: inline, @file or -
    #[argh(option, arg_name = "json")]
    scopes: Option<String>,
    /// the body as JSON instead: inline, @file or -
    #[argh(option, arg_name = "json")]
    input: Option<String>,
    /// write the secret to this new file instead of printing it
    #[argh(option, arg_name = "path")]
    secret_file: Option<String>,
}

impl Facts for Create {
    const OPERATION: &Operation = &api::agents::CREATE;
}

impl Plain for Create {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let (body, app) = (self.body(context)?, context.app()?);
        let request = Request::of(Self::OPERATION, &[&app]).body(body);
        let once = OneTimeSecret {
            given: false,
            thing: "agent",
            secret: "api_key",
            id: Made::Under("id"),
            file: self.secret_file,
            undo: format!("alter agents revoke --app {} --agent", shell::word(app.text())),
            also: None,
        };
        Ok(Call::secret(request, once))
    }
}

impl Create {
    fn body(&self, context: &Context) -> Result<Body, Failure> {
        if let Some(input) = &self.input {
            return context.input(input, &["--secret-file"]);
        }
        context.given.all(&["--name"], "--input")?;
        let scopes = |text| context.intake.json("--scopes", text, JsonType::Object);
        Ok(Body::object()
            .maybe("name", self.name.as_ref())
            .maybe("display_name", self.display_name.as_ref())
            .maybe("type", self.r#type.as_ref())
            .maybe("scopes", self.scopes.as_deref().map(scopes).transpose()?))
    }
}

/// show one agent
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "show", example = "alter agents show AGENT_ID")]
struct Show {
    /// the agent's id
    #[argh(option, arg_name = "id")]
    agent: String,
}

impl Facts for Show {
    const OPERATION: &Operation = &api::agents::SHOW;
    const OPERAND: Option<&str> = Some("--agent");
}

impl Plain for Show {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        Ok(Call::object(Request::of(Self::OPERATION, &[&context.app()?, &agent(&self.agent)?])))
    }
}

/// change an agent's display name or metadata
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "update",
    example = "alter agents update AGENT_ID --display-name 'Nightly Sync (EU)'"
)]
struct Update {
    /// the agent's id
    #[argh(option, arg_name = "id")]
    agent: String,
    /// new display name
    #[argh(option, arg_name = "text")]
    display_name: Option<String>,
    /// new metadata, a JSON object: inline, @file or -
    #[argh(option, arg_name = "json")]
    metadata: Option<String>,
}

impl Facts for Update {
    const OPERATION: &Operation = &api::agents::UPDATE;
    const OPERAND: Option<&str> = Some("--agent");
}

impl Plain for Update {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        context.given.one_of("nothing to change", &["--display-name", "--metadata"])?;
        let metadata = |text| context.intake.json("--metadata", text, JsonType::Object);
        let body = Body::object()
            .maybe("display_name", self.display_name)
            .maybe("metadata", self.metadata.as_deref().map(metadata).transpose()?);
        let request = Request::of(Self::OPERATION, &[&context.app()?, &agent(&self.agent)?]);
        Ok(Call::object(request.body(body)))
    }
}

/// revoke an agent and every key of it
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "revoke", example = "alter agents revoke AGENT_ID --yes")]
struct Revoke {
    /// the agent's id
    #[argh(option, arg_name = "id")]
    agent: String,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

impl Facts for Revoke {
    const OPERATION: &Operation = &api::agents::REVOKE;
    const OPERAND: Option<&str> = Some("--agent");
}

impl Plain for Revoke {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let agent = agent(&self.agent)?;
        let ids = [&context.app()?, &agent];
        let question = Question::new("Revoke agent", &agent, "All its keys are revoked too.");
        Ok(Call::delete(Request::of(Self::OPERATION, &ids))
            .confirm(question.look_up(Request::of(&api::agents::SHOW, &ids)), self.yes))
    }
}

/// list what was done to an agent and its keys, newest first
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "audit", example = "alter agents audit AGENT_ID")]
struct Audit {
    /// the agent's id
    #[argh(option, arg_name = "id")]
    agent: String,
}

impl Facts for Audit {
    const OPERATION: &Operation = &api::agents::AUDIT;
    const TABLE: Option<&Table> = Some(&ACTIONS);
    const OPERAND: Option<&str> = Some("--agent");
}

impl Plain for Audit {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?, &agent(&self.agent)?]);
        Ok(Call::feed(request))
    }
}

fn agent(agent: &str) -> Result<Id, Failure> {
    Id::parse("--agent", agent)
}
