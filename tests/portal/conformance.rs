//! What holds for every route there is, whatever it does.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Value, json};

use super::sign_in::sign_in;
use crate::support::portal::PROGRAM;
use crate::support::{Portal, Reply};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// A route as the portal lists it.
#[derive(Clone)]
struct Route {
    method: String,
    path: String,
    credential: String,
    scope: Option<String>,
    max_limit: Option<u64>,
}

impl Route {
    /// The path with something in its places that is nowhere.
    fn nowhere(&self) -> String {
        let filled =
            |part: &str| if part.starts_with('{') { "nowhere".into() } else { part.into() };
        self.path.split('/').map(filled).collect::<Vec<String>>().join("/")
    }

    fn is_pat(&self) -> bool {
        self.credential == "pat"
    }
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

fn routes() -> Vec<Route> {
    let mut command = Command::new(PROGRAM);
    let output = command.arg("--routes").output().unwrap();
    let listed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let route = |listed: &Value| Route {
        method: text(&listed["method"]),
        path: text(&listed["path"]),
        credential: text(&listed["credential"]),
        scope: listed["scope"].as_str().map(str::to_owned),
        max_limit: listed["paged"]["max"].as_u64(),
    };
    listed.iter().map(route).collect()
}

/// The demo portal, and the paths of things that are in it.
struct Demo {
    portal: Portal,
    lists: BTreeMap<String, Vec<Value>>,
}

impl Demo {
    fn start() -> Self {
        Self { portal: Portal::new([]), lists: BTreeMap::new() }
    }

    fn call(&self, method: &str, path: &str, body: &str, headers: &[(&str, &str)]) -> Reply {
        let authorization = format!("Bearer {}", self.portal.pat);
        let headers = [&[("Authorization", authorization.as_str())], headers].concat();
        self.portal.exchange(method, path, body, &headers).unwrap()
    }

    /// The path with ids in its places, each of the first live row of the list before it that leads on to the end.
    fn path(&mut self, pattern: &str) -> Option<String> {
        self.filled("", pattern.split('/').skip(1).collect::<Vec<_>>().as_slice())
    }

    fn filled(&mut self, before: &str, rest: &[&str]) -> Option<String> {
        let Some((part, rest)) = rest.split_first() else {
            return Some(before.to_owned());
        };
        let Some(name) = part.strip_prefix('{') else {
            return self.filled(&format!("{before}/{part}"), rest);
        };
        let name = name.trim_end_matches('}');
        let (list, id) = listed(before);
        for row in self.list(&list) {
            let id = [id.into(), format!("{name}_id"), "id".into(), format!("external_{name}_id")];
            let id = id.iter().find_map(|key| row[key].as_str()).map(str::to_owned);
            let found = id.and_then(|id| self.filled(&format!("{before}/{id}"), rest));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn list(&mut self, path: &str) -> Vec<Value> {
        if !self.lists.contains_key(path) {
            let reply = self.call("GET", path, "", &[]);
            let rows = if reply.status == 200 { reply.json() } else { Value::Null };
            let rows = rows.as_array().or_else(|| rows["items"].as_array());
            let gone = |row: &Value| {
                ["revoked_at", "archived_at", "deprecated_at"].map(|key| row[key].is_string())
            };
            let live = rows.into_iter().flatten().filter(|row| gone(row) == [false; 3]);
            self.lists.insert(path.to_owned(), live.cloned().collect());
        }
        self.lists[path].clone()
    }
}

/// Where what is found below a path is listed, and what its id is called there: some things have no list of their own.
fn listed(path: &str) -> (String, &'static str) {
    match path.rsplit_once('/') {
        Some((app, "managed-secret-grants")) => (format!("{app}/grants?provider=stripe"), "id"),
        Some((app, "identity-providers")) => (format!("{app}/end-users"), "idp_id"),
        _ => (path.to_owned(), ""),
    }
}

/// Fails with everything that does not hold, not the first thing only.
#[track_caller]
fn all_hold(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The error code, or for a 422 where the faults are.
fn status_and_code(reply: &Reply) -> (u16, String) {
    let body = reply.json();
    let detail = body["detail"].as_array().into_iter().flatten();
    let places: Vec<String> = detail.map(|issue| issue["loc"].to_string()).collect();
    (reply.status, body["error"].as_str().map_or_else(|| places.join(" "), str::to_owned))
}

#[test]
fn a_route_wants_its_credential_and_its_scope() {
    let demo = Demo::start();
    let poor = sign_in(&demo.portal, "dashboard_pats:read");
    let other = sign_in(&demo.portal, "dashboard_apps:read");
    let mut faults = Vec::new();
    for route in routes() {
        let path = route.nowhere();
        let without = demo.portal.exchange(&route.method, &path, "", &[]).unwrap();
        let expected = if route.is_pat() { "pat_missing" } else { "" };
        match route.credential.as_str() {
            "pat" if status_and_code(&without) == (401, expected.to_owned()) => {}
            "runtime_key" if without.status == 401 => {}
            "none" if ![401, 403].contains(&without.status) => {}
            _ => faults
                .push(format!("{route} without a credential: {:?}", status_and_code(&without))),
        }
        let Some(scope) = &route.scope else { continue };
        let pat = if scope == "dashboard_pats:read" { &other } else { &poor };
        let authorization = format!("Bearer {pat}");
        let headers = [("Authorization", authorization.as_str())];
        let refused = demo.portal.exchange(&route.method, &path, "", &headers).unwrap();
        let missing = &refused.json()["details"]["missing"];
        if refused.status != 403 || *missing != json!([scope]) {
            faults.push(format!("{route} without {scope}: {:?}", status_and_code(&refused)));
        }
    }
    all_hold(&faults);
}

#[test]
fn another_method_gets_an_allow_header() {
    let demo = Demo::start();
    let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for route in routes() {
        methods.entry(route.nowhere()).or_default().insert(route.method);
    }
    let mut faults = Vec::new();
    for (path, known) in methods {
        for method in METHODS.iter().filter(|method| !known.contains(**method)) {
            let reply = demo.portal.exchange(method, &path, "", &[]).unwrap();
            let allowed = reply.header("allow").unwrap_or_default().split(", ");
            let mut allowed: Vec<&str> = allowed.collect();
            allowed.sort_unstable();
            if reply.status != 405 || !allowed.iter().eq(known.iter()) {
                faults.push(format!(
                    "{method} {path}: {:?}, allowed {allowed:?}",
                    status_and_code(&reply)
                ));
            }
        }
    }
    all_hold(&faults);
}

#[test]
fn what_is_not_of_this_app_is_not_there() {
    let mut demo = Demo::start();
    let apps = demo.list("/api/v1/apps");
    let apps: Vec<&str> = apps.iter().map(|app| app["id"].as_str().unwrap()).collect();
    let mut faults = Vec::new();
    for route in routes().iter().filter(|route| route.is_pat() && route.path.contains('{')) {
        let mut paths = vec![route.nowhere()];
        let pattern = route.path.replacen("{app}", apps[0], 1);
        if route.path.contains("{app}/") && pattern.contains('{') {
            // A thing of the one app, asked for under the other.
            let found = demo.path(&pattern);
            paths.extend(found.map(|path| path.replacen(apps[0], apps[1], 1)));
        }
        for path in paths {
            let (status, code) = status_and_code(&demo.call(&route.method, &path, "", &[]));
            if status != 404 || !code.ends_with("_not_found") || code == "route_not_found" {
                faults.push(format!("{route} as {path}: {status} {code}"));
            }
        }
    }
    all_hold(&faults);
}

#[test]
fn unknown_parameters_and_keys_are_refused() {
    let mut demo = Demo::start();
    let mut faults = Vec::new();
    for route in routes().iter().filter(|route| route.is_pat()) {
        let mut expect = |path: &str, body: &str, place: &str| {
            let (status, places) = status_and_code(&demo.call(&route.method, path, body, &[]));
            if status != 422 || !places.contains(place) {
                faults.push(format!("{route} with {path} {body}: {status} {places}"));
            }
        };
        let nowhere = route.nowhere();
        expect(&format!("{nowhere}?no_such=1"), "", r#"["query","no_such"]"#);
        if let Some(max) = route.max_limit {
            for limit in ["0", "-1", "x", "", &(max + 1).to_string()] {
                expect(&format!("{nowhere}?limit={limit}"), "", r#"["query","limit"]"#);
            }
            for offset in ["-1", "x", ""] {
                expect(&format!("{nowhere}?offset={offset}"), "", r#"["query","offset"]"#);
            }
        }
    }
    for route in routes().iter().filter(|route| route.is_pat() && route.method != "GET") {
        let Some(path) = demo.path(&route.path) else {
            faults.push(format!("{route}: the demo has nothing to try it on"));
            continue;
        };
        let body = r#"{"no_such":1}"#;
        let (status, places) = status_and_code(&demo.call(&route.method, &path, body, &[]));
        if status != 422 || !places.contains(r#"["body","no_such"]"#) {
            faults.push(format!("{route} with {body}: {status} {places}"));
        }
    }
    all_hold(&faults);
}

#[test]
fn the_same_post_twice_is_answered_once() {
    let mut faults = Vec::new();
    for route in routes().iter().filter(|route| route.is_pat() && route.method == "POST") {
        // A portal each: what one route does is not to be in the way of the next.
        let mut demo = Demo::start();
        let Some(path) = demo.path(&route.path) else {
            faults.push(format!("{route}: the demo has nothing to try it on"));
            continue;
        };
        let post = |body: &str| demo.call("POST", &path, body, &[("Idempotency-Key", "k")]);
        let (first, again, other) = (post("{}"), post("{}"), post("{ }"));
        let replayed = [&first, &again].map(|reply| reply.header("idempotency-replayed"));
        if first.body != again.body || replayed != [None, Some("true")] {
            faults
                .push(format!("{route}: {} {} and then {}", first.status, first.body, again.body));
        }
        if status_and_code(&other) != (409, "idempotency_key_body_mismatch".to_owned()) {
            faults.push(format!("{route} with another body: {:?}", status_and_code(&other)));
        }
    }
    all_hold(&faults);
}
