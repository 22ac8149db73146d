//! Runtime keys: their forms, and the key that their requests are signed with.

use super::digest;
use crate::base::failure::Failure;
use crate::base::redact;
use crate::base::secret::Secret;

/// Letters of the random part and of the checksum.
pub(crate) const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Letters in the random part.
pub(crate) const RANDOM_LENGTH: usize = 22;

const CHECKSUM_LENGTH: usize = 6;
const LEGACY_PREFIX: &str = "alter_key_";
const LEGACY_LENGTH: usize = 40;
const SIGNING_LABEL: &[u8] = b"alter-signing-v1";

/// Whose key it is, according to its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// `alter_rk_`: an app's.
    App,
    /// `alter_ak_`: of the agent type, bound to no agent.
    Agent,
    /// `alter_dk_`: derived from another.
    Derived,
    /// `alter_pk_`.
    Platform,
    /// `alter_key_`: an agent's, or an app's of old.
    Legacy,
}

/// A runtime key, its form and checksum checked.
#[derive(Clone, Debug)]
pub(crate) struct RuntimeKey {
    secret: Secret,
    kind: KeyKind,
}

impl RuntimeKey {
    /// Checks the form of a key. `what` is the flag or variable it came from; the text is never repeated.
    pub(crate) fn parse(what: &str, text: &str) -> Result<Self, Failure> {
        if text.starts_with("alter_pat_") {
            let why = "is a Personal Access Token; a runtime call wants a runtime API key";
            return Err(Failure::usage(what, why).fix(
                "mint a key with alter keys mint; the PAT is for every other command (alter auth login)",
            ));
        }
        let kind = kind(text).ok_or_else(|| {
            Failure::usage(what, "is no runtime API key, or a mistyped one: the form or its checksum is wrong")
                .fix("copy it whole: alter_rk_, alter_ak_, alter_dk_ or alter_pk_, 22 letters, _, 6 letters")
        })?;
        redact::remember(text);
        Ok(Self { secret: Secret::new(text.to_owned()), kind })
    }

    /// Whose key it is.
    pub(crate) fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The key itself, for the header that carries it.
    pub(crate) fn expose(&self) -> &str {
        self.secret.expose()
    }

    /// The key that its requests are signed with.
    pub(crate) fn signing_key(&self) -> Vec<u8> {
        signing_key(self.expose())
    }
}

/// The key that requests of a runtime key are signed with.
pub(crate) fn signing_key(key: &str) -> Vec<u8> {
    digest::hmac(key.as_bytes(), SIGNING_LABEL)
}

#[cfg(feature = "portal")]
/// The key made of a type, such as `rk`, and these random letters.
pub(crate) fn with_checksum(key_type: &str, random: &str) -> String {
    format!("alter_{key_type}_{random}_{}", checksum(key_type, random))
}

/// One letter of the alphabet for the five lowest bits.
pub(crate) fn letter(bits: u32) -> char {
    char::from(ALPHABET[(bits & 31) as usize])
}

fn kind(text: &str) -> Option<KeyKind> {
    // The old form may have underscores in its body, so it cannot be split at them.
    if let Some(body) = text.strip_prefix(LEGACY_PREFIX) {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        return (body.len() == LEGACY_LENGTH && body.bytes().all(plain)).then_some(KeyKind::Legacy);
    }
    let (key_type, rest) = text.strip_prefix("alter_")?.split_once('_')?;
    let kind = match key_type {
        "rk" => KeyKind::App,
        "ak" => KeyKind::Agent,
        "dk" => KeyKind::Derived,
        "pk" => KeyKind::Platform,
        _ => return None,
    };
    let (random, sum) = rest.split_once('_')?;
    let whole =
        random.len() == RANDOM_LENGTH && random.bytes().all(|byte| ALPHABET.contains(&byte));
    (whole && sum == checksum(key_type, random)).then_some(kind)
}

fn checksum(key_type: &str, random: &str) -> String {
    let sum = crc32(format!("{key_type}:{random}").as_bytes());
    // Five bits a letter, the lowest first: not the order that RFC 4648 has.
    (0..CHECKSUM_LENGTH).map(|at| letter(sum >> (5 * at))).collect()
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
    use crate::input::check::hex;

    #[test]
    fn checksums_are_the_products() {
        for (key, crc) in [
            ("alter_rk_abcdefghijklmnopqrstuv_iwpykn", 0x1aac_3ec8),
            ("alter_ak_abcdefghijklmnopqrstuv_v7lnv3", 0x7756_aff5),
            ("alter_dk_abcdefghijklmnopqrstuv_ai5awu", 0x2960_7500),
            ("alter_pk_abcdefghijklmnopqrstuv_vegumf", 0x8aca_1895),
            ("alter_rk_234567abcdefghijklmnop_2lik7o", 0x9df5_217a),
            ("alter_ak_234567abcdefghijklmnop_hcm7ay", 0xf00f_b047),
            ("alter_dk_234567abcdefghijklmnop_sv2sdx", 0xae39_6ab2),
            ("alter_pk_234567abcdefghijklmnop_hzbgzg", 0x0d93_0727),
        ] {
            let parts: Vec<&str> = key.split('_').collect();
            assert_eq!(crc32(format!("{}:{}", parts[1], parts[2]).as_bytes()), crc);
            assert_eq!(with_checksum(parts[1], parts[2]), key);
            assert!(RuntimeKey::parse("ALTER_API_KEY", key).is_ok());
        }
    }

    #[test]
    fn forms_are_told_apart_and_never_repeated() {
        let legacy = "alter_key_0123456789abcdefghijABCDEFGHIJ_-_-012345";
        assert_eq!(RuntimeKey::parse("k", legacy).unwrap().kind(), KeyKind::Legacy);
        for text in [
            "",
            "sekret",
            "alter_pat_sekret",
            "alter_rk_sekret",
            "alter_rk_abcdefghijklmnopqrstuv_iwpyko",
            "alter_rk_ABCDEFGHIJKLMNOPQRSTUV_iwpykn",
            "alter_xk_abcdefghijklmnopqrstuv_iwpykn",
            "alter_rk_abcdefghijklmnopqrstuv_iwpykn_",
            " alter_rk_abcdefghijklmnopqrstuv_iwpykn",
            "alter_key_app_sekret",
            "alter_key_0123456789abcdefghijABCDEFGHIJ_-_-01234é",
        ] {
            let failure = RuntimeKey::parse("ALTER_API_KEY", text).unwrap_err();
            let text = format!("{} {:?}", failure.message(), failure.advice());
            assert!(!text.contains("sekret") && !text.contains("abcdefgh"), "{text}");
        }
    }

    #[test]
    fn the_signing_key_is_an_hmac_of_the_whole_key() {
        assert_eq!(
            hex(&signing_key("alter_rk_abcdefghijklmnopqrstuv_iwpykn")),
            "d686d74251939c285fe8fa5ad18c0e2003f1ca17a5346e7838389386c1ac079f"
        );
    }
}
