//! Identifiers and tokens that nobody can guess.

use std::thread;
use std::time::Duration;

use crate::base::random;

/// Letters and digits: the body of PATs, request ids and form tokens.
const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// As many random bytes as asked for.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    loop {
        // Waiting for the system's randomness is the only sound answer to its absence.
        match random::bytes() {
            Ok(bytes) => return bytes,
            Err(_) => thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// Random letters and digits.
pub(crate) fn alphanumeric(length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in bytes::<64>() {
            // 248 is the largest multiple of 62 in a byte: beyond it the first letters would come too often.
            if byte < 248 && text.len() < length {
                text.push(char::from(ALPHANUMERIC[usize::from(byte) % 62]));
            }
        }
    }
    text
}

/// A random UUID of version 4.
pub(crate) fn uuid() -> String {
    let mut bytes = bytes::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let number = u128::from_be_bytes(bytes);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        number >> 96,
        number >> 80 & 0xffff,
        number >> 64 & 0xffff,
        number >> 48 & 0xffff,
        number & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_have_their_form() {
        let id = uuid();
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert_eq!(&id[14..15], "4", "{id}");
        assert!("89ab".contains(&id[19..20]), "{id}");
        assert_ne!(id, uuid());
    }

    #[test]
    fn tokens_have_their_length() {
        for length in [0, 1, 40, 500] {
            assert_eq!(alphanumeric(length).len(), length);
        }
    }
}
