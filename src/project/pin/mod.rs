//! The pin of a work folder: `.alter/config.yaml`, which says which app commands act on.

mod config;
pub(crate) mod files;
mod ignore;

use std::fs;
use std::path::{Path, PathBuf};

use files::Owner;
pub(crate) use ignore::ignoring;

use crate::base::failure::{self, Failure, Kind};
use crate::base::id::Id;

const FOLDER: &str = ".alter";
const FILE: &str = "config.yaml";
const BROKEN: &str = "correct it or remove it, then alter link ID";

/// A pinned app.
#[derive(Debug)]
pub(crate) struct Pin {
    /// The app's id.
    pub(crate) app: Id,
    /// The file that pins it.
    pub(crate) file: PathBuf,
}

/// The pin of this folder or the nearest one above it, short of the home folder.
pub(crate) fn nearest() -> Result<Option<Pin>, Failure> {
    let Ok(here) = std::env::current_dir() else {
        return Ok(None);
    };
    let home = home();
    for folder in here.ancestors().take_while(|folder| Some(*folder) != home.as_deref()) {
        let marker = folder.join(FOLDER);
        if fs::symlink_metadata(&marker).is_ok() {
            return read(folder, &marker).map(Some);
        }
    }
    Ok(None)
}

fn home() -> Option<PathBuf> {
    dirs::home_dir().map(|home| fs::canonicalize(&home).unwrap_or(home))
}

fn read(folder: &Path, marker: &Path) -> Result<Pin, Failure> {
    let file = marker.join(FILE);
    let name = file.display().to_string();
    let fix = BROKEN;
    let unusable = |why: String| Failure::usage(&name, why).fix(fix);
    let text = files::subfolder(files::folder(folder)?, marker, Owner::Trusted)
        .and_then(|marker| {
            marker.map_or(Ok(None), |marker| files::read(marker, &file, Owner::Trusted))
        })
        .map_err(|failure| if failure.advice().is_none() { failure.fix(fix) } else { failure })?;
    let text = text.ok_or_else(|| unusable("there is no such file".into()).fix("alter link ID"))?;
    let app = config::value(&text)
        .map_err(&unusable)?
        .ok_or_else(|| unusable(format!("has no {}", config::KEY)).fix("alter link ID"))?;
    let app = Id::parse(&name, &app)?;
    Ok(Pin { app, file })
}

fn here() -> Result<PathBuf, Failure> {
    std::env::current_dir()
        .map_err(|error| Failure::error("the working folder", failure::reason(&error)))
}

/// Returns the file that an app is pinned in here, once this is a folder for pins.
pub(crate) fn file() -> Result<PathBuf, Failure> {
    let here = here()?;
    if home().as_deref() == Some(here.as_path()) {
        return Err(Failure::usage(
            here.display().to_string(),
            "is the home folder, where no pin is looked for",
        )
        .fix("run alter link ID in the folder of a project"));
    }
    files::check_for_us(&here, &files::folder(&here)?)?;
    Ok(here.join(FOLDER).join(FILE))
}

/// Pins an app in this folder, keeping the other keys of a config that is there.
pub(crate) fn pin(app: Id) -> Result<Pin, Failure> {
    let file = file()?;
    let marker = file.parent().unwrap_or(Path::new("/"));
    let here = marker.parent().unwrap_or(Path::new("/"));
    let unusable = |failure: Failure| match failure.kind() {
        Kind::Usage if failure.advice().is_none() => failure.fix(BROKEN),
        _ => failure,
    };
    let above = files::folder_to_change(here)?;
    let folder = files::made_subfolder(&above, marker).map_err(unusable)?;
    let existing = files::read(&folder, &file, Owner::Us).map_err(unusable)?.unwrap_or_default();
    // What cannot be read is not overwritten.
    let text = config::with_app(&existing, app.text())
        .map_err(|why| Failure::usage(file.display().to_string(), why).fix(BROKEN))?;
    files::replace(&folder, &file, &text)?;
    Ok(Pin { app, file })
}

/// Removes a pin, with its file and folder when nothing else is in them.
pub(crate) fn unpin(pin: &Pin) -> Result<(), Failure> {
    let marker = pin.file.parent().unwrap_or(Path::new("/"));
    let above = files::folder_to_change(marker.parent().unwrap_or(Path::new("/")))?;
    let Some(folder) = files::subfolder(&above, marker, Owner::Us)? else {
        return Ok(());
    };
    let text = files::read(&folder, &pin.file, Owner::Us)?.unwrap_or_default();
    if let Some(others) = config::without_app(&text) {
        return files::replace(&folder, &pin.file, &others);
    }
    files::remove(&folder, &pin.file)?;
    // A folder that holds something else stays.
    let _ = fs::remove_dir(marker);
    Ok(())
}
