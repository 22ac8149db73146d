//! The installed SDK: where it is, and which names it has.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::exports::Exports;
use super::{files, script_package};
use crate::project::scan::{Code, Language, imports};

/// Where the SDK is installed, as seen from a folder.
pub(super) fn package(language: Language, folder: &Path) -> Option<PathBuf> {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    match language {
        Language::Script => {
            let places = folder.ancestors().map(|at| at.join("node_modules/@alter-ai/alter-sdk"));
            places.into_iter().find(|place| place.is_dir())
        }
        Language::Python => {
            let own = folder.ancestors().flat_map(|at| [at.join(".venv"), at.join("venv")]);
            let mut roots: Vec<PathBuf> = ["VIRTUAL_ENV", "CONDA_PREFIX"]
                .iter()
                .filter_map(env::var_os)
                .map(PathBuf::from)
                .chain(own)
                .collect();
            let path = env::var_os("PATH").unwrap_or_default();
            let programs = env::split_paths(&path).filter(|at| at.join("python3").exists());
            roots.extend(programs.filter_map(|at| at.parent().map(Path::to_owned)));
            roots.extend(dirs::home_dir().map(|home| home.join(".local")));
            roots.iter().find_map(|root| in_prefix(root))
        }
    }
}

/// The SDK in an environment of Python.
fn in_prefix(root: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(root.join("lib")).ok()?.filter_map(Result::ok);
    let libraries =
        versions.filter(|entry| entry.file_name().to_string_lossy().starts_with("python3"));
    let mut packages = libraries.flat_map(|entry| {
        ["site-packages", "dist-packages"].map(|folder| entry.path().join(folder).join("alter_sdk"))
    });
    packages.find(|package| package.is_dir())
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
        let listed = code.is(at, "__all__").then(|| code.partner(at + 2)).flatten();
        if let Some(close) = listed {
            lists = true;
            found.names.extend((at..close).filter_map(|at| code.string(at)).map(str::to_owned));
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
