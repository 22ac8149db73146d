//! `alter end-users`: the people who use an app.

use argh::{ArgsInfo, FromArgs};

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::Request;
use crate::output::table::{Table, column, time};
use crate::session::Verb as _;
use crate::session::call::{Call, Plain};

namespace! {
    /// look up the end users of an app
    EndUsers "end-users", crate::session::Session<'_>: { List, Show }
}

const END_USERS: Table = Table {
    noun: "end users",
    columns: &[
        column("ID", "id"),
        column("EMAIL", "email").shrinks(),
        column("NAME", "display_name").shrinks(),
        column("STATUS", "status").state(),
        column("GRANTS", "grant_count"),
        time("LAST SEEN", "last_seen_at"),
    ],
    least: &["LAST SEEN", "GRANTS", "NAME"],
    first: "",
};

/// list the app's end users
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "list", example = "alter end-users list --search alice@example.com")]
struct List {
    /// only users whose e-mail address or display name has this in it
    #[argh(option, arg_name = "text")]
    search: Option<String>,
}

impl Facts for List {
    const OPERATION: &Operation = &api::end_users::LIST;
    const TABLE: Option<&Table> = Some(&END_USERS);
}

impl Plain for List {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?]).maybe("search", self.search);
        Ok(Call::pages(request))
    }
}

/// show an end user: where they come from, their groups, how many grants they have
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "show", example = "alter end-users show --user USER_ID")]
struct Show {
    /// the end user's id
    #[argh(option, arg_name = "id")]
    user: String,
}

impl Facts for Show {
    const OPERATION: &Operation = &api::end_users::SHOW;
    const OPERAND: Option<&str> = Some("--user");
}

impl Plain for Show {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let user = Id::parse("--user", &self.user)?;
        Ok(Call::object(Request::of(Self::OPERATION, &[&context.app()?, &user])))
    }
}
