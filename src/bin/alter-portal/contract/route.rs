//! A route as a resource declares it.

use alter::origin;

use super::call::{Call, Outcome};
use super::query::Limits;

/// What a resource says about one of its requests; the handler is left with the request's own business.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) scope: &'static str,
    pub(crate) query: &'static [&'static str],
    pub(crate) limits: Option<Limits>,
    pub(crate) handler: fn(&mut Call<'_>) -> Outcome,
    /// `/apps/{app}/keys`: a part in braces takes any segment.
    pub(crate) pattern: &'static str,
    /// Whether it changes what is archived.
    pub(crate) archived_too: bool,
}

impl Route {
    /// A route without query parameters and pages.
    pub(crate) const fn new(
        method: &'static str,
        pattern: &'static str,
        scope: &'static str,
        handler: fn(&mut Call<'_>) -> Outcome,
    ) -> Self {
        Self { method, scope, query: &[], limits: None, handler, pattern, archived_too: false }
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

    /// That it also works on an archived app.
    pub(crate) const fn archived_too(mut self) -> Self {
        self.archived_too = true;
        self
    }

    /// What stands in the places of the pattern, where a path fits it.
    pub(crate) fn params(&self, path: &str) -> Option<Params> {
        let mut params = Params::default();
        let (mut wanted, mut given) = (self.pattern.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(params),
                (Some(wanted), Some(given)) => match wanted.strip_prefix('{') {
                    Some(name) => params.0.push((name.trim_end_matches('}'), decode(given)?)),
                    None if wanted == given => {}
                    None => return None,
                },
                _ => return None,
            }
        }
    }
}

/// What stood in the places of a pattern's braces.
#[derive(Debug, Default)]
pub(crate) struct Params(Vec<(&'static str, String)>);

impl Params {
    /// The decoded segment; empty where the pattern has no such place.
    pub(crate) fn get(&self, name: &str) -> &str {
        let mut found = self.0.iter().filter(|(key, _)| *key == name);
        found.next().map_or("", |(_, value)| value.as_str())
    }
}

fn decode(segment: &str) -> Option<String> {
    origin::decode(segment).filter(|text| !text.is_empty())
}
