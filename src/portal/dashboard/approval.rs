//! The page on which a person decides about a call that waits. It says what happened to the call, not what was asked of
//! it: much may come between a yes and an answer.

use crate::base::html::escape;

use super::html::{Account, Page};
use crate::portal::http::browser;
use crate::portal::http::form::Pairs;
use crate::portal::http::request::Request;
use crate::portal::http::response::Response;
use crate::portal::instance::Portal;
use crate::portal::sdk::approvals::{self, Approval};
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

const PATH: &str = "/approvals/";
/// What to do where there is nothing to decide.
const NEXT: &str = "The program that made the call can make it again.";

/// Said of a form without either button.
const UNCLEAR: (&str, &str) = ("Nothing decided", "The form says neither yes nor no.");

/// Answers a request for such a page; nothing where it is for another.
pub(super) fn answer(portal: &Portal, account: &Account, request: &Request) -> Option<Response> {
    let id = request.path.strip_prefix(PATH).filter(|id| !id.contains('/'))?;
    Some(match request.method.as_str() {
        "GET" => show(portal, account, id),
        "POST" => decide(portal, account, request, id),
        _ => account
            .problem(405, "Not allowed", "This page is not used that way.", NEXT)
            .with("Allow", "GET, POST"),
    })
}

fn show(portal: &Portal, account: &Account, id: &str) -> Response {
    let store = portal.store();
    let tables = &store.state.tables;
    let now = Stamp::now();
    let Some(approval) = approvals::of_gate(tables, id) else {
        return match approvals::find(tables, id) {
            Some(group) => page(account, "Decisions", &links(group)),
            None => nothing(account),
        };
    };
    if let Some((_, end)) = approval.open().find(|(gate, _)| *gate == id) {
        return page(account, "Your decision", &form(tables, approval, id, end, now));
    }
    let before = match approval.status.as_str() {
        "expired" => String::new(),
        status => format!("This has been decided already: {status}. "),
    };
    outcome(account, approval, &before)
}

fn decide(portal: &Portal, account: &Account, request: &Request, id: &str) -> Response {
    if !browser::is_own_form(request) {
        let message = "This form was not sent from its own page.";
        return account.problem(403, "Not allowed", message, NEXT);
    }
    let form = Pairs::parse(&String::from_utf8_lossy(&request.body));
    let Some(yes) = decision(&form) else {
        return account.problem(400, UNCLEAR.0, UNCLEAR.1, NEXT);
    };
    let mut store = portal.store();
    let Some(approval) = approvals::of_gate(&store.state.tables, id) else {
        return nothing(account);
    };
    if approval.open().all(|(gate, _)| gate != id) {
        let (_, text) = approval.outcome();
        return account.problem(409, "Nothing was done", &text, NEXT);
    }
    let now = Stamp::now();
    let approved = approvals::decide(&mut store.state.tables, portal.settings.port, id, yes, now);
    if let Err(message) = store.save() {
        return account.problem(503, "The decision was not saved", &message, NEXT);
    }
    if let Some(approved) = approved {
        let epoch = store.epoch;
        drop(store);
        let made = Response::html(200, String::new());
        (store, _) = portal.finish(epoch, approved, made);
        if let Err(message) = store.save() {
            return account.problem(503, "The result was not saved", &message, NEXT);
        }
    }
    match approvals::of_gate(&store.state.tables, id) {
        Some(approval) => outcome(account, approval, ""),
        None => nothing(account),
    }
}

/// The answer of the page's two buttons.
fn decision(form: &Pairs) -> Option<bool> {
    match form.get("decision") {
        Some("yes") => Some(true),
        Some("no") => Some(false),
        _ => None,
    }
}

fn nothing(account: &Account) -> Response {
    account.problem(404, "Not found", "There is nothing to decide here.", NEXT)
}

/// What came of a call. `before` is a sentence ahead of it.
fn outcome(account: &Account, approval: &Approval, before: &str) -> Response {
    let (title, text) = approval.outcome();
    let good = if title == "Allowed" { "good" } else { "bad" };
    let content = format!(
        "<div class=\"card\"><h1 class=\"{good}\">{title}</h1>\n<p>{before}{}</p>\n<p>You can close this page.</p></div>\n",
        escape(&text)
    );
    page(account, title, &content)
}

fn form(tables: &Tables, approval: &Approval, id: &str, end: Stamp, now: Stamp) -> String {
    let rows: String = approval
        .question(tables)
        .into_iter()
        .map(|(name, value)| match name {
            "Body" | "Headers" => format!("<dt>{name}</dt><dd><pre>{}</pre></dd>\n", lines(&value)),
            _ => row(name, &value),
        })
        .collect();
    let minutes = ((end.0 - now.0).max(0) + 59) / 60;
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    let left = row("Decide before", &format!("{end} (in {minutes} {unit})"));
    format!(
        "<form class=\"card\" method=\"post\" action=\"{PATH}{}\">\n<h1>Let this call be made?</h1>\n\
         <dl>\n{rows}{left}</dl>\n<div class=\"actions\">\n\
         <button class=\"main\" name=\"decision\" value=\"yes\">Allow</button>\n\
         <button name=\"decision\" value=\"no\">Deny</button>\n</div>\n</form>\n",
        escape(id)
    )
}

fn row(name: &str, value: &str) -> String {
    format!("<dt>{name}</dt><dd>{}</dd>\n", escape(value))
}

/// Text with its line breaks, which the escaping of a single line would show as characters.
fn lines(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("\n")
}

/// The decisions that a call waits for, each on a page of its own.
fn links(group: &Approval) -> String {
    let open = group.open().fold(String::new(), |list, (gate, end)| {
        let gate = escape(gate);
        list + &format!("<li><a href=\"{PATH}{gate}\">{gate}</a>, before {end}</li>\n")
    });
    let (title, text) = group.outcome();
    if open.is_empty() {
        return format!("<div class=\"card\"><h1>{title}</h1>\n<p>{}</p></div>\n", escape(&text));
    }
    format!(
        "<div class=\"card\"><h1>Several decisions</h1>\n<p>The call waits for each of these:</p>\n<ul>\n{open}</ul></div>\n"
    )
}

fn page(account: &Account, title: &str, content: &str) -> Response {
    let policy = "form-action 'self'";
    account.page(&Page { status: 200, title, content, policy, wide: false })
}
