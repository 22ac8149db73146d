//! Every route of the API, and finding the one that a request means.

use crate::contract::refusal::Refusal;
use crate::contract::route::{Params, Route};
use crate::resources::ROUTES;

/// The route for a path below `/api/v1`.
pub(crate) fn find(method: &str, path: &str) -> Result<(&'static Route, Params), Refusal> {
    let all = ROUTES.iter().copied().flatten();
    let matching: Vec<_> =
        all.filter_map(|route| route.params(path).map(|params| (route, params))).collect();
    let allowed: Vec<&str> = matching.iter().map(|(route, _)| route.method).collect();
    if allowed.is_empty() {
        let message = format!("There is no {path} here.");
        return Err(Refusal::not_found("route_not_found", message));
    }
    let allowed = allowed.join(", ");
    let mut found = matching.into_iter().filter(|(route, _)| route.method == method);
    found.next().ok_or_else(|| {
        let message = format!("{method} is not one of {allowed}.");
        Refusal::new(405, "method_not_allowed", message).header("Allow", allowed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alter::auth::scopes;

    #[test]
    fn every_route_asks_for_a_scope_there_is() {
        for route in ROUTES.iter().copied().flatten() {
            assert!(scopes::is_known(route.scope), "{route:?}");
        }
    }

    #[test]
    fn finds_routes() {
        let (route, params) = find("GET", "/apps/a%2Fb/keys/..").unwrap();
        assert_eq!(route.pattern, "/apps/{app}/keys/{key}");
        assert_eq!((params.get("app"), params.get("key")), ("a/b", ".."));
        for path in ["", "/", "/apps/", "/apps//keys", "/Apps", "/apps/a/keys/b/c", "/apps/%ff"] {
            assert!(find("GET", path).is_err(), "{path}");
        }
    }
}
