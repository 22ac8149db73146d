//! The flags that every command takes, and those that every paged list takes.

use argh::{ArgsInfo, FromArgs};

/// Flags of every command.
#[derive(ArgsInfo, Clone, Debug, Default, FromArgs)]
pub(crate) struct Globals {
    #[argh(option, short = 'o', arg_name = "table|json|jsonl|csv")]
    /// how results are written [default: table for lists, json for single objects]
    pub(crate) output: Option<String>,
    #[argh(option, arg_name = "a,b,c")]
    /// keep these keys or columns; alone it means json
    pub(crate) fields: Option<String>,
    #[argh(option, arg_name = "id")]
    /// the app to act on, or to filter by [env: ALTER_APP_ID]
    pub(crate) app: Option<String>,
    #[argh(option, arg_name = "url")]
    /// the portal's API [env: ALTER_BASE_URL] [default: https://backend.alterauth.com]
    pub(crate) base_url: Option<String>,
    #[argh(option, arg_name = "url")]
    /// the portal's dashboard [env: ALTER_DASHBOARD_URL] [default: https://portal.alterauth.com]
    pub(crate) dashboard_url: Option<String>,
    #[argh(option, arg_name = "profile")]
    /// which stored sign-in to use [env: ALTER_PROFILE] [default: default]
    pub(crate) profile: Option<String>,
    #[argh(switch)]
    /// show HTTP exchanges on stderr, redacted [env: ALTER_DEBUG]
    pub(crate) debug: bool,
    #[argh(switch)]
    /// print the request, and send nothing
    pub(crate) dry_run: bool,
}

/// Flags of every paged list.
#[derive(ArgsInfo, Clone, Debug, Default, FromArgs)]
pub(crate) struct Paging {
    #[argh(option, arg_name = "n")]
    /// rows a page
    pub(crate) limit: Option<String>,
    #[argh(option, arg_name = "n")]
    /// rows to skip [default: 0]
    pub(crate) offset: Option<String>,
    #[argh(switch)]
    /// every page from the offset on
    pub(crate) all: bool,
}
