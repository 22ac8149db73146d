//! The layout that all pages share.

use crate::base::html::{self, escape};

use crate::portal::http::response::Response;
use crate::portal::instance::Portal;

const STYLE: &str = include_str!("style.css");

/// A hidden field of a form.
pub(super) fn hidden(name: &str, value: &str) -> String {
    // The value goes back to the portal or the listener as it is: escaped for markup, not for eyes.
    let value = value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n")
}

/// Whose portal the pages show.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) email: String,
    pub(super) organization: String,
}

impl Account {
    /// The one person of the portal.
    pub(super) fn of(portal: &Portal) -> Self {
        let state = &portal.store().state;
        Self { email: state.user.email.clone(), organization: state.organization.name.clone() }
    }

    /// A whole page. `policy` is what its content security policy allows beyond its own styles.
    pub(super) fn page(&self, page: &Page<'_>) -> Response {
        let header = format!(
            "<span class=\"mark\" aria-hidden=\"true\"></span>Alter portal <span class=\"where\">on this machine</span>\
             <span class=\"account\">{} · {}</span>",
            escape(&self.email),
            escape(&self.organization),
        );
        document(page, &Look { header, ..Look::default() })
    }

    /// A page that says why there is none. `next` is what to do instead.
    pub(super) fn problem(&self, status: u16, title: &str, message: &str, next: &str) -> Response {
        let content = format!(
            "<div class=\"card\">\n<h1 class=\"bad\">{}</h1>\n<p>{}</p>\n<p>{next}</p>\n\
             <p><a href=\"/\">Overview of this portal</a></p>\n</div>\n",
            escape(title),
            escape(message),
        );
        self.page(&Page {
            status,
            title,
            content: &content,
            policy: "form-action 'none'",
            wide: false,
        })
    }
}

/// What surrounds a page.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// Markup.
    pub(super) header: String,
    /// More styles.
    pub(super) style: String,
    /// The origin that images come from, beside the page itself.
    pub(super) images: String,
}

/// A whole document.
pub(super) fn document(page: &Page<'_>, look: &Look) -> Response {
    let Look { header, style, images } = look;
    let Page { status, title, content, policy, wide } = *page;
    let text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{} – Alter portal</title>\n<link rel=\"icon\" href=\"data:,\">\n\
         <style>\n{}{STYLE}{style}</style>\n</head>\n<body{}>\n\
         <header>{header}</header>\n<main>\n{content}</main>\n</body>\n</html>\n",
        escape(title),
        html::STYLE,
        if wide { " class=\"wide\"" } else { "" },
    );
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data: {images}; base-uri 'none'; frame-ancestors 'none'; {policy}"
    );
    Response::html(status, text)
        .with("Content-Security-Policy", policy)
        .with("X-Frame-Options", "DENY")
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "no-referrer")
        .with("Cache-Control", "no-store")
}

/// What a page is made of, beside its frame.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) status: u16,
    pub(super) title: &'a str,
    pub(super) content: &'a str,
    pub(super) policy: &'a str,
    /// Whether it holds tables.
    pub(super) wide: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_in_its_field() {
        assert!(hidden("state", "\"><script>").contains("value=\"&quot;>&lt;script>\""));
    }
}
