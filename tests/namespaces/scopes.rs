//! Every verb needs the scope that it names, and that one alone where it looks nothing up.

use std::collections::BTreeMap;

use crate::portal::shapes::{LINES, on_the_demo};
use crate::support::{Portal, alter};

/// Verbs and the scopes they say they need.
fn named() -> BTreeMap<String, String> {
    let tree = alter(["commands", "--output=json"]).run();
    let verbs = tree.exits(0).json();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let verbs = verbs.as_array().expect("verbs").iter();
    verbs.filter_map(|verb| Some((text(&verb["path"])?, text(&verb["scope"])?))).collect()
}

/// The scope of a line's verb.
fn scope<'a>(named: &'a BTreeMap<String, String>, line: &str) -> Option<&'a String> {
    let line = line.replacen("idp ", "identity-providers ", 1);
    let of_line = |verb: &str| {
        let words = verb.trim_start_matches("alter ");
        line == words || line.starts_with(&format!("{words} "))
    };
    named.iter().find(|(verb, _)| of_line(verb)).map(|(_, scope)| scope)
}

#[test]
fn a_verb_without_its_scope_names_it() {
    let portal = Portal::new(["--auto-approve"]);
    let named = named();
    let all: Vec<&String> = named.values().collect();
    let mut without = BTreeMap::new();
    for (line, _) in LINES {
        let Some(scope) = scope(&named, line) else {
            assert_eq!(*line, "providers list-catalog");
            continue;
        };
        let pat = without.entry(scope).or_insert_with(|| {
            let others: Vec<String> = all
                .iter()
                .filter(|other| **other != scope)
                .map(|other| other.replace(':', "%3A"))
                .collect();
            portal.pat_with(&others.join(","))
        });
        let run = on_the_demo(line).at(&portal).env("ALTER_PAT", &*pat).run();
        if *line == "pats whoami" {
            run.exits(0).stderr_has(scope);
            continue;
        }
        run.exits(7).prints("").stderr_has(&format!("(missing scope: {scope})"));
        run.stderr_has(&format!(
            "mint a PAT with {scope} in the dashboard, and set ALTER_PAT to it"
        ));
    }
}

#[test]
fn a_verb_works_with_only_its_scope() {
    let portal = Portal::new(["--auto-approve"]);
    let named = named();
    for (line, _) in LINES {
        let Some(scope) = scope(&named, line) else {
            continue;
        };
        let pat = portal.pat_with(&scope.replace(':', "%3A"));
        on_the_demo(line).at(&portal).env("ALTER_PAT", pat).run().exits(0);
    }
}
