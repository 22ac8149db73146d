//! `alter audit`: what happened, newest first. All of it is read-only.

use argh::{ArgsInfo, FromArgs};

use crate::failure::Failure;
use crate::http::request::Request;
use crate::http::routes;
use crate::output::json::Object;
use crate::output::table::{Table, column, derived, seconds};
use crate::session::{Session, follow};
use crate::time;

namespace! {
    /// read the audit log
    Audit "audit" note "app: filter", Session<'_>: { List, PortalActions }
}

const EVENTS: Table = Table {
    noun: "audit rows",
    columns: &[
        seconds("TIME", "created_at"),
        column("ACTION", "action").shrinks(),
        column("APP", "app_id"),
        derived("ACTOR", actor).shrinks(),
        column("PROVIDER", "provider_id"),
        column("DECISION", "policy_decision").state(),
        column("STATUS", "response_status"),
        column("MS", "latency_ms"),
    ],
};

fn actor(event: &Object) -> String {
    event.string("actor_name").or_else(|| event.string("actor_id")).unwrap_or_else(|| "-".into())
}

const PORTAL_ACTIONS: Table = Table {
    noun: "portal actions",
    columns: &[
        seconds("TIME", "created_at"),
        column("ACTION", "action").shrinks(),
        column("PRINCIPAL", "principal.name").shrinks(),
        column("KIND", "principal_kind"),
        derived("RESOURCE", resource),
        column("APP", "app_id"),
    ],
};

fn resource(action: &Object) -> String {
    let part = |key| action.string(key).unwrap_or_else(|| "-".into());
    format!("{} {}", part("resource_type"), part("resource_id"))
}

/// list what keys and agents did at runtime
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "list",
    note = "scope: dashboard_audit:read",
    note = "page: 1000, 100",
    example = "alter audit list --since 24h --policy-decision DENY",
    example = "alter audit list --all --output jsonl > audit.jsonl",
    example = "alter audit list --follow"
)]
struct List {
    /// only rows of this last while: 24h, 7d
    #[argh(option, arg_name = "duration")]
    since: Option<String>,
    /// only rows from this time on: ISO 8601
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only rows up to this time: ISO 8601
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
    #[argh(option, arg_name = "ALLOW|DENY|ERROR")]
    policy_decision: Option<String>,
    /// keep asking for newer rows and print each once, oldest first
    #[argh(switch)]
    follow: bool,
}

impl List {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let window =
            time::window(self.since.as_deref(), self.start.as_deref(), self.end.as_deref())?;
        let backlog = window.start.is_some();
        let request = Request::get(routes::audit_events())
            .maybe("start", window.start)
            .maybe("end", window.end)
            .maybe("app_id", session.app_filter()?)
            .maybe("action", self.action.as_ref())
            .maybe("actor", self.actor.as_ref())
            .maybe("provider", self.provider.as_ref())
            .maybe("policy_decision", self.policy_decision.as_ref());
        if !self.follow || session.dry_run {
            return session.feed(&request, &EVENTS);
        }
        let without = [
            ("--all", session.page.all),
            ("--offset", session.page.offset > 0),
            ("--end", self.end.is_some()),
        ];
        if let Some((flag, _)) = without.iter().find(|(_, given)| *given) {
            return Err(Failure::usage("--follow", format!("goes without {flag}")));
        }
        follow::follow(session, &request, &EVENTS, backlog)
    }
}

/// list what people and PATs changed in the portal
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "portal-actions",
    note = "scope: dashboard_audit:read",
    note = "page: 1000, 100",
    example = "alter audit portal-actions --principal-kind pat --action key.minted"
)]
struct PortalActions {
    /// only actions of this kind of principal
    #[argh(option, arg_name = "portal|sdk|system|pat")]
    principal_kind: Option<String>,
    /// only actions on this type of resource, such as key
    #[argh(option, arg_name = "type")]
    resource_type: Option<String>,
    /// only this action, such as app.created
    #[argh(option, arg_name = "action")]
    action: Option<String>,
    /// only actions from this time on: ISO 8601
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only actions up to this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
}

impl PortalActions {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let window = time::window(None, self.start.as_deref(), self.end.as_deref())?;
        let request = Request::get(routes::portal_actions())
            .maybe("principal_kind", self.principal_kind)
            .maybe("resource_type", self.resource_type)
            .maybe("action", self.action)
            .maybe("app_id", session.app_filter()?)
            .maybe("start", window.start)
            .maybe("end", window.end);
        session.feed(&request, &PORTAL_ACTIONS)
    }
}
