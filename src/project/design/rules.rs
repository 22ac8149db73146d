//! The rules that a design is checked against.

use super::{ACQUISITION, Design, GOAL, IDENTITY, JWT_RESOLUTION, KEY_TYPE, Path, Violation, Word};

/// Which ways to a grant a goal allows.
const WAYS: [(&str, &[&str]); 3] = [
    ("user-data", &["browser-consent"]),
    ("backend-secret", &["managed-secret-grant"]),
    ("agent", &["delegation", "agent-bound-grant"]),
];

/// Which key an identity has.
const KEYS: [(&str, &str); 2] = [("app", "runtime"), ("agent", "agent")];

const PRINCIPALS: [&str; 4] = ["user", "agent", "system", "group"];

/// Adds every violation to `found`.
pub(super) fn check(design: &Design, found: &mut Vec<Violation>) {
    missing(design, found);
    values(design, found);
    identity(design, found);
    ways(design, found);
    separation(design, found);
    steps(design, found);
}

fn missing(design: &Design, found: &mut Vec<Violation>) {
    let message = |key: &[&str]| format!("`{}` is missing", key[0]);
    for (key, there) in [(IDENTITY, &design.identity), (KEY_TYPE, &design.key_type)] {
        if there.is_none() {
            found.push(Violation::error("missing-key", 1, message(key)));
        }
    }
    for (key, empty) in
        [(GOAL, design.goals.is_empty()), (ACQUISITION, design.acquisitions.is_empty())]
    {
        if empty {
            found.push(Violation::warning("missing-key", 1, message(key)));
        }
    }
}

fn values(design: &Design, found: &mut Vec<Violation>) {
    let mut check = |key: &str, words: &mut dyn Iterator<Item = &Word>, known: &[&str]| {
        for word in words.filter(|word| !known.contains(&word.text.as_str())) {
            let known = known.join(", ");
            let message = format!("`{key}` is `{}`, which is not one of {known}", word.text);
            found.push(Violation::error("unknown-value", word.line, message));
        }
    };
    let goals = WAYS.map(|(goal, _)| goal);
    let ways: Vec<&str> = WAYS.iter().flat_map(|(_, ways)| *ways).copied().collect();
    check("goal", &mut design.goals.iter(), &goals);
    check("runtime_identity", &mut design.identity.iter(), &KEYS.map(|(identity, _)| identity));
    check("key_type", &mut design.key_type.iter(), &KEYS.map(|(_, key)| key));
    check("grant_acquisition", &mut design.acquisitions.iter().map(|path| &path.word), &ways);
    check("idp", &mut design.idp.iter(), &[JWT_RESOLUTION]);
    let own = design.principals.iter().map(|principal| &principal.word);
    let of_paths = paths(design).filter_map(|path| path.principals.as_ref()).flatten();
    check("principals", &mut own.chain(of_paths), &PRINCIPALS);
}

fn identity(design: &Design, found: &mut Vec<Violation>) {
    let (Some(identity), Some(key)) = (&design.identity, &design.key_type) else {
        return;
    };
    let wanted = KEYS.iter().find(|(name, _)| *name == identity.text).map(|(_, key)| *key);
    let known = KEYS.iter().any(|(_, name)| *name == key.text);
    if let Some(wanted) = wanted.filter(|wanted| known && *wanted != key.text) {
        let message = format!(
            "`runtime_identity: {}` goes with `key_type: {wanted}`, not `{}`",
            identity.text, key.text
        );
        found.push(Violation::error("identity-key-type", key.line, message));
    }
}

fn ways(design: &Design, found: &mut Vec<Violation>) {
    let known = |way: &str| WAYS.iter().any(|(_, ways)| ways.contains(&way));
    let allowed = |goal: &Word| WAYS.iter().find(|(name, _)| *name == goal.text).map(|way| way.1);
    // A goal that is unknown is a violation of its own, and nothing follows from it.
    let Some(goals) = design.goals.iter().map(allowed).collect::<Option<Vec<_>>>() else {
        return;
    };
    if goals.is_empty() || design.acquisitions.is_empty() {
        return;
    }
    let names: Vec<&str> = design.goals.iter().map(|goal| goal.text.as_str()).collect();
    let names = names.join(", ");
    let mut strange = false;
    for Path { word: way, .. } in &design.acquisitions {
        if known(&way.text) && !goals.iter().any(|ways| ways.contains(&way.text.as_str())) {
            strange = true;
            let wanted = goals.concat().join(" or ");
            let message = format!("`goal: {names}` is reached by {wanted}, not `{}`", way.text);
            found.push(Violation::error("goal-acquisition", way.line, message));
        }
    }
    for (goal, ways) in design.goals.iter().zip(&goals) {
        let served = |path: &Path| ways.contains(&path.word.text.as_str());
        let all_known = design.acquisitions.iter().all(|path| known(&path.word.text));
        if !strange && all_known && !design.acquisitions.iter().any(served) {
            let wanted = ways.join(" or ");
            let message =
                format!("`goal: {}` is reached by {wanted}, which is not there", goal.text);
            found.push(Violation::error("goal-acquisition", goal.line, message));
        }
    }
}

/// A credential that users and agents both reach lets the one act as the other.
fn separation(design: &Design, found: &mut Vec<Violation>) {
    let shared: Vec<&Word> =
        paths(design).filter(|path| is_shared(design, path)).map(|path| &path.word).collect();
    if let Some(first) = shared.first() {
        let names: Vec<String> = shared.iter().map(|path| format!("`{}`", path.text)).collect();
        let message = format!(
            "user and agent principals share {}: give each its own credential path",
            names.join(", ")
        );
        found.push(Violation::error("principal-separation", first.line, message));
    }
}

fn is_shared(design: &Design, path: &Path) -> bool {
    let reached_by = |kind: &str| match &path.principals {
        Some(own) => own.iter().any(|principal| principal.text == kind),
        None => design.principals.iter().any(|principal| {
            let confined = principal.paths.as_ref();
            principal.word.text == kind
                && confined.is_none_or(|paths| paths.iter().any(|at| at.text == path.word.text))
        }),
    };
    reached_by("user") && reached_by("agent")
}

fn paths(design: &Design) -> impl Iterator<Item = &Path> {
    design.providers.iter().chain(&design.acquisitions)
}

fn steps(design: &Design, found: &mut Vec<Violation>) {
    let listed = design.steps.iter().any(|step| step.text.contains(JWT_RESOLUTION));
    if let Some(idp) = design.idp.as_ref().filter(|idp| idp.text == JWT_RESOLUTION && !listed) {
        let message =
            "`idp: jwt-resolution` is set up in the dashboard: list it in `dashboard_steps`";
        found.push(Violation::error("idp-dashboard-step", idp.line, message));
    }
}
