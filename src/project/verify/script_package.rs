//! The names of an installed npm package, read from its manifest and its declarations.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::exports::Exports;
use super::files;
use crate::project::scan::{Code, Language};

/// Files of a package are followed from one to the next so far.
const MAX_FILES: usize = 200;

/// And so many bytes of them.
const MAX_BYTES: usize = 8 << 20;

/// The names of a part of a package; `None` when it has no such part.
pub(super) fn exports(package: &Path, part: &str) -> Option<Exports> {
    let manifest = files::text(&package.join("package.json")).unwrap_or_default();
    // Without a manifest that can be read the names are unknown.
    let Ok(manifest) = serde_json::from_str::<Value>(&manifest) else {
        return Some(Exports::unknown());
    };
    let Some(begin) = entry(&manifest, part)?.iter().find_map(|name| file(&package.join(name)))
    else {
        // It may be yet to be built.
        let there = part.is_empty() || manifest["exports"].get(format!("./{part}")).is_some();
        return there.then(Exports::unknown);
    };
    let mut found = Exports::default();
    let (mut todo, mut seen, mut read) = (vec![begin], HashSet::new(), 0);
    while let Some(path) = todo.pop() {
        if !seen.insert(path.clone()) || seen.len() > MAX_FILES || read > MAX_BYTES {
            continue;
        }
        let Some(text) = files::text(&path) else { continue };
        read += text.len();
        let code = Code::new(Language::Script, &text);
        for module in add_exports(&code, &mut found) {
            let beside = path.parent().unwrap_or(package).join(module);
            match file(&beside).filter(|_| module.starts_with('.')) {
                Some(next) => todo.push(next),
                None => found.open = true,
            }
        }
    }
    found.open |= found.names.is_empty() || seen.len() > MAX_FILES || read > MAX_BYTES;
    Some(found)
}

/// Where a part may begin, the likeliest place first; `None` when the manifest does not let it be imported.
fn entry(manifest: &Value, part: &str) -> Option<Vec<String>> {
    let name = if part.is_empty() { ".".to_owned() } else { format!("./{part}") };
    let declared = match &manifest["exports"] {
        Value::Null if part.is_empty() => Vec::new(),
        Value::Null => return Some(vec![part.to_owned()]),
        Value::Object(exports) if exports.keys().any(|key| key.starts_with('.')) => {
            let (exported, star) = match exports.get(&name) {
                Some(exported) => (exported, ""),
                None => pattern(exports, &name)?,
            };
            vec![file_of(exported)?.replace('*', star)]
        }
        exported if part.is_empty() => vec![file_of(exported)?.to_owned()],
        _ => return None,
    };
    let own = ["types", "typings", "main"].iter().filter_map(|key| manifest[*key].as_str());
    let own = own.chain(["index"]).filter(|_| part.is_empty()).map(str::to_owned);
    Some(declared.into_iter().chain(own).collect())
}

/// The entry of `exports` whose one `*` covers the name, and what it stands for; the longest beginning counts.
fn pattern<'a>(
    exports: &'a serde_json::Map<String, Value>,
    name: &'a str,
) -> Option<(&'a Value, &'a str)> {
    let covers = exports.iter().filter_map(|(key, exported)| {
        let (before, after) = key.split_once('*')?;
        let star = name.strip_prefix(before)?.strip_suffix(after)?;
        Some((before.len(), (exported, star)))
    });
    covers.max_by_key(|(length, _)| *length).map(|(_, found)| found)
}

/// The file that an entry of `exports` leads to, its types where it has some.
fn file_of(entry: &Value) -> Option<&str> {
    match entry {
        Value::String(file) => Some(file),
        Value::Array(ways) => ways.iter().find_map(file_of),
        Value::Object(conditions) => {
            let types = conditions.get("types").and_then(file_of);
            types.or_else(|| conditions.values().find_map(file_of))
        }
        _ => None,
    }
}

/// The file that a module name means: its declarations rather than its code.
fn file(path: &Path) -> Option<PathBuf> {
    const BESIDE: [&str; 4] = [".d.ts", ".d.mts", ".d.cts", ".ts"];
    const INSIDE: [&str; 4] = ["/index.d.ts", "/index.d.mts", "/index.d.cts", "/index.ts"];
    const CODE: [&str; 4] = [".js", ".mjs", ".cjs", "/index.js"];
    let text = path.to_string_lossy();
    let bare = CODE[..3].iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(&text);
    let beside = BESIDE.iter().map(|ending| format!("{bare}{ending}"));
    let others = INSIDE.iter().chain(&CODE).map(|ending| format!("{bare}{ending}"));
    let candidates = beside.chain([text.clone().into_owned()]).chain(others);
    candidates.map(PathBuf::from).find(|file| file.is_file())
}

/// Adds the names that a module exports; gives the modules that it passes on whole.
fn add_exports<'a>(code: &Code<'a>, found: &mut Exports) -> Vec<&'a str> {
    let mut passed_on = Vec::new();
    for at in 0..code.len() {
        if code.is(at, "exports") {
            assigned(code, at, found);
        } else if code.is(at, "__exportStar") && code.is(at + 2, "require") {
            passed_on.extend(code.string(at + 4));
        } else if code.is(at, "export") {
            passed_on.extend(exported(code, at + 1, found));
        }
    }
    passed_on
}

/// `exports.x = …`, `Object.defineProperty(exports, "x", …)`, and `module.exports = …`, which may be anything.
fn assigned(code: &Code, at: usize, found: &mut Exports) {
    let name = if code.is(at + 1, ".") {
        code.name(at + 2)
    } else if code.is(at + 1, ",") {
        code.string(at + 2)
    } else {
        None
    };
    found.names.extend(name.map(str::to_owned));
    found.open |= code.is(at + 1, "=");
}

/// Adds what an `export` names that ends before `at`; gives the module that it passes on whole.
fn exported<'a>(code: &Code<'a>, mut at: usize, found: &mut Exports) -> Option<&'a str> {
    const BEFORE: [&str; 3] = ["declare", "abstract", "async"];
    const KINDS: [&str; 8] =
        ["class", "function", "enum", "interface", "type", "namespace", "module", "import"];
    let mut add = |name: Option<&str>| found.names.extend(name.map(str::to_owned));
    while BEFORE.iter().any(|word| code.is(at, word)) {
        at += 1;
    }
    if code.is(at, "type") && (code.is(at + 1, "{") || code.is(at + 1, "*")) {
        at += 1;
    }
    if let Some(close) = code.partner(at).filter(|_| code.is(at, "{")) {
        let commas = code.inside(at).filter(|end| code.is(*end, ","));
        commas.chain([close]).for_each(|end| add(code.name(end - 1)));
    } else if code.is(at, "*") && code.is(at + 1, "as") {
        add(code.name(at + 2));
    } else if code.is(at, "*") {
        return code.string(at + 2);
    } else if code.is(at, "=") {
        found.open = true;
    } else if code.is(at, "const") && code.is(at + 1, "enum") {
        add(code.name(at + 2));
    } else if ["const", "let", "var"].iter().any(|kind| code.is(at, kind)) {
        variables(code, at + 1, &mut add);
    } else if KINDS.iter().any(|kind| code.is(at, kind)) {
        // `function* f`
        add(code.name(at + if code.is(at + 1, "*") { 2 } else { 1 }));
    }
    None
}

/// Adds the names of `a: T = x, {b, c: d}, …`. A comma in a type's `<…>` adds one that is none, which hides nothing
/// but that.
fn variables<'a>(code: &Code<'a>, mut at: usize, add: &mut impl FnMut(Option<&'a str>)) {
    loop {
        match code.partner(at).filter(|close| *close > at) {
            Some(_) => code.inside(at).for_each(|inside| add(code.name(inside))),
            None => add(code.name(at)),
        }
        while !code.is(at, ",") {
            let is_outside = code.partner(at).is_some_and(|open| open < at);
            if at >= code.len() || is_outside || code.is(at, ";") || code.is(at, "export") {
                return;
            }
            at = code.partner(at).filter(|close| *close > at).unwrap_or(at) + 1;
        }
        at += 1;
    }
}
