//! The portal as an issuer of tokens: ES256, with a key of its own for as long as it runs.

use std::fmt;

use crate::input::check::hex;
use crate::protocol::base64;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    UnparsedPublicKey,
};
use serde_json::{Value, json};

/// What signs.
pub(crate) struct Issuer {
    key: EcdsaKeyPair,
    id: String,
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({})", self.id)
    }
}

impl Issuer {
    /// One with a new key.
    pub(crate) fn new() -> Result<Self, String> {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random)
            .ok()
            .and_then(|made| EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).ok())
            .ok_or("cannot make a signing key: the system gives no random numbers")?;
        let id = hex(&key.public_key().as_ref()[1..9]);
        Ok(Self { key, id })
    }

    /// A token of this type over these claims.
    pub(crate) fn sign(&self, kind: &str, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "typ": kind, "kid": self.id });
        let text =
            [header.to_string(), claims.to_string()].map(|part| base64::url(part.as_bytes()));
        let text = text.join(".");
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes());
        let signature = signature.map(|signature| base64::url(signature.as_ref()));
        format!("{text}.{}", signature.unwrap_or_default())
    }

    /// Whether a signature is its own.
    pub(crate) fn signed(&self, text: &str, signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.key.public_key().as_ref());
        key.verify(text.as_bytes(), signature).is_ok()
    }

    /// Its public key, as others look for it.
    pub(crate) fn jwks(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = (base64::url(&point[1..33]), base64::url(&point[33..65]));
        json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id, "x": x, "y": y,
        }] })
    }
}
