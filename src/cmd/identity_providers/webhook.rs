//! `alter identity-providers webhook`: the events that an identity provider sends about its users.

use argh::{ArgsInfo, FromArgs};

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::base::secret::Secret;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::output::shell;
use crate::session::Verb as _;
use crate::session::call::{Call, Plain};
use crate::session::one_time_secret::{Made, OneTimeSecret};
use crate::session::question::Question;

namespace! {
    /// manage the webhook for user events of an identity provider
    Webhook "webhook", crate::session::Session<'_>: { Enable, Rotate, Disable, Status }
}

/// enable the webhook; its signing secret is shown once
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "enable",
    example = "alter identity-providers webhook enable --provider IDP_ID --secret @whsec"
)]
struct Enable {
    /// the identity provider's id
    #[argh(option, arg_name = "id")]
    provider: String,
    /// signing secret, needed for Clerk and Okta, else made by the portal: @file or -
    #[argh(option, arg_name = "secret")]
    secret: Option<Secret>,
    /// write the secret to this new file instead of printing it
    #[argh(option, arg_name = "path")]
    secret_file: Option<String>,
}

impl Facts for Enable {
    const OPERATION: &Operation = &api::identity_providers::WEBHOOK_ENABLE;
    const OPERAND: Option<&str> = Some("--provider");
}

impl Plain for Enable {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let (app, provider) = (context.app()?, provider(&self.provider)?);
        let request = Request::of(Self::OPERATION, &[&app, &provider]).body(
            Body::object().maybe("secret", context.secret("--secret", self.secret.as_ref())?),
        );
        Ok(Call::secret(
            request,
            signing_secret(&app, provider, self.secret.is_some(), self.secret_file),
        ))
    }
}

fn signing_secret(app: &Id, provider: Id, given: bool, file: Option<String>) -> OneTimeSecret {
    OneTimeSecret {
        also: None,
        thing: "webhook",
        secret: "secret",
        id: Made::Known(provider),
        given,
        file,
        undo: format!(
            "alter identity-providers webhook rotate --app {} --provider",
            shell::word(app.text())
        ),
    }
}

/// rotate the signing secret; the new one is shown once, the old one stops working at once
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "rotate",
    example = "alter identity-providers webhook rotate --provider IDP_ID --secret-file whsec --yes"
)]
struct Rotate {
    /// the identity provider's id
    #[argh(option, arg_name = "id")]
    provider: String,
    /// new signing secret, else made by the portal: @file or -
    #[argh(option, arg_name = "secret")]
    secret: Option<Secret>,
    /// write the secret to this new file instead of printing it
    #[argh(option, arg_name = "path")]
    secret_file: Option<String>,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

impl Facts for Rotate {
    const OPERATION: &Operation = &api::identity_providers::WEBHOOK_ROTATE;
    const OPERAND: Option<&str> = Some("--provider");
}

impl Plain for Rotate {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let (app, provider) = (context.app()?, provider(&self.provider)?);
        let piped = self.secret.as_ref().is_some_and(|secret| secret.expose() == "-");
        if piped && !self.yes && !context.dry_run {
            let why = "standard input holds the secret, so there is nothing to answer on";
            return Err(Failure::usage("--secret", why).fix("give --yes"));
        }
        let request = Request::of(Self::OPERATION, &[&app, &provider]).body(
            Body::object().maybe("secret", context.secret("--secret", self.secret.as_ref())?),
        );
        let question = Question::new(
            "Rotate the webhook secret of identity provider",
            &provider,
            "The old secret stops working at once.",
        );
        Ok(Call::secret(
            request,
            signing_secret(&app, provider, self.secret.is_some(), self.secret_file),
        )
        .confirm(question, self.yes))
    }
}

/// disable the webhook
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "disable",
    example = "alter identity-providers webhook disable --provider IDP_ID --yes"
)]
struct Disable {
    /// the identity provider's id
    #[argh(option, arg_name = "id")]
    provider: String,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

impl Facts for Disable {
    const OPERATION: &Operation = &api::identity_providers::WEBHOOK_DISABLE;
    const OPERAND: Option<&str> = Some("--provider");
}

impl Plain for Disable {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let provider = provider(&self.provider)?;
        let question = Question::new(
            "Disable the webhook of identity provider",
            &provider,
            "Its user events are no longer received.",
        );
        Ok(Call::delete(Request::of(Self::OPERATION, &[&context.app()?, &provider]))
            .confirm(question, self.yes))
    }
}

/// show the status of the webhook
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "status",
    example = "alter identity-providers webhook status --provider IDP_ID"
)]
struct Status {
    /// the identity provider's id
    #[argh(option, arg_name = "id")]
    provider: String,
}

impl Facts for Status {
    const OPERATION: &Operation = &api::identity_providers::WEBHOOK_STATUS;
    const OPERAND: Option<&str> = Some("--provider");
}

impl Plain for Status {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?, &provider(&self.provider)?]);
        Ok(Call::object(request))
    }
}

fn provider(provider: &str) -> Result<Id, Failure> {
    Id::parse("--provider", provider)
}
