//! `WWW-Authenticate: Bearer …`: which scopes a provider says are missing.

/// The parameters of a Bearer challenge, in order, names lower-case; they end where the first thing that is no
/// parameter stands, so that a second challenge does not get in. `None` for another scheme.
fn parameters(header: &str) -> Option<Vec<(String, String)>> {
    let (scheme, mut rest) = header.trim_start().split_once([' ', '\t'])?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((name, after)) = rest.split_once('=') else {
            return Some(found);
        };
        let name = name.trim_end();
        if name.is_empty() || !name.bytes().all(is_token) {
            return Some(found);
        }
        let Some((value, after)) = value(after.trim_start()) else {
            return Some(found);
        };
        found.push((name.to_ascii_lowercase(), value));
        rest = after;
    }
}

fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|c: char| !c.is_ascii() || !is_token(c as u8)).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let (mut out, mut characters) = (String::new(), quoted.char_indices());
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((out, &quoted[at + 1..])),
            '\\' => out.push(characters.next()?.1),
            _ => out.push(c),
        }
    }
    None
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The scopes a challenge asks for, where it says that those of the token are not enough.
pub(crate) fn insufficient_scope(header: &str) -> Option<Vec<String>> {
    let parameters = parameters(header)?;
    let get = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted);
    get("error").filter(|(_, error)| error == "insufficient_scope")?;
    let scopes = get("scope").map(|(_, scopes)| scopes.as_str()).unwrap_or_default();
    Some(scopes.split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_left_to_right() {
        for (header, scopes) in [
            (r#"Bearer realm="x", error="insufficient_scope", scope="a b""#, Some("a b")),
            (r"bEaReR error=insufficient_scope", Some("")),
            (r#"Bearer ERROR = "insufficient\_scope" , Scope="c\"d""#, Some("c\"d")),
            (r#"Bearer error="insufficient_scope", Basic realm="y", scope="z""#, Some("")),
            (r#"Bearer error="invalid_token""#, None),
            (r#"Basic error="insufficient_scope""#, None),
            (r#"Bearer error="insufficient_scope"#, None),
            ("Bearer", None),
            ("", None),
        ] {
            let found = insufficient_scope(header).map(|scopes| scopes.join(" "));
            assert_eq!(found.as_deref(), scopes, "{header}");
        }
    }
}
