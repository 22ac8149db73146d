//! What a file imports, from the SDK and from elsewhere.

use super::Language;
use super::code::Code;

/// One name that a file imports.
#[derive(Clone, Debug)]
pub(crate) struct Import<'a> {
    /// The part of the SDK it comes from; `None` when it comes from elsewhere.
    pub(crate) part: Option<String>,
    /// The module as it is written there: `..clients`, `./clients`.
    pub(crate) module: String,
    /// What it is called there; `None` for the module as a whole.
    pub(crate) symbol: Option<&'a str>,
    /// What it is called here, where it has a name at all.
    pub(crate) local: Option<&'a str>,
    /// The token that names it.
    pub(crate) at: usize,
}

/// Every import of a file.
pub(crate) fn imports<'a>(code: &Code<'a>) -> Vec<Import<'a>> {
    let mut found = Vec::new();
    for at in 0..code.len() {
        // An attribute or a key that happens to be called so.
        if at > 0 && code.is(at - 1, ".") {
            continue;
        }
        match (code.language, code.name(at)) {
            (Language::Python, Some("import")) => python_import(code, at, &mut found),
            (Language::Python, Some("from")) => python_from(code, at, &mut found),
            (Language::Script, Some("import" | "export")) => script_import(code, at, &mut found),
            (Language::Script, Some("require")) => script_call(code, at, &mut found),
            _ => {}
        }
    }
    found
}

/// `import alter_sdk.fastapi as f, os`
fn python_import<'a>(code: &Code<'a>, at: usize, found: &mut Vec<Import<'a>>) {
    if at > 0 && !code.ends(at - 1) && !code.is(at - 1, ":") {
        return;
    }
    let mut at = at + 1;
    while let Some(root) = code.name(at) {
        let begin = at;
        at = dotted(code, at);
        let module = code.path(begin, at);
        let part = code.language.sdk_part(&module).map(str::to_owned);
        let aliased = code.is(at + 1, "as").then(|| code.name(at + 2)).flatten();
        let local = aliased.or(Some(root));
        found.push(Import { part, module, symbol: None, local, at: begin });
        at += if aliased.is_some() { 3 } else { 1 };
        if !code.is(at, ",") {
            return;
        }
        at += 1;
    }
}

/// `from alter_sdk import (App, Agent as A)`
fn python_from<'a>(code: &Code<'a>, at: usize, found: &mut Vec<Import<'a>>) {
    let begin = at + 1;
    let mut at = begin;
    let mut module = String::new();
    while let Some(dots) = [".", "..."].iter().find(|dots| code.is(at, dots)) {
        module.push_str(dots);
        at += 1;
    }
    if code.name(at).is_some() && !code.is(at, "import") {
        let name = at;
        at = dotted(code, at);
        module.push_str(&code.path(name, at));
    }
    let part = code.language.sdk_part(&module).map(str::to_owned);
    let import = if code.is(at, "import") { at } else { at + 1 };
    if !code.is(import, "import") {
        return;
    }
    let mut at = import + 1 + usize::from(code.is(import + 1, "("));
    while let Some(symbol) = code.name(at) {
        let aliased = code.is(at + 1, "as").then(|| code.name(at + 2)).flatten();
        let local = aliased.or(Some(symbol));
        let (part, module) = (part.clone(), module.clone());
        found.push(Import { part, module, symbol: Some(symbol), local, at });
        at += if aliased.is_some() { 3 } else { 1 };
        if !code.is(at, ",") {
            return;
        }
        at += 1;
    }
    // `from alter_sdk import *`
    if code.is(at, "*") {
        found.push(Import { part, module, symbol: None, local: None, at });
    }
}

/// The last name of a dotted path.
fn dotted(code: &Code, mut at: usize) -> usize {
    while code.is(at + 1, ".") && code.name(at + 2).is_some() {
        at += 2;
    }
    at
}

/// `import D, { A, type B as C } from "x"`, `import * as n from "x"`, `export { A } from "x"`, `import("x")`.
fn script_import<'a>(code: &Code<'a>, at: usize, found: &mut Vec<Import<'a>>) {
    if code.is(at + 1, "(") {
        script_call(code, at, found);
        return;
    }
    let exports = code.is(at, "export");
    let mut at = at + 1;
    let mut names = Vec::new();
    if code.is(at, "type") && !code.is(at + 1, "from") {
        at += 1;
    }
    if let Some(name) = code.name(at).filter(|_| !exports) {
        names.push((Some("default"), Some(name), at));
        at += 1;
        if code.is(at, "=") {
            // `import x = require("x")` is found at its `require`.
            return;
        }
        at += usize::from(code.is(at, ","));
    }
    if code.is(at, "*") {
        let local = code.is(at + 1, "as").then(|| code.name(at + 2)).flatten();
        names.push((None, local, at));
        at += if local.is_some() { 3 } else { 1 };
    } else if code.is(at, "{") {
        let Some(close) = code.partner(at) else { return };
        braced(code, at, close, "as", &mut names);
        at = close + 1;
    }
    at += usize::from(code.is(at, "from"));
    let Some(module) = code.string(at) else { return };
    let part = code.language.sdk_part(module).map(str::to_owned);
    if names.is_empty() {
        names.push((None, None, at));
    }
    for (symbol, local, at) in names {
        let (part, module) = (part.clone(), module.to_owned());
        found.push(Import { part, module, symbol, local: local.filter(|_| !exports), at });
    }
}

/// `const { A, B: C } = require("x")`, `const x = await import("x")`.
fn script_call<'a>(code: &Code<'a>, at: usize, found: &mut Vec<Import<'a>>) {
    let Some(module) = code.string(at + 2).filter(|_| code.is(at + 1, "(")) else {
        return;
    };
    let part = code.language.sdk_part(module).map(str::to_owned);
    let mut before = at;
    while before > 0 && (code.is(before - 1, "await") || code.is(before - 1, "(")) {
        before -= 1;
    }
    let mut names = Vec::new();
    if before >= 2 && code.is(before - 1, "=") {
        let target = before - 2;
        match code.partner(target).filter(|_| code.is(target, "}")) {
            Some(open) => braced(code, open, target, ":", &mut names),
            None => names.push((None, code.name(target), target)),
        }
    }
    if names.is_empty() {
        names.push((None, None, at));
    }
    // `require("x").App`
    let attribute = code.partner(at + 1).filter(|close| code.is(close + 1, "."));
    if let Some(symbol) = attribute.and_then(|close| code.name(close + 2)) {
        names = names.into_iter().map(|(_, local, at)| (Some(symbol), local, at)).collect();
    }
    for (symbol, local, at) in names {
        let (part, module) = (part.clone(), module.to_owned());
        found.push(Import { part, module, symbol, local, at });
    }
}

type Named<'a> = (Option<&'a str>, Option<&'a str>, usize);

/// `{ A, type B as C }`
fn braced<'a>(code: &Code<'a>, open: usize, close: usize, as_: &str, names: &mut Vec<Named<'a>>) {
    let mut at = open + 1;
    while at < close {
        let typed = code.is(at, "type") && code.name(at + 1).is_some() && !code.is(at + 1, "as");
        at += usize::from(typed);
        if let Some(symbol) = code.name(at) {
            let aliased = code.is(at + 1, as_).then(|| code.name(at + 2)).flatten();
            names.push((Some(symbol), aliased.or(Some(symbol)), at));
        }
        while at < close && !code.is(at, ",") {
            at = code.partner(at).filter(|partner| *partner > at).unwrap_or(at) + 1;
        }
        at += 1;
    }
}
