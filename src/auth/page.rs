//! What the browser gets to see: static pages without script, that nothing may keep or frame.

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
    /// Its status.
    pub(super) const fn status(self) -> u16 {
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

    /// Its headers.
    pub(super) fn headers(self) -> impl Iterator<Item = (&'static str, &'static str)> {
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
    pub(super) fn body(self) -> String {
        let (title, text) = self.words();
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{title} - alter</title><style>{STYLE}</style></head>\n<body><main><h1>{title}</h1><p>{text}</p></main></body></html>\n"
        )
    }
}
