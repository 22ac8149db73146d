//! A route: an operation of the API with the handler that serves it.

use serde_json::{Map, Value};

use super::call::{Call, Outcome};
use super::params::Params;
use super::refusal::Issue;
use crate::api::field::Field;
use crate::api::operation::{self, Limits, Operation};

/// The credential that a request must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// A PAT with this scope.
    Pat(&'static str),
    /// None.
    Public,
    /// A runtime key, with which the request is signed; the handler verifies it.
    RuntimeKey,
}

/// Serves a request.
pub(crate) type Handler = fn(&mut Call<'_>) -> Outcome;

/// Finds what is wrong with a body that only the portal can see: keys that do not fit together, names that are nowhere.
/// The keys may not have passed their own checks.
pub(crate) type Check = fn(&Call<'_>, &Map<String, Value>) -> Vec<Issue>;

/// What is known of a request before its handler runs.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// `/apps/{app}/keys`: a part in braces takes any segment.
    pub(crate) pattern: &'static str,
    pub(crate) credential: Credential,
    pub(crate) query: &'static [Field],
    pub(crate) limits: Option<Limits>,
    /// The operation of the management API that it serves; a runtime route serves none.
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) handler: Handler,
    pub(crate) check: Option<Check>,
    /// What takes time, such as asking somebody else: done with the body before the state is locked.
    pub(crate) prefetch: Option<fn(&[u8]) -> Value>,
}

impl Route {
    /// Attaches a handler to an operation.
    pub(crate) const fn new(operation: &'static Operation, handler: Handler) -> Self {
        Self {
            method: operation.method.name(),
            pattern: operation.path,
            credential: match operation.credential {
                operation::Credential::Pat(scope) => Credential::Pat(scope),
                operation::Credential::Public => Credential::Public,
            },
            query: operation.query,
            limits: operation.limits,
            operation: Some(operation),
            handler,
            check: None,
            prefetch: None,
        }
    }

    /// Declares a route for a runtime key, whose signature the handler verifies.
    pub(crate) const fn runtime(
        method: &'static str,
        pattern: &'static str,
        handler: Handler,
    ) -> Self {
        Self {
            method,
            pattern,
            credential: Credential::RuntimeKey,
            query: &[],
            limits: None,
            operation: None,
            handler,
            check: None,
            prefetch: None,
        }
    }

    /// Takes these query parameters, on a runtime route.
    pub(crate) const fn query(mut self, parameters: &'static [Field]) -> Self {
        self.query = parameters;
        self
    }

    /// Answers in pages, on a runtime route.
    pub(crate) const fn paged(mut self, most: u64, default: u64) -> Self {
        self.limits = Some(Limits { most, default });
        self
    }

    /// Checks the body for what only the portal can see.
    pub(crate) const fn check(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }

    /// Does this before the state is locked; the handler finds the result in the call.
    pub(crate) const fn prefetch(mut self, task: fn(&[u8]) -> Value) -> Self {
        self.prefetch = Some(task);
        self
    }

    /// Returns the values of the pattern's placeholders, where a path fits it.
    pub(crate) fn params(&self, path: &str) -> Option<Params> {
        Params::of(self.pattern, path)
    }

    /// Returns whether it works on an archived app too.
    pub(crate) fn allows_archived(&self) -> bool {
        self.method == "GET" || self.operation.is_some_and(|operation| operation.allows_archived)
    }
}

/// Whether each part of a pattern is to be taken literally.
pub(crate) fn literals(pattern: &str) -> impl Iterator<Item = bool> {
    pattern.split('/').map(|part| !part.starts_with('{'))
}
