//! The package manager that put a program where it is, which also has to replace it.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::base::regular;
use crate::base::subprocess;
use crate::output::shell;

const PATIENCE: Duration = Duration::from_secs(10);

/// Who owns the program, and how they replace it.
#[derive(Debug)]
pub(crate) struct Owner {
    /// `dpkg`, `npm`, `cargo`, …
    pub(crate) name: &'static str,
    /// The command that brings a newer one.
    pub(crate) update: String,
}

/// The package manager that owns a file, if one does.
pub(crate) fn of(file: &Path) -> Option<Owner> {
    node(file).or_else(|| cargo(file)).or_else(|| dpkg(file))
}

/// The package managers of JavaScript: the file that each leaves in a project, what its folder of packages for all
/// projects lies below, and the words that bring a newer package there and in a project.
const MANAGERS: [(&str, &[&str], &str, &str, &str); 5] = [
    ("pnpm", &["pnpm-lock.yaml"], "pnpm/global/", "pnpm add --global", "pnpm add"),
    ("bun", &["bun.lock", "bun.lockb"], ".bun/install/global/", "bun add --global", "bun add"),
    ("yarn", &["yarn.lock"], "yarn/global/", "yarn global add", "yarn add"),
    ("npm", &["package-lock.json"], "", "npm install --global", "npm install"),
    ("npx", &[], "_npx/", "npx", "npx"),
];

/// A package lies below `node_modules`; pnpm's below one in a hidden folder of that.
fn node(file: &Path) -> Option<Owner> {
    let path = file.to_str()?;
    let (before, _) = path.split_once("/node_modules/")?;
    let package = path.split("/node_modules/").skip(1).find(|rest| !rest.starts_with('.'))?;
    let parts = if package.starts_with('@') { 2 } else { 1 };
    let package = package.split('/').take(parts).collect::<Vec<_>>().join("/");
    let lies_below =
        |place: &str| !place.is_empty() && format!("{before}/").contains(&format!("/{place}"));
    let manager = |found: &dyn Fn(&str, &[&str], &str) -> bool| {
        MANAGERS.iter().find(|(name, locks, place, ..)| found(name, locks, place))
    };
    // The packages for all projects are kept like those of a project.
    if let Some((name, _, _, everywhere, _)) = manager(&|_, _, place| lies_below(place)) {
        return Some(Owner { name, update: format!("{everywhere} {package}@latest") });
    }
    let project = Path::new(before);
    if !project.join("package.json").is_file() {
        // pnpm keeps every package in a folder of that name, wherever it installs.
        let usual = if path.contains("/node_modules/.pnpm/") { "pnpm" } else { "npm" };
        let (name, _, _, everywhere, _) = manager(&|name, _, _| name == usual)?;
        return Some(Owner { name, update: format!("{everywhere} {package}@latest") });
    }
    // In a workspace the lock file may lie further up.
    let locked = project.ancestors().find_map(|folder| {
        manager(&|_, locks, _| locks.iter().any(|lock| folder.join(lock).is_file()))
    });
    let (name, _, _, _, here) = locked.unwrap_or(&MANAGERS[3]);
    let folder = shell::word(before);
    Some(Owner { name, update: format!("cd {folder} && {here} {package}@latest") })
}

/// cargo keeps a list of what it put into `bin` beside that folder.
fn cargo(file: &Path) -> Option<Owner> {
    let list = file.parent()?.parent()?.join(".crates.toml");
    // Whatever lies there is not waited for.
    let list = io::read_to_string(regular::open(&list).ok()?).ok()?;
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
