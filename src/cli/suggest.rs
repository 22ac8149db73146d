//! The nearest known word to a mistyped one.

/// The known word that `typed` most likely meant, if any is near.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer than any command or flag: rather a value in the wrong place than a slip of the finger.
    if typed.chars().count() > 40 {
        return None;
    }
    known
        .into_iter()
        .map(|word| (distance(typed, word), word))
        .filter(|(distance, word)| *distance <= 1.max(word.trim_start_matches('-').len() / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The command that does what an everyday word asks for.
pub fn everyday(word: &str) -> Option<&'static str> {
    match word {
        "login" | "signin" => Some("alter auth login"),
        "logout" | "signout" => Some("alter auth logout"),
        "whoami" | "me" => Some("alter pats whoami"),
        "status" => Some("alter auth status"),
        "version" => Some("alter --version"),
        "list" | "ls" => Some("alter apps list"),
        "use" | "pin" => Some("alter link"),
        _ => None,
    }
}

/// The known verb that means the same as another program's word for it.
pub fn synonym<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const MEANINGS: [&[&str]; 5] = [
        &["create", "mint", "add", "new", "make"],
        &["show", "get", "view", "describe", "info"],
        &["list", "ls"],
        &["delete", "revoke", "remove", "rm", "destroy"],
        &["update", "rename", "edit", "set", "change"],
    ];
    let same = MEANINGS.iter().find(|words| words.contains(&word))?;
    known.into_iter().find(|verb| same.contains(verb))
}

/// Edits between two words, a swap of neighbours counting as one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let best = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            row.push(if swapped { best.min(rows[i - 2][j - 2] + 1) } else { best });
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_nothing_else() {
        let known = ["apps", "audit", "auth", "keys", "--output", "--app"];
        for (typed, meant) in [
            ("app", Some("apps")),
            ("aduit", Some("audit")),
            ("--ouput", Some("--output")),
            ("--ap", Some("--app")),
            ("zzz", None),
            ("alter_pat_x", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
    }
}
