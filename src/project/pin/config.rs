//! The text of `config.yaml`: lines of `key: value`, of which `app_id` is ours and the others are kept.

/// The key that names the app.
pub(super) const KEY: &str = "app_id";

/// The `app_id` of a config text: lines of `key: value`, with comments; values may be quoted.
pub(super) fn value(text: &str) -> Result<Option<String>, String> {
    if text.starts_with('\u{feff}') {
        return Err("begins with a byte order mark".into());
    }
    let mut found = None;
    for (at, line) in text.lines().enumerate() {
        let bare = line.trim_end();
        if bare.is_empty()
            || bare.trim_start().starts_with('#')
            || bare.starts_with(' ')
            || bare.starts_with("- ")
            || is_marker(bare)
        {
            continue;
        }
        // A mapping or list in brackets, or a document that begins on the line of its marker.
        let plain = !bare.starts_with(['{', '[', '-']);
        let Some((key, rest)) = bare.split_once(':').filter(|_| plain) else {
            return Err(format!("line {} is not `key: value`", at + 1));
        };
        if key.trim() == KEY {
            let text = scalar(rest.trim())
                .ok_or_else(|| format!("line {}: {KEY} is no plain text", at + 1))?;
            if found.replace(text).is_some() {
                return Err(format!("line {}: {KEY} is given a second time", at + 1));
            }
        }
    }
    Ok(found)
}

/// A value as it was meant: out of its quotes, or without the comment behind it. `None` for what YAML would read as
/// something else than text: a list, an alias, a block on the lines below.
fn scalar(text: &str) -> Option<String> {
    if text.starts_with(['[', '{', '|', '>', '*', '&', '!', '%', '@', '`']) {
        return None;
    }
    let quoted = if let Some(inside) = text.strip_prefix('\'') {
        single_quoted(inside)
    } else if text.starts_with('"') {
        let mut strings = serde_json::Deserializer::from_str(text).into_iter();
        strings.next().and_then(Result::ok)
    } else {
        None
    };
    Some(quoted.unwrap_or_else(|| {
        let bare = text.split(" #").next().unwrap_or_default();
        bare.trim().to_owned()
    }))
}

/// The text up to the closing quote, a doubled one standing for itself.
fn single_quoted(inside: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = inside;
    loop {
        let (before, after) = rest.split_once('\'')?;
        out.push_str(before);
        let Some(more) = after.strip_prefix('\'') else {
            return Some(out);
        };
        out.push('\'');
        rest = more;
    }
}

/// Whether a line begins or ends a document.
fn is_marker(line: &str) -> bool {
    let rest = line.strip_prefix("---").or_else(|| line.strip_prefix("..."));
    rest.is_some_and(|rest| rest.is_empty() || rest.trim_start().starts_with('#'))
}

/// The text with `app_id` set, every other line kept; why not, where it cannot be read.
pub(super) fn with_app(text: &str, app: &str) -> Result<String, String> {
    value(text)?;
    let pinned = format!("{KEY}: {}", quoted(app));
    let mut lines: Vec<&str> = text.lines().filter(|line| !is_app(line)).collect();
    // In front of `---` it would be a document of its own.
    let begin = lines.iter().position(|line| is_marker(line.trim_end())).map_or(0, |at| at + 1);
    lines.insert(begin, &pinned);
    Ok(lines.join("\n") + "\n")
}

/// The text without `app_id`; `None` when nothing else is in it.
pub(super) fn without_app(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !is_app(line)).collect();
    let says_something = |line: &&str| !line.trim().is_empty() && !is_marker(line.trim_end());
    lines.iter().any(says_something).then(|| lines.join("\n") + "\n")
}

fn is_app(line: &str) -> bool {
    line.split_once(':').is_some_and(|(key, _)| key.trim_end() == KEY)
}

/// Ids are plain as a rule; what YAML could misread is quoted.
fn quoted(app: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if app.chars().all(plain) { app.to_owned() } else { format!("'{}'", app.replace('\'', "''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_config() {
        for (text, app) in [
            ("app_id: 1-2\n", Some("1-2")),
            ("# x\nother: y\napp_id: \"a b\" # c\n", Some("a b")),
            ("app_id: x # c", Some("x")),
            ("app_id: 'it''s' # c", Some("it's")),
            ("app_id: \"a\\tb\" # c", Some("a\tb")),
            ("nested:\n  app_id: no\n", None),
            ("", None),
        ] {
            assert_eq!(value(text).unwrap().as_deref(), app, "{text}");
        }
        for broken in
            ["rubbish", "app_id: [x]", "app_id: |\n  x", "app_id: *x", "app_id: x\napp_id: y"]
        {
            assert!(value(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn sets_and_takes_away_the_app() {
        for (before, after) in [
            ("", "app_id: x\n"),
            ("---\napp_id: y\nother: 1\n", "---\napp_id: x\nother: 1\n"),
            ("other: 1\napp_id: y", "app_id: x\nother: 1\n"),
            ("# c\n---\nk: v\n...\n", "# c\n---\napp_id: x\nk: v\n...\n"),
            ("--- # c\nk: v\n", "--- # c\napp_id: x\nk: v\n"),
        ] {
            assert_eq!(with_app(before, "x").as_deref(), Ok(after), "{before}");
        }
        for broken in ["{{{", "{{{: x", "{a: 1}", "--- {a: 1}", "\u{feff}app_id: old\n"] {
            assert!(with_app(broken, "x").is_err(), "{broken}");
        }
        assert_eq!(without_app("---\napp_id: y\n"), None);
        assert_eq!(without_app("app_id: y\nother: 1\n").as_deref(), Some("other: 1\n"));
    }
}
