//! Every route of the API, and finding the one that a request means.

use alter::http::url;

use super::call::{Call, Outcome};
use super::query::Limits;
use super::refusal::Refusal;
use crate::resources::{apps, audit, keys, pats, portal_actions};

/// Each resource declares its own.
const RESOURCES: &[&[Route]] = &[
    pats::ROUTES,
    apps::ROUTES,
    keys::ROUTES,
    audit::ROUTES,
    portal_actions::ROUTES,
];

/// What a resource says about one of its requests; the handler is left with the request's own business.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) scope: &'static str,
    pub(crate) query: &'static [&'static str],
    pub(crate) limits: Option<Limits>,
    pub(crate) handler: fn(&mut Call<'_>) -> Outcome,
    /// `/apps/{app}/keys`: a part in braces takes any segment.
    pattern: &'static str,
}

impl Route {
    /// A route without query parameters and pages.
    pub(crate) const fn new(
        method: &'static str,
        pattern: &'static str,
        scope: &'static str,
        handler: fn(&mut Call<'_>) -> Outcome,
    ) -> Self {
        Self {
            method,
            scope,
            query: &[],
            limits: None,
            handler,
            pattern,
        }
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

    fn params(&self, path: &str) -> Option<Params> {
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

/// The route for a path below `/api/v1`.
pub(crate) fn find(method: &str, path: &str) -> Result<(&'static Route, Params), Refusal> {
    let all = RESOURCES.iter().copied().flatten();
    let matching: Vec<_> = all
        .filter_map(|route| route.params(path).map(|params| (route, params)))
        .collect();
    let allowed: Vec<&str> = matching.iter().map(|(route, _)| route.method).collect();
    if allowed.is_empty() {
        let message = format!("There is no {path} here.");
        return Err(Refusal::not_found("route_not_found", message));
    }
    let allowed = allowed.join(", ");
    let mut found = matching
        .into_iter()
        .filter(|(route, _)| route.method == method);
    found.next().ok_or_else(|| {
        let message = format!("{method} is not one of {allowed}.");
        Refusal::new(405, "method_not_allowed", message).header("Allow", allowed)
    })
}

fn decode(segment: &str) -> Option<String> {
    url::decode(segment).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alter::auth::scopes;

    #[test]
    fn every_route_asks_for_a_scope_there_is() {
        for route in RESOURCES.iter().copied().flatten() {
            assert!(scopes::is_known(route.scope), "{route:?}");
        }
    }

    #[test]
    fn finds_routes() {
        let (route, params) = find("GET", "/apps/a%2Fb/keys/..").unwrap();
        assert_eq!(route.pattern, "/apps/{app}/keys/{key}");
        assert_eq!((params.get("app"), params.get("key")), ("a/b", ".."));
        for path in [
            "",
            "/",
            "/apps/",
            "/apps//keys",
            "/Apps",
            "/apps/a/keys/b/c",
            "/apps/%ff",
        ] {
            assert!(find("GET", path).is_err(), "{path}");
        }
    }
}
