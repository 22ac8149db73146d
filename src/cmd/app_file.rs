//! `alter plan`, `alter apply` and `alter export`: an app as a file.

use std::collections::BTreeSet;

use argh::{ArgsInfo, FromArgs};
use serde_json::Value;

use crate::api;
use crate::api::operation::Operation;
use crate::app_file::apply::{Applied, Applier, Outcome, operations};
use crate::app_file::current::{self, Wanted};
use crate::app_file::export;
use crate::app_file::plan::{Action, Change, Plan as Planned};
use crate::app_file::portal::{document, request, rows};
use crate::app_file::run::Flags;
use crate::app_file::secret_values::{SecretValues, variable};
use crate::app_file::secrets_dir::SecretsDir;
use crate::app_file::{schema, show};
use crate::auth::scopes;
use crate::base::failure::{Failure, Kind};
use crate::base::secret::Secret;
use crate::cli::tree::{App, Declaration, Declared};
use crate::output::prompt;
use crate::output::results::{self, Format};
use crate::session::Session;

/// show what would make the app as the file says; changes nothing
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "plan",
    example = "alter plan",
    example = "alter plan --file staging.yaml --var host=staging.example --check",
    example = "alter plan --validate"
)]
pub(super) struct Plan {
    /// the app file [default: alter.yaml]; - is standard input
    #[argh(option, short = 'f', arg_name = "path")]
    file: Option<String>,
    /// a value for {{var: NAME}} in the file
    #[argh(option, arg_name = "name=value")]
    var: Vec<String>,
    /// a credential for {{secret: NAME}}: NAME=@PATH or NAME=-; else from ALTER_SECRET_NAME
    #[argh(option, arg_name = "name=value")]
    secret: Vec<Secret>,
    /// also delete what managed sections do not list
    #[argh(switch)]
    prune: bool,
    /// replace the credential at this address, such as keys.worker
    #[argh(option, arg_name = "address")]
    rotate: Vec<String>,
    /// exit 5 when there is anything to do
    #[argh(switch)]
    check: bool,
    /// check the file alone: no sign-in, no request
    #[argh(switch)]
    validate: bool,
    /// print the JSON Schema of the file, for editors
    #[argh(switch)]
    schema: bool,
}

impl Declared for Plan {
    fn declared() -> Declaration {
        Declaration {
            app: Some(App::Selected),
            table: Some(&show::CHANGES),
            ..Declaration::default()
        }
    }
}

impl Plan {
    /// Plans, or checks the file alone.
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        session.given.at_most_one(&["--check", "--validate", "--schema"])?;
        if self.schema {
            return results::object(
                &session.streams,
                &session.shape,
                &schema::schema().to_string(),
            );
        }
        let flags = Flags {
            file: self.file,
            variables: self.var,
            secrets: self.secret,
            prune: self.prune,
            rotate: self.rotate,
        };
        let file = flags.read(session, !self.validate)?;
        if self.validate {
            session.streams.note(&format!("{} is a valid app file.", flags.file_name()));
            return Ok(());
        }
        let planned = flags.plan(session, file)?;
        show::plan(session, &planned.plan)?;
        if self.check && !planned.plan.is_done() {
            return Err(Failure::new(Kind::Conflict, "the portal", "is not as the file says")
                .fix("alter apply"));
        }
        Ok(())
    }
}

/// make the app as the file says
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "apply",
    example = "alter apply --secrets-dir secrets",
    example = "alter apply --yes --expect sha256:DIGEST",
    example = "alter apply --rotate keys.worker --secrets-dir secrets"
)]
pub(super) struct Apply {
    /// the app file [default: alter.yaml]; - is standard input
    #[argh(option, short = 'f', arg_name = "path")]
    file: Option<String>,
    /// a value for {{var: NAME}} in the file
    #[argh(option, arg_name = "name=value")]
    var: Vec<String>,
    /// a credential for {{secret: NAME}}: NAME=@PATH or NAME=-; else from ALTER_SECRET_NAME
    #[argh(option, arg_name = "name=value")]
    secret: Vec<Secret>,
    /// also delete what managed sections do not list
    #[argh(switch)]
    prune: bool,
    /// replace the credential at this address, such as keys.worker
    #[argh(option, arg_name = "address")]
    rotate: Vec<String>,
    /// do not ask
    #[argh(switch)]
    yes: bool,
    /// the app's name, where things are deleted and the file does not name the app
    #[argh(option, arg_name = "name")]
    confirm: Option<String>,
    /// only if the plan is still the one of this digest
    #[argh(option, arg_name = "digest")]
    expect: Option<String>,
    /// the folder for minted secrets, one new file each
    #[argh(option, arg_name = "folder")]
    secrets_dir: Option<String>,
}

impl Declared for Apply {
    fn declared() -> Declaration {
        Declaration {
            app: Some(App::Selected),
            table: Some(&show::CHANGES),
            ..Declaration::default()
        }
    }
}

impl Apply {
    /// Plans, asks, and does it.
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let flags = Flags {
            file: self.file,
            variables: self.var,
            secrets: self.secret,
            prune: self.prune,
            rotate: self.rotate,
        };
        let file = flags.read(session, true)?;
        let folder = self.secrets_dir.as_deref().map(SecretsDir::open).transpose()?;
        let mut planned = flags.plan(session, file)?;
        if session.dry_run {
            return show::plan(session, &planned.plan);
        }
        let mut applier = Applier {
            session,
            origin: planned.plan.origin.clone(),
            secrets: SecretValues::default(),
            folder,
            app: planned.plan.app_id.clone().unwrap_or_default(),
            ids: std::collections::BTreeMap::new(),
        };
        if applier.resume()? {
            planned = flags.plan(session, planned.file)?;
        }
        let plan = &planned.plan;
        if let Some(expected) = self.expect.filter(|expected| *expected != plan.digest()) {
            show::plan(session, plan)?;
            let why =
                format!("the plan is {} now, not {expected}: nothing was changed", plan.digest());
            return Err(Failure::new(Kind::Conflict, "--expect", why)
                .fix("review the plan above, and give its digest"));
        }
        if !plan.blocked.is_empty() {
            show::plan(session, plan)?;
            let why = format!(
                "{} of its changes cannot be made: nothing was changed",
                plan.blocked.len()
            );
            return Err(
                Failure::new(Kind::Conflict, "the plan", why).fix("see the fix of each line above")
            );
        }
        check_scopes(session, plan)?;
        applier.secrets = SecretValues::find(session, &flags.secrets()?, &plan.secrets())?;
        check_folder(plan, applier.folder.as_ref())?;
        let as_text = session.shape.for_rows() == Format::Table;
        if as_text {
            show::text(&session.streams, plan)?;
        }
        if !plan.is_done() {
            ask(session, plan, planned.named_by_file, self.yes, self.confirm.as_deref())?;
        }
        let outcome = applier.apply(plan, &planned.current, |change, outcome, id| {
            tell(session, change, outcome, id)
        });
        finish(session, plan, outcome)
    }
}

/// Refuses, before anything is sent, what the PAT may not do; one that may not look at itself lets the portal judge.
fn check_scopes(session: &Session, plan: &Planned) -> Result<(), Failure> {
    let needed: BTreeSet<&str> = operations(plan).filter_map(Operation::scope).collect();
    if needed.is_empty() {
        return Ok(());
    }
    let response = session.send_raw(&request(&api::pats::SHOW_THIS, &[], None))?;
    if response.status == 403 {
        return Ok(());
    }
    let pat = document(&response)?;
    let granted: Vec<&str> =
        pat["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let missing: Vec<&str> =
        needed.into_iter().filter(|scope| !scopes::allows(&granted, scope)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let why = format!("lacks {}: nothing was changed", missing.join(", "));
    let failure = Failure::new(Kind::Forbidden, "the PAT", why)
        .fix(format!("alter auth login --add-scopes {}", missing.join(",")));
    Err(session.with_login(failure))
}

/// Refuses, before anything is sent, what would lose a minted secret.
fn check_folder(plan: &Planned, folder: Option<&SecretsDir>) -> Result<(), Failure> {
    let minting: Vec<&str> = plan
        .changes
        .iter()
        .filter(|change| change.mints().is_some())
        .map(|change| change.address.as_str())
        .collect();
    match folder {
        Some(folder) => minting.iter().try_for_each(|address| folder.check_new(address)),
        None if minting.is_empty() => Ok(()),
        None => {
            let why =
                format!("is needed: {} come with a secret that is shown once", minting.join(", "));
            Err(Failure::usage("--secrets-dir", why)
                .fix("mkdir -m 700 secrets, then add --secrets-dir secrets"))
        }
    }
}

fn ask(
    session: &Session,
    plan: &Planned,
    named: bool,
    yes: bool,
    confirm: Option<&str>,
) -> Result<(), Failure> {
    let deleted = plan.count(Action::Delete);
    let app = plan.app_name.as_deref().unwrap_or_default();
    if deleted > 0 && !named {
        return match confirm {
            Some(name) if name == app => Ok(()),
            Some(_) => {
                Err(Failure::usage("--confirm", "is not the app's name; nothing was changed"))
            }
            None => {
                let question =
                    format!("Type the app's name ({app}) to delete {deleted} of its things:");
                prompt::type_name(&session.streams, &question, app, "--confirm NAME")
            }
        };
    }
    if yes {
        return Ok(());
    }
    let of_them =
        if deleted > 0 { format!(", {deleted} of them deletions") } else { String::new() };
    let count = plan.changes.len();
    let question = format!(
        "Make {count} change{}{of_them} to the app {app}?",
        if count == 1 { "" } else { "s" }
    );
    prompt::confirm(&session.streams, &question, "--yes")
}

/// Says what became of a change, as soon as it is known.
fn tell(
    session: &Session,
    change: &Change,
    outcome: Outcome,
    id: Option<&str>,
) -> Result<(), Failure> {
    match session.shape.for_rows() {
        Format::Json | Format::Csv => Ok(()),
        Format::Table => {
            session.streams.note(&format!(
                "{} {}: {}",
                show::sign(change.action),
                change.address,
                outcome.word()
            ));
            Ok(())
        }
        Format::Jsonl => {
            let mut out = session.streams.result()?;
            out.json(&shown(change, outcome, id).to_string())?;
            out.text("\n")?;
            out.flush()
        }
    }
}

fn shown(change: &Change, outcome: Outcome, id: Option<&str>) -> Value {
    let mut shown = change.shown();
    shown["result"] = outcome.word().into();
    if let Some(id) = id {
        shown["id"] = id.into();
    }
    shown
}

fn finish(session: &Session, plan: &Planned, applied: Applied) -> Result<(), Failure> {
    if session.shape.for_rows() == Format::Json {
        let mut whole = plan.shown();
        let results = plan.changes.iter().zip(&applied.results);
        whole["changes"] =
            results.map(|(change, (outcome, id))| shown(change, *outcome, id.as_deref())).collect();
        if let Some(id) = &applied.app_id {
            whole["app"]["id"] = id.as_str().into();
        }
        results::object(&session.streams, &session.shape, &whole.to_string())?;
    }
    if session.shape.for_rows() == Format::Csv {
        let rows = plan.changes.iter().zip(&applied.results);
        let rows: Vec<Value> =
            rows.map(|(change, (outcome, id))| shown(change, *outcome, id.as_deref())).collect();
        results::list(&session.streams, &session.shape, &show::CHANGES, &rows)?;
    }
    let count =
        |wanted: Outcome| applied.results.iter().filter(|(outcome, _)| *outcome == wanted).count();
    let Some(failure) = applied.failure else {
        if !plan.changes.is_empty() {
            session
                .streams
                .note(&format!("{} done.", count(Outcome::Done) + count(Outcome::Unchanged)));
        }
        return Ok(());
    };
    let done = count(Outcome::Done) + count(Outcome::Unchanged);
    session.streams.note(&format!(
        "{done} done, {} failed, {} in doubt, {} not tried. Run it again to go on.",
        count(Outcome::Failed),
        count(Outcome::InDoubt),
        count(Outcome::NotTried),
    ));
    Err(failure)
}

/// print the app as an app file; credentials are named, never shown
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "export",
    example = "alter export > alter.yaml",
    example = "alter export --output json"
)]
pub(super) struct Export {}

impl Declared for Export {
    fn declared() -> Declaration {
        Declaration { app: Some(App::Selected), table: None, ..Declaration::default() }
    }
}

impl Export {
    /// Reads everything that the file can hold, and prints it.
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let app = session.app()?;
        let shown = request(&api::apps::SHOW, &[app.text()], None);
        session.unless_dry(&shown, || {
            let row = document(&session.send(&shown)?)?;
            let current = current::read(session, &row, &Wanted::all())?;
            let from_template = |found: &crate::app_file::thing::Existing| {
                found.fields.get("template").is_some_and(|id| !id.is_null())
            };
            let templates = if current.things.iter().any(from_template) {
                rows(session, &api::managed_secrets::TEMPLATES, &[app.text()], &[])?
            } else {
                Vec::new()
            };
            let exported = export::export(&current, &templates);
            if session.shape.format.is_some_and(|format| format != Format::Table)
                || session.shape.fields.is_some()
            {
                return results::object(
                    &session.streams,
                    &session.shape,
                    &exported.file.json().to_string(),
                );
            }
            let mut out = session.streams.result()?;
            for name in &exported.secrets {
                out.text(&format!("# {} is the credential of {name}\n", variable(name)))?;
            }
            out.text(&exported.file.yaml())?;
            out.flush()
        })
    }
}
