//! From flags to a plan: the text of the file, the app that is meant, and what it has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::current::{self, Current, Wanted};
use super::fault::Fault;
use super::plan::{Asked, Blocked, Plan, Wrong, plan};
use super::portal::{document, request, rows};
use super::read::{self, AppFile};
use super::value::Values;
use crate::api;
use crate::base::failure::{Failure, Kind};
use crate::base::secret::Secret;
use crate::cli::context::Context;
use crate::input::{intake, text};
use crate::session::Session;

/// The file that is read where none is named.
pub(crate) const DEFAULT_FILE: &str = "alter.yaml";
const FLAG: &str = "--file";
/// Faults that one line of JSON lists.
const MAX_LISTED: usize = 10;

/// What the flags of plan and apply ask for.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    pub(crate) file: Option<String>,
    pub(crate) variables: Vec<String>,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) prune: bool,
    pub(crate) rotate: Vec<String>,
}

/// A plan with what it was made from.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) file: AppFile,
    pub(crate) current: Current,
    pub(crate) plan: Plan,
    /// Set where the file itself names the app that it is for.
    pub(crate) named_by_file: bool,
}

impl Flags {
    /// Returns the name of the file for messages.
    pub(crate) fn file_name(&self) -> &str {
        match self.file.as_deref() {
            Some("-") => "standard input",
            Some(path) => path,
            None => DEFAULT_FILE,
        }
    }

    /// Reads the file; without `variables` those that have no value stay open.
    pub(crate) fn read(&self, context: &Context, variables: bool) -> Result<AppFile, Failure> {
        let bytes = match self.file.as_deref() {
            Some("-") => context.intake.stdin(FLAG)?,
            Some(path) => intake::file(FLAG, path)?,
            None => intake::default_file(FLAG, DEFAULT_FILE)?,
        };
        let text = text::utf8(bytes).map_err(|why| Failure::usage(self.file_name(), why))?;
        let given = pairs("--var", self.variables.iter().map(String::as_str))?;
        let values = if variables { Values::needed(given) } else { Values::default().with(given) };
        let file = read::read(&text, &values).map_err(|faults| self.refused(context, &faults))?;
        let unused = values.unused();
        if !unused.is_empty() {
            return Err(Failure::usage(
                "--var",
                format!("the file does not use {}", unused.join(", ")),
            ));
        }
        let names: BTreeSet<&String> = file.secrets.iter().map(|(name, _)| name).collect();
        let given = self.secrets()?;
        if let Some(name) = given.keys().find(|name| !names.contains(name)) {
            return Err(Failure::usage("--secret", format!("the file does not use {name}")));
        }
        Ok(file)
    }

    /// Returns the credentials that `--secret` gives, by name.
    pub(crate) fn secrets(&self) -> Result<BTreeMap<String, Secret>, Failure> {
        let pairs = pairs("--secret", self.secrets.iter().map(Secret::expose))?;
        Ok(pairs.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
    }

    fn refused(&self, context: &Context, faults: &[Fault]) -> Failure {
        let name = self.file_name();
        let lines: Vec<String> = faults.iter().map(|fault| fault.text(name)).collect();
        match faults {
            [fault] => {
                let what = format!("{name}:{}:{}", fault.mark.line, fault.mark.column);
                Failure::usage(what, format!("{} {}", fault.path, fault.why).trim().to_owned())
            }
            _ if context.shape.is_json() => {
                Failure::usage(name, lines[..lines.len().min(MAX_LISTED)].join("; "))
            }
            _ => {
                for line in &lines {
                    context.streams.note(line);
                }
                Failure::usage(name, format!("has {} faults, listed above", faults.len()))
            }
        }
    }

    /// Plans: reads the file, finds the app, and compares.
    pub(crate) fn plan(&self, session: &Session, file: AppFile) -> Result<Planned, Failure> {
        let (row, selected) = find_app(session, &file)?;
        let current = match &row {
            Some(row) => current::read(session, row, &Wanted::of(&file))?,
            None => Current::default(),
        };
        let asked = Asked { prune: self.prune, rotate: self.rotate.iter().cloned().collect() };
        let mut plan = plan(&file, &current, &asked).map_err(|wrong| match wrong {
            Wrong::Faults(faults) => self.refused(session, &faults),
            Wrong::Failed(failure) => failure,
        })?;
        plan.origin = session.base_url()?.to_string();
        let wanted =
            file.app.as_ref().and_then(|app| app.fields.get("name")).and_then(Value::as_str);
        let found = row.as_ref().and_then(|row| row["name"].as_str());
        plan.app_id = row.as_ref().and_then(|row| row["id"].as_str()).map(str::to_owned);
        plan.app_name = found.or(wanted).map(str::to_owned);
        if let Some(row) = row.as_ref().filter(|row| row["status"] == "archived") {
            plan.blocked.push(Blocked {
                address: "app".into(),
                reason: format!("{} is archived", row["name"].as_str().unwrap_or("it")),
                fix: format!("alter apps unarchive {}", row["id"].as_str().unwrap_or("ID")),
            });
        }
        let named_by_file = wanted.is_some() && wanted == found;
        let deletes = plan.count(super::plan::Action::Delete) > 0;
        if let (true, true, Some(wanted), Some(found)) = (deletes, selected, wanted, found)
            && wanted != found
        {
            let why = format!(
                "the selected app is {found}, and the file is for {wanted}: nothing of it is deleted or renamed"
            );
            return Err(Failure::usage("--prune", why)
                .fix("give --app of the other, or correct app.name in the file"));
        }
        Ok(Planned { file, current, plan, named_by_file })
    }
}

/// Returns the row of the app that is meant, if there is one, and true where it was selected.
fn find_app(session: &Session, file: &AppFile) -> Result<(Option<Value>, bool), Failure> {
    if let Some(selected) = session.selected()? {
        let response = session.send(&request(&api::apps::SHOW, &[selected.app.text()], None))?;
        return Ok((Some(document(&response)?), true));
    }
    let name = file.app.as_ref().and_then(|app| app.fields.get("name")).and_then(Value::as_str);
    let Some(name) = name else {
        session.app()?;
        return Ok((None, false));
    };
    let mut apps = rows(session, &api::apps::LIST, &[], &[("include_stats", "false")])?;
    apps.retain(|row| row["name"] == name && row["status"] != "archived");
    if let [one, other, ..] = &apps[..] {
        let id = |row: &Value| row["id"].as_str().unwrap_or_default().to_owned();
        let why = format!("there are two live apps of that name: {} and {}", id(one), id(other));
        return Err(Failure::new(Kind::Conflict, format!("app.name: {name}"), why)
            .fix("choose one with --app ID"));
    }
    Ok((apps.into_iter().next(), false))
}

/// Reads `NAME=VALUE`.
fn pairs<'a>(
    flag: &str,
    given: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut pairs = BTreeMap::new();
    for text in given {
        let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Failure::usage(flag, "must be NAME=VALUE"));
        };
        if pairs.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Failure::usage(flag, format!("gives {name} twice")));
        }
    }
    Ok(pairs)
}
