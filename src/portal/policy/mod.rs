//! Policy rules, and the one function that decides a request under them.

mod decide;
mod hours;
mod rule;
#[cfg(test)]
mod tests;
mod zone;

pub(crate) use decide::{Decision, Request, decide};
pub(crate) use rule::{Rule, StoredRule, Target};
pub(crate) use zone::is_known as is_known_zone;
