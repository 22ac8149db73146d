//! Base64, in both alphabets.

#[cfg(feature = "portal")]
const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[cfg(feature = "portal")]
/// Standard base64, padded.
pub(crate) fn standard(bytes: &[u8]) -> String {
    let text = encode(bytes, STANDARD);
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    text + &padding
}

/// base64url without padding.
pub(crate) fn url(bytes: &[u8]) -> String {
    encode(bytes, URL)
}

#[cfg(feature = "portal")]
/// The bytes of a base64url text without padding.
pub(crate) fn from_url(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::with_capacity(text.len() * 3 / 4), 0_u32, 0);
    for letter in text.bytes() {
        let value = URL.iter().position(|known| *known == letter)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    // Six bits over are a letter that says nothing; bits that are set beyond the last byte are no encoding of it.
    (count < 6 && bits & ((1 << count) - 1) == 0).then_some(bytes)
}

fn encode(bytes: &[u8], letters: &[u8; 64]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            out.push(char::from(letters[bits >> (18 - 6 * at) & 63]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets() {
        for (bytes, plain, in_url) in [
            (&b""[..], "", ""),
            (b"f", "Zg==", "Zg"),
            (b"fo", "Zm8=", "Zm8"),
            (b"foo", "Zm9v", "Zm9v"),
            ("é/x".as_bytes(), "w6kveA==", "w6kveA"),
            (b"\xfb\xff\xbe", "+/++", "-_--"),
        ] {
            assert_eq!(standard(bytes), plain);
            assert_eq!(url(bytes), in_url);
            assert_eq!(from_url(in_url).as_deref(), Some(bytes));
        }
        for bad in ["A", "Zg==", "Zh", "+/++", "é"] {
            assert!(from_url(bad).is_none(), "{bad}");
        }
    }
}
