//! Who did it: `alter audit agents` and `alter audit agent`.

use argh::{ArgsInfo, FromArgs};

use super::narrowed;
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::Request;
use crate::input::check;
use crate::output::table::{Table, column, seconds};
use crate::session::call::{Call, Plain};

const PRINCIPALS: Table = Table {
    noun: "agents",
    columns: &[
        column("KIND", "principal_kind"),
        column("ID", "id"),
        column("NAME", "name").shrinks(),
        column("KEYS", "key_count"),
        column("THREADS", "thread_count"),
        column("TRACES", "trace_count"),
        column("EVENTS", "event_count"),
        seconds("LAST ACTIVITY", "last_activity_at"),
    ],
    least: &["KEYS", "THREADS", "TRACES", "LAST ACTIVITY"],
    first: "",
};

const MAX_MORE_KEYS: usize = 50;

/// list who acted: groups of keys, actors and agents, with how much they did
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "agents", example = "alter audit agents --since 7d")]
pub(super) struct Agents {
    /// only what they did in this last while: 24h, 7d
    #[argh(option, arg_name = "duration")]
    since: Option<String>,
    /// only what they did from this time on: ISO 8601
    #[argh(option, arg_name = "time")]
    start: Option<String>,
    /// only what they did before this time: ISO 8601
    #[argh(option, arg_name = "time")]
    end: Option<String>,
}

impl Facts for Agents {
    const OPERATION: &Operation = &api::audit::PRINCIPALS;
    const TABLE: Option<&Table> = Some(&PRINCIPALS);
}

impl Plain for Agents {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = narrowed(context, Self::OPERATION, [self.since, self.start, self.end])?;
        Ok(Call::feed(request))
    }
}

/// show one of those who acted
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "agent",
    example = "alter audit agent ACTOR_ID",
    example = "alter audit agent KEY_ID --principal-kind key --additional-key-ids KEY_ID KEY_ID"
)]
pub(super) struct Agent {
    /// the id of the actor, agent or key
    #[argh(positional)]
    id: String,
    /// what the id is of [default: actor]
    #[argh(option, arg_name = "kind")]
    principal_kind: Option<String>,
    /// more keys to count along, at most 50; only with --principal-kind key
    #[argh(option, arg_name = "id...")]
    additional_key_ids: Vec<String>,
}

impl Facts for Agent {
    const OPERATION: &Operation = &api::audit::SHOW_PRINCIPAL;
    const EITHER_CASE: &[&str] = &["--principal-kind"];
}

impl Plain for Agent {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        const MORE: &str = "--additional-key-ids";
        let id = Id::parse("<id>", &self.id)?;
        let lists = self.additional_key_ids.iter().map(|list| check::list(MORE, list));
        let keys = lists.collect::<Result<Vec<_>, _>>()?.concat();
        if !keys.is_empty() && self.principal_kind.as_deref() != Some("key") {
            return Err(Failure::usage(MORE, "works only with --principal-kind key"));
        }
        if keys.len() > MAX_MORE_KEYS {
            return Err(Failure::usage(MORE, format!("names more than {MAX_MORE_KEYS} keys")));
        }
        let request = Request::of(Self::OPERATION, &[&id])
            .maybe("principal_kind", self.principal_kind)
            .maybe("app_id", context.app_filter()?);
        let with_key = |request: Request, key| request.query("additional_key_id", key);
        Ok(Call::object(keys.iter().fold(request, with_key)))
    }
}
