//! The installed SDK: where it is, and which names it has.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::files;
use crate::scan::{Code, Language, imports};

/// Files of a package are followed from one to the next so far.
const MAX_FILES: usize = 200;

/// The names that a part of the SDK has.
#[derive(Debug, Default)]
pub(super) struct Exports {
    names: HashSet<String>,
    /// There may be more than could be read.
    open: bool,
}

impl Exports {
    pub(super) fn has(&self, name: &str) -> bool {
        self.open || name == "default" || self.names.contains(name)
    }

    fn unknown() -> Self {
        Self { open: true, ..Self::default() }
    }
}

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
        Language::Script => script(package, part),
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

fn script(package: &Path, part: &str) -> Option<Exports> {
    let manifest = files::text(&package.join("package.json"))?;
    let manifest: Value = serde_json::from_str(&manifest).ok()?;
    let entry = if part.is_empty() { ".".to_owned() } else { format!("./{part}") };
    let declared = match &manifest["exports"] {
        Value::Object(exports) if exports.keys().any(|key| key.starts_with('.')) => {
            exports.get(&entry).and_then(file_of)
        }
        exports if part.is_empty() => file_of(exports),
        _ => None,
    };
    let own = ["types", "typings", "main"].iter().filter_map(|key| manifest[*key].as_str());
    let guesses = if part.is_empty() { own.collect() } else { vec![part] };
    let mut candidates = declared.into_iter().chain(guesses);
    let begin = candidates.find_map(|name| declaration(&package.join(name)));
    let Some(begin) =
        begin.or_else(|| declaration(&package.join("index")).filter(|_| part.is_empty()))
    else {
        return manifest["exports"].is_null().then(Exports::unknown).filter(|_| part.is_empty());
    };
    let mut found = Exports::default();
    let (mut todo, mut seen) = (vec![begin], HashSet::new());
    while let Some(file) = todo.pop() {
        if !seen.insert(file.clone()) || seen.len() > MAX_FILES {
            continue;
        }
        let Some(text) = files::text(&file) else { continue };
        let code = Code::new(Language::Script, &text);
        for module in exported(&code, &mut found) {
            let beside = file.parent().unwrap_or(package).join(module);
            match declaration(&beside).filter(|_| module.starts_with('.')) {
                Some(next) => todo.push(next),
                None => found.open = true,
            }
        }
    }
    found.open |= found.names.is_empty();
    Some(found)
}

/// The file that an entry of `exports` leads to, its types where it has some.
fn file_of(entry: &Value) -> Option<&str> {
    match entry {
        Value::String(file) => Some(file),
        Value::Object(conditions) => {
            let types = conditions.get("types").and_then(file_of);
            types.or_else(|| conditions.values().find_map(file_of))
        }
        _ => None,
    }
}

/// The file that a module name means: its declarations rather than its code.
fn declaration(path: &Path) -> Option<PathBuf> {
    let text = path.to_string_lossy();
    let bare = [".js", ".mjs", ".cjs"].iter().find_map(|ending| text.strip_suffix(ending));
    let bare = bare.unwrap_or(&text);
    let candidates = [
        format!("{bare}.d.ts"),
        format!("{bare}.d.mts"),
        text.clone().into_owned(),
        format!("{bare}/index.d.ts"),
        format!("{bare}.js"),
        format!("{bare}/index.js"),
    ];
    candidates.into_iter().map(PathBuf::from).find(|file| file.is_file())
}

/// Adds the names that a module exports; gives the modules that it passes on whole.
fn exported<'a>(code: &Code<'a>, found: &mut Exports) -> Vec<&'a str> {
    const BEFORE: [&str; 4] = ["declare", "abstract", "async", "default"];
    const KINDS: [&str; 9] =
        ["class", "function", "const", "let", "var", "enum", "interface", "type", "namespace"];
    let mut passed_on = Vec::new();
    for at in 0..code.len() {
        if code.is(at, "exports") && code.is(at + 1, ".") {
            found.names.extend(code.name(at + 2).map(str::to_owned));
            if code.is(at + 3, "=") && code.is(at + 4, "{") {
                found.open = true;
            }
        }
        if code.is(at, "exports") && code.is(at + 1, ",") {
            found.names.extend(code.string(at + 2).map(str::to_owned));
        }
        if code.is(at, "__exportStar") && code.is(at + 2, "require") {
            passed_on.extend(code.string(at + 4));
        }
        if !code.is(at, "export") {
            continue;
        }
        let mut next = at + 1;
        while BEFORE.iter().any(|word| code.is(next, word)) {
            next += 1;
        }
        let list = if code.is(next, "type") && code.is(next + 1, "{") { next + 1 } else { next };
        if let Some(close) = code.partner(list).filter(|_| code.is(list, "{")) {
            let ends = (list + 1..=close).filter(|end| code.is(*end, ",") || *end == close);
            found.names.extend(ends.filter_map(|end| code.name(end - 1)).map(str::to_owned));
        } else if code.is(next, "*") && code.is(next + 1, "as") {
            found.names.extend(code.name(next + 2).map(str::to_owned));
        } else if code.is(next, "*") {
            passed_on.extend(code.string(next + 2));
        } else if code.is(next, "=") {
            found.open = true;
        } else if KINDS.iter().any(|kind| code.is(next, kind)) {
            // `export const enum E`
            let name = if code.is(next + 1, "enum") { next + 2 } else { next + 1 };
            found.names.extend(code.name(name).map(str::to_owned));
        }
    }
    passed_on
}
