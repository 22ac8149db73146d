//! `alter link` and `alter unlink`: which app the commands of a work folder act on.

use argh::{ArgsInfo, FromArgs};

use crate::base::environment::filled;
use crate::base::failure::{Failure, Kind};
use crate::base::id::Id;
use crate::base::redact::holds_credential;
use crate::cli::context::Context;
use crate::cli::tree::Declared;
use crate::http::request::Body;
use crate::output::results;
use crate::project::pin;

/// pin an app to this folder, so that --app becomes optional below it
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "link", example = "alter link APP_ID", example = "alter link --status")]
pub(super) struct Link {
    /// the app's id
    #[argh(positional)]
    id: Option<String>,
    /// show which app is selected, and by what
    #[argh(switch)]
    status: bool,
}

impl Declared for Link {}

impl Link {
    /// Pins, or shows what is selected.
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        match (&self.id, self.status) {
            (None, true) => status(context),
            (Some(id), false) => pin(context, id),
            (Some(_), true) => Err(Failure::usage("--status", "cannot be combined with an id")),
            (None, false) => {
                Err(Failure::usage("<id>", "is needed")
                    .fix("alter link ID, or alter link --status"))
            }
        }
    }
}

const APP_ID: &str = "ALTER_APP_ID";

fn pin(context: &Context, app: &str) -> Result<(), Failure> {
    let app = Id::parse("<id>", app)?;
    if holds_credential(app.text()) {
        return Err(Failure::usage("<id>", "looks like a credential: nothing was pinned"));
    }
    let overriding = filled(APP_ID)?.filter(|overriding| overriding != app.text());
    let (file, ignoring) = (pin::file()?, pin::ignoring()?);
    if context.dry_run {
        let ignored = if ignoring.is_some() { ", and append `.alter/` to .gitignore" } else { "" };
        let (app, file) = (app.text(), file.display());
        context.streams.note(&format!("dry run: would pin app_id={app} in {file}{ignored}"));
        return Ok(());
    }
    let pin = pin::pin(app)?;
    context.streams.note(&format!(
        "alter: pinned app_id={} in {}",
        pin.app.text(),
        pin.file.display()
    ));
    if let Some(ignoring) = ignoring {
        ignoring.apply()?;
        context.streams.note("alter: appended `.alter/` to .gitignore so the pin isn't committed.");
    }
    if let Some(overriding) = overriding {
        context.streams.warn(&format!("{APP_ID} is set to {overriding}, and wins over this pin"));
    }
    Ok(())
}

fn status(context: &Context) -> Result<(), Failure> {
    let selected = context.selected()?.ok_or_else(|| {
        Failure::new(Kind::NotFound, "no app", "nothing is pinned or selected here")
            .fix("alter link ID")
    })?;
    let file = selected.file.map(|file| file.display().to_string());
    let shown = Body::object()
        .with("app_id", selected.app.text())
        .with("source", selected.source)
        .with("file", file);
    results::object(&context.streams, &context.shape, shown.text())
}

/// remove the pin of this folder, or of the nearest one above it
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(subcommand, name = "unlink", example = "alter unlink")]
pub(super) struct Unlink {}

impl Declared for Unlink {}

impl Unlink {
    /// Unpins.
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let pin = pin::nearest()?
            .ok_or_else(|| Failure::new(Kind::NotFound, "no pin", "no app is pinned here"))?;
        if context.dry_run {
            context.streams.note(&format!(
                "dry run: would unpin {} ({})",
                pin.app.text(),
                pin.file.display()
            ));
            return Ok(());
        }
        pin::unpin(&pin)?;
        context.streams.note(&format!("Unpinned {} ({})", pin.app.text(), pin.file.display()));
        Ok(())
    }
}
