//! Requests that a provider will refuse for their shape.

use std::ops::Range;

use super::Finding;
use crate::project::scan::{Arguments, Call, Calls, Code, Names};

const ANTHROPIC: &str = "https://api.anthropic.com/v1/messages";
const SLACK: &str = "https://slack.com/api/chat.postMessage";

/// Checks the requests of one file.
pub(super) fn check(code: &Code, names: &Names, calls: &Calls, file: &str) -> Vec<Finding> {
    let requests = calls
        .certain
        .iter()
        .filter(|call| matches!(call.method.as_str(), "request" | "proxy_request"));
    requests
        .flat_map(|call| shape(code, names, call))
        .map(|(rule, line, message)| Finding::error("A", rule, message).at(file, line))
        .collect()
}

type Fault = (&'static str, usize, &'static str);

fn shape(code: &Code, names: &Names, call: &Call) -> Vec<Fault> {
    let given = |name, at| call.arguments.named(name).or_else(|| call.arguments.positional(at));
    let literal = |value: &Range<usize>| {
        let value = names.resolved(value);
        code.string(value.start).filter(|_| value.len() == 1)
    };
    // `HttpMethod.POST`, or its name as a string.
    let method = given("method", 0)
        .and_then(|value| literal(value).or_else(|| code.name(value.end.checked_sub(1)?)));
    let url = given("url", 1).and_then(literal).and_then(|url| url.split('?').next());
    if !method.is_some_and(|method| method.eq_ignore_ascii_case("post")) {
        return Vec::new();
    }
    let Some(body) = body(code, names, call) else {
        return Vec::new();
    };
    match url {
        Some(ANTHROPIC) => anthropic(code, call.line, &body),
        Some(SLACK) if body.named("channel").is_none() && !body.open => {
            vec![("slack-channel", call.line, "chat.postMessage needs a `channel`")]
        }
        _ => Vec::new(),
    }
}

/// The body as far as it stands in the source; an empty one where there is none.
fn body<'a>(code: &Code<'a>, names: &Names<'_, 'a>, call: &Call<'a>) -> Option<Arguments<'a>> {
    let elsewhere = ["body", "query_params", "data"];
    match call.arguments.named("json") {
        Some(value) => code.object(&names.resolved(value)),
        None if call.arguments.open => None,
        None if elsewhere.iter().any(|name| call.arguments.named(name).is_some()) => None,
        None => Some(Arguments::default()),
    }
}

fn anthropic(code: &Code, line: usize, body: &Arguments) -> Vec<Fault> {
    let mut found = Vec::new();
    if let Some(value) = body.named("maxTokens") {
        found.push((
            "anthropic-max-tokens",
            code.line(value.start),
            "Anthropic wants `max_tokens`, not `maxTokens`",
        ));
    } else if body.named("max_tokens").is_none() && !body.open {
        found.push(("anthropic-max-tokens", line, "Anthropic wants `max_tokens`"));
    }
    match body.named("messages") {
        Some(value) if code.is_empty_list(value) => {
            let line = code.line(value.start);
            found.push(("anthropic-messages", line, "Anthropic wants at least one of `messages`"));
        }
        None if !body.open => {
            found.push(("anthropic-messages", line, "Anthropic wants `messages`"));
        }
        _ => {}
    }
    found
}
