//! `alter audit`: what happened, newest first. All of it is read-only.

mod denying_rule;
mod explain;
mod feeds;
mod integrity;
mod list;
mod principals;
mod traces;

use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::time;
use crate::cli::context::Context;
use crate::http::request::Request;
use crate::output::table::Table;
use crate::session::{Session, Verb as _, follow};

use explain::Explain;
use feeds::{GrantEvents, PortalActions};
use integrity::IntegrityCheck;
use list::List;
use principals::{Agent, Agents};
use traces::{Show, Thread, Threads, Traces};

namespace! {
    /// read the audit log
    Audit "audit", Session<'_>: {
        List, Show, Explain, PortalActions, GrantEvents, Traces, Threads, Thread, Agents, Agent, IntegrityCheck
    }
}

/// What `--since`, `--start`, `--end` and `--app` leave of a list.
fn narrowed(
    context: &Context,
    operation: &'static Operation,
    [since, start, end]: [Option<String>; 3],
) -> Result<Request, Failure> {
    let window = time::window(since.as_deref(), start.as_deref(), end.as_deref())?;
    Ok(Request::of(operation, &[])
        .maybe("start", window.start)
        .maybe("end", window.end)
        .maybe("app_id", context.app_filter()?))
}

/// Prints a feed, or goes on to print what comes in newly. With a start every row since then comes first.
fn feed_or_follow(
    session: &Session,
    request: &Request,
    table: &'static Table,
    follow: bool,
) -> Result<(), Failure> {
    if !follow {
        return session.feed(request, table);
    }
    let without = [
        ("--all", session.page.all),
        ("--offset", session.page.offset > 0),
        ("--end", session.given.has("--end")),
    ];
    if let Some((flag, _)) = without.iter().find(|(_, given)| *given) {
        return Err(Failure::usage("--follow", format!("cannot be combined with {flag}")));
    }
    if session.dry_run {
        return session.feed(request, table);
    }
    let backlog = session.given.has("--since") || session.given.has("--start");
    follow::follow(session, request, table, backlog)
}
