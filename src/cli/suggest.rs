//! The nearest known word to a mistyped one.

/// The known word that `typed` most likely meant, if any is near.
pub(crate) fn nearest<'a>(
    typed: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Longer than any command or flag: rather a value in the wrong place than a slip of the finger.
    if typed.chars().count() > 40 {
        return None;
    }
    let known: Vec<&str> = known.into_iter().collect();
    let is_typo = |word: &&str| distance(typed, word) <= 1.max(bare(word).len() / 3);
    let typos = known.iter().copied().filter(is_typo);
    typos.min_by_key(|word| distance(typed, word)).or_else(|| by_prefix(typed, &known))
}

/// The shortest known word that `typed` is the beginning of, or, from three letters on, of one of its parts.
fn by_prefix<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let letters = bare(typed);
    let flag = typed.starts_with("--");
    let fitting = |fits: fn(&str, &str) -> bool| {
        let words = known.iter().copied().filter(|word| word.starts_with("--") == flag);
        words.filter(|word| fits(bare(word), letters)).min_by_key(|word| word.len())
    };
    match letters.len() {
        0 | 1 => None,
        2 => fitting(|word, letters| word.starts_with(letters)),
        _ => fitting(|word, letters| word.starts_with(letters)).or_else(|| {
            fitting(|word, letters| word.split('-').any(|part| part.starts_with(letters)))
        }),
    }
}

fn bare(word: &str) -> &str {
    word.trim_start_matches('-')
}

/// The command that does what an everyday word asks for.
pub(crate) fn everyday(word: &str) -> Option<&'static str> {
    match word {
        "login" | "signin" => Some("alter auth login"),
        "logout" | "signout" => Some("alter auth logout"),
        "whoami" | "me" => Some("alter pats whoami"),
        "status" => Some("alter auth status"),
        "version" => Some("alter --version"),
        "upgrade" => Some("alter self-update"),
        "list" | "ls" => Some("alter apps list"),
        "use" | "pin" => Some("alter link"),
        _ => None,
    }
}

/// The flags that do what another program's flag does, the best first.
pub(crate) fn same_as(flag: &str) -> &'static [&'static str] {
    match flag {
        "--json" | "-j" => &["--output json"],
        "--jsonl" => &["--output jsonl"],
        "--csv" => &["--output csv"],
        "--table" => &["--output table"],
        "--format" => &["--output"],
        "--columns" => &["--fields"],
        "-f" | "--watch" | "--tail" => &["--follow"],
        "-n" | "--max" | "--count" | "--page-size" | "--per-page" => &["--limit"],
        "-a" => &["--all"],
        "-y" | "--yes" => &["--yes", "--confirm NAME"],
        "--confirm" => &["--yes"],
        "-v" | "--verbose" | "--trace" => &["--debug"],
        "--query" | "--filter" => &["--search"],
        "--expires" | "--ttl" => &["--expires-in"],
        "--url" | "--endpoint" => &["--base-url"],
        "-p" => &["--profile"],
        "--app-id" => &["--app"],
        "--key-id" => &["--key"],
        "--agent-id" => &["--agent"],
        _ => &[],
    }
}

/// Returns whether a word that is not known may be repeated: one letter behind a dash, or small letters and dashes. Anything
/// else may be a secret.
pub(crate) fn may_be_named(word: &str) -> bool {
    let letters = word.trim_start_matches('-');
    let begins = letters.starts_with(|c: char| c.is_ascii_lowercase());
    let plain = letters.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    match word.len() - letters.len() {
        1 => letters.len() == 1 && letters.chars().all(|c| c.is_ascii_alphabetic()),
        dashes => dashes <= 2 && begins && plain,
    }
}

/// The known verb that means the same as another program's word for it.
pub(crate) fn synonym<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
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
    fn finds_typos_and_nothing_else() {
        let known =
            ["apps", "audit", "auth", "keys", "managed-secrets", "--output", "--app", "--base-url"];
        for (typed, meant) in [
            ("app", Some("apps")),
            ("aduit", Some("audit")),
            ("--ouput", Some("--output")),
            ("--ap", Some("--app")),
            ("--out", Some("--output")),
            ("manag", Some("managed-secrets")),
            ("secret", Some("managed-secrets")),
            ("au", Some("auth")),
            ("--url", Some("--base-url")),
            ("out", None),
            ("-o", None),
            ("--", None),
            ("zzz", None),
            ("alter_pat_x", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
    }
}
