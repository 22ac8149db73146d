//! `alter managed-secrets users` and `groups`: the principals that a grant can be for.

use argh::{ArgsInfo, FromArgs};

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::Request;
use crate::output::table::{Table, column};
use crate::session::Verb as _;
use crate::session::call::{Call, Plain};

namespace! {
    /// look at the groups that can be granted access
    Groups "groups", crate::session::Session<'_>: { List, Show }
}

const USERS: Table = Table {
    noun: "users",
    columns: &[
        column("ID", "id"),
        column("EMAIL", "email").shrinks(),
        column("NAME", "display_name").shrinks(),
        column("IDP", "idp_id"),
        column("STATUS", "status").state(),
    ],
    least: &["IDP", "NAME"],
    first: "",
};

const GROUPS: Table = Table {
    noun: "groups",
    columns: &[
        column("ID", "id"),
        column("NAME", "name").shrinks(),
        column("EXTERNAL ID", "external_group_id"),
        column("IDP", "idp_id"),
        column("MEMBERS", "member_count"),
    ],
    least: &["IDP", "EXTERNAL ID"],
    first: "",
};

/// list the users that can be granted access
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "users", example = "alter managed-secrets users --search alice")]
pub(super) struct Users {
    /// only those of this identity provider
    #[argh(option, arg_name = "uuid")]
    idp: Option<String>,
    /// only those with this in their name or address
    #[argh(option, arg_name = "text")]
    search: Option<String>,
}

impl Facts for Users {
    const OPERATION: &Operation = &api::managed_secrets::USERS;
    const TABLE: Option<&Table> = Some(&USERS);
}

impl Plain for Users {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?]);
        let request = narrowed(request, self.idp.as_deref(), self.search.as_deref())?;
        Ok(Call::pages(request))
    }
}

fn narrowed(request: Request, idp: Option<&str>, search: Option<&str>) -> Result<Request, Failure> {
    Ok(request.maybe("idp_id", idp).maybe("search", search))
}

/// list the groups that can be granted access
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "list",
    example = "alter managed-secrets groups list --search engineering"
)]
struct List {
    /// only those of this identity provider
    #[argh(option, arg_name = "uuid")]
    idp: Option<String>,
    /// only those with this in their name
    #[argh(option, arg_name = "text")]
    search: Option<String>,
}

impl Facts for List {
    const OPERATION: &Operation = &api::managed_secrets::GROUPS;
    const TABLE: Option<&Table> = Some(&GROUPS);
}

impl Plain for List {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?]);
        let request = narrowed(request, self.idp.as_deref(), self.search.as_deref())?;
        Ok(Call::pages(request))
    }
}

/// show a group with its members and its grants
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "show",
    example = "alter managed-secrets groups show GROUP_ID --member-limit 500"
)]
struct Show {
    /// the group's id
    #[argh(positional)]
    group: String,
    /// how many members to show
    #[argh(option, arg_name = "number")]
    member_limit: Option<u64>,
    /// members to skip
    #[argh(option, arg_name = "number")]
    member_offset: Option<u64>,
    /// how many grants to show
    #[argh(option, arg_name = "number")]
    grant_limit: Option<u64>,
    /// grants to skip
    #[argh(option, arg_name = "number")]
    grant_offset: Option<u64>,
}

impl Facts for Show {
    const OPERATION: &Operation = &api::managed_secrets::SHOW_GROUP;
}

impl Plain for Show {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let group = Id::parse("<group>", &self.group)?;
        let request = Request::of(Self::OPERATION, &[&context.app()?, &group])
            .maybe("member_limit", self.member_limit)
            .maybe("member_offset", self.member_offset)
            .maybe("grant_limit", self.grant_limit)
            .maybe("grant_offset", self.grant_offset);
        Ok(Call::object(request))
    }
}
