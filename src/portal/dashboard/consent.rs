//! Pages on which a person decides about a call that waits. One form, a button that says yes and one that says no, and
//! no script. Their addresses hold an id that nobody can guess.

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

/// What to do where there is nothing to decide.
const NEXT: &str = "Ask the app for a new link.";

/// Answers a request for one of these pages; nothing where it is for another.
pub(super) fn answer(portal: &Portal, account: &Account, request: &Request) -> Option<Response> {
    let token = request.path.strip_prefix("/approvals/")?;
    Some(match request.method.as_str() {
        "GET" => show(portal, account, token),
        "POST" => decide(portal, account, request, token),
        _ => account
            .problem(405, "Not allowed", "This page is not used that way.", NEXT)
            .with("Allow", "GET, POST"),
    })
}

fn show(portal: &Portal, account: &Account, token: &str) -> Response {
    let store = portal.store();
    let tables = &store.state.tables;
    let question = approvals::find(tables, token).map(|found| approval(tables, found));
    match question {
        None => account.problem(404, "Not found", "There is nothing to decide here.", NEXT),
        Some(Err(status)) => done(account, &format!("This has been decided already: {status}.")),
        Some(Ok(content)) => {
            let form = format!(
                "<form class=\"card\" method=\"post\" action=\"/approvals/{}\">\n{content}\
                 <div class=\"actions\">\n\
                 <button class=\"main\" name=\"decision\" value=\"yes\">Allow</button>\n\
                 <button name=\"decision\" value=\"no\">Deny</button>\n</div>\n</form>\n",
                escape(token)
            );
            account.page(&Page {
                status: 200,
                title: "Your decision",
                content: &form,
                policy: "form-action 'self'",
                wide: false,
            })
        }
    }
}

fn decide(portal: &Portal, account: &Account, request: &Request, token: &str) -> Response {
    if !browser::is_own_form(request) {
        return account.problem(
            403,
            "Not allowed",
            "This form was not sent from its own page.",
            NEXT,
        );
    }
    let form = Pairs::parse(&String::from_utf8_lossy(&request.body));
    let yes = match form.get("decision") {
        Some("yes") => true,
        Some("no") => false,
        _ => {
            return account.problem(
                400,
                "Nothing decided",
                "The form says neither yes nor no.",
                NEXT,
            );
        }
    };
    let now = Stamp::now();
    let mut store = portal.store();
    let decided = approvals::find(&store.state.tables, token).is_some_and(Approval::is_pending);
    let approved = approvals::decide(&mut store.state.tables, token, yes, now);
    if let Err(message) = store.save() {
        return account.problem(503, "The decision was not saved", &message, NEXT);
    }
    if !decided {
        let message = "What was entered does not do, or the time for it is over.";
        return account.problem(409, "Nothing was done", message, NEXT);
    }
    let word = if yes { "allowed" } else { "denied" };
    let page = done(account, &format!("It is {word}. You can close this page."));
    let Some(approved) = approved else {
        return page;
    };
    drop(store);
    let (mut store, page) = portal.finish(approved, page);
    match store.save() {
        Ok(()) => page,
        Err(message) => account.problem(503, "The result was not saved", &message, NEXT),
    }
}

fn done(account: &Account, message: &str) -> Response {
    let content = format!("<div class=\"card\"><h1>Done</h1>\n<p>{}</p></div>\n", escape(message));
    account.page(&Page {
        status: 200,
        title: "Done",
        content: &content,
        policy: "form-action 'none'",
        wide: false,
    })
}

/// What a call that waits asks, or how it was decided.
fn approval(tables: &Tables, approval: &Approval) -> Result<String, String> {
    if !approval.is_pending() {
        return Err(approval.status().to_owned());
    }
    let rows = approval.question(tables).map(|(name, value)| row(name, &value)).concat();
    Ok(format!("<h1>Let this call be made?</h1>\n<dl>\n{rows}</dl>\n"))
}

fn row(name: &str, value: &str) -> String {
    format!("<dt>{name}</dt><dd>{}</dd>\n", escape(value))
}
