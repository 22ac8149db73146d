//! The dashboard: what a person sees in a browser.

mod ask;
mod authorize;
mod front;
mod html;
mod scope_texts;

use crate::http::request::Request;
use crate::http::response::Response;
use crate::portal::Portal;

/// Answers a request for a page.
pub(crate) fn answer(portal: &Portal, request: &Request) -> Response {
    let known = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/") => return front::show(portal),
        ("GET", "/cli/authorize") => return authorize::show(portal, request),
        ("POST", "/cli/authorize") => return authorize::decide(portal, request),
        (_, "/") => "GET",
        (_, "/cli/authorize") => "GET, POST",
        _ => return html::problem(404, "Not found", "There is no such page."),
    };
    html::problem(405, "Not allowed", "This page is not used that way.").with("Allow", known)
}
