//! Every route of the API, and finding the one that a request means.

use serde_json::{Value, json};

use crate::portal::handler::params::Params;
use crate::portal::handler::refusal::Refusal;
use crate::portal::handler::route::{Credential, Route, literals};
use crate::portal::{manage, sdk};

fn all() -> impl Iterator<Item = &'static Route> {
    manage::ROUTES.iter().copied().flatten().chain(sdk::ROUTES)
}

/// The route for a path below `/api/v1`. Where a path fits several patterns, the one that says more of it counts:
/// `statistics` is no key id, whatever the method.
pub(crate) fn find(method: &str, path: &str) -> Result<(&'static Route, Params), Refusal> {
    let fitting: Vec<_> =
        all().filter_map(|route| route.params(path).map(|params| (route, params))).collect();
    let closest = fitting
        .iter()
        .map(|(route, _)| route.pattern)
        .max_by(|one, other| literals(one).cmp(literals(other)));
    let Some(closest) = closest else {
        let message = format!("There is no {path} here.");
        return Err(Refusal::not_found("route_not_found", message));
    };
    let same = |route: &Route| literals(route.pattern).eq(literals(closest));
    let (mut allowed, mut found) = (Vec::new(), None);
    for (route, params) in fitting.into_iter().filter(|(route, _)| same(route)) {
        if !allowed.contains(&route.method) {
            allowed.push(route.method);
        }
        if route.method == method {
            found = found.or(Some((route, params)));
        }
    }
    found.ok_or_else(|| {
        let allowed = allowed.join(", ");
        let message = format!("{method} is not one of {allowed}.");
        Refusal::new(405, "method_not_allowed", message).header("Allow", allowed)
    })
}

/// Every route, for programs: what it wants and what it takes.
pub(crate) fn listed() -> String {
    let all: Vec<_> = all().map(described).collect();
    format!("{:#}\n", Value::Array(all))
}

fn described(route: &Route) -> Value {
    let (credential, scope) = match route.credential {
        Credential::Pat(scope) => ("pat", Some(scope)),
        Credential::Public => ("none", None),
        Credential::RuntimeKey => ("runtime_key", None),
    };
    let root = if route.credential == Credential::RuntimeKey { "" } else { "/api/v1" };
    json!({
        "method": route.method,
        "path": format!("{root}{}", route.pattern),
        "credential": credential,
        "scope": scope,
        "query": route.query.iter().map(|field| field.name).collect::<Vec<_>>(),
        "paged": route.limits.map(|limits| json!({ "max": limits.most, "default": limits.default })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::scopes;

    #[test]
    fn every_route_asks_for_a_scope_there_is() {
        for route in all() {
            if let Credential::Pat(scope) = route.credential {
                assert!(scopes::is_known(scope), "{route:?}");
            }
        }
    }

    #[test]
    fn every_operation_has_one_handler() {
        for (resource, name, operation) in crate::api::all() {
            let serves = |route: &&Route| {
                route.operation.is_some_and(|served| std::ptr::eq(served, operation))
            };
            assert_eq!(all().filter(serves).count(), 1, "handlers of {resource}::{name}");
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
