//! `alter grants`: what the users of an app have granted, of every kind.

use argh::{ArgsInfo, FromArgs};

use super::managed_secrets::principal;
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::output::json::Object;
use crate::output::table::{Table, column, derived, time};
use crate::session::Verb as _;
use crate::session::call::{Call, Plain};
use crate::session::question::Question;

namespace! {
    /// list and revoke what the users of an app have granted
    Grants "grants", crate::session::Session<'_>: { List, Revoke }
}

const GRANTS: Table = Table {
    noun: "grants",
    columns: &[
        column("ID", "id"),
        column("TYPE", "grant_type"),
        column("PROVIDER", "provider_id").shrinks(),
        derived("USER", &["user_identifier", "principal", "app_user_id"], user).shrinks(),
        column("STATUS", "status").state(),
        time("EXPIRES", "expires_at"),
        time("LAST USED", "last_used_at"),
    ],
    least: &["LAST USED", "EXPIRES", "TYPE"],
    first: "",
};

/// Returns who holds the grant: the user as the app knows them, else whom the grant names.
fn user(grant: &Object) -> String {
    let user = || grant.string("app_user_id");
    grant.string("user_identifier").unwrap_or_else(|| match principal(grant).as_str() {
        "-" => user().unwrap_or_else(|| "-".into()),
        named => named.to_owned(),
    })
}

/// list the app's grants
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "list",
    example = "alter grants list --status active --provider google",
    example = "alter grants list --output jsonl > grants.jsonl"
)]
struct List {
    /// only grants of this status
    #[argh(option, arg_name = "status")]
    status: Option<String>,
    /// only grants of this provider, or of the managed secret with this slug
    #[argh(option, arg_name = "id")]
    provider: Option<String>,
    /// only grants of this end user
    #[argh(option, arg_name = "uuid")]
    app_user: Option<String>,
    /// only grants of users whose identifier or display name has this in it
    #[argh(option, arg_name = "text")]
    search: Option<String>,
}

impl Facts for List {
    const OPERATION: &Operation = &api::grants::LIST;
    const TABLE: Option<&Table> = Some(&GRANTS);
}

impl Plain for List {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?])
            .maybe("status", self.status)
            .maybe("provider", self.provider)
            .maybe("app_user", self.app_user)
            .maybe("search", self.search);
        Ok(Call::feed(request))
    }
}

/// revoke a grant and every delegation under it
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "revoke",
    example = "alter grants revoke --grant GRANT_ID --reason 'laptop stolen' --yes"
)]
struct Revoke {
    /// the grant's id
    #[argh(option, arg_name = "id")]
    grant: String,
    /// why, for the grant's history
    #[argh(option, arg_name = "text")]
    reason: Option<String>,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

impl Facts for Revoke {
    const OPERATION: &Operation = &api::grants::REVOKE;
    const OPERAND: Option<&str> = Some("--grant");
}

impl Plain for Revoke {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let (app, grant) = (context.app()?, Id::parse("--grant", &self.grant)?);
        let request = Request::of(Self::OPERATION, &[&app, &grant])
            .body(Body::object().maybe("reason", self.reason));
        let question = Question::new("Revoke grant", &grant, "Delegations under it end too.")
            .look_up(newest(&app));
        Ok(Call::object(request).confirm(question, self.yes))
    }
}

/// Returns the request for the grants of an app, as many as one page has: the portal shows none of them alone.
pub(super) fn newest(app: &Id) -> Request {
    let operation = &api::grants::LIST;
    let most = operation.limits.map(|limits| limits.most);
    Request::of(operation, &[app]).maybe("limit", most)
}
