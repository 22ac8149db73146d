//! Calls that belong together: `alter audit show` and `traces`, and the conversations that traces make up.

use argh::{ArgsInfo, FromArgs};

use super::narrowed;
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::cli::tree::App;
use crate::cli::tree::Facts;
use crate::http::request::Request;
use crate::output::table::{Table, column, seconds};
use crate::session::call::{Call, Plain};

const TRACES: Table = Table {
    noun: "traces",
    columns: &[
        column("TRACE ID", "trace_id"),
        seconds("STARTED", "started_at"),
        column("EVENTS", "event_count"),
        column("STATUS", "status").state(),
        column("ACTOR", "actor_id"),
    ],
    least: &["ACTOR", "EVENTS"],
    first: "",
};

const THREADS: Table = Table {
    noun: "threads",
    columns: &[
        column("THREAD ID", "thread_id"),
        seconds("LAST ACTIVITY", "last_activity_at"),
        column("TRACES", "trace_count"),
        column("EVENTS", "event_count"),
    ],
    least: &[],
    first: "",
};

/// show one trace with its events
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "show", example = "alter audit show TRACE_ID")]
pub(super) struct Show {
    /// the trace's id
    #[argh(positional)]
    trace: String,
}

impl Facts for Show {
    const OPERATION: &Operation = &api::audit::SHOW_TRACE;
    const APP: Option<App> = Some(App::Unused);
}

impl Plain for Show {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        let trace = Id::parse("<trace>", &self.trace)?;
        Ok(Call::object(Request::of(Self::OPERATION, &[&trace])))
    }
}

/// list traces: what one request made happen
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "traces", example = "alter audit traces --since 24h")]
pub(super) struct Traces {
    /// only traces of this actor
    #[argh(option, arg_name = "id")]
    actor: Option<String>,
    /// only traces of this last while: 24h, 7d
    #[argh(option, arg_name = "duration")]
    since: Option<String>,
    /// only traces from this time on: ISO 8601
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only traces before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
}

impl Facts for Traces {
    const OPERATION: &Operation = &api::audit::TRACES;
    const TABLE: Option<&Table> = Some(&TRACES);
}

impl Plain for Traces {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = narrowed(context, Self::OPERATION, [self.since, self.start, self.end])?;
        Ok(Call::feed(request.maybe("actor", self.actor)))
    }
}

/// list threads: conversations that traces belong to
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "threads", example = "alter audit threads --since 24h")]
pub(super) struct Threads {
    /// only threads of this actor
    #[argh(option, arg_name = "id")]
    actor: Option<String>,
    /// only threads of this last while: 24h, 7d
    #[argh(option, arg_name = "duration")]
    since: Option<String>,
    /// only threads from this time on: ISO 8601
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only threads before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
}

impl Facts for Threads {
    const OPERATION: &Operation = &api::audit::THREADS;
    const TABLE: Option<&Table> = Some(&THREADS);
}

impl Plain for Threads {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = narrowed(context, Self::OPERATION, [self.since, self.start, self.end])?;
        Ok(Call::feed(request.maybe("actor", self.actor)))
    }
}

/// show one thread with its traces and their events
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "thread", example = "alter audit thread THREAD_ID")]
pub(super) struct Thread {
    /// the thread's id
    #[argh(positional)]
    thread: String,
}

impl Facts for Thread {
    const OPERATION: &Operation = &api::audit::SHOW_THREAD;
    const APP: Option<App> = Some(App::Unused);
}

impl Plain for Thread {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        let thread = Id::parse("<thread>", &self.thread)?;
        Ok(Call::object(Request::of(Self::OPERATION, &[&thread])))
    }
}
