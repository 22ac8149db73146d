//! What a message, or the check of a certificate that is trusted itself, needs of a certificate. Nothing of it is
//! trusted here.
//!
//! RFC 5280, in DER: `Certificate { tbs { [0] version?, serial, algorithm, issuer, validity, subject, key, [1] …, [2] …,
//! [3] extensions? } … }`

use crate::base::time;

const BOOLEAN: u8 = 0x01;
const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ORGANISATION: &[u8] = &[0x55, 4, 10];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 17];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];

/// What a certificate says of itself.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// 1, 2 or 3.
    pub(super) version: u8,
    /// The issuer's common name, or else its organisation.
    pub(super) issuer: Option<String>,
    /// Whether issuer and subject are the same.
    pub(super) self_issued: bool,
    /// Seconds since 1970: from when it is valid, and until when.
    pub(super) validity: (i64, i64),
    /// Whether it has names that count, in subjectAltName.
    pub(super) has_names: bool,
    /// Whether it is a certificate authority's.
    pub(super) is_ca: bool,
}

/// Reads a certificate; `None` where it is malformed.
pub(super) fn facts(certificate: &[u8]) -> Option<Facts> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut rest, _) = element(certificate)?;
    let mut version = 1;
    if rest.first() == Some(&VERSION) {
        let (_, number, after) = element(rest)?;
        version = element(number)?.1.last()?.checked_add(1)?;
        rest = after;
    }
    let after_serial = element(rest)?.2;
    let after_algorithm = element(after_serial)?.2;
    let (tag, issuer, after_issuer) = element(after_algorithm)?;
    (tag == SEQUENCE).then_some(())?;
    let (_, validity, after_validity) = element(after_issuer)?;
    let (_, subject, after_subject) = element(after_validity)?;
    let (from, after_from) = moment(validity)?;
    let (until, _) = moment(after_from)?;
    let mut facts = Facts {
        version,
        issuer: attribute(issuer, COMMON_NAME).or_else(|| attribute(issuer, ORGANISATION)),
        self_issued: issuer == subject,
        validity: (from, until),
        ..Facts::default()
    };
    let mut rest = element(after_subject)?.2;
    while let Some((tag, content, after)) = element(rest) {
        if tag == EXTENSIONS {
            read_extensions(&mut facts, element(content)?.1);
        }
        rest = after;
    }
    Some(facts)
}

/// `SEQUENCE OF SEQUENCE { id OBJECT IDENTIFIER, critical BOOLEAN?, value OCTET STRING }`
fn read_extensions(facts: &mut Facts, mut rest: &[u8]) {
    while let Some((_, extension, after)) = element(rest) {
        if let Some((_, id, value)) = element(extension) {
            facts.has_names |= id == ALTERNATIVE_NAMES;
            facts.is_ca |= id == BASIC_CONSTRAINTS && says_ca(value) == Some(true);
        }
        rest = after;
    }
}

/// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, … }`, behind a flag that may be left out.
fn says_ca(value: &[u8]) -> Option<bool> {
    let (tag, first, after) = element(value)?;
    let octets = if tag == BOOLEAN { element(after)?.1 } else { first };
    let (_, constraints, _) = element(octets)?;
    let (tag, value, _) = element(constraints)?;
    Some(tag == BOOLEAN && value != [0])
}

/// `UTCTime` (`YYMMDDHHMMSSZ`) or `GeneralizedTime` (`YYYYMMDDHHMMSSZ`), and what follows it.
fn moment(der: &[u8]) -> Option<(i64, &[u8])> {
    let (tag, text, after) = element(der)?;
    let text = str::from_utf8(text).ok().filter(|text| text.is_ascii())?;
    let text = match tag {
        UTC_TIME if text < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        _ => text.to_owned(),
    };
    let part = |from: usize, to: usize| text.get(from..to);
    let written = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    );
    Some((time::parse(&written)?, after))
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
    fn says_what_a_certificate_says_of_itself() {
        let mut authority = rcgen::CertificateParams::new(vec![]).unwrap();
        authority.distinguished_name = rcgen::DistinguishedName::new();
        authority.distinguished_name.push(rcgen::DnType::CommonName, "Corporate Root é");
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = authority.self_signed(&key).unwrap();
        let read = facts(certificate.der()).unwrap();
        assert_eq!(read.issuer.as_deref(), Some("Corporate Root é"));
        assert_eq!(
            (read.version, read.self_issued, read.has_names, read.is_ca),
            (3, true, false, false)
        );
        assert!(read.validity.0 < read.validity.1, "{:?}", read.validity);
        for end in 0..certificate.der().len() {
            facts(&certificate.der()[..end]);
        }
    }
}
