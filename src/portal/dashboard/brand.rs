//! The pages that an app's users see: the app's name, logo and colours, and nothing of whoever develops it.

use std::fmt::Write;

use super::html::{Look, Page, document};
use crate::base::html::escape;
use crate::portal::http::response::Response;
use crate::portal::manage::apps::App;
use crate::portal::manage::branding::{Branding, StoredBranding};
use crate::portal::store::Tables;

/// An app as its users see it.
#[derive(Debug)]
pub(super) struct Brand {
    pub(super) name: String,
    branding: Option<Branding>,
}

impl Brand {
    /// Returns the look of an app's pages.
    pub(super) fn of(tables: &Tables, app_id: &str) -> Self {
        let app = tables.of::<App>().get(app_id);
        let stored = tables.of::<StoredBranding>().get(app_id);
        Self {
            name: app.map_or_else(|| "An app".to_owned(), |app| app.name.clone()),
            branding: stored.map(|stored| stored.branding.clone()),
        }
    }

    /// Returns the look of a page of which no app is known.
    pub(super) fn none() -> Self {
        Self { name: "Alter portal".to_owned(), branding: None }
    }

    /// A whole page.
    pub(super) fn page(&self, page: &Page<'_>) -> Response {
        let logo = self.branding.as_ref().map(|branding| branding.logo_url.as_str());
        let mark = match logo {
            Some(url) => format!("<img class=\"logo\" src=\"{}\" alt=\"\">", escape(url)),
            None => "<span class=\"mark\" aria-hidden=\"true\"></span>".to_owned(),
        };
        let look = Look {
            header: format!("{mark}{}", escape(&self.name)),
            style: self.branding.as_ref().map_or_else(String::new, style),
            images: logo.and_then(origin).unwrap_or_default().to_owned(),
        };
        document(page, &look)
    }

    /// A page that says what became of something.
    pub(super) fn notice(&self, notice: &Notice<'_>) -> Response {
        let Notice { status, title, message, more, policy } = *notice;
        let kind = if status < 400 { "good" } else { "bad" };
        let content = format!(
            "<div class=\"card\">\n<h1 class=\"{kind}\">{}</h1>\n<p>{}</p>\n{more}</div>\n",
            escape(title),
            escape(message),
        );
        self.page(&Page { status, title, content: &content, policy, wide: false })
    }
}

/// What such a page says.
#[derive(Debug)]
pub(super) struct Notice<'a> {
    pub(super) status: u16,
    pub(super) title: &'a str,
    pub(super) message: &'a str,
    /// Markup below it.
    pub(super) more: &'a str,
    pub(super) policy: &'a str,
}

/// The part of a web address before its path.
pub(super) fn origin(url: &str) -> Option<&str> {
    let rest = url.find("://")? + "://".len();
    let end = url[rest..].find(['/', '?', '#']).map_or(url.len(), |end| rest + end);
    url.get(..end)
}

/// The app's colours in place of the portal's, in both schemes: what lies between them is mixed from them.
fn style(branding: &Branding) -> String {
    let colors = &branding.colors;
    let scheme = if is_dark(&colors.background) { "dark" } else { "light" };
    let on_accent = if is_dark(&colors.primary) { "#ffffff" } else { "#000000" };
    let mut style = format!(
        "html:root {{ color-scheme: {scheme}; --accent: {primary}; --on-accent: {on_accent}; --text: {text}; \
         --ground: {ground}; --card: {ground}; --soft: color-mix(in srgb, {text} 70%, {ground}); \
         --line: color-mix(in srgb, {text} 20%, {ground}); --fill: color-mix(in srgb, {text} 8%, {ground}); }}\n",
        primary = colors.primary,
        text = colors.text,
        ground = colors.background,
    );
    if let Some(family) = branding.font_family.as_deref().filter(|family| is_family(family)) {
        let _ = writeln!(style, "body {{ font-family: {family}, system-ui, sans-serif; }}");
    }
    style
}

/// Returns true for names of fonts, with commas between them: nothing else goes into a style sheet.
fn is_family(family: &str) -> bool {
    family.chars().all(|letter| letter.is_alphanumeric() || " ,-_".contains(letter))
        && family.split(',').all(|name| !name.trim().is_empty())
}

/// Returns true for a colour, `#RRGGBB`, that white text is better read on than black: its relative luminance is below
/// the one at which both have the same contrast.
fn is_dark(color: &str) -> bool {
    const EVEN: f64 = 0.179;
    let channel = |at: usize| {
        let byte = color.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let part = f64::from(byte.unwrap_or_default()) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) < EVEN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_of_addresses() {
        assert_eq!(origin("https://a.example:8443/b?c#d"), Some("https://a.example:8443"));
        assert_eq!(origin("http://localhost"), Some("http://localhost"));
        assert_eq!(origin("nothing"), None);
    }

    #[test]
    fn text_is_read_on_its_ground() {
        for dark in ["#000000", "#2A4BD7", "#a3201b"] {
            assert!(is_dark(dark), "{dark}");
        }
        for light in ["#ffffff", "#ffcc00", "#9db1ff"] {
            assert!(!is_dark(light), "{light}");
        }
    }

    #[test]
    fn a_font_is_nothing_but_names() {
        assert!(is_family("Inter") && is_family("Open Sans, Liberation Sans"));
        for bad in ["", "a,", "a;b", "a}b", "url(x)", "a/*", "\"a\""] {
            assert!(!is_family(bad), "{bad}");
        }
    }
}
