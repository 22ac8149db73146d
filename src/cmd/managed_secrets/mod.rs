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
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::cli::context::Context;
use crate::http::request::Request;
use crate::http::routes;
use crate::output::json::Object;
use crate::output::table::{Table, column, derived, time};
use crate::session::call::{Call, Plain};
use crate::session::typed_name::TypedDeletion;
use crate::session::{Session, Verb as _};

namespace! {
    /// manage backend secrets, and who may use them
    ManagedSecrets "managed-secrets" note "app: selected", Session<'_>: {
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
};

fn principal(entry: &Object) -> String {
    let part = |path| entry.string(path).filter(|text| !text.is_empty());
    part("principal.name").or_else(|| part("principal.id")).unwrap_or_else(|| "-".into())
}

/// list the templates that a secret can be made from
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "templates",
    note = "scope: dashboard_secrets:read",
    example = "alter managed-secrets templates"
)]
struct Templates {}

impl Plain for Templates {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        Ok(Call::rows(Request::get(routes::secret_templates(&context.app()?)), &TEMPLATES))
    }
}

/// list the app's secrets, without their credentials
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "list",
    note = "scope: dashboard_secrets:read",
    example = "alter managed-secrets list"
)]
struct List {}

impl Plain for List {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        Ok(Call::rows(Request::get(routes::secrets(&context.app()?)), &SECRETS))
    }
}

/// show one secret, without its credential
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "show",
    note = "scope: dashboard_secrets:read",
    example = "alter managed-secrets show SECRET_ID"
)]
struct Show {
    /// the secret's id
    #[argh(positional)]
    secret: String,
}

impl Plain for Show {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let path = routes::secret(&context.app()?, &secret(&self.secret)?);
        Ok(Call::object(Request::get(path)))
    }
}

/// delete a secret with all its grants; asks for its slug
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "delete",
    note = "scope: dashboard_secrets:delete",
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

impl Delete {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let id = secret(&self.secret)?;
        let path = routes::secret(&session.app()?, &id);
        let given = self.confirm.is_some();
        let deletion = TypedDeletion {
            id: &id,
            path: path.clone(),
            what: "the secret's slug",
            confirm: self.confirm,
        };
        // With the slug given, the portal compares it, and nothing needs to be read.
        deletion.run(session, || if given { Ok(None) } else { look_up(session, path) })
    }
}

/// The secret's slug, after showing what goes with it.
fn look_up(session: &Session, path: String) -> Result<Option<String>, Failure> {
    let response = session.send(&Request::get(path))?;
    let shown =
        Object::parse(response.json()?).ok_or_else(|| response.broken("is not a secret"))?;
    let grants = shown.path("grant_count").unwrap_or("all");
    let name = shown.string("name").unwrap_or_default();
    session.streams.note(&format!("Deleting {name} deletes its grants too ({grants})."));
    Ok(shown.string("slug"))
}

/// list every principal that can use a secret, and by which grant
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "access",
    note = "scope: dashboard_secrets:read",
    example = "alter managed-secrets access SECRET_ID"
)]
struct Access {
    /// the secret's id
    #[argh(positional)]
    secret: String,
}

impl Plain for Access {
    fn call(self, context: &Context) -> Result<Call, Failure> {
        let path = routes::secret_access(&context.app()?, &secret(&self.secret)?);
        Ok(Call::rows_of(Request::get(path), "entries", &ACCESS))
    }
}

fn secret(secret: &str) -> Result<Id, Failure> {
    Id::parse("<secret>", secret)
}
