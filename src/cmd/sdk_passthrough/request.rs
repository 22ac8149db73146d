//! `alter sdk-passthrough request`: one provider call with the credential of a grant.

use argh::{ArgsInfo, FromArgs};
use serde_json::Value;
use serde_json::value::RawValue;

use super::exchange::Exchange;
use super::{backend, key};
use crate::api::method::Method;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::base::redact;
use crate::base::secret::Secret;
use crate::base::time;
use crate::cli::context::Context;
use crate::cli::tree::Declared;
use crate::http::request::{self, Body};
use crate::input::header;
use crate::protocol::inject::{ProviderCall, ProviderRequest, is_reserved};
use crate::protocol::token::RetrievedToken;
use crate::protocol::url::ProviderUrl;

/// call a provider with the credential of a grant, and print the body that comes back
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "request",
    example = "alter sdk-passthrough request GRANT_ID --url https://api.github.com/user",
    example = "alter sdk-passthrough request GRANT_ID --url https://h/things --method POST --body @new.json"
)]
pub(super) struct Request {
    /// the grant's id
    #[argh(positional, arg_name = "grant")]
    grant: String,
    /// the whole address: https://…, or http://… on this machine
    #[argh(option, arg_name = "url")]
    url: String,
    /// the method [default: GET]
    #[argh(option, arg_name = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS")]
    method: Option<String>,
    /// the body, JSON, sent as it is: inline, @file or -
    #[argh(option, arg_name = "json")]
    body: Option<String>,
    /// one more header, as 'Name: value'
    #[argh(option, arg_name = "header")]
    header: Vec<String>,
    /// the runtime key, which needs tokens:retrieve and audit:emit; better in the environment [env: ALTER_API_KEY]
    #[argh(option, arg_name = "key")]
    api_key: Option<Secret>,
}

impl Declared for Request {}

impl Request {
    /// Calls the provider.
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        if context.shape.fields.is_some() || context.shape.is_tabular() {
            return Err(Failure::usage(
                "--output, --fields",
                "the provider's body is printed as it comes",
            ));
        }
        let key = key(context, self.api_key.as_ref())?;
        let (grant, call) = (Id::parse("<grant>", &self.grant)?, self.call(context)?);
        let request = token_request(&grant, &call);
        context.unless_dry(&request, || {
            let backend = backend(context, key)?;
            let response = backend.send(&request)?;
            let token = RetrievedToken::parse(&response.body).map_err(|why| {
                Failure::error("the portal's answer", format!("is no credential: {why}"))
                    .portal(None, response.request_id())
            })?;
            token.secrets().for_each(redact::remember);
            let sent = ProviderRequest::new(&call, &token, time::now())?;
            Exchange { context, backend: &backend, call: &call, token: &token, sent: &sent }.run()
        })
    }

    fn call(&self, context: &Context) -> Result<ProviderCall, Failure> {
        if redact::holds_credential(&self.url) {
            let why = "has what looks like a credential in it, which must not be in a URL";
            return Err(Failure::usage("--url", why));
        }
        let headers = self.header.iter().map(|text| header::parse("--header", text, is_reserved));
        let body = self.body.as_deref().map(|body| context.intake.text("--body", body));
        let body = body.transpose()?;
        if let Some(body) = &body {
            serde_json::from_str::<&RawValue>(body).map_err(|error| {
                let place = format!("line {}, column {}", error.line(), error.column());
                Failure::usage("--body", format!("is not JSON at {place}"))
            })?;
        }
        Ok(ProviderCall {
            method: self.method.clone().unwrap_or_else(|| "GET".into()),
            url: ProviderUrl::parse("--url", &self.url)?,
            headers: headers.collect::<Result<_, _>>()?,
            body,
        })
    }
}

fn token_request(grant: &Id, call: &ProviderCall) -> request::Request {
    let about = Body::object().with("method", &call.method).with("url", call.url.to_string());
    let body = Body::object()
        .with("grant_id", grant.text())
        .with("reason", Value::Null)
        .maybe("request", serde_json::from_str::<Box<RawValue>>(about.text()).ok());
    request::Request::to(Method::Post, "/sdk/token".into()).body(body)
}
