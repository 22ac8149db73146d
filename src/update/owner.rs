//! The package manager that put a program where it is, which also has to replace it.

use std::fs;
use std::path::{Component, Path};
use std::time::{Duration, Instant};

use crate::base::subprocess;

const PATIENCE: Duration = Duration::from_secs(10);

/// Who owns the program, and how they replace it.
#[derive(Debug)]
pub(crate) struct Owner {
    /// `dpkg`, `npm` or `cargo`.
    pub(crate) name: &'static str,
    /// The command that brings a newer one.
    pub(crate) update: String,
}

/// The package manager that owns a file, if one does.
pub(crate) fn of(file: &Path) -> Option<Owner> {
    npm(file).or_else(|| cargo(file)).or_else(|| dpkg(file))
}

/// npm puts a package below `node_modules`, pnpm below one in a hidden folder of that.
fn npm(file: &Path) -> Option<Owner> {
    let parts = file.components().filter_map(|part| match part {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    let parts: Vec<_> = parts.collect();
    let is_package = |pair: &[&str]| pair[0] == "node_modules" && !pair[1].starts_with('.');
    let package = match &parts[parts.windows(2).position(is_package)? + 1..] {
        [scope, name, ..] if scope.starts_with('@') => format!("{scope}/{name}"),
        parts => parts.first().map(|name| (*name).to_owned())?,
    };
    Some(Owner { name: "npm", update: format!("npm install --global {package}@latest") })
}

/// cargo keeps a list of what it put into `bin` beside that folder.
fn cargo(file: &Path) -> Option<Owner> {
    let list = file.parent()?.parent()?.join(".crates.toml");
    let list = fs::read_to_string(list).ok()?;
    let owns = list.lines().any(|line| line.starts_with("\"alter "));
    owns.then(|| Owner { name: "cargo", update: "cargo install --path . --force".into() })
}

fn dpkg(file: &Path) -> Option<Owner> {
    let mut command = subprocess::command(subprocess::located("dpkg-query")?);
    command.arg("--search").arg(file);
    let found = subprocess::run(command, b"", Instant::now() + PATIENCE).ok()??;
    let (package, _) = found.stdout.split_once(": ").filter(|_| found.success)?;
    Some(Owner { name: "dpkg", update: format!("apt install --only-upgrade {package}") })
}
