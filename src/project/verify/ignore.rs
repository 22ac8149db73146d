//! `.gitignore` files: which of the paths below them git leaves alone. Patterns and paths are bytes: neither need be
//! UTF-8.

use std::cell::Cell;

use crate::input::text;

/// A longer set such as `[a-z]` is taken for plain text.
const MAX_SET: usize = 256;

/// The patterns of one file; paths are matched relative to its folder.
#[derive(Debug, Default)]
pub(super) struct Ignore {
    patterns: Vec<Pattern>,
}

/// Counts the characters that were compared: the walk gives up on patterns that take too long.
pub(super) type Steps = Cell<u64>;

#[derive(Debug)]
struct Pattern {
    /// The text between the slashes; `**` stands for any number of folders.
    parts: Vec<Box<[u8]>>,
    /// Only a name, to be met in any folder.
    floats: bool,
    folders_only: bool,
    /// `!`: what matches is not ignored after all.
    keeps: bool,
}

impl Ignore {
    /// Reads the patterns of a file.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let lines = text::without_mark(bytes).split(|byte| *byte == b'\n');
        Self { patterns: lines.filter_map(Pattern::parse).collect() }
    }

    /// Returns whether a path is ignored, or kept in spite of what other files say; `None` when this file says nothing.
    pub(super) fn says(&self, path: &[u8], is_folder: bool, steps: &Steps) -> Option<bool> {
        let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
        let name = parts.last().copied().unwrap_or_default();
        let hit = self.patterns.iter().rev().find(|pattern| {
            (is_folder || !pattern.folders_only) && pattern.matches(&parts, name, steps)
        });
        hit.map(|pattern| !pattern.keeps)
    }
}

impl Pattern {
    fn parse(line: &[u8]) -> Option<Self> {
        let mut text = line.strip_suffix(b"\r").unwrap_or(line);
        if text.starts_with(b"#") {
            return None;
        }
        while text.ends_with(b" ") && !text.ends_with(b"\\ ") {
            text = &text[..text.len() - 1];
        }
        let keeps = text.starts_with(b"!");
        text = text.strip_prefix(b"!").unwrap_or(text);
        let folders_only = text.ends_with(b"/");
        text = text.strip_suffix(b"/").unwrap_or(text);
        let floats = !text.contains(&b'/');
        text = text.strip_prefix(b"/").unwrap_or(text);
        if text.is_empty() {
            return None;
        }
        let mut parts: Vec<Box<[u8]>> = text.split(|byte| *byte == b'/').map(Box::from).collect();
        // `a/**` is everything in `a`, but not `a` itself.
        if !floats && parts.last().is_some_and(|part| is_any(part)) {
            parts.push(Box::from(&b"*"[..]));
        }
        Some(Self { parts, floats, folders_only, keeps })
    }

    fn matches(&self, path: &[&[u8]], name: &[u8], steps: &Steps) -> bool {
        match &self.parts[..] {
            [part] if self.floats => matches_name(part, name, steps),
            parts => glob(
                parts,
                path,
                |part| is_any(part),
                |parts, name| matches_name(&parts[0], name, steps).then_some(1),
            ),
        }
    }
}

fn is_any(part: &[u8]) -> bool {
    part == b"**"
}

fn matches_name(pattern: &[u8], name: &[u8], steps: &Steps) -> bool {
    steps.set(steps.get() + 1);
    // Most patterns and names differ in their last character already.
    let plain = match pattern {
        [.., b'\\', _] | [.., b'*' | b'?' | b']'] => None,
        pattern => pattern.last(),
    };
    let differs = plain.zip(name.last()).is_some_and(|(last, found)| last != found);
    let is_many = |byte: &u8| *byte == b'*';
    !differs
        && glob(pattern, name, is_many, |pattern, byte| {
            let (length, matches) = character(pattern, *byte);
            steps.set(steps.get() + length as u64);
            matches.then_some(length)
        })
}

/// Matches the whole of a text. `one` returns how much of the pattern matches one element of it. Of several wildcards
/// only the last is tried again, as the ones before it could leave it no more text: it takes no longer than the product
/// of the lengths.
fn glob<P, T>(
    pattern: &[P],
    text: &[T],
    is_many: impl Fn(&P) -> bool,
    one: impl Fn(&[P], &T) -> Option<usize>,
) -> bool {
    let (mut at, mut read, mut again) = (0, 0, None);
    loop {
        if pattern.get(at).is_some_and(&is_many) {
            at += 1;
            again = Some((at, read));
            continue;
        }
        let Some(element) = text.get(read) else { return at == pattern.len() };
        let matched = if at < pattern.len() { one(&pattern[at..], element) } else { None };
        match (matched, again) {
            (Some(length), _) => (at, read) = (at + length, read + 1),
            (None, Some((behind, tried))) => {
                again = Some((behind, tried + 1));
                (at, read) = (behind, tried + 1);
            }
            (None, None) => return false,
        }
    }
}

/// Returns how long the first character of a pattern is, and whether it stands for this byte.
fn character(pattern: &[u8], byte: u8) -> (usize, bool) {
    match pattern {
        [b'?', ..] => (1, true),
        [b'[', ..] => set(pattern, byte).unwrap_or((1, byte == b'[')),
        [b'\\', escaped, ..] => (2, *escaped == byte),
        [plain, ..] => (1, *plain == byte),
        [] => (0, false),
    }
}

/// `[a-z]`, `[!a]`
fn set(pattern: &[u8], byte: u8) -> Option<(usize, bool)> {
    let none_of = matches!(pattern.get(1), Some(b'!' | b'^'));
    let begin = if none_of { 2 } else { 1 };
    // A `]` that comes first stands for itself.
    let rest = pattern.get(begin + 1..)?;
    let end = begin + 1 + rest.iter().take(MAX_SET).position(|byte| *byte == b']')?;
    let (mut at, mut found) = (begin, false);
    while at < end {
        let is_range = at + 2 < end && pattern[at + 1] == b'-';
        let last = if is_range { pattern[at + 2] } else { pattern[at] };
        found |= (pattern[at]..=last).contains(&byte);
        at += if is_range { 3 } else { 1 };
    }
    Some((end + 1, found != none_of))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(patterns: &[u8], path: &[u8], is_folder: bool) -> Option<bool> {
        Ignore::parse(patterns).says(path, is_folder, &Steps::default())
    }

    #[test]
    fn ignores_as_git_does() {
        for (patterns, path, is_folder, ignored) in [
            ("*.py", "a/b.py", false, Some(true)),
            ("*.py", "a/b.pyc", false, None),
            ("/b.py", "a/b.py", false, None),
            ("/b.py", "b.py", false, Some(true)),
            ("a/b.py", "a/b.py", false, Some(true)),
            ("a/b.py", "c/a/b.py", false, None),
            ("build/", "build", true, Some(true)),
            ("build/", "build", false, None),
            ("build/", "x/build", true, Some(true)),
            ("**/gen", "a/b/gen", true, Some(true)),
            ("**/gen", "gen", true, Some(true)),
            ("a/**/z", "a/z", false, Some(true)),
            ("a/**/z", "a/b/c/z", false, Some(true)),
            ("a/**/b/**/z", "a/b/b/c/z", false, Some(true)),
            ("a/**", "a/b/c", false, Some(true)),
            ("a/**", "a", true, None),
            ("/**", "a", false, Some(true)),
            ("**", "a/b", false, Some(true)),
            ("a/*/z", "a/b/c/z", false, None),
            ("*\n!keep.py", "keep.py", false, Some(false)),
            ("# *.py\n\\#x", "#x", false, Some(true)),
            ("a?[b-d][!x]", "azcy", false, Some(true)),
            ("a?[b-d][!x]", "azex", false, None),
            ("[a-c]x\r", "bx", false, Some(true)),
            ("x ", "x", false, Some(true)),
            ("[]-]x", "]x", false, Some(true)),
            ("[x", "[x", false, Some(true)),
            ("a\\*", "a*", false, Some(true)),
            ("a\\*", "ab", false, None),
            ("a*", "a", false, Some(true)),
            ("*a*b*", "xxaxxbxx", false, Some(true)),
            ("*a*b", "abab", false, Some(true)),
            ("\u{feff}x", "x", false, Some(true)),
        ] {
            let found = says(patterns.as_bytes(), path.as_bytes(), is_folder);
            assert_eq!(found, ignored, "{patterns} {path}");
        }
        assert_eq!(says(b"caf\xe9\n*.py", b"caf\xe9", false), Some(true));
    }

    #[test]
    fn takes_no_longer_than_the_product_of_the_lengths() {
        for (pattern, path) in [
            ("*a".repeat(30) + "*b", "a".repeat(250)),
            (format!("*[{}]b", "a".repeat(250)), "a".repeat(250)),
            ("**/a/".repeat(30) + "b", "a/".repeat(120) + "a"),
        ] {
            let (steps, bound) = (Steps::default(), (pattern.len() * path.len()) as u64 * 2);
            Ignore::parse(pattern.as_bytes()).says(path.as_bytes(), false, &steps);
            assert!(steps.get() < bound, "{pattern}: {} of {bound}", steps.get());
        }
    }
}
