//! The front page: how to sign in, and what is there, to look at and not to touch.

use crate::base::html::escape;

use super::html::{Account, Page};
use super::sections::{SECTIONS, Section, Shown, View};
use crate::portal::http::request::Request;
use crate::portal::http::response::Response;
use crate::portal::instance::Portal;
use crate::portal::timestamp::Stamp;

/// Rows of a table; more would make a page that nobody reads.
const MAX_ROWS: usize = 100;

/// Shows what the portal holds.
pub(super) fn show(portal: &Portal, account: &Account, request: &Request) -> Response {
    let store = portal.store();
    let view = View::of(portal, &store.state, Stamp::now());
    let links = SECTIONS
        .iter()
        .map(|Section { title, .. }| format!("<a href=\"#{}\">{title}</a>\n", anchor(title)));
    let content = format!(
        "<h1>{}</h1>\n<p class=\"soft\">What this portal holds. Changes are made with <code>alter</code>.</p>\n\
         {}<nav aria-label=\"Sections\">\n{}</nav>\n{}",
        escape(&account.organization),
        sign_in(request.header("host").unwrap_or_default()),
        links.collect::<String>(),
        SECTIONS.iter().map(|section| table(section, &view)).collect::<String>(),
    );
    account.page(&Page {
        status: 200,
        title: "Overview",
        content: &content,
        policy: "form-action 'none'",
        wide: true,
    })
}

/// The PAT is not shown: whoever may look at this page may not change what it shows.
fn sign_in(host: &str) -> String {
    let base = format!("export ALTER_BASE_URL=http://{}", escape(host));
    format!(
        "<div class=\"ways\">\n\
         <section class=\"card\">\n<h2>Sign in through the browser</h2>\n\
         <pre>{base}\nalter auth login</pre>\n</section>\n\
         <section class=\"card\">\n<h2>Sign in from a script</h2>\n\
         <pre>{base}\nexport ALTER_PAT=…</pre>\n\
         <p class=\"soft\"><code>alter-portal</code> printed the access token when it started.</p>\n</section>\n</div>\n"
    )
}

fn anchor(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}

fn table(section: &Section, view: &View<'_>) -> String {
    let Section { title, columns, rows } = *section;
    let (rows, anchor) = (rows(view), anchor(title));
    if rows.is_empty() {
        return format!(
            "<section id=\"{anchor}\">\n<h2>{title}</h2>\n<p class=\"soft\">None yet.</p>\n</section>\n"
        );
    }
    let head = columns
        .iter()
        .map(|(name, _)| format!("<th role=\"columnheader\" scope=\"col\">{name}</th>"));
    let body = rows.iter().take(MAX_ROWS).map(|row| {
        let cells = columns.iter().zip(row).map(|((name, shown), text)| cell(name, *shown, text));
        format!("<tr role=\"row\">{}</tr>\n", cells.collect::<String>())
    });
    let more = if rows.len() > MAX_ROWS {
        format!("<p class=\"soft\">{MAX_ROWS} of {} are shown.</p>\n", rows.len())
    } else {
        String::new()
    };
    // A table wider than the window is scrolled, so it has to take the keyboard's focus. On a phone its rows are laid
    // out as lists, and browsers then take it for a table by the roles alone.
    format!(
        "<section id=\"{anchor}\">\n<h2>{title}</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\">\n\
         <table role=\"table\">\n<thead><tr role=\"row\">{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</div>\n{more}</section>\n",
        head.collect::<String>(),
        body.collect::<String>(),
    )
}

fn cell(name: &str, shown: Shown, text: &str) -> String {
    let safe = escape(text);
    let (class, content) = match shown {
        _ if text.is_empty() => (" class=\"soft\"", "–".to_owned()),
        Shown::Text => ("", safe),
        Shown::Link => ("", format!("<a href=\"{safe}\">Decide</a>")),
        Shown::Code => ("", format!("<code>{safe}</code>")),
        Shown::List => (" class=\"list\"", format!("<code>{safe}</code>")),
        Shown::State => ("", format!("<span class=\"state {}\">{safe}</span>", mood(text))),
        Shown::Time => {
            ("", format!("<time datetime=\"{safe}\">{}</time>", escape(&to_the_minute(text))))
        }
    };
    format!("<td role=\"cell\" data-name=\"{name}\"{class}><span>{content}</span></td>")
}

/// Whether a state is a good one. Its word says it too, for those who see no colours.
fn mood(state: &str) -> &'static str {
    match state {
        "active" | "enabled" | "ALLOW" | "approved" => "good",
        "revoked" | "DENY" | "ERROR" | "denied" | "failed" => "bad",
        status if status.len() == 3 && status.starts_with('2') => "good",
        status if status.len() == 3 && status.starts_with(['4', '5']) => "bad",
        _ => "",
    }
}

/// What fits a column.
fn to_the_minute(time: &str) -> String {
    let (date, clock) = time.split_once('T').unwrap_or((time, ""));
    format!("{date} {}Z", clock.get(..5).unwrap_or_default())
}
