//! Signatures as minisign makes them with `-l`: Ed25519 over the file itself, and over the comment beside it.

use base64::prelude::{BASE64_STANDARD, Engine};
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::base::failure::Failure;

/// The public key of the releases. `scripts/release/build --key` builds it in; a debug build, which is not handed out, takes
/// the one that the tests sign with.
const KEY: Option<&str> = if cfg!(debug_assertions) {
    Some("RWR0ZXN0a2V5LupKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs")
} else {
    option_env!("ALTER_RELEASE_KEY")
};

/// "Ed": what is signed is the text; minisign's other kind, "ED", signs its BLAKE2b hash.
const PLAIN: &[u8; 2] = b"Ed";
const HASHED: &[u8; 2] = b"ED";

/// Two letters that name the kind, the id of the key, and what the kind has.
struct Parts<const N: usize> {
    kind: [u8; 2],
    key: [u8; 8],
    rest: [u8; N],
}

impl<const N: usize> Parts<N> {
    fn read(text: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(text.trim()).ok()?;
        let (kind, bytes) = bytes.split_first_chunk()?;
        let (key, rest) = bytes.split_first_chunk()?;
        Some(Self { kind: *kind, key: *key, rest: rest.try_into().ok()? })
    }
}

/// Checks that the holder of the release key signed `text`; `what` names the signature.
pub(super) fn check(what: &str, text: &[u8], signature: &str) -> Result<(), Failure> {
    let key = KEY.and_then(Parts::<32>::read).ok_or_else(|| {
        Failure::error("this build of alter", "has no release key, so it can check no release")
            .fix("install a released alter, or build one with scripts/release/build --key FILE")
    })?;
    verify(&key, text, signature).map_err(|why| {
        Failure::error(what, why)
            .fix("nothing was changed; get the release again from where you trust it")
    })
}

fn verify(key: &Parts<32>, text: &[u8], signature: &str) -> Result<(), &'static str> {
    const BROKEN: &str = "is not a whole minisign signature";
    let mut lines = signature.lines();
    let (Some(_), Some(first), Some(comment), Some(second)) =
        (lines.next(), lines.next(), lines.next(), lines.next())
    else {
        return Err(BROKEN);
    };
    let signed = Parts::<64>::read(first).ok_or(BROKEN)?;
    let comment = comment.strip_prefix("trusted comment: ").ok_or(BROKEN)?;
    let of_comment = BASE64_STANDARD.decode(second.trim()).map_err(|_| BROKEN)?;
    if &signed.kind == HASHED {
        return Err("signs a hash of the file, which is not read here: sign with minisign -S -l");
    }
    if &signed.kind != PLAIN {
        return Err(BROKEN);
    }
    if signed.key != key.key {
        return Err("was not made with the key of the releases");
    }
    let public = UnparsedPublicKey::new(&ED25519, key.rest);
    public.verify(text, &signed.rest).map_err(|_| "does not match what it is to sign")?;
    let both = [&signed.rest[..], comment.as_bytes()].concat();
    public.verify(&both, &of_comment).map_err(|_| "does not match its own comment")
}
