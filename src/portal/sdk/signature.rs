//! Whether a request is signed as it should be, now, and for the first time.

use crate::protocol::digest::sha256_hex;
use crate::protocol::key::signing_key;
use crate::protocol::sign::{
    ACTOR_ID, Actor, CALLER, CALLER_TYPE, CONSTRAINTS, CONTENT_HASH, CONTEXT, NONCE, REQUEST_RULE,
    SIGNATURE, SIGNATURE_V2, Signed, TIMESTAMP,
};
use subtle::ConstantTimeEq;

use crate::portal::handler::refusal::Refusal;
use crate::portal::http::request::Request;
use crate::portal::memory::{MAX_SKEW, Runtime};
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

/// A header's value, or nothing.
pub(super) fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.header(&name.to_ascii_lowercase()).unwrap_or_default()
}

/// Whom a request says it is made for.
pub(super) fn actor(request: &Request) -> Actor<'_> {
    Actor {
        caller: header(request, CALLER),
        caller_type: header(request, CALLER_TYPE),
        id: header(request, ACTOR_ID),
        context: header(request, CONTEXT),
    }
}

/// Refuses a request that the key did not sign.
pub(super) fn verify(request: &Request, plaintext: &str) -> Result<(), Refusal> {
    let hash = header(request, CONTENT_HASH);
    if hash != sha256_hex(&request.body) {
        return refuse("The body is not the one that was signed.");
    }
    let actor = actor(request);
    let signed = Signed {
        method: &request.method,
        target: &format!("{}?{}", request.path, request.query),
        timestamp: header(request, TIMESTAMP),
        nonce: header(request, NONCE),
        content_hash: hash,
        constraints: header(request, CONSTRAINTS),
        request_rule: header(request, REQUEST_RULE),
        actor,
    };
    let wanted = signed.signature(&signing_key(plaintext));
    let is_it = |name| bool::from(header(request, name).as_bytes().ct_eq(wanted.as_bytes()));
    if !is_it(SIGNATURE) {
        return refuse("The signature is not this request's.");
    }
    // Without the second signature somebody could take the actor headers away.
    if !actor.is_nobody() && !is_it(SIGNATURE_V2) {
        return refuse(
            "A request with actor headers needs the second signature, over all of them.",
        );
    }
    Ok(())
}

/// Refuses a request of another time, and one that was made before. Clients sign by the machine's clock, or by the portal's
/// own where they follow that one forward.
pub(super) fn is_new(
    tables: &mut Tables,
    request: &Request,
    key_id: &str,
    runtime: &Runtime,
    now: Stamp,
) -> Result<(), Refusal> {
    let machine = Stamp::of_machine();
    let is_near = |at: &i64| {
        [machine, now].iter().any(|clock| clock.0.abs_diff(*at) <= MAX_SKEW.unsigned_abs())
    };
    let Some(at) = header(request, TIMESTAMP).parse().ok().filter(is_near) else {
        let message = format!("The timestamp is more than {MAX_SKEW} seconds off.");
        return Err(Refusal::new(401, "timestamp_out_of_window", message));
    };
    let nonce = header(request, NONCE);
    let formed = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if nonce.len() != 32 || !nonce.bytes().all(formed) {
        return refuse("The nonce is not 32 hexadecimal digits.");
    }
    if !runtime.nonces().is_fresh(tables, key_id, nonce, Stamp(at), machine) {
        return Err(Refusal::new(401, "nonce_reused", "This nonce was used before."));
    }
    Ok(())
}

fn refuse<T>(message: &str) -> Result<T, Refusal> {
    Err(Refusal::new(401, "invalid_signature", message))
}
