//! Signed requests: the string that is signed, and the headers that carry the signature.

use std::fmt::Write;

use super::key::RuntimeKey;
use super::{digest, target};
use crate::base::failure::Failure;
use crate::base::random;
use crate::base::time;
use crate::input::check::hex;

/// Carries the key.
pub(crate) const API_KEY: &str = "x-api-key";
/// Unix seconds.
pub(crate) const TIMESTAMP: &str = "X-Alter-Timestamp";
/// 32 hexadecimal digits, never used twice.
pub(crate) const NONCE: &str = "X-Alter-Nonce";
/// The SHA-256 of the body.
pub(crate) const CONTENT_HASH: &str = "X-Alter-Content-SHA256";
/// The signature.
pub(crate) const SIGNATURE: &str = "X-Alter-Signature";
/// The same signature again, where it covers actor headers.
pub(crate) const SIGNATURE_V2: &str = "X-Alter-Signature-V2";
#[cfg(feature = "portal")]
/// The scopes that a caller narrows itself to.
pub(crate) const CONSTRAINTS: &str = "X-Alter-Scope-Constraints";
#[cfg(feature = "portal")]
/// A rule that a caller puts on its own request.
pub(crate) const REQUEST_RULE: &str = "X-Alter-Request-Rule";
/// Who calls.
pub(crate) const CALLER: &str = "X-Alter-Caller";
/// `agent` or `service`.
pub(crate) const CALLER_TYPE: &str = "X-Alter-Caller-Type";
/// The id that an earlier answer gave the caller.
pub(crate) const ACTOR_ID: &str = "X-Alter-Actor-ID";
/// What the caller is about, a JSON object.
pub(crate) const CONTEXT: &str = "X-Alter-Context";

/// What a signature covers. An absent text is an empty one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Signed<'a> {
    /// The method, in capitals.
    pub(crate) method: &'a str,
    /// The target as it goes over the wire.
    pub(crate) target: &'a str,
    /// Unix seconds.
    pub(crate) timestamp: &'a str,
    /// 32 hexadecimal digits.
    pub(crate) nonce: &'a str,
    /// The SHA-256 of the body.
    pub(crate) content_hash: &'a str,
    /// Scopes joined by commas.
    pub(crate) constraints: &'a str,
    /// A rule in base64url.
    pub(crate) request_rule: &'a str,
    /// Who calls.
    pub(crate) actor: Actor<'a>,
}

/// Who a request is made for; its presence makes the signature one of the second version.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Actor<'a> {
    /// The caller's name.
    pub(crate) caller: &'a str,
    /// `agent` or `service`.
    pub(crate) caller_type: &'a str,
    /// The id that an earlier answer gave it.
    pub(crate) id: &'a str,
    /// A JSON object.
    pub(crate) context: &'a str,
}

impl<'a> Actor<'a> {
    /// The headers that say so.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&'static str, &'a str)> {
        [
            (CALLER, self.caller),
            (CALLER_TYPE, self.caller_type),
            (ACTOR_ID, self.id),
            (CONTEXT, self.context),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
    }

    /// Whether nothing is said of it.
    pub(crate) fn is_nobody(&self) -> bool {
        self.headers().next().is_none()
    }
}

impl Signed<'_> {
    /// The string that is signed: six lines, the last of them often empty, and what else there is.
    pub(crate) fn text(&self) -> String {
        let target = target::canonical(self.target);
        let mut text =
            [self.method, &target, self.timestamp, self.nonce, self.content_hash, self.constraints]
                .join("\n");
        for (label, value) in [
            ("request-rule", self.request_rule),
            ("caller", self.actor.caller),
            ("caller-type", self.actor.caller_type),
            ("actor-id", self.actor.id),
            ("actor-context", self.actor.context),
        ] {
            if !value.is_empty() {
                let _ = write!(text, "\n{label}:{value}");
            }
        }
        text
    }

    /// The signature under a signing key.
    pub(crate) fn signature(&self, signing_key: &[u8]) -> String {
        hex(&digest::hmac(signing_key, self.text().as_bytes()))
    }
}

/// The headers of a request that is sent now, with a nonce of its own.
pub(crate) fn headers(
    key: &RuntimeKey,
    method: &str,
    target: &str,
    body: &[u8],
    actor: Actor<'_>,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let nonce = hex(&random::bytes::<16>()?);
    let (timestamp, content_hash) = (time::now().to_string(), digest::sha256_hex(body));
    let signature = Signed {
        method,
        target,
        timestamp: &timestamp,
        nonce: &nonce,
        content_hash: &content_hash,
        actor,
        ..Signed::default()
    }
    .signature(&key.signing_key());
    let mut headers = vec![
        (API_KEY, key.expose().to_owned()),
        (TIMESTAMP, timestamp),
        (NONCE, nonce),
        (CONTENT_HASH, content_hash),
        (SIGNATURE, signature.clone()),
    ];
    if !actor.is_nobody() {
        headers.extend(actor.headers().map(|(name, value)| (name, value.to_owned())));
        headers.push((SIGNATURE_V2, signature));
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::super::key;
    use super::*;

    const KEY: &str = "alter_rk_abcdefghijklmnopqrstuv_iwpykn";
    const ACTOR: &str = "99999999-8888-4777-8666-555555555555";
    const TOKEN: &str = r#"{"grant_id":"11111111-2222-4333-8444-555555555555","reason":null,"request":{"method":"GET","url":"https://api.example.com/v1/me"}}"#;

    fn signed<'a>(method: &'a str, target: &'a str, content_hash: &'a str) -> Signed<'a> {
        Signed {
            method,
            target,
            timestamp: "1767225600",
            nonce: "000102030405060708090a0b0c0d0e0f",
            content_hash,
            ..Signed::default()
        }
    }

    #[test]
    fn a_token_request_is_signed_to_the_letter() {
        let hash = digest::sha256_hex(TOKEN.as_bytes());
        let base = signed("POST", "/sdk/token", &hash);
        assert_eq!(
            base.text(),
            "POST\n/sdk/token\n1767225600\n000102030405060708090a0b0c0d0e0f\n89f9ea5866a0479e1f0a266afee54c9c37c9dcd7ef0bf14c61df45de00a2165b\n"
        );
        let service = Actor { caller: "my-svc", caller_type: "service", ..Actor::default() };
        assert!(
            Signed { actor: service, ..base }
                .text()
                .ends_with("\n\ncaller:my-svc\ncaller-type:service")
        );
        for (signed, signature) in [
            (base, "19edf529ff3c0b69d92d56edad4c9bd40994209e487e043be759ba72e3701bbf"),
            (
                Signed { actor: service, ..base },
                "4c1fc6ec71958595e5d4986fd6271e4535a7dd624fff9632769ac90242356625",
            ),
            (
                Signed {
                    actor: Actor { id: ACTOR, context: r#"{"tool":"x"}"#, ..service },
                    ..base
                },
                "8e6402569e489cc86674c41492aacdc70e9b9fa6c2733ea1089705392f55550d",
            ),
            (
                Signed { actor: Actor { id: ACTOR, ..Actor::default() }, ..base },
                "180e7acd9f202902072b633e7fa748686c930f055a54c08d297261c5a3c01028",
            ),
            (
                Signed {
                    constraints: "grants:read,tokens:retrieve",
                    request_rule: "eyJydWxlX3R5cGUiOiJqc29uX21hdGNoIn0",
                    ..base
                },
                "c41491063ee89fc008a0c5ce1edaf5cb9a25b5505eecc8670c6f44ed3913cb2d",
            ),
        ] {
            assert_eq!(signed.signature(&key::signing_key(KEY)), signature, "{signed:?}");
        }
    }

    #[test]
    fn every_kind_of_target_is_signed_to_the_letter() {
        let resolve = br#"{"include_profile":false}"#;
        assert_eq!(
            digest::sha256_hex(resolve),
            "88876ecf80d1bdfd23581f80876adcc9b20d5df95d4a22edb3043992fb945fa7"
        );
        for (method, target, body, signature) in [
            (
                "POST",
                "/sdk/identity/resolve",
                &resolve[..],
                "111f2facb937296e250676aef83b3e9018c2ac451ed76479df8ab39b9b7779ca",
            ),
            (
                "GET",
                "/sdk/agents?offset=0&limit=100&include_revoked=false",
                b"",
                "25bfd120a10a495f0d61bd328eed02733a6aa0db9ab0d63e6724e5b8f131c769",
            ),
            (
                "GET",
                "/sdk/provider-specs/managed/post%3A%2Femails/operations?search=a+b%2Fc&limit=10&empty=",
                b"",
                "13272735fcdd7003c23a1b0397bf287377c2a3cd3b0abca2969dac0847c35e55",
            ),
            (
                "GET",
                "/sdk/scopes?",
                b"",
                "7aefac61bc2d15c6828fd007a5520aac271a6e13e615d4a7373fa69d5ba2a288",
            ),
            (
                "GET",
                "/sdk/x?b=2&a=2&a=1&c",
                b"",
                "8eb142859e05fc360d4d89f0faa87ab837926757c36143d4be1fb9687dfc9160",
            ),
            (
                "GET",
                "/sdk/x?q=%C3%A9~*-._ %20",
                b"",
                "c0f224835ac6e582a23122159a8dd500731dbacae961138103015e404108a909",
            ),
            (
                "GET",
                "/sdk/x?&",
                b"",
                "0065a8ca85fcb8dbbca4973ef320e5fcb85931d551bc4e4eaef23aedcfd3259f",
            ),
            (
                "DELETE",
                "/sdk/grants/11111111-2222-4333-8444-555555555555/delegations/me",
                b"",
                "1d931dd59edfb09becab19fc4ff251705a647f392925984272a15797eb36dc62",
            ),
        ] {
            let hash = digest::sha256_hex(body);
            let found = signed(method, target, &hash).signature(&key::signing_key(KEY));
            assert_eq!(found, signature, "{method} {target}");
        }
    }

    #[test]
    fn both_signatures_are_one_as_soon_as_there_is_an_actor() {
        let key = RuntimeKey::parse("k", KEY).unwrap();
        let value = |headers: &[(&str, String)], name| {
            headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.clone())
        };
        let plain = headers(&key, "GET", "/sdk/scopes", b"", Actor::default()).unwrap();
        assert!(value(&plain, SIGNATURE).is_some() && value(&plain, SIGNATURE_V2).is_none());
        let actor = Actor { id: ACTOR, ..Actor::default() };
        let second = headers(&key, "GET", "/sdk/scopes", b"", actor).unwrap();
        assert_eq!(value(&second, SIGNATURE), value(&second, SIGNATURE_V2));
        assert_eq!(value(&second, ACTOR_ID).as_deref(), Some(ACTOR));
        assert_ne!(value(&plain, NONCE), value(&second, NONCE));
    }
}
