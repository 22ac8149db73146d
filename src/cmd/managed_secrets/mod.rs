//! `alter managed-secrets`: backend credentials that an app keeps, and who may use them.

mod create;
mod credential;
mod directory;
mod grants;
mod policy;

use argh::{ArgsInfo, FromArgs};

use self::create::{Create, Rotate};
use self::directory::{Groups, Users};
use self::grants::Grants;
use self::policy::{SetAllowedHosts, SetDelegationPolicy};
use crate::api;
use crate::api::operation::Operation;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::cli::tree::Facts;
use crate::http::request::Request;
use crate::output::json::Object;
use crate::output::table::{Table, column, derived, time};
use crate::session::Session;
use crate::session::Verb;
use crate::session::call::{Call, Plain};
use crate::session::typed_name::TypedDeletion;

namespace! {
    /// manage backend secrets, and who may use them
    ManagedSecrets "managed-secrets", Session<'_>: {
        Templates, List, Show, Create, Rotate, Delete, Access, SetDelegationPolicy, SetAllowedHosts, Users, Groups,
        Grants,
    }
}

const TEMPLATES: Table = Table {
    noun: "templates",
    columns: &[
        column("ID", "id"),
        column("NAME", "name").shrinks(),
        column("CATEGORY", "category").shrinks(),
        column("CREDENTIAL TYPE", "credential_type"),
        column("HEADER", "injection_header"),
        column("FORMAT", "injection_format").shrinks(),
    ],
    least: &["CATEGORY", "HEADER", "FORMAT"],
    first: "",
};

const SECRETS: Table = Table {
    noun: "managed secrets",
    columns: &[
        column("ID", "id"),
        column("SLUG", "slug"),
        column("NAME", "name").shrinks(),
        column("TYPE", "credential_type"),
        column("TEMPLATE", "template_id"),
        column("GRANTS", "grant_count"),
        column("HOSTS", "allowed_hosts").shrinks(),
        time("UPDATED", "updated_at"),
    ],
    least: &["TEMPLATE", "UPDATED", "HOSTS", "TYPE", "SLUG"],
    first: "alter managed-secrets create --name NAME",
};

const ACCESS: Table = Table {
    noun: "principals with access",
    columns: &[
        derived("PRINCIPAL", &["principal"], principal).shrinks(),
        column("TYPE", "principal.type"),
        column("VIA", "path"),
        column("GRANT", "grant_id"),
        time("EXPIRES", "expires_at"),
    ],
    least: &["EXPIRES", "GRANT"],
    first: "",
};

/// Returns who holds a grant: by name, else by id; the app itself where it is the whole app.
pub(super) fn principal(grant: &Object) -> String {
    const PATHS: [&str; 5] = ["name", "id", "app_user_id", "external_group_id", "agent_id"];
    let part = |key| grant.string(&format!("principal.{key}")).filter(|text| !text.is_empty());
    let app = || part("type").filter(|kind| kind == "system").map(|_| "the app".into());
    PATHS.into_iter().find_map(part).or_else(app).unwrap_or_else(|| "-".into())
}

/// list the templates that a secret can be made from
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "templates", example = "alter managed-secrets templates")]
struct Templates {}

impl Facts for Templates {
    const OPERATION: &Operation = &api::managed_secrets::TEMPLATES;
    const TABLE: Option<&Table> = Some(&TEMPLATES);
}

impl Plain for Templates {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        Ok(Call::rows(Request::of(Self::OPERATION, &[&context.app()?])))
    }
}

/// list the app's secrets, without their credentials
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "list", example = "alter managed-secrets list")]
struct List {}

impl Facts for List {
    const OPERATION: &Operation = &api::managed_secrets::LIST;
    const TABLE: Option<&Table> = Some(&SECRETS);
}

impl Plain for List {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        Ok(Call::rows(Request::of(Self::OPERATION, &[&context.app()?])))
    }
}

/// show one secret, without its credential
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "show", example = "alter managed-secrets show SECRET_ID")]
struct Show {
    /// the secret's id
    #[argh(positional)]
    secret: String,
}

impl Facts for Show {
    const OPERATION: &Operation = &api::managed_secrets::SHOW;
}

impl Plain for Show {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?, &secret(&self.secret)?]);
        Ok(Call::object(request))
    }
}

/// delete a secret with all its grants; asks for its slug
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "delete",
    example = "alter managed-secrets delete SECRET_ID --confirm openai"
)]
struct Delete {
    /// the secret's id
    #[argh(positional)]
    secret: String,
    /// the secret's exact slug, instead of typing it at the prompt
    #[argh(option, arg_name = "slug")]
    confirm: Option<String>,
}

impl Facts for Delete {
    const OPERATION: &Operation = &api::managed_secrets::DELETE;
}

impl Verb for Delete {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let id = secret(&self.secret)?;
        let app = session.app()?;
        let given = self.confirm.is_some();
        let deletion = TypedDeletion {
            id: &id,
            deletion: Request::of(Self::OPERATION, &[&app, &id]),
            what: "the secret's slug",
            confirm: self.confirm,
        };
        // With the slug given, the portal compares it, and nothing needs to be read.
        deletion.run(session, || if given { Ok(None) } else { look_up(session, &app, &id) })
    }
}

/// The secret's slug, after showing what goes with it.
fn look_up(session: &Session, app: &Id, id: &Id) -> Result<Option<String>, Failure> {
    let response = session.send(&Request::of(&api::managed_secrets::SHOW, &[app, id]))?;
    let shown =
        Object::parse(response.json()?).ok_or_else(|| response.broken("is not a secret"))?;
    let grants = shown.path("grant_count").unwrap_or("all");
    let name = shown.string("name").unwrap_or_default();
    session.streams.note(&format!("Deleting {name} deletes its grants too ({grants})."));
    Ok(shown.string("slug"))
}

/// list every principal that can use a secret, and by which grant
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "access", example = "alter managed-secrets access SECRET_ID")]
struct Access {
    /// the secret's id
    #[argh(positional)]
    secret: String,
}

impl Facts for Access {
    const OPERATION: &Operation = &api::managed_secrets::ACCESS_LIST;
    const TABLE: Option<&Table> = Some(&ACCESS);
}

impl Plain for Access {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let request = Request::of(Self::OPERATION, &[&context.app()?, &secret(&self.secret)?]);
        Ok(Call::rows_of(request, "entries"))
    }
}

fn secret(secret: &str) -> Result<Id, Failure> {
    Id::parse("<secret>", secret)
}
