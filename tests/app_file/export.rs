//! Exporting: the file says what is there, and makes the same app again.

use super::{run, shop};
use crate::support::{Portal, alter};

#[test]
fn the_export_of_an_app_has_nothing_to_do() {
    let portal = Portal::new([]);
    for app in portal.ask(["apps", "list"]).as_array().unwrap() {
        let id = app["id"].as_str().unwrap();
        let exported = alter(["export", "--app", id]).at(&portal).run();
        exported.exits(0).hides("alter_rk_");
        let plan =
            alter(["plan", "--check", "-f", "-", "--app", id]).at(&portal).stdin(exported.out());
        plan.run().exits(0).shows("Nothing to do");
    }
}

#[test]
fn an_app_made_from_an_export_exports_the_same_bytes() {
    let (portal, home) = (Portal::empty([]), shop());
    let apply = ["apply", "--yes", "--secrets-dir", "secrets", "--output", "json"];
    let made = run(apply, &portal, &home).run().exits(0).json();
    let first = alter(["export", "--app", made["app"]["id"].as_str().unwrap()]).at(&portal).run();
    let first = first.exits(0).out().to_owned();
    let other = Portal::empty([]);
    let home = shop();
    home.write("alter.yaml", &first);
    let again = run(apply, &other, &home).run().exits(0).json();
    alter(["export", "--app", again["app"]["id"].as_str().unwrap()])
        .at(&other)
        .run()
        .exits(0)
        .prints(&first);
}

#[test]
fn the_schema_is_json_and_needs_no_portal() {
    let schema = alter(["plan", "--schema"]).run().exits(0).json();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(
        schema["properties"]["keys"]["additionalProperties"]["properties"]["scopes"].is_object()
    );
}
