//! What a source file does that its design forbids.

use super::Finding;
use crate::base::redact::MARKS;
use crate::project::design::Design;
use crate::project::scan::{Arguments, Calls, Client, Code, Kind, Names};

/// Checks one file against the design.
pub(super) fn check(
    design: &Design,
    code: &Code,
    names: &Names,
    calls: &Calls,
    file: &str,
) -> Vec<Finding> {
    let mut found = clients(design, calls, file);
    found.extend(keys(code, names, calls, file));
    for call in &calls.certain {
        let at = |rule, message: String| Finding::error("A", rule, message).at(file, call.line);
        if call.method == "get_agent" && design.is_agent() == Some(true) {
            let message = "an agent that is reached through the app acts with the app's key: make an Agent with its own";
            found.push(at("get-agent", message.into()));
        }
        if call.method == "create_managed_secret_grant"
            && is_for_agent(code, names, &call.arguments)
        {
            let message = "the SDK cannot make a grant for an agent: alter managed-secrets grants create --principal-type agent";
            found.push(at("agent-bound-grant", message.into()));
        }
    }
    if !design.resolves_tokens() {
        let in_calls = calls.certain.iter().map(|call| (&call.arguments, "user_token"));
        let in_clients = calls.made.iter().map(|made| (&made.arguments, "user_token_getter"));
        for (arguments, name) in in_calls.chain(in_clients) {
            let value = arguments.named(name);
            if let Some(value) = value.filter(|value| !code.is_nothing(value)) {
                let message =
                    format!("{name} is given, but the design has no `idp: jwt-resolution`");
                let finding = Finding::error("A", "user-token", message).warns();
                found.push(finding.at(file, code.line(value.start)));
            }
        }
    }
    found
}

fn clients(design: &Design, calls: &Calls, file: &str) -> Vec<Finding> {
    let Some(is_agent) = design.is_agent() else {
        return Vec::new();
    };
    let (wanted, identity) = if is_agent { (Client::Agent, "agent") } else { (Client::App, "app") };
    let wrong = calls.made.iter().filter(|made| made.client != wanted);
    wrong
        .map(|made| {
            let message = format!(
                "`runtime_identity: {identity}` goes with {}, not with {}",
                wanted.name(),
                made.client.name()
            );
            Finding::error("A", "wrong-client", message).at(file, made.line)
        })
        .collect()
}

fn is_for_agent(code: &Code, names: &Names, arguments: &Arguments) -> bool {
    let Some(principal) = arguments.named("principal").or_else(|| arguments.positional(1)) else {
        // In a script, an object that is given as an argument is spread into it.
        return arguments
            .named("type")
            .is_some_and(|value| code.string(value.start) == Some("agent"));
    };
    let principal = names.resolved(principal);
    if let Some(object) = code.object(&principal) {
        return object.named("type").is_some_and(|kind| code.string(kind.start) == Some("agent"));
    }
    let mut callee = principal.clone().filter(|at| code.is(at + 1, "("));
    callee.next().is_some_and(|at| names.is_symbol(at, "AgentPrincipal"))
}

/// Keys that stand in the source.
fn keys(code: &Code, names: &Names, calls: &Calls, file: &str) -> Vec<Finding> {
    let strings =
        code.tokens().iter().filter(|token| matches!(token.kind, Kind::Text | Kind::Piece));
    let mut lines: Vec<usize> =
        strings.filter(|token| holds_key(token.text)).map(|token| token.line).collect();
    for made in &calls.made {
        let key = made.arguments.named("api_key").or_else(|| made.arguments.positional(0));
        let value = key.map(|key| names.resolved(key)).filter(|value| value.len() == 1);
        let literal = value.and_then(|value| Some((code.string(value.start)?, value.start)));
        lines.extend(literal.filter(|(text, _)| is_key(text)).map(|(_, at)| code.line(at)));
    }
    lines.sort_unstable();
    lines.dedup();
    let message = "a key is in the source: rotate it, and read it from the environment";
    lines
        .into_iter()
        .map(|line| Finding::error("A", "literal-key", message).at(file, line))
        .collect()
}

/// Keys are shorter: what follows a mark is not looked at further.
const MAX_KEY: usize = 64;

/// Whether a text has something in it that is to the letter what keys are.
pub(super) fn holds_key(text: &str) -> bool {
    MARKS.iter().any(|mark| {
        text.match_indices(mark).any(|(at, _)| {
            let behind = &text[at + mark.len()..];
            let length = behind.chars().take(MAX_KEY).take_while(|c| is_body(*c)).count();
            let body = &behind[..length];
            match *mark {
                "alter_key_" => length == 40,
                "alter_pat_" => length >= 20,
                _ => body.split_once('_').is_some_and(|(random, check)| {
                    let base32 = |c: char| c.is_ascii_lowercase() || ('2'..='7').contains(&c);
                    random.len() == 22
                        && check.len() == 6
                        && (random.to_owned() + check).chars().all(base32)
                }),
            }
        })
    })
}

/// Whether a text that is given as a key may be one, and is not there to be replaced.
fn is_key(text: &str) -> bool {
    const PLACEHOLDERS: [&str; 7] =
        ["your", "xxx", "example", "placeholder", "replace", "changeme", "dummy"];
    let body = MARKS.iter().find_map(|mark| text.strip_prefix(mark));
    body.is_some_and(|body| {
        let lower = body.to_ascii_lowercase();
        body.len() >= 12
            && body.chars().all(is_body)
            && !PLACEHOLDERS.iter().any(|word| lower.contains(word))
    })
}

fn is_body(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}
