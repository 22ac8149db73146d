//! The chain of hashes over audit rows. Each row's hash covers the hash before it, so that a row can be neither changed
//! nor taken out unnoticed. Every app has a chain of its own, which goes away with it.

use crate::input::check::hex;
use ring::digest::{Context, Digest, SHA256};

use super::event::{AuditEvent, Recorded};
use crate::portal::store::Tables;

/// What a chain begins with.
pub(super) const START: &str = "";

/// Adds a row to the log, behind all others.
pub(crate) fn record(tables: &mut Tables, event: AuditEvent) {
    let rows = tables.of_mut::<Recorded>();
    let previous = rows.of_app(&event.app_id).next_back().map_or(START, |row| &row.hash);
    let hash = seal(previous, &event);
    rows.add(Recorded { event, hash });
}

/// The hash of an event behind the row of this hash, as it is kept.
pub(super) fn seal(previous: &str, event: &AuditEvent) -> String {
    let row = serde_json::to_vec(event).unwrap_or_default();
    hex(link(previous.as_bytes(), &row).as_ref())
}

/// The hash of a row behind another.
pub(super) fn link(previous: &[u8], row: &[u8]) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(previous);
    context.update(b"\n");
    context.update(row);
    context.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_sha_256_over_the_one_before_and_the_row() {
        let first = link(START.as_bytes(), b"{}");
        let expected = "a062dd4952b935e430d409c4a5e5cd760e8781e3200d5c7e12a232dddba8a528";
        assert_eq!(hex(first.as_ref()), expected);
        assert_ne!(link(first.as_ref(), b"{}").as_ref(), first.as_ref());
    }
}
