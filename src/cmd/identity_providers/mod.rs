//! `alter identity-providers`: the identity provider that an app's users sign in with.

mod webhook;

use argh::{ArgsInfo, FromArgs};

use self::webhook::Webhook;
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::secret::Secret;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::output::json::Object;
use crate::session::Verb as _;
use crate::session::call::{Call, Plain};

namespace! {
    /// manage the identity provider of an app
    IdentityProviders "identity-providers" alias "idp", crate::session::Session<'_>: {
        Discover, Create, Webhook,
    }
}

const ISSUER: &str = "--issuer-url";
const WALLET: [&str; 2] = ["--wallet-client-id", "--wallet-client-secret"];

/// discover an issuer's type and suggested claims; saves nothing
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "discover",
    example = "alter identity-providers discover --issuer-url https://acme.okta.com"
)]
struct Discover {
    /// issuer URL, without /.well-known/
    #[argh(option, arg_name = "url")]
    issuer_url: String,
}

impl Facts for Discover {
    const OPERATION: &Operation = &api::identity_providers::DISCOVER;
}

impl Plain for Discover {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let body = Body::object().with("issuer_url", self.issuer_url);
        Ok(Call::object(Request::of(Self::OPERATION, &[&context.app()?]).body(body)))
    }
}

/// configure the app's identity provider
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "create",
    example = "alter identity-providers create --issuer-url https://acme.okta.com --user-id-claim sub",
    example = "alter identity-providers create --issuer-url URL --wallet-client-id ID --wallet-client-secret @f"
)]
struct Create {
    /// issuer URL, without /.well-known/
    #[argh(option, arg_name = "url")]
    issuer_url: Option<String>,
    /// audience that its tokens must have
    #[argh(option, arg_name = "text")]
    audience: Option<String>,
    /// claim with the user's id [default: sub]
    #[argh(option, arg_name = "claim")]
    user_id_claim: Option<String>,
    /// claim with the user's groups
    #[argh(option, arg_name = "claim")]
    group_claim: Option<String>,
    /// claim with the user's role
    #[argh(option, arg_name = "claim")]
    role_claim: Option<String>,
    /// OIDC client id for wallet sign-in
    #[argh(option, arg_name = "id")]
    wallet_client_id: Option<String>,
    /// client secret of that client: @file or -
    #[argh(option, arg_name = "secret")]
    wallet_client_secret: Option<Secret>,
    /// the body as JSON instead: inline, @file or -
    #[argh(option, arg_name = "json")]
    input: Option<String>,
}

impl Facts for Create {
    const OPERATION: &Operation = &api::identity_providers::CREATE;
    const ALIAS: Option<&str> = Some("configure");
}

impl Plain for Create {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let body = self.body(context)?;
        let request = Request::of(Self::OPERATION, &[&context.app()?]).body(body);
        Ok(Call::object_with_warnings(request, unverified))
    }
}

impl Create {
    fn body(&self, context: &Context) -> Result<Body, Failure> {
        if let Some(input) = &self.input {
            return context.input(input, &[]);
        }
        context.given.all(&[ISSUER], "--input")?;
        if WALLET.iter().any(|flag| context.given.has(flag)) {
            context.given.all(&WALLET, "")?;
        }
        Ok(Body::object()
            .maybe("issuer_url", self.issuer_url.as_ref())
            .maybe("audience", self.audience.as_ref())
            .maybe("user_id_claim", self.user_id_claim.as_ref())
            .maybe("group_claim", self.group_claim.as_ref())
            .maybe("role_claim", self.role_claim.as_ref())
            .maybe("wallet_client_id", self.wallet_client_id.as_ref())
            .maybe(
                "wallet_client_secret",
                context.secret("--wallet-client-secret", self.wallet_client_secret.as_ref())?,
            ))
    }
}

fn unverified(provider: &Object) -> Vec<String> {
    let inconclusive = provider.string("wallet_verification").as_deref() == Some("inconclusive");
    let warning =
        "the wallet client could not be verified: it is saved, but wallet sign-in may fail";
    inconclusive.then(|| warning.to_owned()).into_iter().collect()
}
