//! `alter managed-secrets grants`: who may use a secret.

use argh::{ArgsInfo, FromArgs};

use super::{principal, secret};
use crate::api;
use crate::api::format::UUID;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::base::time;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::cmd::grants;
use crate::http::request::{Body, Request};
use crate::input::check;
use crate::input::intake::JsonType;
use crate::output::json::Object;
use crate::output::table::{self, Table, column, derived, time as instant};
use crate::session::Verb as _;
use crate::session::call::{Call, Plain};
use crate::session::question::Question;

namespace! {
    /// manage the grants of secrets
    Grants "grants", crate::session::Session<'_>: { List, ListForAgent, Create, Update, Revoke }
}

const GRANTS: Table = Table {
    noun: "grants",
    columns: &[
        column("ID", "id"),
        derived("PRINCIPAL", &["principal"], principal),
        column("TYPE", "principal.type"),
        column("LABEL", "label").shrinks(),
        column("STATUS", "status").state(),
        derived("EXPIRES", &["expires_at", "grant_policy"], expires),
        instant("LAST USED", "last_used_at"),
    ],
    least: &["LAST USED", "TYPE", "EXPIRES", "PRINCIPAL"],
    first: "alter managed-secrets grants create SECRET",
};

const MAX_TEXT: usize = 255;

/// The end of a grant: a portal may say it in the grant, in its policy, or in both. The earlier one counts.
fn expires(grant: &Object) -> String {
    let said =
        ["expires_at", "grant_policy.expires_at"].into_iter().filter_map(|path| grant.string(path));
    said.min_by_key(|text| time::parse(text)).map_or("-".into(), |text| table::minutes(&text))
}

/// list a secret's grants
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "list", example = "alter managed-secrets grants list SECRET_ID")]
struct List {
    /// the secret's id
    #[argh(positional)]
    secret: String,
}

impl Facts for List {
    const OPERATION: &Operation = &api::secret_grants::LIST;
    const TABLE: Option<&Table> = Some(&GRANTS);
}

impl Plain for List {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?, &secret(&self.secret)?]);
        Ok(Call::rows(request))
    }
}

/// list the grants of an agent, of all secrets
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "list-for-agent",
    example = "alter managed-secrets grants list-for-agent AGENT_ID"
)]
struct ListForAgent {
    /// the agent's id
    #[argh(positional)]
    agent: String,
}

impl Facts for ListForAgent {
    const OPERATION: &Operation = &api::secret_grants::LIST_FOR_AGENT;
    const TABLE: Option<&Table> = Some(&GRANTS);
}

impl Plain for ListForAgent {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let agent = Id::parse("<agent>", &self.agent)?;
        Ok(Call::rows(Request::of(Self::OPERATION, &[&context.app()?, &agent])))
    }
}

/// grant a user, a group, an agent, or the app itself access to a secret
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "create",
    example = "alter managed-secrets grants create SECRET_ID --principal-type agent --agent-id AGENT_ID",
    example = "alter managed-secrets grants create SECRET_ID --principal-type system --expires-in 7d"
)]
struct Create {
    /// the secret's id
    #[argh(positional)]
    secret: String,
    /// type of principal
    #[argh(option, arg_name = "user|group|agent|system")]
    principal_type: Option<String>,
    /// user id, with --principal-type user
    #[argh(option, arg_name = "uuid")]
    app_user_id: Option<String>,
    /// identity provider of the group, with --principal-type group
    #[argh(option, arg_name = "uuid")]
    idp_id: Option<String>,
    /// group id at the identity provider, with --principal-type group
    #[argh(option, arg_name = "id")]
    external_group_id: Option<String>,
    /// agent id, with --principal-type agent
    #[argh(option, arg_name = "uuid")]
    agent_id: Option<String>,
    /// label; needed for users and groups
    #[argh(option, arg_name = "text")]
    label: Option<String>,
    /// what it is for
    #[argh(option, arg_name = "text")]
    description: Option<String>,
    /// how long it lives: 7d, 12h
    #[argh(option, arg_name = "duration")]
    expires_in: Option<String>,
    /// when it expires: ISO 8601
    #[argh(option, arg_name = "time")]
    expires_at: Option<String>,
    /// grant policy, a JSON object: inline, @file or -
    #[argh(option, arg_name = "json")]
    grant_policy: Option<String>,
    /// the body as JSON instead: inline, @file or -
    #[argh(option, arg_name = "json")]
    input: Option<String>,
}

impl Facts for Create {
    const OPERATION: &Operation = &api::secret_grants::CREATE;
}

impl Plain for Create {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let body = self.body(context)?;
        let request = Request::of(Self::OPERATION, &[&context.app()?, &secret(&self.secret)?]);
        Ok(Call::object(request.body(body)))
    }
}

impl Create {
    fn body(&self, context: &Context) -> Result<Body, Failure> {
        if let Some(input) = &self.input {
            return context.input(input, &[]);
        }
        context.given.all(&["--principal-type"], "--input")?;
        context.given.at_most_one(&["--expires-in", "--expires-at"])?;
        let expires_in = self.expires_in.as_deref();
        let expires_in =
            expires_in.map(|duration| time::from_now("--expires-in", duration)).transpose()?;
        let expires_at = expires_in.as_deref().or(self.expires_at.as_deref());
        let principal = self.principal(context)?;
        let label = self.label.as_deref().map(|text| check::text("--label", text, MAX_TEXT));
        Ok(Body::object()
            .with("principal", principal)
            .maybe("label", label.transpose()?)
            .maybe("description", self.description.as_ref())
            .maybe("grant_policy", policy(context, self.grant_policy.as_deref(), expires_at)?))
    }

    /// The principal, from the flags of its type and no others.
    fn principal(&self, context: &Context) -> Result<Body, Failure> {
        let kind = self.principal_type.as_deref().unwrap_or_default();
        let (own, label): (&[&str], bool) = match kind {
            "user" => (&["--app-user-id"], true),
            "group" => (&["--idp-id", "--external-group-id"], true),
            "agent" => (&["--agent-id"], false),
            _ => (&[], false),
        };
        let all = ["--app-user-id", "--idp-id", "--external-group-id", "--agent-id"];
        if let Some(other) = all.iter().find(|flag| !own.contains(flag) && context.given.has(flag))
        {
            let why = format!("does not go with --principal-type {kind}");
            return Err(Failure::usage(*other, why));
        }
        let needed = if label { [own, &["--label"]].concat() } else { own.to_vec() };
        context.given.all(&needed, "")?;
        let uuid = |flag, id: &Option<String>| {
            id.as_deref().map(|id| check::formed(flag, id, &UUID).map(str::to_owned)).transpose()
        };
        let group = self.external_group_id.as_deref();
        let group = group.map(|id| check::text("--external-group-id", id, MAX_TEXT)).transpose()?;
        Ok(Body::object()
            .with("type", kind)
            .maybe("app_user_id", uuid("--app-user-id", &self.app_user_id)?)
            .maybe("idp_id", uuid("--idp-id", &self.idp_id)?)
            .maybe("external_group_id", group)
            .maybe("agent_id", uuid("--agent-id", &self.agent_id)?))
    }
}

/// The grant's policy, with the expiry in it that its own flag gives.
fn policy(
    context: &Context,
    document: Option<&str>,
    expires_at: Option<&str>,
) -> Result<Option<Body>, Failure> {
    const FLAG: &str = "--expires-at";
    let document =
        document.map(|text| context.intake.json("--grant-policy", text, JsonType::Object));
    let document = document.transpose()?;
    let expiry = expires_at.map(|text| time::to_come(FLAG, text)).transpose()?;
    let (Some(document), Some(expiry)) = (&document, &expiry) else {
        let alone = expiry.map(|expiry| Body::object().with("expires_at", expiry));
        return Ok(document.map(|document| Body::document(&document)).or(alone));
    };
    let policy = Object::parse(document.get())
        .ok_or_else(|| Failure::usage("--grant-policy", "must be an object"))?;
    if policy.path("expires_at").is_some() {
        let inner = policy.string("expires_at").and_then(|text| time::parse(&text));
        if inner != time::parse(expiry) {
            return Err(Failure::usage(FLAG, "differs from the expires_at in --grant-policy"));
        }
    }
    let others = policy.entries().filter(|(key, _)| *key != "expires_at");
    let merged = others.fold(Body::object(), |body, (key, value)| body.with_json(key, value));
    Ok(Some(merged.with("expires_at", expiry)))
}

/// change a grant's label, description, expiry or policy
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "update",
    example = "alter managed-secrets grants update GRANT_ID --label renamed"
)]
struct Update {
    /// the grant's id
    #[argh(positional)]
    grant: String,
    /// new label
    #[argh(option, arg_name = "text")]
    label: Option<String>,
    /// new description
    #[argh(option, arg_name = "text")]
    description: Option<String>,
    /// new expiry: ISO 8601
    #[argh(option, arg_name = "time")]
    expires_at: Option<String>,
    /// new grant policy, a JSON object: inline, @file or -
    #[argh(option, arg_name = "json")]
    grant_policy: Option<String>,
    /// the body as JSON instead: inline, @file or -
    #[argh(option, arg_name = "json")]
    input: Option<String>,
}

impl Facts for Update {
    const OPERATION: &Operation = &api::secret_grants::UPDATE;
}

impl Plain for Update {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?, &grant(&self.grant)?]);
        Ok(Call::object(request.body(self.body(context)?)))
    }
}

impl Update {
    fn body(&self, context: &Context) -> Result<Body, Failure> {
        if let Some(input) = &self.input {
            return context.input(input, &[]);
        }
        context.given.one_of(
            "nothing to change",
            &["--label", "--description", "--expires-at", "--grant-policy", "--input"],
        )?;
        Ok(Body::object()
            .maybe("label", self.label.as_ref())
            .maybe("description", self.description.as_ref())
            .maybe(
                "grant_policy",
                policy(context, self.grant_policy.as_deref(), self.expires_at.as_deref())?,
            ))
    }
}

/// revoke a grant
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "revoke", example = "alter managed-secrets grants revoke GRANT_ID --yes")]
struct Revoke {
    /// the grant's id
    #[argh(positional)]
    grant: String,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

impl Facts for Revoke {
    const OPERATION: &Operation = &api::secret_grants::REVOKE;
}

impl Plain for Revoke {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let (app, grant) = (context.app()?, grant(&self.grant)?);
        let question = Question::new(
            "Revoke grant",
            &grant,
            "Everyone who had access only through it loses it.",
        )
        .look_up(grants::newest(&app));
        Ok(Call::delete(Request::of(Self::OPERATION, &[&app, &grant])).confirm(question, self.yes))
    }
}

fn grant(grant: &str) -> Result<Id, Failure> {
    Id::parse("<grant>", grant)
}
