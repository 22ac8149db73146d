//! `alter providers`: the OAuth providers that an app connects its users to.

use argh::{ArgsInfo, FromArgs};

use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::base::secret::Secret;
use crate::cli::context::Context;
use crate::cli::tree::App;
use crate::cli::tree::Facts;
use crate::http::request::{Body, Request};
use crate::input::check;
use crate::output::json::{self, Object};
use crate::output::table::{Table, column, time};
use crate::session::Verb as _;
use crate::session::call::{Call, Plain};
use crate::session::question::Question;

namespace! {
    /// manage the OAuth providers of an app
    Providers "providers", crate::session::Session<'_>: {
        ListCatalog, List, Create, Show, Update, Delete,
    }
}

const CATALOG: Table = Table {
    noun: "providers",
    columns: &[
        column("ID", "id"),
        column("NAME", "display_name").shrinks(),
        column("CATEGORY", "category").shrinks(),
        column("DEFAULT SCOPES", "default_scopes").shrinks(),
        column("PKCE", "supports_pkce"),
    ],
    least: &["CATEGORY", "PKCE"],
    first: "",
};

const PROVIDERS: Table = Table {
    noun: "providers",
    columns: &[
        column("PROVIDER", "provider_id"),
        column("STATUS", "status").state(),
        column("SOURCE", "credential_source"),
        column("SCOPES", "scopes").shrinks(),
        column("GRANTS", "grant_count"),
        time("UPDATED", "updated_at"),
    ],
    least: &["UPDATED", "SOURCE"],
    first: "alter providers create --provider ID",
};

/// list the catalogue of OAuth providers; needs no sign-in
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "list-catalog", example = "alter providers list-catalog")]
struct ListCatalog {}

impl Facts for ListCatalog {
    const OPERATION: &Operation = &api::providers::CATALOG;
    const TABLE: Option<&Table> = Some(&CATALOG);
    const APP: Option<App> = Some(App::Unused);
}

impl Plain for ListCatalog {
    fn call(self, _: &Context) -> Result<Call, Failure> {
        Ok(Call::rows(Request::of(Self::OPERATION, &[])))
    }
}

/// list the app's providers
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "list", example = "alter providers list")]
struct List {}

impl Facts for List {
    const OPERATION: &Operation = &api::providers::LIST;
    const TABLE: Option<&Table> = Some(&PROVIDERS);
}

impl Plain for List {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        Ok(Call::rows(Request::of(Self::OPERATION, &[&context.app()?])))
    }
}

/// configure a provider for the app
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "create",
    example = "alter providers create google --scopes openid --client-id ID --client-secret @f --redirect-uri URL",
    example = "alter providers create github --scopes repo --credential-source shared_dev"
)]
struct Create {
    /// provider id from list-catalog
    #[argh(option, arg_name = "id")]
    provider: Option<String>,
    /// OAuth scopes to request, separated by commas
    #[argh(option, arg_name = "list")]
    scopes: Option<String>,
    /// your own OAuth client or the shared one [default: custom]
    #[argh(option, arg_name = "source")]
    credential_source: Option<String>,
    /// client id of your OAuth client
    #[argh(option, arg_name = "id")]
    client_id: Option<String>,
    /// client secret of your OAuth client: @file or -
    #[argh(option, arg_name = "secret")]
    client_secret: Option<Secret>,
    /// redirect URIs, https or loopback
    #[argh(option, arg_name = "url")]
    redirect_uri: Vec<String>,
    /// the body as JSON instead: inline, @file or -
    #[argh(option, arg_name = "json")]
    input: Option<String>,
}

impl Facts for Create {
    const OPERATION: &Operation = &api::providers::CREATE;
    const ALIAS: Option<&str> = Some("configure");
    const OPERAND: Option<&str> = Some("--provider");
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
        let always = ["--provider", "--scopes"];
        let custom = ["--client-id", "--client-secret", "--redirect-uri"];
        let shared = self.credential_source.as_deref() == Some("shared_dev");
        let own = if shared { &[] } else { &custom[..] };
        context.given.all(&[&always, own].concat(), "--input")?;
        let provider = self.provider.as_deref();
        let provider = provider.map(|id| Id::parse("--provider", id)).transpose()?;
        let client = Client {
            id: self.client_id.as_deref(),
            secret: self.client_secret.as_ref(),
            redirect_uris: &self.redirect_uri,
        };
        let body = Body::object()
            .maybe("provider_id", provider.as_ref().map(Id::text))
            .maybe("scopes", scopes(self.scopes.as_deref())?)
            .maybe("credential_source", self.credential_source.as_ref());
        client.add_to(body, context)
    }
}

/// An OAuth client as flags describe it.
struct Client<'a> {
    id: Option<&'a str>,
    secret: Option<&'a Secret>,
    redirect_uris: &'a [String],
}

impl Client<'_> {
    fn add_to(&self, body: Body, context: &Context) -> Result<Body, Failure> {
        Ok(body
            .maybe("client_id", self.id)
            .maybe("client_secret", context.secret("--client-secret", self.secret)?)
            .maybe("redirect_uris", redirect_uris(self.redirect_uris)?))
    }
}

fn scopes(list: Option<&str>) -> Result<Option<Vec<String>>, Failure> {
    list.map(|list| check::list("--scopes", list)).transpose()
}

fn redirect_uris(given: &[String]) -> Result<Option<Vec<String>>, Failure> {
    const FLAG: &str = "--redirect-uri";
    let mut uris = Vec::new();
    for list in given {
        uris.extend(check::list(FLAG, list)?);
    }
    Ok(Some(uris).filter(|uris| !uris.is_empty()))
}

/// show one of the app's providers, without its client secret
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "show", example = "alter providers show google")]
struct Show {
    /// the provider's id
    #[argh(option, arg_name = "id")]
    provider: String,
}

impl Facts for Show {
    const OPERATION: &Operation = &api::providers::SHOW;
    const OPERAND: Option<&str> = Some("--provider");
}

impl Plain for Show {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?, &provider(&self.provider)?]);
        Ok(Call::object(request))
    }
}

/// change a provider's configuration, or disable and enable it
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "update",
    example = "alter providers update google --status disabled",
    example = "alter providers update google --client-secret @google.secret"
)]
struct Update {
    /// the provider's id
    #[argh(option, arg_name = "id")]
    provider: String,
    /// your own OAuth client or the shared one
    #[argh(option, arg_name = "source")]
    credential_source: Option<String>,
    /// client id of your OAuth client
    #[argh(option, arg_name = "id")]
    client_id: Option<String>,
    /// client secret of your OAuth client: @file or -
    #[argh(option, arg_name = "secret")]
    client_secret: Option<Secret>,
    /// OAuth scopes to request, separated by commas
    #[argh(option, arg_name = "list")]
    scopes: Option<String>,
    /// redirect URIs; replace the whole list
    #[argh(option, arg_name = "url")]
    redirect_uri: Vec<String>,
    /// provider status
    #[argh(option, arg_name = "status")]
    status: Option<String>,
    /// the body as JSON instead: inline, @file or -
    #[argh(option, arg_name = "json")]
    input: Option<String>,
}

impl Facts for Update {
    const OPERATION: &Operation = &api::providers::UPDATE;
    const OPERAND: Option<&str> = Some("--provider");
}

impl Plain for Update {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?, &provider(&self.provider)?]);
        let request = request.body(self.body(context)?);
        Ok(Call::object_with_warnings(request, breaking_changes))
    }
}

impl Update {
    fn body(&self, context: &Context) -> Result<Body, Failure> {
        if let Some(input) = &self.input {
            return context.input(input, &["--provider"]);
        }
        context.given.one_of(
            "nothing to change",
            &[
                "--credential-source",
                "--client-id",
                "--client-secret",
                "--scopes",
                "--redirect-uri",
                "--status",
                "--input",
            ],
        )?;
        let client = Client {
            id: self.client_id.as_deref(),
            secret: self.client_secret.as_ref(),
            redirect_uris: &self.redirect_uri,
        };
        let body = Body::object()
            .maybe("scopes", scopes(self.scopes.as_deref())?)
            .maybe("status", self.status.as_ref())
            .maybe("credential_source", self.credential_source.as_ref());
        let body = client.add_to(body, context)?;
        if !self.redirect_uri.is_empty() {
            context.streams.note("--redirect-uri replaces the whole list of redirect URIs.");
        }
        Ok(body)
    }
}

fn breaking_changes(provider: &Object) -> Vec<String> {
    let changes = provider.path("breaking_changes").and_then(json::elements);
    let warning = |change: Object| {
        let kind = change.string("kind").unwrap_or_else(|| "change".into());
        match change.string("detail") {
            Some(detail) => format!("breaking change: {kind}: {detail}"),
            None => format!("breaking change: {kind}"),
        }
    };
    let changes = changes.unwrap_or_default();
    changes.filter_map(|change| Object::parse(change.text)).map(warning).collect()
}

/// delete a provider's configuration
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "delete", example = "alter providers delete google --force --yes")]
struct Delete {
    /// the provider's id
    #[argh(option, arg_name = "id")]
    provider: String,
    /// also while it has active grants
    #[argh(switch)]
    force: bool,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

impl Facts for Delete {
    const OPERATION: &Operation = &api::providers::DELETE;
    const OPERAND: Option<&str> = Some("--provider");
}

impl Plain for Delete {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let provider = provider(&self.provider)?;
        let ids = [&context.app()?, &provider];
        let question =
            Question::new("Delete provider", &provider, "Its users will have to connect again.");
        Ok(Call::delete(Request::of(Self::OPERATION, &ids))
            .switch("force", self.force)
            .confirm(question.look_up(Request::of(&api::providers::SHOW, &ids)), self.yes))
    }
}

fn provider(provider: &str) -> Result<Id, Failure> {
    Id::parse("--provider", provider)
}
