//! The text of `config.yaml`: lines of `key: value`, of which `app_id` is ours and the others are kept.

/// The key that names the app.
pub(super) const KEY: &str = "app_id";

/// The `app_id` of a config text: lines of `key: value`, with comments; values may be quoted.
pub(super) fn value(text: &str) -> Result<Option<String>, String> {
    let mut found = None;
    for (at, line) in text.lines().enumerate() {
        let bare = line.trim_end();
        if bare.is_empty()
            || bare.trim_start().starts_with('#')
            || bare.starts_with([' ', '-'])
            || bare == "---"
        {
            continue;
        }
        let Some((key, rest)) = bare.split_once(':') else {
            return Err(format!("line {} is not `key: value`", at + 1));
        };
        if key.trim() == KEY {
            found = Some(scalar(rest.trim()));
        }
    }
    Ok(found)
}

/// A value as it was meant: out of its quotes, or without the comment behind it.
fn scalar(text: &str) -> String {
    let quoted = if let Some(inside) = text.strip_prefix('\'') {
        single_quoted(inside)
    } else if text.starts_with('"') {
        let mut strings = serde_json::Deserializer::from_str(text).into_iter();
        strings.next().and_then(Result::ok)
    } else {
        None
    };
    quoted.unwrap_or_else(|| {
        let bare = text.split(" #").next().unwrap_or_default();
        bare.trim().to_owned()
    })
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

/// The text with `app_id` set, every other line kept. A text that cannot be read holds nothing to keep.
pub(super) fn with_app(text: &str, app: &str) -> String {
    let pinned = format!("{KEY}: {}", quoted(app));
    let mut lines: Vec<&str> = text.lines().filter(|line| !is_app(line)).collect();
    // In front of `---` it would be a document of its own.
    let begin = lines.iter().position(|line| line.trim_end() == "---").map_or(0, |at| at + 1);
    lines.insert(begin, &pinned);
    let text = lines.join("\n") + "\n";
    match value(&text) {
        Ok(Some(found)) if found == app => text,
        _ => pinned + "\n",
    }
}

/// The text without `app_id`; `None` when nothing else is in it.
pub(super) fn without_app(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !is_app(line)).collect();
    let says_something = |line: &&str| !matches!(line.trim(), "" | "---");
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
        assert!(value("rubbish").is_err());
    }

    #[test]
    fn sets_and_takes_away_the_app() {
        for (before, after) in [
            ("", "app_id: x\n"),
            ("---\napp_id: y\nother: 1\n", "---\napp_id: x\nother: 1\n"),
            ("other: 1\napp_id: y", "app_id: x\nother: 1\n"),
            ("{{{", "app_id: x\n"),
        ] {
            assert_eq!(with_app(before, "x"), after, "{before}");
        }
        assert_eq!(without_app("---\napp_id: y\n"), None);
        assert_eq!(without_app("app_id: y\nother: 1\n").as_deref(), Some("other: 1\n"));
    }
}
