//! What the browser gets to see: pages without script, that nothing may keep or frame.

use crate::base::html::{STYLE, escape, facts};
use crate::base::origin::Origin;

/// A term and what it is, to show on a page.
pub(crate) type Fact = (&'static str, String);

/// A page by what it has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// The PAT was checked and stored: for whom, and where to go on.
    SignedIn(Vec<Fact>, Origin),
    /// The person pressed Deny.
    Denied(Origin),
    /// Something went wrong after the browser's part was done.
    Failed(Origin),
    /// The request was not the one that is waited for; its status.
    Wrong(u16),
}

impl Page {
    /// Its status.
    pub(super) const fn status(&self) -> u16 {
        match self {
            Page::Wrong(status) => *status,
            _ => 200,
        }
    }

    const fn words(&self) -> (&'static str, &'static str) {
        match self {
            Page::SignedIn(..) => {
                ("You are signed in", "You can close this page and go back to your terminal.")
            }
            Page::Denied(_) => (
                "Sign-in was refused",
                "Nothing was stored. You can close this page. To try again, run <code>alter auth login</code>.",
            ),
            Page::Failed(_) => (
                "Sign-in did not work",
                "Nothing was stored. Your terminal says why, and what to do.",
            ),
            Page::Wrong(_) => (
                "Not a sign-in",
                "This address takes the response of the sign-in that is under way, and nothing else. The sign-in is still waiting.",
            ),
        }
    }

    /// Its headers.
    pub(super) fn headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        const HEADERS: [(&str, &str); 5] = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-store"),
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            ),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
        ];
        let allow = (self.status() == 405).then_some(("Allow", "POST"));
        HEADERS.into_iter().chain(allow)
    }

    /// The page itself.
    pub(super) fn body(&self) -> String {
        let (title, text) = self.words();
        let (mood, rest) = match self {
            Page::SignedIn(who, dashboard) => ("good", facts(who) + &way_back(dashboard)),
            Page::Denied(dashboard) | Page::Failed(dashboard) => ("bad", way_back(dashboard)),
            Page::Wrong(_) => ("bad", String::new()),
        };
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} – alter</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <header><span class=\"mark\" aria-hidden=\"true\"></span>alter <span class=\"where\">on this machine</span></header>\n\
             <main>\n<div class=\"card\">\n<h1 class=\"{mood}\">{title}</h1>\n<p>{text}</p>\n{rest}</div>\n</main>\n</body>\n</html>\n"
        )
    }
}

fn way_back(dashboard: &Origin) -> String {
    let origin = escape(&dashboard.to_string());
    format!("<p><a href=\"{origin}/\">Open the dashboard</a> at {origin}</p>\n")
}
