//! Applying: once, again, killed, beside another, and what is refused before anything is sent.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use serde_json::Value;

use super::{names, run, shop};
use crate::support::{Portal, alter};

const APPLY: [&str; 4] = ["apply", "--yes", "--secrets-dir", "secrets"];

#[test]
fn an_app_is_made_once_and_then_there_is_nothing_to_do() {
    let (portal, home) = (Portal::empty([]), shop());
    run(["plan", "--check"], &portal, &home)
        .run()
        .exits(5)
        .shows("+ keys.worker")
        .hides("of-the-shop");
    let applied = run(APPLY, &portal, &home).run();
    applied.exits(0).hides("alter_rk_").hides("alter_key_").hides("of-the-shop");
    let secrets = home.join("secrets");
    assert_eq!(names(&secrets), ["agents.billing", "keys.worker"]);
    let mode = std::fs::metadata(secrets.join("keys.worker")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(home.read("secrets/keys.worker").starts_with("alter_rk_"));
    run(["plan", "--check"], &portal, &home).run().exits(0).shows("Nothing to do");
    run(["apply"], &portal, &home).run().exits(0).shows("Nothing to do");
    let exported = run(["plan", "--output", "json"], &portal, &home).run().exits(0).json();
    assert_eq!(exported["changes"].as_array().map(Vec::len), Some(0));
}

#[test]
fn what_would_lose_or_lack_something_is_refused_before_anything_is_sent() {
    let (portal, home) = (Portal::empty(["--auto-approve"]), shop());
    run(["apply", "--yes"], &portal, &home)
        .run()
        .exits(2)
        .stderr_has("--secrets-dir: is needed: agents.billing, keys.worker come with a secret");
    run(["apply", "--yes", "--secrets-dir", "none"], &portal, &home).run().exits(4);
    run(APPLY, &portal, &home)
        .env("ALTER_SECRET_STRIPE", "")
        .run()
        .exits(2)
        .stderr_has("`stripe` (ALTER_SECRET_STRIPE)");
    run(["apply", "--secrets-dir", "secrets"], &portal, &home).run().exits(2).stderr_has("--yes");
    let narrow = portal.pat_with("dashboard_apps:read,dashboard_apps:write,dashboard_pats:read");
    run(APPLY, &portal, &home)
        .env("ALTER_PAT", narrow)
        .run()
        .exits(7)
        .stderr_has("dashboard_keys:write")
        .stderr_has("dashboard_app_policy:rules_create");
    home.write("secrets/keys.worker", "mine");
    run(APPLY, &portal, &home).run().exits(5).stderr_has("keys.worker: exists already");
    run(["apply", "--yes", "--var", "x=y"], &portal, &home)
        .run()
        .exits(2)
        .stderr_has("does not use x");
    run(["apply", "--yes", "--rotate", "keys.none"], &portal, &home)
        .run()
        .exits(2)
        .stderr_has("keys.worker");
    assert_eq!(portal.ask(["apps", "list"]), Value::Array(Vec::new()));
}

#[test]
fn a_reviewed_plan_is_applied_only_while_it_is_still_that_plan() {
    let (portal, home) = (Portal::empty([]), shop());
    let plan = run(["plan", "--output", "json"], &portal, &home).run().exits(0).json();
    let digest = plan["digest"].as_str().unwrap().to_owned();
    portal.app("Another");
    let expecting = |digest: &str| {
        run(["apply", "--yes", "--secrets-dir", "secrets", "--expect"], &portal, &home)
            .arg(digest)
            .run()
    };
    expecting("sha256:00").exits(5).stderr_has("nothing was changed");
    assert_eq!(names(&home.join("secrets")), [""; 0]);
    expecting(&digest).exits(0);
    expecting(&digest).exits(5);
}

#[test]
fn credentials_are_sent_when_things_are_made_or_rotated_and_never_compared() {
    let (portal, home) = (Portal::empty([]), shop());
    run(APPLY, &portal, &home).run().exits(0);
    let rotated = run(
        ["apply", "--yes", "--secrets-dir", "new", "--rotate", "keys.worker", "--output", "json"],
        &portal,
        &home,
    );
    home.folder("new");
    let rotated = rotated.arg("--rotate").arg("managed_secrets.stripe").run().exits(0).json();
    let actions: BTreeSet<&str> = rotated["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, BTreeSet::from(["rotate"]));
    assert_eq!(names(&home.join("new")), ["keys.worker"]);
    assert_ne!(home.read("new/keys.worker"), home.read("secrets/keys.worker"));
    run(["plan", "--check"], &portal, &home).run().exits(0);
}

#[test]
fn pruning_deletes_what_managed_sections_do_not_list_and_asks_for_the_app_by_name() {
    let (portal, home) = (Portal::empty([]), shop());
    let made =
        run(["apply", "--yes", "--secrets-dir", "secrets", "--output", "json"], &portal, &home)
            .run()
            .exits(0)
            .json();
    let app = made["app"]["id"].as_str().unwrap();
    home.write(
        "less.yaml",
        "version: 1\nkeys: {}\nmanaged_secrets:\n  stripe:\n    name: Stripe\n    grants: {}\n",
    );
    let less = |words: &[&str]| {
        let mut run =
            alter(["apply", "-f", "less.yaml", "--app", app]).at(&portal).cwd(home.path());
        for word in words {
            run = run.arg(word);
        }
        run.run()
    };
    less(&["--yes"]).exits(0).shows("Nothing to do");
    less(&["--yes", "--prune"]).exits(2).stderr_has("--confirm NAME");
    less(&["--prune", "--confirm", "Other"]).exits(2);
    less(&["--prune", "--confirm", "Shop"]).exits(0);
    let keys = portal.ask(["keys", "list", "--app", app, "--status", "active"]);
    assert_eq!(keys, Value::Array(Vec::new()));
    let secrets = portal.ask(["managed-secrets", "list", "--app", app]);
    let secret = secrets[0]["id"].as_str().unwrap();
    let grants = portal.ask(["managed-secrets", "grants", "list", secret, "--app", app]);
    let active: Vec<&Value> =
        grants.as_array().unwrap().iter().filter(|grant| grant["status"] == "active").collect();
    assert_eq!(active.len(), 1, "the base grant stays: {grants}");
}

#[test]
fn what_no_request_changes_is_blocked_with_a_way_on() {
    let (portal, home) = (Portal::empty([]), shop());
    run(APPLY, &portal, &home).run().exits(0);
    let other = super::SHOP
        .replace("\"audit:emit\"", "\"grants:read\"")
        .replace("type: service", "type: agent");
    home.write("alter.yaml", other);
    let plan = run(["plan", "--output", "json"], &portal, &home).run().exits(0).json();
    let blocked: Vec<&str> = plan["blocked"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["address"].as_str().unwrap())
        .collect();
    assert_eq!(blocked, ["agents.billing", "keys.worker"]);
    assert!(plan["blocked"][1]["fix"].as_str().unwrap().contains("--rotate keys.worker"));
    run(APPLY, &portal, &home).run().exits(5).stderr_has("nothing was changed");
}

/// Returns how many live things of every kind an app has, whatever their ids.
fn counts(portal: &Portal) -> Vec<usize> {
    let apps = portal.ask(["apps", "list"]);
    let apps = apps.as_array().unwrap();
    let app = apps[0]["id"].as_str().unwrap();
    let count = |words: [&str; 4]| {
        let [namespace, verb, flag, value] = words;
        portal.ask([namespace, verb, "--app", app, flag, value]).as_array().map_or(0, Vec::len)
    };
    vec![
        apps.len(),
        count(["agents", "list", "--limit", "100"]),
        count(["keys", "list", "--status", "active"]),
        portal.ask(["managed-secrets", "list", "--app", app]).as_array().map_or(0, Vec::len),
        portal.ask(["providers", "list", "--app", app]).as_array().map_or(0, Vec::len),
        portal.ask(["policy", "rules", "list", "--app", app]).as_array().map_or(0, Vec::len),
    ]
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_was_and_doubles_and_loses_nothing() {
    for delay in [5_u64, 20, 40, 60, 90, 130] {
        let (portal, home) = (Portal::empty(["--latency", "3"]), shop());
        let mut child = run(APPLY, &portal, &home).spawn();
        std::thread::sleep(Duration::from_millis(delay));
        let _ = child.kill();
        let _ = child.wait();
        run(APPLY, &portal, &home).run().exits(0);
        assert_eq!(counts(&portal), [1, 1, 1, 1, 1, 1], "killed after {delay} ms");
        assert_eq!(
            names(&home.join("secrets")),
            ["agents.billing", "keys.worker"],
            "killed after {delay} ms"
        );
        run(["plan", "--check"], &portal, &home).run().exits(0);
    }
}

#[test]
fn two_runs_at_once_make_one_app() {
    let (portal, home) = (Portal::empty([]), shop());
    home.folder("others");
    let one = run(APPLY, &portal, &home).spawn();
    let other = run(["apply", "--yes", "--secrets-dir", "others"], &portal, &home).spawn();
    for child in [one, other] {
        let code = child.wait_with_output().unwrap().status.code();
        assert!(matches!(code, Some(0 | 5)), "{code:?}");
    }
    home.folder("third");
    run(["apply", "--yes", "--secrets-dir", "third"], &portal, &home).run().exits(0);
    assert_eq!(counts(&portal), [1, 1, 1, 1, 1, 1]);
}

#[test]
fn faults_on_the_way_double_and_lose_nothing() {
    let faults =
        ["--fault", "drop-after,every=7,path=/apps", "--fault", "status=503,every=5,retry-after=0"];
    let (portal, home) = (Portal::empty(&faults[..2]), shop());
    for _ in 0..20 {
        if run(APPLY, &portal, &home).run().status.code() == Some(0) {
            break;
        }
    }
    run(["plan", "--check"], &portal, &home).run().exits(0);
    assert_eq!(counts(&portal), [1, 1, 1, 1, 1, 1]);
    assert_eq!(names(&home.join("secrets")), ["agents.billing", "keys.worker"]);
}
