//! The terms of a connection in a person's words.

use crate::portal::manage::grants::grant::Policy;
use crate::portal::manage::grants::restrictions::Restrictions;

/// Units of time, the longest first.
const UNITS: [(i64, &str); 4] = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];

/// How long a grant of this policy lasts.
pub(super) fn duration(policy: &Policy) -> String {
    let shortest = policy.default_ttl_seconds.into_iter().chain(policy.max_ttl_seconds).min();
    match (policy.expires_at, shortest) {
        (Some(end), _) => format!("until {end}"),
        (None, Some(seconds)) => length(seconds),
        (None, None) => "until you or the app end it".to_owned(),
    }
}

/// The calls that may be made, where they are restricted.
pub(super) fn restrictions(restrictions: &Restrictions) -> Option<String> {
    let any = |list: Option<&[String]>, else_: &str| {
        list.map_or_else(|| else_.to_owned(), |list| list.join(", "))
    };
    let (methods, endpoints) = (restrictions.methods(), restrictions.endpoints());
    (!restrictions.are_none())
        .then(|| format!("only {} at {}", any(methods, "any method"), any(endpoints, "any path")))
}

/// A length of time in its longest units, two at most.
fn length(seconds: i64) -> String {
    let mut left = seconds.max(0);
    let mut parts = Vec::new();
    for (unit, name) in UNITS {
        let count = left / unit;
        left %= unit;
        if count > 0 {
            parts.push(format!("{count} {name}{}", if count == 1 { "" } else { "s" }));
        }
    }
    parts.truncate(2);
    if parts.is_empty() { "no time at all".to_owned() } else { parts.join(" and ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_at_a_glance() {
        for (seconds, text) in [
            (0, "no time at all"),
            (1, "1 second"),
            (3600, "1 hour"),
            (5400, "1 hour and 30 minutes"),
            (2_592_000, "30 days"),
            (90_061, "1 day and 1 hour"),
        ] {
            assert_eq!(length(seconds), text);
        }
    }
}
