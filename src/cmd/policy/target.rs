//! What a rule is about, which is a part of where it is found.

use crate::api::operation::Operation;
use crate::api::policy::{self, Rules};
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::http::request::Request;
use crate::session::call::Call;

/// The failure of a rule that is not found.
const REPEAT: &str = "repeat the rule's target flag: --agent, --grant or --provider";

/// An app, or what of it the rules are about.
#[derive(Debug)]
pub(super) struct Target {
    app: Id,
    part: Part,
}

#[derive(Debug)]
enum Part {
    Whole,
    Agent(Id),
    Grant(Id),
    Provider(Id),
}

impl Target {
    /// Reads `--agent`, `--grant` and `--provider`, of which one at most may be given; none means the app.
    pub(super) fn of(
        context: &Context,
        [agent, grant, provider]: [Option<String>; 3],
    ) -> Result<Self, Failure> {
        context.given.at_most_one(&["--agent", "--grant", "--provider"])?;
        let part = match (agent, grant, provider) {
            (Some(agent), _, _) => Part::Agent(Id::parse("--agent", &agent)?),
            (_, Some(grant), _) => Part::Grant(Id::parse("--grant", &grant)?),
            (_, _, Some(provider)) => Part::Provider(Id::parse("--provider", &provider)?),
            _ => Part::Whole,
        };
        Ok(Self { app: context.app()?, part })
    }

    /// Returns a request on its rules.
    pub(super) fn rules(&self, operation: fn(&Rules) -> &'static Operation) -> Request {
        match &self.part {
            Part::Whole => Request::of(operation(&policy::OF_APP), &[&self.app]),
            Part::Agent(id) => Request::of(operation(&policy::OF_AGENT), &[&self.app, id]),
            Part::Grant(id) => Request::of(operation(&policy::OF_GRANT), &[&self.app, id]),
            Part::Provider(id) => Request::of(operation(&policy::OF_PROVIDER), &[&self.app, id]),
        }
    }

    /// Returns a request on one of its rules.
    pub(super) fn rule(&self, operation: fn(&Rules) -> &'static Operation, rule: &Id) -> Request {
        match &self.part {
            Part::Whole => Request::of(operation(&policy::OF_APP), &[&self.app, rule]),
            Part::Agent(id) => Request::of(operation(&policy::OF_AGENT), &[&self.app, id, rule]),
            Part::Grant(id) => Request::of(operation(&policy::OF_GRANT), &[&self.app, id, rule]),
            Part::Provider(id) => {
                Request::of(operation(&policy::OF_PROVIDER), &[&self.app, id, rule])
            }
        }
    }

    /// The call with the advice for a rule that is not found here.
    pub(super) fn advised(&self, call: Call) -> Call {
        match self.part {
            Part::Whole => call.advise("rule_not_found", REPEAT),
            _ => call,
        }
    }

    /// The same for a failure of a look-up.
    pub(super) fn advise(&self, failure: Failure) -> Failure {
        let here = matches!(self.part, Part::Whole);
        if here && failure.portal_code() == Some("rule_not_found") {
            failure.fix(REPEAT)
        } else {
            failure
        }
    }
}
