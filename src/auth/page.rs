//! What the browser gets to see: static pages without script, that nothing may keep or frame.

use std::fmt::Write;

/// A page by what it has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// The PAT was checked and stored.
    SignedIn,
    /// The person pressed Deny.
    Denied,
    /// Something went wrong after the browser's part was done.
    Failed,
    /// The request was not the one that is waited for; its status.
    Wrong(u16),
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:18vh auto;padding:0 1.5rem;color:#1b1f24;background:#fff}\
h1{font-size:1.5rem;margin:0 0 .5rem}\
@media(prefers-color-scheme:dark){body{color:#e6e9ed;background:#15181c}}";

impl Page {
    const fn status(self) -> u16 {
        match self {
            Page::Wrong(status) => status,
            _ => 200,
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Page::SignedIn => {
                ("You are signed in", "You can close this page and go back to your terminal.")
            }
            Page::Denied => ("Sign-in was refused", "Nothing was stored. You can close this page."),
            Page::Failed => ("Sign-in did not work", "Nothing was stored. Your terminal says why."),
            Page::Wrong(_) => (
                "Not a sign-in",
                "This address takes the response of the sign-in that is under way, and nothing else. It goes on waiting.",
            ),
        }
    }

    /// The whole answer.
    pub(super) fn answer(self) -> Vec<u8> {
        let (title, text) = self.words();
        let body = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{title} - alter</title><style>{STYLE}</style></head>\n<body><main><h1>{title}</h1><p>{text}</p></main></body></html>\n"
        );
        let status = self.status();
        let mut answer = format!("HTTP/1.1 {status} {}\r\n", reason(status));
        if status == 405 {
            answer += "Allow: POST\r\n";
        }
        let _ = write!(
            answer,
            "Content-Type: text/html; charset=utf-8\r\n\
             Content-Length: {}\r\n\
             Cache-Control: no-store\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\
             Referrer-Policy: no-referrer\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Connection: close\r\n\r\n{body}",
            body.len(),
        );
        answer.into_bytes()
    }
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        431 => "Request Header Fields Too Large",
        _ => "Bad Request",
    }
}
