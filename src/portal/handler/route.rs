//! A route as a resource declares it.

use serde_json::Value;

use super::call::{Call, Outcome};
use super::params::Params;
use super::query::Limits;

/// The credential that a request has to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A PAT with this scope.
    Pat(&'static str),
    /// None.
    Public,
    /// A runtime key, with which the request is signed; the handler verifies it.
    RuntimeKey,
}

/// What a resource says about one of its requests; the handler is left with the request's own business.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) needs: Needs,
    pub(crate) query: &'static [&'static str],
    pub(crate) limits: Option<Limits>,
    pub(crate) handler: fn(&mut Call<'_>) -> Outcome,
    /// `/apps/{app}/keys`: a part in braces takes any segment.
    pub(crate) pattern: &'static str,
    /// Whether it changes what is archived.
    pub(crate) archived_too: bool,
    /// What takes time, such as asking somebody else: done with the body before the state is locked.
    pub(crate) ahead: Option<fn(&[u8]) -> Value>,
}

impl Route {
    /// A route for a PAT with this scope, without query parameters and pages.
    pub(crate) const fn new(
        method: &'static str,
        pattern: &'static str,
        scope: &'static str,
        handler: fn(&mut Call<'_>) -> Outcome,
    ) -> Self {
        Self::with(Needs::Pat(scope), method, pattern, handler)
    }

    /// The same for anybody.
    pub(crate) const fn public(
        method: &'static str,
        pattern: &'static str,
        handler: fn(&mut Call<'_>) -> Outcome,
    ) -> Self {
        Self::with(Needs::Public, method, pattern, handler)
    }

    /// The same for a runtime key, whose signature the handler verifies.
    pub(crate) const fn runtime(
        method: &'static str,
        pattern: &'static str,
        handler: fn(&mut Call<'_>) -> Outcome,
    ) -> Self {
        Self::with(Needs::RuntimeKey, method, pattern, handler)
    }

    const fn with(
        needs: Needs,
        method: &'static str,
        pattern: &'static str,
        handler: fn(&mut Call<'_>) -> Outcome,
    ) -> Self {
        let (query, limits, archived_too, ahead) = (&[], None, false, None);
        Self { method, needs, query, limits, handler, pattern, archived_too, ahead }
    }

    /// The query parameters it takes, those of paging left out.
    pub(crate) const fn query(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self
    }

    /// That it answers in pages.
    pub(crate) const fn paged(mut self, max: usize, default: usize) -> Self {
        self.limits = Some(Limits { max, default });
        self
    }

    /// What is to be done before the state is locked; the handler finds the result in the call.
    pub(crate) const fn ahead(mut self, task: fn(&[u8]) -> Value) -> Self {
        self.ahead = Some(task);
        self
    }

    /// That it also works on an archived app.
    pub(crate) const fn archived_too(mut self) -> Self {
        self.archived_too = true;
        self
    }

    /// The values of the pattern's placeholders, where a path fits it.
    pub(crate) fn params(&self, path: &str) -> Option<Params> {
        Params::of(self.pattern, path)
    }
}

/// Whether each part of a pattern is to be taken literally.
pub(crate) fn literals(pattern: &str) -> impl Iterator<Item = bool> {
    pattern.split('/').map(|part| !part.starts_with('{'))
}
