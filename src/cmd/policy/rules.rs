//! `alter policy rules`: the rules of one target.

use argh::{ArgsInfo, FromArgs};

use super::body;
use super::target::Target;
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::{Failure, Kind};
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::Body;
use crate::input::rule_body;
use crate::output::json::Object;
use crate::output::table::{Table, column, time};
use crate::session::Session;
use crate::session::Verb;
use crate::session::call::{Call, Plain};
use crate::session::question::Question;

namespace! {
    /// manage the rules of the app, or of one agent, grant or provider of it. A json_match rule denies what matches all of its
    /// `when`; ip_allowlist denies addresses it does not list; time_window denies outside it, business hours being
    /// 09:00-17:00 on every day, weekdays Monday to Friday, both together both, in UTC unless a timezone is named;
    /// require_approval holds the call until a person has decided
    Rules "rules", Session<'_>: { Create, List, Get, Update, Delete }
}

const RULES: Table = Table {
    noun: "rules",
    columns: &[
        column("ID", "id"),
        column("TYPE", "rule_type"),
        column("ENABLED", "enabled"),
        column("NAME", "name").shrinks(),
        time("UPDATED", "updated_at"),
    ],
    least: &["UPDATED"],
    first: "alter policy rules create --body JSON",
};

/// create a rule
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "create",
    example = r#"alter policy rules create --body '{{"when":{{"method":"DELETE"}},"effect":"deny"}}'"#,
    example = r#"alter policy rules create --type ip_allowlist --body '{{"allow":["10.0.0.0/8"]}}'"#,
    example = r#"alter policy rules create --type time_window --body '{{"business_hours_only":true,"timezone":"Europe/Berlin"}}'"#,
    example = r#"alter policy rules create --type require_approval --body '{{"effect":"require_approval","approval":{{}}}}'"#
)]
struct Create {
    /// its body as JSON: inline, @file or -
    #[argh(option, arg_name = "json")]
    body: String,
    /// see policy rules --help [default: json_match]
    #[argh(option, long = "type", arg_name = "type")]
    rule_type: Option<String>,
    /// its name, 1 to 120 characters
    #[argh(option, arg_name = "name")]
    name: Option<String>,
    /// what it is for, at most 2000 characters
    #[argh(option, arg_name = "text")]
    description: Option<String>,
    /// do not apply it yet
    #[argh(switch)]
    disabled: bool,
    /// for this agent, not the whole app
    #[argh(option, arg_name = "id")]
    agent: Option<String>,
    /// for this grant, also one of a managed secret
    #[argh(option, arg_name = "id")]
    grant: Option<String>,
    /// for this OAuth provider
    #[argh(option, arg_name = "id")]
    provider: Option<String>,
}

impl Facts for Create {
    const OPERATION: &Operation = &api::policy::CREATE_OF_APP;
}

impl Plain for Create {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let target = Target::of(context, [self.agent, self.grant, self.provider])?;
        let rule_type = self.rule_type.as_deref().unwrap_or("json_match");
        let rule_body = body::read(context, &self.body)?;
        body::check(context, rule_type, &rule_body).map_err(|failure| match self.rule_type {
            Some(_) => failure,
            None => failure.fix("give --type when it is not a json_match rule"),
        })?;
        let body = Body::object()
            .with("rule_type", rule_type)
            .with("rule_body", rule_body)
            .maybe("name", self.name)
            .maybe("description", self.description)
            .maybe("enabled", self.disabled.then_some(false));
        Ok(Call::object(target.rules(|rules| rules.create).body(body)))
    }
}

/// list the rules of a target
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "list",
    example = "alter policy rules list",
    example = "alter policy rules list --agent AGENT_ID --output json"
)]
struct List {
    /// of this agent, not of the app itself
    #[argh(option, arg_name = "id")]
    agent: Option<String>,
    /// of this grant
    #[argh(option, arg_name = "id")]
    grant: Option<String>,
    /// of this OAuth provider
    #[argh(option, arg_name = "id")]
    provider: Option<String>,
}

impl Facts for List {
    const OPERATION: &Operation = &api::policy::LIST_OF_APP;
    const TABLE: Option<&Table> = Some(&RULES);
}

impl Plain for List {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let target = Target::of(context, [self.agent, self.grant, self.provider])?;
        Ok(Call::pages(target.rules(|rules| rules.list)))
    }
}

/// show one rule
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "get",
    example = "alter policy rules get --rule RULE_ID --grant GRANT_ID"
)]
struct Get {
    /// the rule's id
    #[argh(option, arg_name = "id")]
    rule: String,
    /// the agent it is for
    #[argh(option, arg_name = "id")]
    agent: Option<String>,
    /// the grant it is for
    #[argh(option, arg_name = "id")]
    grant: Option<String>,
    /// the OAuth provider it is for
    #[argh(option, arg_name = "id")]
    provider: Option<String>,
}

impl Facts for Get {
    const OPERATION: &Operation = &api::policy::SHOW_OF_APP;
    const OPERAND: Option<&str> = Some("--rule");
}

impl Plain for Get {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let target = Target::of(context, [self.agent, self.grant, self.provider])?;
        Ok(target.advised(Call::object(target.rule(|rules| rules.show, &rule(&self.rule)?))))
    }
}

/// change a rule; its type and its target stay
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "update",
    example = "alter policy rules update --rule RULE_ID --disable",
    example = "alter policy rules update --rule RULE_ID --agent AGENT_ID --body @rule.json"
)]
struct Update {
    /// the rule's id
    #[argh(option, arg_name = "id")]
    rule: String,
    /// its new body as JSON: inline, @file or -
    #[argh(option, arg_name = "json")]
    body: Option<String>,
    /// its new name, 1 to 120 characters
    #[argh(option, arg_name = "name")]
    name: Option<String>,
    /// its new description, at most 2000 characters; an empty one clears it
    #[argh(option, arg_name = "text")]
    description: Option<String>,
    /// apply it
    #[argh(switch)]
    enable: bool,
    /// do not apply it
    #[argh(switch)]
    disable: bool,
    /// the agent it is for
    #[argh(option, arg_name = "id")]
    agent: Option<String>,
    /// the grant it is for
    #[argh(option, arg_name = "id")]
    grant: Option<String>,
    /// the OAuth provider it is for
    #[argh(option, arg_name = "id")]
    provider: Option<String>,
}

impl Facts for Update {
    const OPERATION: &Operation = &api::policy::UPDATE_OF_APP;
    const OPERAND: Option<&str> = Some("--rule");
}

impl Verb for Update {
    /// Talks twice where the body changes: only the stored rule knows its type.
    fn run(self, session: &Session) -> Result<(), Failure> {
        let changes = ["--body", "--name", "--description", "--enable", "--disable"];
        session.given.one_of("nothing to change", &changes)?;
        session.given.at_most_one(&["--enable", "--disable"])?;
        let target = Target::of(session, [self.agent, self.grant, self.provider])?;
        let rule = rule(&self.rule)?;
        let rule_body = self.body.as_deref().map(|text| body::read(session, text)).transpose()?;
        if let Some(body) = rule_body.as_deref().filter(|_| !session.dry_run)
            && let Some(rule_type) = stored_type(session, &target, &rule)?
        {
            body::check(session, &rule_type, body).map_err(|failure| {
                failure.fix(format!("the type of the rule stays {rule_type}"))
            })?;
        }
        let change = Body::object()
            .maybe("rule_body", rule_body)
            .maybe("name", self.name)
            .maybe("description", self.description)
            .maybe("enabled", (self.enable || self.disable).then_some(self.enable));
        let done = session.object(&target.rule(|rules| rules.update, &rule).body(change));
        done.map_err(|failure| target.advise(failure))
    }
}

/// The type of the stored rule; none when the PAT may not read it or the type is not known here, and the portal is left
/// to judge.
fn stored_type(session: &Session, target: &Target, rule: &Id) -> Result<Option<String>, Failure> {
    match session.send(&target.rule(|rules| rules.show, rule)) {
        Ok(response) => {
            let rule = Object::parse(response.json()?);
            let rule_type = rule.and_then(|rule| rule.string("rule_type"));
            Ok(rule_type.filter(|rule_type| rule_body::TYPES.contains(&rule_type.as_str())))
        }
        Err(failure) if failure.kind() == Kind::Forbidden => Ok(None),
        Err(failure) => Err(target.advise(failure)),
    }
}

/// delete a rule
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "delete",
    example = "alter policy rules delete --rule RULE_ID --provider google --yes"
)]
struct Delete {
    /// the rule's id
    #[argh(option, arg_name = "id")]
    rule: String,
    /// the agent it is for
    #[argh(option, arg_name = "id")]
    agent: Option<String>,
    /// the grant it is for
    #[argh(option, arg_name = "id")]
    grant: Option<String>,
    /// the OAuth provider it is for
    #[argh(option, arg_name = "id")]
    provider: Option<String>,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

impl Facts for Delete {
    const OPERATION: &Operation = &api::policy::DELETE_OF_APP;
    const OPERAND: Option<&str> = Some("--rule");
}

impl Plain for Delete {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let target = Target::of(context, [self.agent, self.grant, self.provider])?;
        let rule = rule(&self.rule)?;
        let shown = target.rule(|rules| rules.show, &rule);
        let question = Question::new("Delete rule", &rule, "").look_up(shown);
        let call =
            Call::delete(target.rule(|rules| rules.delete, &rule)).confirm(question, self.yes);
        Ok(target.advised(call))
    }
}

fn rule(rule: &str) -> Result<Id, Failure> {
    Id::parse("--rule", rule)
}
