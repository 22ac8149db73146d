//! Key plaintexts: `alter_<type>_<22 random>_<6 checksum>`.

use crate::protocol::key::{RANDOM_LENGTH, letter, with_checksum};

use crate::portal::random;

const PREFIX_SHOWN: usize = 16;

/// A new plaintext for a key of this type, such as `rk`.
pub(crate) fn fresh(key_type: &str) -> String {
    let letters = random::bytes::<RANDOM_LENGTH>();
    let letters: String = letters.iter().map(|byte| letter(u32::from(*byte))).collect();
    with_checksum(key_type, &letters)
}

/// What may be shown of a plaintext, so that people tell their keys apart.
pub(crate) fn prefix(plaintext: &str) -> String {
    plaintext.chars().take(PREFIX_SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_ones_differ_and_have_their_form() {
        let (one, other) = (fresh("ak"), fresh("ak"));
        assert_ne!(one, other);
        let random = &one["alter_ak_".len()..][..RANDOM_LENGTH];
        assert_eq!(with_checksum("ak", random), one);
        assert_eq!(prefix(&one), one[..16]);
    }
}
