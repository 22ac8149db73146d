//! The dashboard: what a person sees in a browser.

use crate::http::answer::Answer;
use crate::http::request::Request;
use crate::portal::Portal;

/// Answers a request for a page.
pub(crate) fn answer(_portal: &Portal, _request: &Request) -> Answer {
    Answer::html(404, "<!doctype html><title>Not found</title>".into())
}
