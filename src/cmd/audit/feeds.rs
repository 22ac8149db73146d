//! What was changed: `alter audit portal-actions` in the portal, `alter audit grant-events` to grants.

use argh::{ArgsInfo, FromArgs};

use super::{feed_or_follow, narrowed};
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::cli::tree::Facts;
use crate::output::json::Object;
use crate::output::table::{Table, column, derived, seconds};
use crate::session::Session;
use crate::session::Verb;

const PORTAL_ACTIONS: Table = Table {
    noun: "portal actions",
    columns: &[
        seconds("TIME", "created_at"),
        column("ACTION", "action"),
        column("PRINCIPAL", "principal.name").shrinks(),
        column("KIND", "principal_kind"),
        derived("RESOURCE", &["resource_type", "resource_id"], resource),
        column("APP", "app_id"),
    ],
    least: &["APP", "KIND", "RESOURCE"],
    first: "",
};

const GRANT_EVENTS: Table = Table {
    noun: "grant events",
    columns: &[
        seconds("TIME", "created_at"),
        column("EVENT", "event"),
        column("TYPE", "grant_type"),
        column("PROVIDER", "provider_id").shrinks(),
        column("GRANT", "grant_id"),
        column("APP", "app_id"),
    ],
    least: &["APP", "GRANT"],
    first: "",
};

fn resource(action: &Object) -> String {
    let part = |key| action.string(key).unwrap_or_else(|| "-".into());
    format!("{} {}", part("resource_type"), part("resource_id"))
}

/// list what people and PATs changed in the portal
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "portal-actions",
    example = "alter audit portal-actions --principal-kind pat --since 7d",
    example = "alter audit portal-actions --action key.minted --follow"
)]
pub(super) struct PortalActions {
    /// only actions of this kind of principal
    #[argh(option, arg_name = "kind")]
    principal_kind: Option<String>,
    /// only actions on this type of resource, such as key
    #[argh(option, arg_name = "type")]
    resource_type: Option<String>,
    /// only this action, such as app.created
    #[argh(option, arg_name = "action")]
    action: Option<String>,
    /// only actions of this last while: 24h, 7d
    #[argh(option, arg_name = "duration")]
    since: Option<String>,
    /// only actions from this time on: ISO 8601
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only actions before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
    /// poll for newer actions and print each one, oldest first
    #[argh(switch)]
    follow: bool,
}

impl Facts for PortalActions {
    const OPERATION: &Operation = &api::audit::PORTAL_ACTIONS;
    const TABLE: Option<&Table> = Some(&PORTAL_ACTIONS);
    const EITHER_CASE: &[&str] = &["--principal-kind"];
}

impl Verb for PortalActions {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let request = narrowed(session, Self::OPERATION, [self.since, self.start, self.end])?;
        let request = request
            .maybe("principal_kind", self.principal_kind)
            .maybe("resource_type", self.resource_type)
            .maybe("action", self.action);
        feed_or_follow(session, &request, &PORTAL_ACTIONS, self.follow)
    }
}

/// list what happened to grants: made, changed, revoked
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "grant-events",
    example = "alter audit grant-events --grant-type oauth --since 30d"
)]
pub(super) struct GrantEvents {
    /// only events of this type of grant
    #[argh(option, arg_name = "type")]
    grant_type: Option<String>,
    /// only events of grants of this provider
    #[argh(option, arg_name = "id")]
    provider: Option<String>,
    /// only events of this last while: 24h, 7d
    #[argh(option, arg_name = "duration")]
    since: Option<String>,
    /// only events from this time on: ISO 8601
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only events before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
    /// poll for newer events and print each one, oldest first
    #[argh(switch)]
    follow: bool,
}

impl Facts for GrantEvents {
    const OPERATION: &Operation = &api::audit::GRANT_EVENTS;
    const TABLE: Option<&Table> = Some(&GRANT_EVENTS);
    const EITHER_CASE: &[&str] = &["--grant-type"];
}

impl Verb for GrantEvents {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let request = narrowed(session, Self::OPERATION, [self.since, self.start, self.end])?;
        let request = request.maybe("grant_type", self.grant_type).maybe("provider", self.provider);
        feed_or_follow(session, &request, &GRANT_EVENTS, self.follow)
    }
}
