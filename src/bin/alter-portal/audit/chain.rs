//! The chain of hashes over audit rows. Each row's hash covers the hash before it, so that a row can be neither changed
//! nor taken out unnoticed. Every app has a chain of its own, which goes away with it.

use std::fmt::Write as _;

use ring::digest::{Context, SHA256};

use super::event::{AuditEvent, Recorded};
use crate::store::Tables;

/// What a chain begins with.
pub(super) const START: &str = "";

/// Adds a row to the log, behind all others.
pub(crate) fn record(tables: &mut Tables, event: AuditEvent) {
    let rows = tables.of_mut::<Recorded>();
    let previous = rows.of_app(&event.app_id).next_back().map_or(START, |row| &row.hash);
    let hash = link(previous, &written(&event));
    rows.add(Recorded { event, hash });
}

/// The bytes of a row that its hash covers.
pub(super) fn written(event: &AuditEvent) -> Vec<u8> {
    serde_json::to_vec(event).unwrap_or_default()
}

/// The hash of a row behind another.
pub(super) fn link(previous: &str, row: &[u8]) -> String {
    let mut context = Context::new(&SHA256);
    context.update(previous.as_bytes());
    context.update(b"\n");
    context.update(row);
    let hash = context.finish();
    hash.as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to memory does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_sha_256_over_the_one_before_and_the_row() {
        let first = link(START, b"{}");
        assert_eq!(first, "a062dd4952b935e430d409c4a5e5cd760e8781e3200d5c7e12a232dddba8a528");
        assert_ne!(link(&first, b"{}"), first);
    }
}
