//! Text as files hold it. Every file that is read as text comes in here: a byte order mark is taken off, and what is in
//! another encoding is named by it, for an editor shows both as if nothing was wrong.

use std::str::Utf8Error;

/// What an encoding is told by at the beginning of a file, the longer mark first: UTF-32's begins as UTF-16's does.
const MARKS: [(&[u8], Encoding); 5] = [
    (b"\xef\xbb\xbf", Encoding::Utf8),
    (b"\xff\xfe\0\0", Encoding::Utf32),
    (b"\0\0\xfe\xff", Encoding::Utf32),
    (b"\xff\xfe", Encoding::Utf16(u16::from_le_bytes)),
    (b"\xfe\xff", Encoding::Utf16(u16::from_be_bytes)),
];

#[derive(Clone, Copy, Debug)]
enum Encoding {
    Utf8,
    /// With how two bytes make a unit.
    Utf16(fn([u8; 2]) -> u16),
    Utf32,
}

/// Decodes UTF-8. The error says what the bytes are instead.
pub(crate) fn utf8(bytes: Vec<u8>) -> Result<String, String> {
    match marked(&bytes) {
        Some((_, Encoding::Utf16(_))) => Err(not_utf8("UTF-16")),
        _ => utf8_or_utf16(bytes),
    }
}

/// Decodes UTF-8, or UTF-16 that begins with its mark, as some editors and shells write it.
pub(crate) fn utf8_or_utf16(bytes: Vec<u8>) -> Result<String, String> {
    match marked(&bytes) {
        // Zeros are UTF-8 too, but no text has them.
        None if looks_like_utf16(&bytes) => Err(not_utf8(UNMARKED)),
        None => {
            String::from_utf8(bytes).map_err(|error| unmarked(error.as_bytes(), error.utf8_error()))
        }
        Some((rest, Encoding::Utf8)) => {
            str::from_utf8(rest).map(str::to_owned).map_err(|error| unmarked(rest, error))
        }
        Some((rest, Encoding::Utf16(unit))) => utf16(rest, unit),
        Some((_, Encoding::Utf32)) => Err(not_utf8("UTF-32")),
    }
}

/// Decodes a source file: the same, but bytes of an older encoding, as comments have them, are replaced.
pub(crate) fn source(bytes: Vec<u8>) -> Result<String, String> {
    match marked(&bytes) {
        None if !looks_like_utf16(&bytes) => Ok(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }),
        _ => utf8_or_utf16(bytes),
    }
}

/// Returns the name of the encoding of bytes that are UTF-16 or UTF-32.
pub(crate) fn wide(bytes: &[u8]) -> Option<&'static str> {
    match marked(bytes) {
        Some((_, Encoding::Utf16(_))) => Some("UTF-16"),
        Some((_, Encoding::Utf32)) => Some("UTF-32"),
        Some((_, Encoding::Utf8)) => None,
        None => looks_like_utf16(bytes).then_some("UTF-16"),
    }
}

/// Returns bytes without UTF-8's mark, for text that is not decoded.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn marked(bytes: &[u8]) -> Option<(&[u8], Encoding)> {
    MARKS.iter().find_map(|(mark, encoding)| Some((bytes.strip_prefix(*mark)?, *encoding)))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>();
    match text {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err("is broken UTF-16: save it as UTF-8".into()),
    }
}

/// Says what bytes without a mark are that are not UTF-8.
fn unmarked(bytes: &[u8], error: Utf8Error) -> String {
    let before = &bytes[..error.valid_up_to()];
    let line = before.split(|byte| *byte == b'\n').count();
    let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
    format!("is not UTF-8 (byte 0x{byte:02x} in line {line}; Latin-1, perhaps): save it as UTF-8")
}

/// Returns whether every other byte of the beginning is zero, as in UTF-16 of Latin letters.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let (pairs, _) = bytes[..bytes.len().min(64)].as_chunks::<2>();
    let all = |at: usize| pairs.iter().all(|pair| pair[at] == 0 && pair[1 - at] != 0);
    !pairs.is_empty() && (all(0) || all(1))
}

const UNMARKED: &str = "UTF-16 without a byte order mark";

fn not_utf8(encoding: &str) -> String {
    format!("is {encoding}, not UTF-8: save it as UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_begins_with_a_mark() {
        for (bytes, plain, either) in [
            (&b"\xef\xbb\xbfa"[..], Ok("a"), Ok("a")),
            (b"a\xc3\xa9", Ok("aé"), Ok("aé")),
            (b"", Ok(""), Ok("")),
            (b"\xff\xfea\0\xe9\0", Err("UTF-16"), Ok("aé")),
            (b"\xfe\xff\0a\0\xe9", Err("UTF-16"), Ok("aé")),
            (b"\xff\xfea", Err("UTF-16"), Err("broken UTF-16")),
            (b"\xff\xfe\x00\xd8", Err("UTF-16"), Err("broken UTF-16")),
            (b"\xff\xfe\0\0a\0\0\0", Err("UTF-32"), Err("UTF-32")),
            (b"\0\0\xfe\xff\0\0\0a", Err("UTF-32"), Err("UTF-32")),
            (b"a\nb\xe9", Err("byte 0xe9 in line 2"), Err("byte 0xe9 in line 2")),
            (b"\xe9\0a\0", Err("without a byte order mark"), Err("without a byte order mark")),
            (b"x\0a\0", Err("without a byte order mark"), Err("without a byte order mark")),
        ] {
            for (read, wanted) in
                [(utf8(bytes.into()), plain), (utf8_or_utf16(bytes.into()), either)]
            {
                match (read, wanted) {
                    (Ok(text), Ok(wanted)) => assert_eq!(text, wanted),
                    (Err(why), Err(wanted)) => assert!(why.contains(wanted), "{why}"),
                    (read, wanted) => panic!("{bytes:?}: {read:?}, not {wanted:?}"),
                }
            }
        }
        assert_eq!(source(b"caf\xe9".into()).unwrap(), "caf\u{fffd}");
        assert_eq!(source(b"\xff\xfea\0".into()).unwrap(), "a");
        assert!(source(b"a\0b\0".into()).is_err());
    }
}
