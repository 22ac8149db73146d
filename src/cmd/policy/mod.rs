//! `alter policy`: what an app, an agent, a grant or a provider must not do. Organisation-wide rules are the dashboard's.

mod body;
mod rules;
mod target;

use argh::{ArgsInfo, FromArgs};

use crate::base::failure::Failure;
use crate::http::request::Request;
use crate::http::routes;
use crate::output::table::{Table, column};
use crate::session::{Session, paginate};
use rules::Rules;

namespace! {
    /// manage the rules that decide on requests
    Policy "policy" note "app: selected", Session<'_>: { ShowApp, Rules }
}

const APP_RULES: Table = Table {
    noun: "rules",
    columns: &[
        column("ID", "id"),
        column("TYPE", "rule_type"),
        column("ENABLED", "enabled"),
        column("NAME", "name").shrinks(),
    ],
};

/// Rules a page.
const MAX_RULES: u64 = 100;

/// show every rule of the app itself
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "show-app",
    note = "scope: dashboard_app_policy:read",
    example = "alter policy show-app",
    example = "alter policy show-app --output json > app-policy-rules.json"
)]
struct ShowApp {}

impl ShowApp {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let request = Request::get(routes::app_rules(&session.app()?));
        session.unless_dry(&request, || {
            paginate::all(session, &request, &APP_RULES, &session.shape, MAX_RULES)
        })
    }
}
