//! What a rule is about, which is a part of where it is found.

use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::http::routes;
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

    /// Where its rules are.
    pub(super) fn rules(&self) -> String {
        match &self.part {
            Part::Whole => routes::app_rules(&self.app),
            Part::Agent(agent) => routes::agent_rules(&self.app, agent),
            Part::Grant(grant) => routes::grant_rules(&self.app, grant),
            Part::Provider(provider) => routes::provider_rules(&self.app, provider),
        }
    }

    /// Where one of its rules is.
    pub(super) fn rule(&self, rule: &str) -> Result<String, Failure> {
        let rule = Id::parse("--rule", rule)?;
        Ok(match &self.part {
            Part::Whole => routes::app_rule(&self.app, &rule),
            Part::Agent(agent) => routes::agent_rule(&self.app, agent, &rule),
            Part::Grant(grant) => routes::grant_rule(&self.app, grant, &rule),
            Part::Provider(provider) => routes::provider_rule(&self.app, provider, &rule),
        })
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
