//! Slugs: what scripts call a managed secret.

const MAX: usize = 50;

/// The slug of a name: `Stripe Production` is `stripe-production`. Where it is taken, `-2` is put behind it, or `-3`.
pub(crate) fn of(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let slug = plain(name);
    let numbered = (2..).map(|number| {
        let ending = format!("-{number}");
        // Everything in a slug is one byte long.
        let base = slug[..slug.len().min(MAX - ending.len())].trim_end_matches('-');
        format!("{base}{ending}")
    });
    let mut all = [slug.clone()].into_iter().chain(numbered);
    all.find(|slug| !taken(slug)).unwrap_or(slug)
}

fn plain(name: &str) -> String {
    let dashed = name.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let words: Vec<&str> = dashed.split('-').filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(MAX).collect();
    match slug.trim_end_matches('-') {
        "" => "secret".to_owned(),
        slug => slug.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        let long = "x".repeat(60);
        let cut = format!("{}-2", "x".repeat(48));
        for (name, taken, slug) in [
            ("Stripe Production", &[][..], "stripe-production"),
            ("  A__b  (c) ", &[], "a-b-c"),
            ("日本", &[], "secret"),
            ("Größe", &[], "gr-e"),
            ("a", &["a"], "a-2"),
            ("a", &["a", "a-2"], "a-3"),
            (&long, &[], &long[..50]),
            (&long, &[&long[..50]], &cut),
        ] {
            assert_eq!(of(name, |slug| taken.contains(&slug)), slug, "{name}");
        }
    }
}
