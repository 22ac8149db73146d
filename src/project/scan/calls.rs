//! The clients a file makes and the methods it calls on them.

use std::collections::HashSet;

use super::code::{Arguments, Code, snake};
use super::names::{Client, Names, Value};

/// A client that is made.
#[derive(Debug)]
pub(crate) struct Construction<'a> {
    pub(crate) client: Client,
    pub(crate) line: usize,
    pub(crate) arguments: Arguments<'a>,
}

/// A method of a client that is called.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// Of which group of methods, such as `agents`; empty for those of the client itself.
    pub(crate) group: String,
    /// The method, in Python's spelling.
    pub(crate) method: String,
    pub(crate) line: usize,
    pub(crate) arguments: Arguments<'a>,
}

/// What a file does with clients.
#[derive(Debug, Default)]
pub(crate) struct Calls<'a> {
    pub(crate) made: Vec<Construction<'a>>,
    pub(crate) certain: Vec<Call<'a>>,
    /// Group and method of calls on something that may be a client, as far as this file says.
    pub(crate) maybe: HashSet<(String, String)>,
}

/// The groups of methods that a client has.
const GROUPS: [&str; 6] =
    ["agents", "keys", "spans", "scopes", "oauth_providers", "provider_specs"];

/// Methods whose names nothing else is likely to have, so that they count where the client comes from another file.
const OWN: [&str; 15] = [
    "proxy_request",
    "create_managed_secret_grant",
    "create_connect_session",
    "create_managed_secret_connect_session",
    "create_connect_session_for_error",
    "poll_connect_session",
    "create_auth_session",
    "poll_auth_session",
    "list_grants",
    "revoke_grant",
    "mint_grant",
    "revoke_delegation",
    "verify_user_token",
    "get_approval_status",
    "await_approval",
];

/// Arguments that only a request through the SDK has.
const GRANT: [&str; 4] = ["grant_id", "provider", "user_token", "app_user_id"];

impl<'a> Calls<'a> {
    /// Finds them.
    pub(crate) fn of(code: &Code<'a>, names: &Names<'_, 'a>) -> Self {
        let mut found = Self::default();
        for open in 1..code.len() {
            if !code.is(open, "(") {
                continue;
            }
            let Some(name) = code.name(open - 1) else { continue };
            let defines = open >= 2
                && ["def", "function", "class", "async"].iter().any(|word| code.is(open - 2, word));
            if defines {
                continue;
            }
            if let Value::Symbol(symbol @ ("App" | "Agent")) = names.value(open - 1, 0) {
                let client = if symbol == "App" { Client::App } else { Client::Agent };
                found.made.push(Construction {
                    client,
                    line: code.line(open - 1),
                    arguments: code.arguments(open),
                });
            } else if open >= 3 && code.is(open - 2, ".") {
                match call(code, names, open, name) {
                    Some((call, true)) => found.certain.push(call),
                    Some((call, false)) => {
                        found.maybe.insert((call.group, call.method));
                    }
                    None => {}
                }
            }
        }
        found
    }
}

/// A call of a method of a client, and whether it certainly is one.
fn call<'a>(
    code: &Code<'a>,
    names: &Names<'_, 'a>,
    open: usize,
    name: &str,
) -> Option<(Call<'a>, bool)> {
    let method = snake(name);
    let mut owner = open - 3;
    let mut group = String::new();
    if owner >= 2 && code.is(owner - 1, ".") {
        let outer = code.name(owner).map(snake).filter(|name| GROUPS.contains(&name.as_str()));
        if let Some(outer) = outer {
            group = outer;
            owner -= 2;
        }
    }
    let value = names.value(owner, 0);
    if !matches!(value, Value::Client(_) | Value::Unknown) {
        return None;
    }
    let arguments = code.arguments(open);
    let ours = match value {
        Value::Client(_) => true,
        Value::Unknown if group.is_empty() => {
            OWN.contains(&method.as_str())
                || (method == "get_agent" && is_called_a_client(code, owner))
                || is_request(code, names, &method, &arguments)
        }
        Value::Unknown => matches!(group.as_str(), "oauth_providers" | "provider_specs"),
        _ => false,
    };
    Some((Call { group, method, line: code.line(open - 1), arguments }, ours))
}

/// Whether a value goes by a name that clients have: other registries have agents to get too.
fn is_called_a_client(code: &Code, owner: usize) -> bool {
    let name = code.name(owner).map(snake).unwrap_or_default();
    name.split('_').any(|word| ["app", "vault", "alter", "client"].contains(&word))
}

/// Whether a call of `request` on something unknown is one through the SDK, by what it is given.
fn is_request(code: &Code, names: &Names, method: &str, arguments: &Arguments) -> bool {
    let by_grant = GRANT.iter().any(|name| arguments.named(name).is_some());
    let by_method = arguments.positional(0).is_some_and(|value| {
        let begins = code.name(value.start).map(|name| names.known(name, value.start));
        begins == Some(Value::Symbol("HttpMethod"))
    });
    matches!(method, "request" | "boto3_client") && (by_grant || by_method)
}
