//! The portal's API, said once: every operation with its method, path, scope, pages, parameters and body.
//!
//! The command line builds its requests, help, limits and completion from these declarations; the emulator attaches a
//! handler to each and checks parameters and bodies by them. A deployment that differs is met here and nowhere else.

/// Declares the operations of a resource, each under a name of its own, and the list of them all.
macro_rules! operations {
    ($($(#[doc = $doc:literal])+ $name:ident = $operation:expr;)+) => {
        $($(#[doc = $doc])+ pub static $name: $crate::api::operation::Operation = $operation;)+

        /// Every operation of this resource, by name.
        pub const ALL: &[(&str, &$crate::api::operation::Operation)] = &[$((stringify!($name), &$name)),+];
    };
}

pub mod address;
pub mod field;
pub mod format;
pub mod kind;
pub mod member;
pub mod method;
pub mod operation;
pub mod path;
pub mod runtime_scopes;
pub mod shape;

pub mod agents;
pub mod analytics;
pub mod approvals;
pub mod apps;
pub mod audit;
pub mod branding;
pub mod end_users;
pub mod grants;
pub mod identity_providers;
pub mod keys;
pub mod managed_secrets;
pub mod pats;
pub mod policy;
pub mod providers;
pub mod secret_grants;

use method::Method;
use operation::Operation;

/// What the path of every operation of the management API begins with.
pub const PREFIX: &str = "/api/v1";

/// Every resource, with its operations by name.
pub const ALL: &[(&str, &[(&str, &Operation)])] = &[
    ("pats", pats::ALL),
    ("apps", apps::ALL),
    ("keys", keys::ALL),
    ("agents", agents::ALL),
    ("providers", providers::ALL),
    ("managed_secrets", managed_secrets::ALL),
    ("secret_grants", secret_grants::ALL),
    ("identity_providers", identity_providers::ALL),
    ("policy", policy::ALL),
    ("audit", audit::ALL),
    ("analytics", analytics::ALL),
    ("grants", grants::ALL),
    ("end_users", end_users::ALL),
    ("branding", branding::ALL),
    ("approvals", approvals::ALL),
];

/// Returns every operation with its resource and its name.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static Operation)> {
    let named =
        |(resource, operations): &(&'static str, &'static [(&'static str, &'static Operation)])| {
            let resource = *resource;
            operations.iter().map(move |(name, operation)| (resource, *name, *operation))
        };
    ALL.iter().flat_map(named)
}

/// Returns the operation that a request to `path`, from [`PREFIX`] on, is for.
pub fn find(method: Method, path: &str) -> Option<&'static Operation> {
    let path = path.split('?').next()?.strip_prefix(PREFIX)?;
    let fitting = all().map(|(.., operation)| operation);
    let fitting = fitting.filter(|operation| operation.method == method && operation.fits(path));
    // Where a path fits several templates, the one that says more of it counts: `statistics` is not the id of a key.
    fitting.max_by(|one, other| one.literals().cmp(other.literals()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::operation::{Answer, Credential};
    use super::*;
    use crate::auth::scopes;
    use crate::base::redact::SECRET_KEYS;

    /// Written by hand from the specification, so that both programs cannot be wrong together.
    const GOLDEN: &str = include_str!("../../tests/golden/operations.tsv");

    /// Method, path, scope and paging, as a line of the golden file has them behind the verb. The names of placeholders are
    /// the code's own business.
    fn line(operation: &Operation) -> String {
        let scope = operation.scope().unwrap_or("-");
        let kind = if matches!(operation.answer, Answer::Page(_)) { "page" } else { "array" };
        let paging = operation
            .limits
            .map_or("-".into(), |limits| format!("{kind} {} {}", limits.most, limits.default));
        format!("{}\t{}\t{scope}\t{paging}", operation.method.name(), anonymous(operation.path))
    }

    fn anonymous(path: &str) -> String {
        let part = |part: &str| if part.starts_with('{') { "{}".into() } else { part.to_owned() };
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    #[test]
    fn operations_are_those_of_the_specification() {
        let golden = GOLDEN.lines().skip(1).map(|line| {
            let columns: Vec<&str> = line.split('\t').skip(1).collect();
            [columns[0], &anonymous(columns[1]), columns[2], columns[3]].join("\t")
        });
        let golden: BTreeSet<String> = golden.collect();
        let declared: BTreeSet<String> = all().map(|(.., operation)| line(operation)).collect();
        let missing: Vec<_> = golden.difference(&declared).collect();
        let other: Vec<_> = declared.difference(&golden).collect();
        assert!(
            missing.is_empty() && other.is_empty(),
            "only in tests/golden/operations.tsv: {missing:#?}\nonly in src/api: {other:#?}"
        );
    }

    #[test]
    fn declarations_fit_together() {
        let mut seen = BTreeSet::new();
        for (resource, name, operation) in all() {
            let place = format!("{resource}::{name}");
            let here = (operation.method.name(), anonymous(operation.path));
            assert!(seen.insert(here), "{place} is there twice");
            if let Credential::Pat(scope) = operation.credential {
                assert!(scopes::is_known(scope), "{place}: {scope}");
            }
            for fields in [operation.query, operation.body] {
                let names: BTreeSet<&str> = fields.iter().map(|field| field.name).collect();
                assert_eq!(names.len(), fields.len(), "{place} has a name twice");
                let secrets = fields.iter().filter(|field| field.is_secret());
                let secrets = secrets.map(|field| field.name).chain(operation.secret);
                for name in secrets {
                    assert!(SECRET_KEYS.contains(&name), "{place}: {name} would be shown");
                }
            }
            assert!(operation.body.is_empty() || operation.method != Method::Get, "{place}");
            let ids: Vec<&str> = operation.placeholders().collect();
            assert!(find(operation.method, &operation.fill(&ids)).is_some(), "{place}");
            assert!(
                !operation.changes()
                    || operation.shown_at(&ids).is_some()
                    || operation.effect.is_some()
            );
        }
    }
}
