//! `alter managed-secrets set-…`: what a secret may be used for.

use argh::{ArgsInfo, FromArgs};

use super::secret;
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::input::check;
use crate::output::json::Object;
use crate::session::Session;
use crate::session::Verb;
use crate::session::call::{Call, Plain};

const DEFAULT_TTL_DAYS: u32 = 90;

/// set whether members of a group may delegate their access, and for how long
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "set-delegation-policy",
    example = "alter managed-secrets set-delegation-policy SECRET_ID --allow-group-delegation",
    example = "alter managed-secrets set-delegation-policy SECRET_ID"
)]
pub(super) struct SetDelegationPolicy {
    /// the secret's id
    #[argh(positional)]
    secret: String,
    /// allow it; without this switch it is turned off
    #[argh(switch)]
    allow_group_delegation: bool,
    /// most days that a delegation may last [default: 90]
    #[argh(option, arg_name = "days")]
    max_delegation_ttl_days: Option<u32>,
}

impl Facts for SetDelegationPolicy {
    const OPERATION: &Operation = &api::managed_secrets::SET_DELEGATION_POLICY;
}

impl Verb for SetDelegationPolicy {
    /// Sets the policy; before that it looks whether a switch left out turns something off.
    fn run(self, session: &Session) -> Result<(), Failure> {
        let (app, secret) = (session.app()?, secret(&self.secret)?);
        let days = self.max_delegation_ttl_days.unwrap_or(DEFAULT_TTL_DAYS);
        let body = Body::object()
            .with("allow_group_delegation", self.allow_group_delegation)
            .with("max_delegation_ttl_days", days);
        if !self.allow_group_delegation
            && !session.dry_run
            && is_allowed(session, &Request::of(&api::managed_secrets::SHOW, &[&app, &secret]))
        {
            session.streams.warn(
                "group delegation is on and this turns it off; give --allow-group-delegation to keep it",
            );
        }
        session.object(&Request::of(Self::OPERATION, &[&app, &secret]).body(body))
    }
}

/// Whether group delegation is on now, as far as the PAT may see.
fn is_allowed(session: &Session, request: &Request) -> bool {
    let answer = session.look_up(request);
    let shown = answer.as_ref().and_then(|answer| Object::parse(answer.json().ok()?));
    let allowed = shown.and_then(|secret| secret.path("delegation_policy.allow_group_delegation"));
    allowed.is_some_and(|allowed| allowed == "true")
}

/// set the hosts that proxy calls may send a secret to
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "set-allowed-hosts",
    example = "alter managed-secrets set-allowed-hosts SECRET_ID --host api.openai.com",
    example = "alter managed-secrets set-allowed-hosts SECRET_ID --clear"
)]
pub(super) struct SetAllowedHosts {
    /// the secret's id
    #[argh(positional)]
    secret: String,
    /// a host such as api.example.com or *.example.com; also separated by commas
    #[argh(option, arg_name = "host")]
    host: Vec<String>,
    /// empty the list: proxy calls are refused until there is a host
    #[argh(switch)]
    clear: bool,
}

impl Facts for SetAllowedHosts {
    const OPERATION: &Operation = &api::managed_secrets::SET_ALLOWED_HOSTS;
}

impl Plain for SetAllowedHosts {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        context.given.one_of("no hosts", &["--host", "--clear"])?;
        context.given.at_most_one(&["--host", "--clear"])?;
        let request = Request::of(Self::OPERATION, &[&context.app()?, &secret(&self.secret)?]);
        let body = Body::object().with("allowed_hosts", hosts(&self.host)?);
        context.streams.warn(if self.clear {
            "this empties the list of allowed hosts: proxy calls are refused until there is one"
        } else {
            "this replaces the whole list of allowed hosts"
        });
        Ok(Call::object(request.body(body)))
    }
}

fn hosts(given: &[String]) -> Result<Vec<String>, Failure> {
    const FLAG: &str = "--host";
    let mut hosts: Vec<String> = Vec::new();
    for list in given {
        for host in check::list(FLAG, list)? {
            let host = host.to_ascii_lowercase();
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
    }
    Ok(hosts)
}
