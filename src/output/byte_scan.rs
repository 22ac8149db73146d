//! Searches in short texts, eight bytes at a time: a long list has millions of them, and for each a call into a search that
//! is made for long texts takes more time than it saves.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = ONES << 7;

/// Bytes before the first quote or backslash; all of them where there is neither.
pub(super) fn before_quote_or_backslash(bytes: &[u8]) -> usize {
    // The high bit of the lowest byte that is zero is set, and no bit below it.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH_BITS;
    let (words, rest) = bytes.as_chunks::<8>();
    let mut at = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let found = zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\')));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(rest.len())
}

/// Whether there are only the letters, digits and signs of ASCII, and blanks.
pub(super) fn is_printable_ascii(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    words.iter().all(|word| {
        let word = u64::from_le_bytes(*word);
        let below_blank = word.wrapping_sub(ONES * u64::from(b' ')) & !word;
        // 0x7f carries into the high bit.
        (word | word.wrapping_add(ONES) | below_blank) & HIGH_BITS == 0
    }) && rest.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found_in_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..20 {
                let mut bytes = [b'a'; 20];
                bytes[place] = byte;
                let mark = matches!(byte, b'"' | b'\\');
                assert_eq!(before_quote_or_backslash(&bytes), if mark { place } else { 20 });
                assert_eq!(is_printable_ascii(&bytes), matches!(byte, b' '..=b'~'), "{byte}");
            }
        }
        assert_eq!(before_quote_or_backslash(b"\xa2\xdc!#[]\xff\x22\\"), 7);
    }
}
