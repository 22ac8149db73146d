//! The issuer's name out of a certificate, for a message; nothing here is trusted.
//!
//! RFC 5280: `Certificate { tbs { [0] version?, serial, algorithm, issuer, … } … }` in DER.

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ORGANISATION: &[u8] = &[0x55, 4, 10];

/// The issuer's common name, or else its organisation.
pub(crate) fn issuer(certificate: &[u8]) -> Option<String> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut rest, _) = element(certificate)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    let after_serial = element(rest)?.2;
    let after_algorithm = element(after_serial)?.2;
    let (tag, name, _) = element(after_algorithm)?;
    (tag == SEQUENCE).then_some(())?;
    attribute(name, COMMON_NAME).or_else(|| attribute(name, ORGANISATION))
}

/// `Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value }`
fn attribute(name: &[u8], wanted: &[u8]) -> Option<String> {
    let mut rest = name;
    while let Some((_, set, after)) = element(rest) {
        let (_, pair, _) = element(set)?;
        let (_, kind, value) = element(pair)?;
        if kind == wanted {
            let (_, text, _) = element(value)?;
            return Some(String::from_utf8_lossy(text).into_owned());
        }
        rest = after;
    }
    None
}

/// The first element: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let length = digits.iter().try_fold(0_usize, |length, digit| {
            Some(length.checked_mul(256)? + usize::from(*digit))
        })?;
        (length, rest)
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_issuer() {
        let mut authority = rcgen::CertificateParams::new(vec![]).unwrap();
        authority.distinguished_name = rcgen::DistinguishedName::new();
        authority.distinguished_name.push(rcgen::DnType::CommonName, "Corporate Root é");
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = authority.self_signed(&key).unwrap();
        assert_eq!(issuer(certificate.der()).as_deref(), Some("Corporate Root é"));
        for end in 0..certificate.der().len() {
            issuer(&certificate.der()[..end]);
        }
    }
}
