//! Key plaintexts: `alter_<type>_<22 random>_<6 checksum>`.

use crate::random;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const RANDOM_LENGTH: usize = 22;
const CHECKSUM_LENGTH: usize = 6;
const PREFIX_SHOWN: usize = 16;

/// A new plaintext for a key of this type, such as `rk`.
pub(crate) fn fresh(key_type: &str) -> String {
    let letters = random::bytes::<RANDOM_LENGTH>();
    with_checksum(
        key_type,
        &letters.iter().map(|byte| letter(u32::from(*byte))).collect::<String>(),
    )
}

/// What may be shown of a plaintext, so that people tell their keys apart.
pub(crate) fn prefix(plaintext: &str) -> String {
    plaintext.chars().take(PREFIX_SHOWN).collect()
}

/// The plaintext made of these random letters.
pub(crate) fn with_checksum(key_type: &str, random: &str) -> String {
    let sum = crc32(format!("{key_type}:{random}").as_bytes());
    // Five bits a letter, the lowest first: not the order that RFC 4648 has.
    let checksum: String = (0..CHECKSUM_LENGTH).map(|at| letter(sum >> (5 * at))).collect();
    format!("alter_{key_type}_{random}_{checksum}")
}

fn letter(bits: u32) -> char {
    char::from(ALPHABET[(bits & 31) as usize])
}

/// The CRC-32 of zlib and IEEE 802.3.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            sum >> 1 ^ (sum & 1).wrapping_neg() & 0xedb8_8320
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_the_products() {
        for (plaintext, crc) in [
            ("alter_rk_abcdefghijklmnopqrstuv_iwpykn", 0x1aac_3ec8),
            ("alter_ak_abcdefghijklmnopqrstuv_v7lnv3", 0x7756_aff5),
            ("alter_dk_abcdefghijklmnopqrstuv_ai5awu", 0x2960_7500),
            ("alter_pk_abcdefghijklmnopqrstuv_vegumf", 0x8aca_1895),
            ("alter_rk_234567abcdefghijklmnop_2lik7o", 0x9df5_217a),
            ("alter_ak_234567abcdefghijklmnop_hcm7ay", 0xf00f_b047),
            ("alter_dk_234567abcdefghijklmnop_sv2sdx", 0xae39_6ab2),
            ("alter_pk_234567abcdefghijklmnop_hzbgzg", 0x0d93_0727),
        ] {
            let parts: Vec<&str> = plaintext.split('_').collect();
            assert_eq!(crc32(format!("{}:{}", parts[1], parts[2]).as_bytes()), crc);
            assert_eq!(with_checksum(parts[1], parts[2]), plaintext);
        }
    }

    #[test]
    fn fresh_ones_differ_and_have_their_form() {
        let (one, other) = (fresh("ak"), fresh("ak"));
        assert_ne!(one, other);
        let random = &one["alter_ak_".len()..][..RANDOM_LENGTH];
        assert_eq!(with_checksum("ak", random), one);
        assert_eq!(prefix(&one), one[..16]);
    }
}
