//! The frame that every page stands in, and the escaping of what is put there.

use crate::http::response::Response;

const STYLE: &str = include_str!("style.css");

/// Text that cannot be taken for markup, in content and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // A right-to-left override could make one host name look like another.
            letter if is_invisible(letter) => escaped.extend(letter.escape_unicode()),
            letter => escaped.push(letter),
        }
    }
    escaped
}

fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A hidden field of a form.
pub(super) fn hidden(name: &str, value: &str) -> String {
    // The value goes back to the portal or the listener as it is: escaped for markup, not for eyes.
    let value = value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n")
}

/// A whole page. `policy` is what its content security policy allows beyond its own styles.
pub(super) fn page(status: u16, title: &str, content: &str, policy: &str) -> Response {
    let title = escape(title);
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – Alter portal</title>\n<link rel=\"icon\" href=\"data:,\">\n\
         <style>{STYLE}</style>\n</head>\n<body>\n\
         <header><span class=\"mark\" aria-hidden=\"true\"></span>Alter portal <span class=\"where\">on this machine</span></header>\n\
         <main>\n{content}</main>\n</body>\n</html>\n"
    );
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'; {policy}"
    );
    Response::html(status, page)
        .with("Content-Security-Policy", policy)
        .with("X-Frame-Options", "DENY")
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "no-referrer")
        .with("Cache-Control", "no-store")
}

/// A page that says why there is none.
pub(super) fn problem(status: u16, title: &str, message: &str) -> Response {
    let content = format!("<h1>{}</h1>\n<p>{}</p>\n", escape(title), escape(message));
    page(status, title, &content, "form-action 'none'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escapes_its_place() {
        assert_eq!(escape("<b a=\"'&"), "&lt;b a=&quot;&#39;&amp;");
        assert_eq!(escape("a\u{202e}b\u{1b}"), "a\\u{202e}b\\u{1b}");
        assert!(hidden("state", "\"><script>").contains("value=\"&quot;>&lt;script>\""));
    }
}
