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
    Class(Box<[bool; 256]>),
}

impl Ignore {
    /// Reads the patterns of a text.
    pub(super) fn parse(text: &str) -> Self {
        Self { patterns: text.lines().filter_map(Pattern::parse).collect() }
    }

    /// Whether a path is ignored, or kept in spite of what other files say; `None` when this file says nothing.
    pub(super) fn says(&self, path: &str, is_folder: bool) -> Option<bool> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (path, name) = (Text::new(path.as_bytes()), Text::new(name.as_bytes()));
        let hit = self.patterns.iter().rev().find(|pattern| {
            let text = if pattern.floats { &name } else { &path };
            (is_folder || !pattern.folders_only) && text.matches(&pattern.parts)
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
    let (mut class, mut at) = (Box::new([none_of; 256]), begin);
    while at < end {
        let is_range = at + 2 < end && text[at + 1] == b'-';
        let last = if is_range { text[at + 2] } else { text[at] };
        (text[at]..=last).for_each(|byte| class[usize::from(byte)] = !none_of);
        at += if is_range { 3 } else { 1 };
    }
    class[usize::from(b'/')] = false;
    Some((Part::Class(class), end + 1))
}

/// A text and its places, one before each byte and one behind the last, as bits of words.
struct Text<'a> {
    bytes: &'a [u8],
    /// Each of its bytes once.
    values: Vec<u8>,
    /// For each word, the places that are behind a byte of each value.
    behind: Vec<[u64; 256]>,
}

impl<'a> Text<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut behind = vec![[0; 256]; bytes.len() / 64 + 1];
        for (at, byte) in bytes.iter().enumerate() {
            behind[(at + 1) / 64][usize::from(*byte)] |= 1 << ((at + 1) % 64);
        }
        let mut values = bytes.to_vec();
        values.sort_unstable();
        values.dedup();
        Self { bytes, values, behind }
    }

    /// Whether parts match the whole of it. The places reached so far are walked together, 64 at a time: no pattern
    /// takes longer than its length times that of the text.
    fn matches(&self, parts: &[Part]) -> bool {
        // Most patterns and names differ in their last character already.
        if let (Some(Part::Byte(wanted)), Some(last)) = (parts.last(), self.bytes.last())
            && wanted != last
        {
            return false;
        }
        let mut reached = vec![0; self.behind.len()];
        reached[0] = 1;
        for part in parts {
            match part {
                Part::Byte(byte) => self.step(&mut reached, |word| self.after(word, *byte)),
                Part::One => self.step(&mut reached, |word| !self.after(word, b'/')),
                Part::Class(class) => self.step(&mut reached, |word| self.after_any(word, class)),
                Part::Many => fill(&mut reached, |word| !self.after(word, b'/')),
                Part::Any => fill(&mut reached, |_| !0),
                Part::Folders => {
                    let here = reached.clone();
                    fill(&mut reached, |_| !0);
                    for (word, (place, here)) in reached.iter_mut().zip(here).enumerate() {
                        *place = here | *place & self.after(word, b'/');
                    }
                }
            }
            if reached.iter().all(|word| *word == 0) {
                return false;
            }
        }
        let end = self.bytes.len();
        reached[end / 64] >> (end % 64) & 1 == 1
    }

    fn after(&self, word: usize, byte: u8) -> u64 {
        self.behind[word][usize::from(byte)]
    }

    fn after_any(&self, word: usize, class: &[bool; 256]) -> u64 {
        let bytes = self.values.iter().filter(|byte| class[usize::from(**byte)]);
        bytes.fold(0, |places, byte| places | self.after(word, *byte))
    }

    /// Goes on by one byte, to the places that are allowed.
    fn step(&self, reached: &mut [u64], allowed: impl Fn(usize) -> u64) {
        let mut carried = 0;
        for (word, places) in reached.iter_mut().enumerate() {
            let next = *places << 1 | carried;
            carried = *places >> 63;
            *places = next & allowed(word);
        }
    }
}

/// Goes on by any number of bytes, over places that are allowed.
fn fill(reached: &mut [u64], allowed: impl Fn(usize) -> u64) {
    let mut carried = 0;
    for (word, places) in reached.iter_mut().enumerate() {
        let mut open = allowed(word);
        *places |= carried & open;
        for shift in [1, 2, 4, 8, 16, 32] {
            *places |= open & *places << shift;
            open &= open << shift;
        }
        carried = *places >> 63;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_matched_to_their_end() {
        for length in [1, 62, 63, 64, 65, 127, 128, 200] {
            let name = "a".repeat(length);
            for (pattern, matched) in [
                (name.clone(), true),
                (format!("{name}?"), false),
                (format!("{}*", &name[1..]), true),
                (format!("b*{name}"), false),
                (format!("*{}", "?".repeat(length)), true),
                ("[a-b]".repeat(length), true),
                ("[b-c]".repeat(length), false),
                (format!("**/{name}"), true),
                (format!("x/**/{name}"), false),
                (format!("*/{name}"), false),
            ] {
                let said = Ignore::parse(&pattern).says(&name, false);
                assert_eq!(said, matched.then_some(true), "{pattern} {length}");
                let below =
                    Ignore::parse(&format!("d/{pattern}")).says(&format!("d/{name}"), false);
                assert_eq!(below, said, "d/{pattern} {length}");
            }
        }
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
            ("a/**", "a/b/c", false, Some(true)),
            ("a/*/z", "a/b/c/z", false, None),
            ("*\n!keep.py", "keep.py", false, Some(false)),
            ("# *.py\n\\#x", "#x", false, Some(true)),
            ("a?[b-d][!x]", "azcy", false, Some(true)),
            ("a?[b-d][!x]", "azex", false, None),
            ("[a-c]x\r", "bx", false, Some(true)),
            ("x ", "x", false, Some(true)),
            ("[]-]x", "]x", false, Some(true)),
            ("*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, None),
        ] {
            assert_eq!(Ignore::parse(patterns).says(path, is_folder), ignored, "{patterns} {path}");
        }
    }
}
