//! `alter policy`: what an app, an agent, a grant or a provider must not do. Organisation-wide rules are the dashboard's.

mod body;
mod rules;
mod target;

use argh::{ArgsInfo, FromArgs};

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::cli::tree::Facts;
use crate::http::request::Request;
use crate::output::table::{Table, column};
use crate::session::Verb;
use crate::session::{Session, paginate};
use rules::Rules;

namespace! {
    /// manage the rules that decide on requests
    Policy "policy", Session<'_>: { ShowApp, Rules }
}

const APP_RULES: Table = Table {
    noun: "rules",
    columns: &[
        column("ID", "id"),
        column("TYPE", "rule_type"),
        column("ENABLED", "enabled"),
        column("NAME", "name").shrinks(),
    ],
    least: &[],
    first: "alter policy rules create --body JSON",
};

/// Rules a page.
const MAX_RULES: u64 = 100;

/// show every rule of the app itself
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "show-app",
    example = "alter policy show-app",
    example = "alter policy show-app --output json > app-policy-rules.json"
)]
struct ShowApp {}

impl Facts for ShowApp {
    const OPERATION: &Operation = &api::policy::LIST_OF_APP;
    const TABLE: Option<&Table> = Some(&APP_RULES);
    const EVERY_PAGE: bool = true;
}

impl Verb for ShowApp {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let request = Request::of(Self::OPERATION, &[&session.app()?]);
        session.unless_dry(&request, || {
            paginate::all(session, &request, &APP_RULES, &session.shape, MAX_RULES)
        })
    }
}
