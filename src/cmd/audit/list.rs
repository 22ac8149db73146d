//! `alter audit list`: what keys and agents did at runtime.

use argh::{ArgsInfo, FromArgs};

use super::{feed_or_follow, narrowed};
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::cli::tree::Facts;
use crate::output::json::Object;
use crate::output::table::{Column, Table, column, derived, seconds};
use crate::session::Session;
use crate::session::Verb;

const COLUMNS: &[Column] = &[
    seconds("TIME", "created_at"),
    column("ACTION", "action"),
    derived("ACTOR", &["actor_name", "actor_id"], actor).shrinks(),
    column("PROVIDER", "provider_id").shrinks(),
    column("DECISION", "policy_decision").state(),
    column("STATUS", "response_status"),
    column("MS", "latency_ms"),
    column("TRACE", "trace_id"),
    column("APP", "app_id"),
];

const EVENTS: Table = Table {
    noun: "audit rows",
    columns: COLUMNS,
    least: &["APP", "MS", "TRACE", "STATUS"],
    first: "",
};

/// Of calls with one decision the trace is what is looked for: it leads to the cause.
const DECIDED: Table = Table { least: &["APP", "MS", "STATUS", "PROVIDER", "ACTION"], ..EVENTS };

fn actor(event: &Object) -> String {
    event.string("actor_name").or_else(|| event.string("actor_id")).unwrap_or_else(|| "-".into())
}

/// list what keys and agents did at runtime
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "list",
    example = "alter audit list --since 24h --policy-decision DENY",
    example = "alter audit list --all --output jsonl > audit.jsonl",
    example = "alter audit list --follow"
)]
pub(super) struct List {
    /// only rows of this last while: 24h, 7d
    #[argh(option, arg_name = "duration")]
    since: Option<String>,
    /// only rows from this time on: ISO 8601
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only rows before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
    /// only this action, such as token.retrieved
    #[argh(option, arg_name = "action")]
    action: Option<String>,
    /// only this actor
    #[argh(option, arg_name = "id")]
    actor: Option<String>,
    /// only this provider
    #[argh(option, arg_name = "id")]
    provider: Option<String>,
    /// only this decision of the policy
    #[argh(option, arg_name = "decision")]
    policy_decision: Option<String>,
    /// poll for newer rows and print each one, oldest first
    #[argh(switch)]
    follow: bool,
}

impl Facts for List {
    const OPERATION: &Operation = &api::audit::EVENTS;
    const TABLE: Option<&Table> = Some(&EVENTS);
    const EITHER_CASE: &[&str] = &["--policy-decision"];
}

impl Verb for List {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let table = if self.policy_decision.is_some() { &DECIDED } else { &EVENTS };
        let request = narrowed(session, Self::OPERATION, [self.since, self.start, self.end])?;
        let request = request
            .maybe("action", self.action)
            .maybe("actor", self.actor)
            .maybe("provider", self.provider)
            .maybe("policy_decision", self.policy_decision);
        feed_or_follow(session, &request, table, self.follow)
    }
}
