//! `alter managed-secrets create` and `rotate`: what takes a credential in.

use argh::{ArgsInfo, FromArgs};

use super::credential::Credential;
use super::secret;
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::secret::Secret;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::input::intake::JsonType;
use crate::session::call::{Call, Plain};

/// store a secret, with a base grant for the app itself
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "create",
    example = "alter managed-secrets create --name OpenAI --template openai --credential-value @openai.key",
    example = "alter managed-secrets create --name S3 --template aws --credentials @aws.json"
)]
pub(super) struct Create {
    /// secret name, 1 to 120 characters; the portal makes the slug from it
    #[argh(option, arg_name = "name")]
    name: Option<String>,
    /// what it is for
    #[argh(option, arg_name = "text")]
    description: Option<String>,
    /// template to start from
    #[argh(option, arg_name = "id")]
    template: Option<String>,
    /// credential type [default: the template's, or bearer_token]
    #[argh(option, arg_name = "type")]
    credential_type: Option<String>,
    /// the credential: @file or -
    #[argh(option, arg_name = "secret")]
    credential_value: Option<Secret>,
    /// the parts of the credential, a JSON object of strings: @file or -
    #[argh(option, arg_name = "json")]
    credentials: Option<Secret>,
    /// one part of the credential; ps shows it, --credentials @file does not
    #[argh(option, arg_name = "name=value")]
    credential_field: Vec<Secret>,
    /// header that carries it [default: the template's, or Authorization]
    #[argh(option, arg_name = "header")]
    injection_header: Option<String>,
    /// header value, with token in braces for the credential [default: the template's, or Bearer and the token]
    #[argh(option, arg_name = "format")]
    injection_format: Option<String>,
    /// further injection rules, a JSON array: inline, @file or -
    #[argh(option, arg_name = "json")]
    injection_rule: Option<String>,
    /// label of the base grant
    #[argh(option, arg_name = "text")]
    label: Option<String>,
    /// identifier of the account it belongs to
    #[argh(option, arg_name = "id")]
    account_identifier: Option<String>,
    /// display name of that account
    #[argh(option, arg_name = "name")]
    account_display_name: Option<String>,
    /// allow members of a group to delegate their access
    #[argh(switch)]
    allow_group_delegation: bool,
    /// most days that a delegation may last [default: 90]
    #[argh(option, arg_name = "days")]
    max_delegation_ttl_days: Option<u32>,
    /// the body as JSON instead: inline, @file or -
    #[argh(option, arg_name = "json")]
    input: Option<String>,
}

impl Facts for Create {
    const OPERATION: &Operation = &api::managed_secrets::CREATE;
}

impl Plain for Create {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let body = self.body(context)?;
        Ok(Call::object(Request::of(Self::OPERATION, &[&context.app()?]).body(body)))
    }
}

impl Create {
    fn body(&self, context: &Context) -> Result<Body, Failure> {
        if let Some(input) = &self.input {
            return context.input(input, &[]);
        }
        context.given.all(&["--name"], "--input")?;
        let rules = |text| context.intake.json("--injection-rule", text, JsonType::Array);
        let body = Body::object()
            .maybe("name", self.name.as_ref())
            .maybe("description", self.description.as_ref())
            .maybe("template_id", self.template.as_ref())
            .maybe("credential_type", self.credential_type.as_ref());
        let credential = Credential {
            value: self.credential_value.as_ref(),
            document: self.credentials.as_ref(),
            fields: &self.credential_field,
        };
        Ok(credential
            .add_to(body, context)?
            .maybe("injection_header", self.injection_header.as_ref())
            .maybe("injection_format", self.injection_format.as_ref())
            .maybe("injection_rules", self.injection_rule.as_deref().map(rules).transpose()?)
            .maybe("label", self.label.as_ref())
            .maybe("account_identifier", self.account_identifier.as_ref())
            .maybe("account_display_name", self.account_display_name.as_ref())
            .maybe("allow_group_delegation", self.allow_group_delegation.then_some(true))
            .maybe("max_delegation_ttl_days", self.max_delegation_ttl_days))
    }
}

/// replace the credential of a secret; its grants stay
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "rotate",
    example = "alter managed-secrets rotate SECRET_ID --credential-value - <new.key"
)]
pub(super) struct Rotate {
    /// the secret's id
    #[argh(positional)]
    secret: String,
    /// the credential: @file or -
    #[argh(option, arg_name = "secret")]
    credential_value: Option<Secret>,
    /// the parts of the credential, a JSON object of strings: @file or -
    #[argh(option, arg_name = "json")]
    credentials: Option<Secret>,
    /// one part of the credential; ps shows it, --credentials @file does not
    #[argh(option, arg_name = "name=value")]
    credential_field: Vec<Secret>,
}

impl Facts for Rotate {
    const OPERATION: &Operation = &api::managed_secrets::ROTATE;
}

impl Plain for Rotate {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?, &secret(&self.secret)?]);
        let credential = Credential {
            value: self.credential_value.as_ref(),
            document: self.credentials.as_ref(),
            fields: &self.credential_field,
        };
        let body = credential.add_to(Body::object(), context)?;
        Ok(Call::object(request.body(body)))
    }
}
