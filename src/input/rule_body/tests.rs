//! The whole check against the table of bodies.

use serde_json::Value;

use super::{check, warnings};

#[path = "../../../tests/support/rule_bodies.rs"]
mod rule_bodies;

#[test]
fn every_body_is_judged_by_its_parts() {
    let bodies = rule_bodies::bodies();
    assert!(bodies.len() >= 150, "{}", bodies.len());
    for (rule_type, body, expected) in bodies {
        let value: Value = serde_json::from_str(&body).unwrap();
        let faults = check(rule_type, &value).err().unwrap_or_default();
        let paths: Vec<String> = faults.iter().map(|wrong| wrong.path.to_string()).collect();
        assert_eq!(paths, expected, "{rule_type} {body}");
        assert!(faults.iter().all(|wrong| !wrong.why.is_empty() && !wrong.kind.is_empty()));
    }
}

#[test]
fn a_range_of_everyone_is_taken_with_a_warning() {
    let warned = |rule_type, body| {
        let value = serde_json::from_str(body).unwrap();
        let warnings = warnings(rule_type, &value);
        warnings.iter().map(|wrong| wrong.path.to_string()).collect::<Vec<_>>()
    };
    let body = r#"{"allow":["10.0.0.0/8","0.0.0.0/0","::/0","::ffff:0:0/96","::/1"]}"#;
    assert_eq!(warned("ip_allowlist", body), ["$.allow[1]", "$.allow[2]", "$.allow[3]"]);
    assert!(warned("json_match", body).is_empty());
    assert!(warned("ip_allowlist", "{\"allow\":3}").is_empty());
    assert!(warned("ip_allowlist", "[]").is_empty());
}
