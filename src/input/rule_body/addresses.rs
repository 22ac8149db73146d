//! Addresses and ranges of them.

use std::net::IpAddr;

use super::shape::{filled_list, text};
use crate::api::address::Range;
use crate::api::path::{Place, Wrong};

const MAX_RANGES: usize = 100;
const MAX_RANGE_CHARS: usize = 49;

/// Reads an address that is no range.
pub(super) fn exact(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

/// A list of addresses and ranges.
pub(super) fn list(at: &Place<'_>, faults: &mut Vec<Wrong>) {
    filled_list(at, MAX_RANGES, faults);
    for item in at.items() {
        let range = text(&item, MAX_RANGE_CHARS, faults);
        if range.is_some_and(|range| Range::parse(range).is_none()) {
            let why = "must be an address or a range such as 192.0.2.0/24";
            faults.push(item.wrong("ip_range", why));
        }
    }
}

/// The ranges of a good body that leave nobody out.
pub(super) fn everyone(root: &Place<'_>) -> Vec<Wrong> {
    let Some(allow) = root.value.get("allow") else {
        return Vec::new();
    };
    let open = |item: &Place<'_>| {
        let range = item.value.as_str().and_then(Range::parse);
        range.is_some_and(|range| range.is_everyone())
    };
    let items: Vec<_> = root.key("allow", allow).items().filter(open).collect();
    items.iter().map(|item| item.wrong("everyone", "allows every address of its kind")).collect()
}
