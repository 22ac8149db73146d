//! The installed SDK: where it is, and which names it has.

use std::collections::HashSet;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::exports::Exports;
use super::python::Machine;
use super::{files, script_package};
use crate::project::scan::{Code, Language, imports};

const NPM_NAME: &str = "@alter-ai/alter-sdk";

/// What pip says that it installed may be long.
const MAX_RECORD: usize = 4 << 20;

/// Where packages are looked for.
#[derive(Debug)]
pub(super) struct Places {
    machine: Machine,
    /// What the walk through the project came by.
    found: Vec<PathBuf>,
}

impl Places {
    /// Looks at the environment, and takes the places that were found in the project.
    pub(super) fn new(found: Vec<PathBuf>) -> Self {
        Self { machine: Machine::new(), found }
    }

    /// Where the SDK is installed, as seen from a folder.
    pub(super) fn sdk(&self, language: Language, folder: &Path) -> Option<PathBuf> {
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        match language {
            Language::Python => self.machine.sdk(&folder, &self.found),
            Language::Script => {
                let places = folder.ancestors().map(|at| at.join("node_modules"));
                let place = places.map(|at| at.join(NPM_NAME)).find(|place| place.is_dir());
                place.or_else(of_deno)
            }
        }
    }
}

/// The SDK in the cache of Deno, which needs no folder in the project; the name of the last version that is there.
fn of_deno() -> Option<PathBuf> {
    let folder = env::var_os("DENO_DIR").map(PathBuf::from);
    let cache = folder.or_else(|| Some(dirs::cache_dir()?.join("deno")))?;
    let versions = fs::read_dir(cache.join("npm/registry.npmjs.org").join(NPM_NAME)).ok()?;
    versions.filter_map(Result::ok).map(|entry| entry.path()).filter(|at| at.is_dir()).max()
}

/// The names of files and folders that `pip install --target` put into a folder whose entries these are, by its own
/// records.
pub(super) fn packages_in<'n>(
    folder: &Path,
    names: impl Iterator<Item = &'n OsStr>,
) -> HashSet<String> {
    let records = names.filter(|name| name.as_encoded_bytes().ends_with(b".dist-info"));
    let mut packages = HashSet::new();
    for record in records {
        let list =
            files::bytes(&folder.join(record).join("RECORD"), MAX_RECORD).unwrap_or_default();
        let list = String::from_utf8_lossy(&list).into_owned();
        // `alter_sdk/app.py,sha256=…,123`, in quotes where there is a comma in the name.
        let paths =
            list.lines().filter_map(|line| line.trim_start_matches('"').split(['/', ',']).next());
        packages.extend(paths.filter(|name| !name.is_empty() && *name != "..").map(str::to_owned));
    }
    packages
}

/// The names of a part of the SDK; `None` when it has no such part.
pub(super) fn exports(language: Language, package: &Path, part: &str) -> Option<Exports> {
    match language {
        Language::Python => python(package, part),
        Language::Script => script_package::exports(package, part),
    }
}

fn python(package: &Path, part: &str) -> Option<Exports> {
    let module = part
        .split('.')
        .filter(|name| !name.is_empty())
        .fold(package.to_owned(), |at, name| at.join(name));
    let files = [module.join("__init__.py"), module.with_extension("py")];
    let Some(text) = files.iter().find_map(|file| files::text(file)) else {
        // Compiled, perhaps, or a folder without a file of its own.
        let name = format!("{}.", module.file_name()?.to_string_lossy());
        let mut beside = fs::read_dir(module.parent()?).ok()?.filter_map(Result::ok);
        let there = beside.any(|entry| entry.file_name().to_string_lossy().starts_with(&name));
        return (there || module.is_dir()).then(Exports::unknown);
    };
    let code = Code::new(Language::Python, &text);
    let mut found = Exports::default();
    let (mut makes, mut lists) = (false, false);
    for import in imports(&code) {
        found.open |= import.local.is_none();
        found.names.extend(import.local.map(str::to_owned));
    }
    for at in 0..code.len() {
        let defined = code.is(at, "class") || code.is(at, "def");
        let named = if defined { at + 1 } else { at };
        let set = ["=", ":"].iter().any(|mark| code.is(at + 1, mark));
        if defined || set {
            found.names.extend(code.name(named).map(str::to_owned));
        }
        // What is made on demand is listed too, by convention.
        if code.is(at, "__all__") && code.partner(at + 2).is_some() {
            lists = true;
            let listed = code.inside(at + 2).filter_map(|at| code.string(at));
            found.names.extend(listed.map(str::to_owned));
        }
        makes |= defined && code.is(at + 1, "__getattr__");
    }
    found.open |= makes && !lists;
    // The modules beside it are names of it too.
    let modules = fs::read_dir(&module).into_iter().flatten().filter_map(Result::ok);
    found.names.extend(modules.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        Some(name.split('.').next()?.to_owned())
    }));
    Some(found)
}
