//! The dashboard: what a person sees in a browser.

mod approval;
mod ask;
mod authorize;
mod brand;
mod front;
mod html;
mod scope_texts;
mod sections;
mod session_pages;
mod terms_texts;
mod widget;

use html::Account;
pub(crate) use widget::PATH as WIDGET;

use crate::portal::http::request::Request;
use crate::portal::http::response::Response;
use crate::portal::instance::Portal;

/// Answers a request for a page.
pub(crate) fn answer(portal: &Portal, request: &Request) -> Response {
    let account = Account::of(portal);
    if let Some(answer) = session_pages::answer(portal, request) {
        return answer;
    }
    if let Some(answer) = approval::answer(portal, &account, request) {
        return answer;
    }
    let known = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/") => return front::show(portal, &account, request),
        ("GET", "/cli/authorize") => return authorize::show(portal, &account, request),
        ("POST", "/cli/authorize") => return authorize::decide(portal, &account, request),
        (_, "/") => "GET",
        (_, "/cli/authorize") => "GET, POST",
        _ => {
            let next = "The pages are the overview, and the sign-in that <code>alter auth login</code> opens.";
            return account.problem(404, "Not found", "There is no such page.", next);
        }
    };
    account
        .problem(
            405,
            "Not allowed",
            "This page does not take that method.",
            &format!("It takes {known}."),
        )
        .with("Allow", known)
}
