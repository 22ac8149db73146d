//! Ids of the demo that do not change, so that scripts and computed rows can name them.

/// The demo apps. Their ids are fixed, so that scripts, documentation and computed audit rows can name them.
pub(crate) const APP_IDS: [&str; 2] =
    ["a1a1a1a1-0001-4000-8000-000000000001", "a1a1a1a1-0001-4000-8000-000000000002"];

/// An app of the demo that was given up: there are no computed rows of it.
pub(crate) const ARCHIVED_APP_ID: &str = "a1a1a1a1-0001-4000-8000-000000000003";

/// The id of a demo agent.
pub(crate) fn agent_id(number: usize) -> String {
    numbered("a9e47000", number)
}

/// The id of a demo row of the kind that these eight hexadecimal digits stand for.
pub(crate) fn numbered(kind: &str, number: usize) -> String {
    format!("{kind}-0001-4000-8000-{number:012x}")
}
