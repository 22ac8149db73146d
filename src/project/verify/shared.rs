//! Clients that one file makes and others use: an import is followed from the file that has it to the one that it names.

use std::collections::{HashMap, HashSet};

use crate::project::scan::{Import, Language, Shared, Value};

/// What the files of a project export, each by its path without the ending.
#[derive(Debug, Default)]
pub(super) struct Modules {
    exports: HashMap<String, HashMap<String, Value<'static>>>,
    /// The last names of those paths.
    names: HashSet<String>,
}

/// Folders that the names of modules may begin at, besides those that lead to a file.
const ROOTS: [&str; 3] = ["", "src/", "app/"];
/// What a script writes for the folder of its sources.
const ALIASES: [&str; 5] = ["@/", "~/", "#/", "$", "/"];
const ENDINGS: [&str; 8] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

impl Modules {
    /// Adds what a file exports.
    pub(super) fn add(&mut self, file: &str, exports: HashMap<String, Value<'static>>) {
        if exports.is_empty() {
            return;
        }
        let path = module_path(file);
        let name = path.rsplit('/').next().unwrap_or(path);
        self.names.insert(name.to_owned());
        self.exports.entry(path.to_owned()).or_default().extend(exports);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.exports.is_empty()
    }

    /// Returns whether a text may import one of them, told without reading it as code.
    pub(super) fn may_be_imported(&self, text: &str) -> bool {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        ["import", "from", "require"].iter().any(|word| {
            text.match_indices(word).any(|(at, _)| {
                let line = text[at + word.len()..].lines().next().unwrap_or_default();
                let words = line.split(|c| !is_word(c)).take(MAX_WORDS);
                // `./lib/index.js` means `lib`, which is one of the words.
                words.into_iter().any(|word| self.names.contains(word))
            })
        })
    }

    /// Returns what the imports of a file mean, in their order.
    pub(super) fn meanings(
        &self,
        file: &str,
        language: Language,
        imports: &[Import],
    ) -> Vec<Shared> {
        let mut found = Vec::new();
        for import in imports.iter().filter(|import| import.part.is_none()) {
            let paths = paths(file, language, &import.module);
            let module = paths.iter().find_map(|path| self.exports.get(path));
            match (module, import.symbol, import.local) {
                (Some(module), Some(symbol), Some(local)) if module.contains_key(symbol) => {
                    found.push((import.at, local.to_owned(), module[symbol]));
                }
                // `import clients`, `import * as clients`, `import clients` of a file without a default.
                (Some(module), None | Some("default"), Some(local)) => {
                    // `import app.clients` is used as `app.clients.vault`.
                    let dotted = import.module.split('.').next() == Some(local);
                    let owner = if dotted { &import.module } else { local };
                    let names = module.iter().filter(|(name, _)| *name != "default");
                    found.extend(
                        names.map(|(name, value)| (import.at, format!("{owner}.{name}"), *value)),
                    );
                }
                // `from clients import *`
                (Some(module), None, None) if language == Language::Python => {
                    found.extend(
                        module.iter().map(|(name, value)| (import.at, name.clone(), *value)),
                    );
                }
                // `from app import clients`
                (_, Some(symbol), Some(local)) => {
                    let inner = |path: &String| match &path[..] {
                        "" => symbol.to_owned(),
                        path => format!("{path}/{symbol}"),
                    };
                    let module = paths.iter().find_map(|path| self.exports.get(&inner(path)));
                    found.extend(
                        module
                            .into_iter()
                            .flatten()
                            .map(|(name, value)| (import.at, format!("{local}.{name}"), *value)),
                    );
                }
                _ => {}
            }
        }
        found.sort_by_key(|(at, ..)| *at);
        found
    }

    /// Returns what a script passes on without giving it a name: `export { vault } from "./clients"`, `export * from …`.
    pub(super) fn passed_on(
        &self,
        file: &str,
        imports: &[Import],
    ) -> HashMap<String, Value<'static>> {
        let mut found = HashMap::new();
        for import in imports.iter().filter(|import| import.local.is_none()) {
            let paths = paths(file, Language::Script, &import.module);
            let Some(module) = paths.iter().find_map(|path| self.exports.get(path)) else {
                continue;
            };
            let named = |name: &str| import.symbol.is_none_or(|symbol| symbol == name);
            found.extend(
                module
                    .iter()
                    .filter(|(name, _)| named(name))
                    .map(|(name, value)| (name.clone(), *value)),
            );
        }
        found
    }
}

/// Words of a line that names a module; a longer one is no import that a person wrote.
const MAX_WORDS: usize = 64;

/// Returns whether a file may pass on what the files beside it export.
pub(super) fn is_barrel(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    name == "__init__.py" || name.starts_with("index.")
}

/// The path of a file as imports name it.
fn module_path(file: &str) -> &str {
    let path = without_ending(file.strip_suffix(".py").unwrap_or(file));
    ["__init__", "index"]
        .iter()
        .find_map(|name| {
            path.strip_suffix(name)?.strip_suffix('/').or((path == *name).then_some(""))
        })
        .unwrap_or(path)
}

fn without_ending(path: &str) -> &str {
    ENDINGS.iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path)
}

/// The paths that a module's name in a file may mean, the likeliest first.
fn paths(file: &str, language: Language, module: &str) -> Vec<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let relative = |up: usize, rest: &str| {
        let mut at = Some(folder);
        for _ in 0..up {
            at = at
                .filter(|at| !at.is_empty())
                .map(|at| at.rsplit_once('/').map_or("", |(above, _)| above));
        }
        at.map(|at| joined(at, rest)).into_iter().collect::<Vec<_>>()
    };
    let anywhere = |rest: &str| {
        let above = std::iter::successors(Some(folder), |at| {
            (!at.is_empty()).then(|| at.rsplit_once('/').map_or("", |(above, _)| above))
        });
        above
            .flat_map(|at| ROOTS.map(|root| joined(at, &format!("{root}{rest}"))))
            .collect::<Vec<_>>()
    };
    if language == Language::Python {
        let rest = module.trim_start_matches('.');
        let dots = module.len() - rest.len();
        let rest = rest.replace('.', "/");
        return if dots > 0 { relative(dots - 1, &rest) } else { anywhere(&rest) };
    }
    let path = without_ending(module);
    if path.starts_with('.') {
        let (mut up, mut rest) = (0, path);
        loop {
            rest = match rest.split_once('/').unwrap_or((rest, "")) {
                (".", rest) => rest,
                ("..", rest) => {
                    up += 1;
                    rest
                }
                _ => break,
            };
        }
        return relative(up, rest.strip_suffix("/index").unwrap_or(rest));
    }
    let rest = ALIASES.iter().find_map(|alias| path.strip_prefix(alias)).unwrap_or(path);
    anywhere(rest.strip_suffix("/index").unwrap_or(rest))
}

fn joined(folder: &str, rest: &str) -> String {
    match (folder, rest) {
        ("", path) | (path, "") => path.to_owned(),
        (folder, rest) => format!("{folder}/{rest}"),
    }
}
