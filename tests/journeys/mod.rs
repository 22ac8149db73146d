//! The cookbook: every script in this folder, run as a reader would run it, on a portal of its own.
//!
//! The numbered ones go by the product's documentation to the letter, but for ids, names of people, a date that will
//! have passed, paths below `/run/secrets`, and `date -v`, which only BSD has. Instead of `npm install`, the program
//! under test is there already.

mod provisioning;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::alter::PROGRAM;
use crate::support::{Home, Portal};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/journeys");

/// Seconds after which a script has hung.
const PATIENCE: &str = "300";

/// A test for each script.
macro_rules! journeys {
    ($($name:ident = $file:literal)*) => {
        const LISTED: &[&str] = &[$($file),*];
        $(
            #[test]
            fn $name() {
                walk($file);
            }
        )*
    };
}

journeys! {
    first_commands = "01-first-commands.sh"
    scopes_of_a_session = "02-scopes-of-a-session.sh"
    headless_environment = "03-headless-environment.sh"
    headless_token_file = "04-headless-token-file.sh"
    headless_stdin = "05-headless-stdin.sh"
    look_at_the_sign_in_and_leave = "06-look-at-the-sign-in-and-leave.sh"
    machine_readable_output = "07-machine-readable-output.sh"
    field_selection = "08-field-selection.sh"
    does_this_app_exist = "09-does-this-app-exist.sh"
    workspace_linking = "10-workspace-linking.sh"
    shell_completion = "11-shell-completion.sh"
    upgrade = "12-upgrade.sh"
    provision_an_app_in_ci = "13-provision-an-app-in-ci.sh"
    archive_bring_back_delete = "15-archive-bring-back-delete.sh"
    export_the_audit_log = "16-export-the-audit-log.sh"
    stream_a_day = "17-stream-a-day.sh"
    what_a_pat_changed = "18-what-a-pat-changed.sh"
    from_a_failed_call_to_its_cause = "20-from-a-failed-call-to-its-cause.sh"
    threads = "22-threads.sh"
    prove_the_log_untouched = "23-prove-the-log-untouched.sh"
    rotate_a_key_without_downtime = "24-rotate-a-key-without-downtime.sh"
    short_lived_key = "25-short-lived-key.sh"
    preflight_before_minting = "26-preflight-before-minting.sh"
    retire_a_key_gently = "28-retire-a-key-gently.sh"
    the_life_of_an_agent = "29-the-life-of-an-agent.sh"
    agents_seen_at_runtime = "30-agents-seen-at-runtime.sh"
    configure_a_provider = "31-configure-a-provider.sh"
    switch_a_provider_off_and_on = "32-switch-a-provider-off-and-on.sh"
    an_identity_provider = "33-an-identity-provider.sh"
    the_life_of_a_webhook = "34-the-life-of-a-webhook.sh"
    a_backend_credential = "35-a-backend-credential.sh"
    rotate_the_stored_credential = "37-rotate-the-stored-credential.sh"
    group_delegation = "38-group-delegation.sh"
    pick_a_principal = "40-pick-a-principal.sh"
    change_and_end_a_grant = "41-change-and-end-a-grant.sh"
    a_rule_of_each_type = "42-a-rule-of-each-type.sh"
    snapshot_of_the_rules = "44-snapshot-of-the-rules.sh"
    find_change_delete_a_rule = "46-find-change-delete-a-rule.sh"
    expired_grants_of_a_user = "47-expired-grants-of-a-user.sh"
    theme = "50-theme.sh"
    find_an_end_user = "51-find-an-end-user.sh"
    numbers = "52-numbers.sh"
    grant_history = "53-grant-history.sh"
    a_request_with_a_body = "55-a-request-with-a-body.sh"
    validate_the_design = "57-validate-the-design.sh"
    verify_in_ci = "58-verify-in-ci.sh"
    is_the_wiring_right = "59-is-the-wiring-right.sh"
    register_the_onboarding_server = "60-register-the-onboarding-server.sh"
    examples_of_apps_and_keys = "61-examples-of-apps-and-keys.sh"
    examples_of_secrets_and_policy = "62-examples-of-secrets-and-policy.sh"
    give_an_agent_scoped_access = "63-give-an-agent-scoped-access.sh"
    secrets_of_a_backend = "64-secrets-of-a-backend.sh"
    a_person_approves = "65-a-person-approves.sh"
    set_up_an_app = "66-set-up-an-app.sh"
    fifteen_tasks = "67-fifteen-tasks.sh"
}

fn walk(file: &str) {
    let text = fs::read_to_string(Path::new(FOLDER).join(file)).expect("a script");
    let flags = text.lines().find_map(|line| line.strip_prefix("# portal: ")).unwrap_or_default();
    let portal = Portal::new(flags.split_whitespace().collect::<Vec<_>>());
    ended_well(&mut reader(file, &portal, &Home::new()));
}

/// A script with what a reader has: the `export` lines of a portal, a home, and a project in it.
fn reader(file: &str, portal: &Portal, home: &Home) -> Command {
    let programs = Path::new(PROGRAM).parent().expect("a folder").display();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut script = Command::new("timeout");
    script
        .args([PATIENCE, "bash"])
        .arg(Path::new(FOLDER).join(file))
        .env_clear()
        .env("PATH", format!("{programs}:{path}"))
        .env("HOME", home.path())
        .env("ALTER_BASE_URL", &portal.base_url)
        .env("ALTER_PAT", &portal.pat)
        .envs(portal.app_id.iter().map(|id| ("ALTER_APP_ID", id)))
        .current_dir(home.folder("project"))
        .stdin(Stdio::null());
    script
}

/// Runs a script that has to succeed; gives both of its streams.
#[track_caller]
fn ended_well(script: &mut Command) -> (String, String) {
    let Output { status, stdout, stderr } = script.output().expect("the script starts");
    let [stdout, stderr] =
        [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let words = script.get_args();
    assert!(status.success(), "{words:?} ({status})\n--- stdout\n{stdout}\n--- stderr\n{stderr}");
    (stdout, stderr)
}

#[test]
fn every_script_is_walked() {
    let names = fs::read_dir(FOLDER)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"));
    let there: BTreeSet<String> =
        names.filter(|name| name.starts_with(|first: char| first.is_ascii_digit())).collect();
    assert_eq!(there, LISTED.iter().map(|&name| name.to_owned()).collect());
}
