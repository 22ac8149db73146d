//! `.gitignore` files: which of the paths below them git leaves alone.

/// The patterns of one file; paths are matched relative to its folder.
#[derive(Debug, Default)]
pub(super) struct Ignore {
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    parts: Vec<Part>,
    /// Only a name, to be met in any folder.
    floats: bool,
    folders_only: bool,
    /// `!`: what matches is not ignored after all.
    keeps: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Byte(u8),
    /// `?`
    One,
    /// `*`
    Many,
    /// `**`
    Any,
    /// `**/`: nothing, or whole folders.
    Folders,
    /// `[a-z]`, `[!a]`
    Class {
        none_of: bool,
        ranges: Vec<(u8, u8)>,
    },
}

impl Ignore {
    /// Reads the patterns of a text.
    pub(super) fn parse(text: &str) -> Self {
        Self { patterns: text.lines().filter_map(Pattern::parse).collect() }
    }

    /// Whether a path is ignored, or kept in spite of what other files say; `None` when this file says nothing.
    pub(super) fn says(&self, path: &str, is_folder: bool) -> Option<bool> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let hit = self.patterns.iter().rev().find(|pattern| {
            let text = if pattern.floats { name } else { path };
            (is_folder || !pattern.folders_only) && matches(&pattern.parts, text.as_bytes())
        });
        hit.map(|pattern| !pattern.keeps)
    }
}

impl Pattern {
    fn parse(line: &str) -> Option<Self> {
        let mut text = line.strip_suffix('\r').unwrap_or(line);
        if text.starts_with('#') {
            return None;
        }
        while text.ends_with(' ') && !text.ends_with("\\ ") {
            text = &text[..text.len() - 1];
        }
        let keeps = text.starts_with('!');
        text = text.strip_prefix('!').unwrap_or(text);
        let folders_only = text.ends_with('/');
        text = text.strip_suffix('/').unwrap_or(text);
        let floats = !text.contains('/');
        text = text.strip_prefix('/').unwrap_or(text);
        if text.is_empty() {
            return None;
        }
        Some(Self { parts: parts(text.as_bytes()), floats, folders_only, keeps })
    }
}

fn parts(mut text: &[u8]) -> Vec<Part> {
    let mut parts = Vec::with_capacity(text.len());
    while let Some(first) = text.first() {
        let whole = matches!(parts.last(), None | Some(Part::Byte(b'/') | Part::Folders));
        let (part, length) = match first {
            b'*' if whole && text.starts_with(b"**/") => (Part::Folders, 3),
            b'*' if whole && text == b"**" => (Part::Any, 2),
            b'*' => (Part::Many, text.iter().take_while(|byte| **byte == b'*').count()),
            b'?' => (Part::One, 1),
            b'[' => class(text).unwrap_or((Part::Byte(b'['), 1)),
            b'\\' if text.len() > 1 => (Part::Byte(text[1]), 2),
            byte => (Part::Byte(*byte), 1),
        };
        parts.push(part);
        text = &text[length..];
    }
    parts
}

fn class(text: &[u8]) -> Option<(Part, usize)> {
    let none_of = matches!(text.get(1), Some(b'!' | b'^'));
    let begin = if none_of { 2 } else { 1 };
    // A `]` that comes first stands for itself.
    let end = begin + 1 + text.get(begin + 1..)?.iter().position(|byte| *byte == b']')?;
    let (mut ranges, mut at) = (Vec::new(), begin);
    while at < end {
        let is_range = at + 2 < end && text[at + 1] == b'-';
        ranges.push((text[at], if is_range { text[at + 2] } else { text[at] }));
        at += if is_range { 3 } else { 1 };
    }
    Some((Part::Class { none_of, ranges }, end + 1))
}

/// Whether the parts match the whole of a text. The places reached so far are walked together, so that no pattern
/// takes longer than its length times that of the text.
fn matches(parts: &[Part], text: &[u8]) -> bool {
    // Most patterns and names differ in their last character already.
    if let (Some(Part::Byte(wanted)), Some(last)) = (parts.last(), text.last())
        && wanted != last
    {
        return false;
    }
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for part in parts {
        let mut next = vec![false; text.len() + 1];
        let mut open = false;
        for at in 0..=text.len() {
            let here = reached[at];
            let before = at.checked_sub(1);
            let byte = before.map(|before| text[before]);
            let stepped = before.is_some_and(|before| reached[before]);
            next[at] = match part {
                Part::Byte(wanted) => stepped && byte == Some(*wanted),
                Part::One => stepped && byte != Some(b'/'),
                Part::Class { none_of, ranges } => {
                    let inside =
                        |byte| ranges.iter().any(|(low, high)| (*low..=*high).contains(&byte));
                    stepped && byte.is_some_and(|byte| byte != b'/' && inside(byte) != *none_of)
                }
                Part::Many => {
                    open = here || (open && byte != Some(b'/'));
                    open
                }
                Part::Any => {
                    open |= here;
                    open
                }
                Part::Folders => {
                    let whole = here || (open && byte == Some(b'/'));
                    open |= here;
                    whole
                }
            };
        }
        reached = next;
    }
    reached[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("a/**", "a/b/c", false, Some(true)),
            ("a/*/z", "a/b/c/z", false, None),
            ("*\n!keep.py", "keep.py", false, Some(false)),
            ("# *.py\n\\#x", "#x", false, Some(true)),
            ("a?[b-d][!x]", "azcy", false, Some(true)),
            ("a?[b-d][!x]", "azex", false, None),
            ("[a-c]x\r", "bx", false, Some(true)),
            ("x ", "x", false, Some(true)),
            ("*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, None),
        ] {
            assert_eq!(Ignore::parse(patterns).says(path, is_folder), ignored, "{patterns} {path}");
        }
    }
}
