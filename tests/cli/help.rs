//! Help, topics, version and the command tree: all offline.

use serde_json::Value;

use crate::support::{Pty, Server, alter};

fn commands() -> Vec<Value> {
    let tree = alter(["commands", "--output=json"]).run().exits(0).says("").json();
    tree.as_array().expect("rows").clone()
}

fn words(path: &Value) -> Vec<String> {
    let path = path.as_str().expect("a path");
    path.split(' ').skip(1).map(str::to_owned).collect()
}

#[test]
fn every_level_has_help() {
    for row in commands() {
        let path = words(&row["path"]);
        for depth in 0..=path.len() {
            let run = path[..depth].iter().fold(alter([]), crate::support::Alter::arg);
            let shown = run.arg(["--help", "-h"][depth % 2]).run();
            shown.exits(0).says("");
            let usage = ["alter"].into_iter().chain(path[..depth].iter().map(String::as_str));
            shown.shows(&format!("Usage: {}", usage.collect::<Vec<_>>().join(" ")));
            if depth > 0 {
                shown.shows("\nGlobal flags: ").shows(", --dry-run, ... (alter --help)\n");
            }
            let prose = shown.out().split("\nExamples:").next().unwrap_or_default();
            assert!(prose.lines().all(|line| line.chars().count() <= 80), "{shown}");
        }
    }
}

#[test]
fn help_fits_a_screen() {
    for row in commands() {
        let own = |flag: &&Value| flag["global"] == false;
        let flags = row["flags"].as_array().expect("flags").iter().filter(own).count();
        let path = words(&row["path"]);
        let help = path.iter().fold(alter([]), crate::support::Alter::arg).arg("--help").run();
        let lines = help.out().lines().count();
        assert!(flags > 8 || lines <= 24, "{lines} lines for {flags} flags: {help}");
    }
}

#[test]
fn the_help_of_the_root_groups_every_command_and_describes_the_global_flags() {
    let help = alter(["--help"]).run();
    help.exits(0);
    assert!(help.out().lines().count() <= 40, "{help}");
    for group in ["Start here:\n  auth login ", "\nResources:\n", "\nOversight:\n", "\nTools:\n"] {
        help.shows(group);
    }
    let (listed, flags) = help.out().split_once("\nGlobal flags:\n").expect("the flags");
    for row in commands() {
        let name = &words(&row["path"])[0];
        let named = listed.split([' ', ',', '\n']).any(|word| word == name);
        assert!(named, "`{name}` is not in the help of the root");
        for flag in
            row["flags"].as_array().expect("flags").iter().filter(|flag| flag["global"] == true)
        {
            assert!(flags.contains(flag["name"].as_str().expect("a name")), "{flag}");
        }
    }
}

#[test]
fn every_leaf_says_what_a_caller_needs() {
    let local = [
        "auth list",
        "auth logout",
        "plan",
        "apply",
        "export",
        "link",
        "unlink",
        "api",
        "doctor",
        "commands",
        "help",
        "providers list-catalog",
        "design validate",
        "init",
        "self-update",
        "verify",
    ];
    for row in commands() {
        let path = words(&row["path"]).join(" ");
        let help = row["path"].as_str().expect("a path").replacen("alter", "help", 1);
        let mut run = alter([]);
        for word in help.split(' ') {
            run = run.arg(word);
        }
        let help = run.run();
        help.exits(0);
        let examples = row["examples"].as_array().expect("examples");
        assert!(!examples.is_empty(), "{path} has no example");
        for example in examples.iter().filter_map(Value::as_str) {
            help.shows(&format!("\n  {example}\n"));
            let leaf = if path == "help" { "alter help" } else { &format!("alter {path}") };
            assert!(example.starts_with(leaf), "{example}");
        }
        assert!(row["description"].as_str().is_some_and(|text| !text.is_empty()));
        match row["scope"].as_str() {
            Some(scope) => {
                assert!(scope.starts_with("dashboard_") && scope.contains(':'), "{path}: {scope}");
                help.shows(&format!("\nScope: {scope}\n"));
            }
            None => assert!(
                local.contains(&path.as_str())
                    || path.starts_with("completion ")
                    || path.starts_with("auth ")
                    || path.starts_with("sdk-passthrough "),
                "{path} has no scope"
            ),
        }
        for flag in row["flags"].as_array().expect("flags") {
            let name = flag["name"].as_str().expect("a name");
            if flag["global"] == false {
                help.shows(name);
            }
            assert!(flag["description"].as_str().is_some_and(|text| !text.is_empty()));
        }
    }
}

#[test]
fn help_shows_the_app_flag_only_where_it_acts() {
    alter(["keys", "list", "--help"]).run().exits(0).shows(" --app, ");
    alter(["audit", "list", "--help"]).run().exits(0).shows(" --app, ");
    alter(["auth", "login", "--help"]).run().exits(0).hides(" --app, ");
    alter(["apps", "list", "--help"]).run().exits(0).hides(" --app, ");
}

#[test]
fn help_is_as_wide_as_the_terminal() {
    let widest = |help: &str| {
        let prose = help.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
        let prose = prose.split("Examples:").next().unwrap_or_default().to_owned();
        prose.lines().map(|line| line.trim_end().len()).max().unwrap_or_default()
    };
    for (columns, longest) in [(60, 60), (90, 90), (200, 100)] {
        let help = Pty::of(&alter(["keys", "mint", "--help"])).columns(columns).run();
        let widest = widest(help.exits(0).out());
        assert!(widest <= longest && widest > longest - 12, "{widest} on {columns}");
        help.shows("\u{1b}[1mFlags:");
    }
    for (columns, longest) in [("", 80), ("none", 80), ("0", 80), ("95", 95)] {
        let help = alter(["keys", "mint", "--help"]).env("COLUMNS", columns).run();
        let widest = widest(help.exits(0).out());
        assert!(widest <= longest && widest > longest - 12, "{widest} with COLUMNS={columns}");
    }
}

#[test]
fn the_tree_holds_every_command() {
    let paths: Vec<String> = commands().iter().map(|row| words(&row["path"]).join(" ")).collect();
    for path in [
        "auth login",
        "auth status",
        "auth list",
        "auth logout",
        "pats whoami",
        "apps list",
        "apps create",
        "apps show",
        "apps update",
        "apps archive",
        "apps unarchive",
        "apps delete",
        "keys list",
        "keys statistics",
        "keys mint",
        "keys show",
        "keys rotate",
        "keys revoke",
        "keys rename",
        "audit list",
        "audit portal-actions",
        "link",
        "unlink",
        "api",
        "commands",
        "help",
        "doctor",
        "completion print",
        "completion install",
    ] {
        assert!(paths.iter().any(|found| found == path), "no `{path}` in {paths:?}");
    }
    let table = alter(["commands"]).run();
    table.exits(0).shows("COMMAND").shows("alter apps create").shows("dashboard_apps:write");
}

#[test]
fn flags_of_the_tree_have_type_default_and_environment() {
    let rows = commands();
    let list = rows.iter().find(|row| row["path"] == "alter keys list").expect("keys list");
    let flag = |name: &str| {
        let flags = list["flags"].as_array().expect("flags");
        flags.iter().find(|flag| flag["name"] == name).expect(name).clone()
    };
    assert_eq!(flag("--status")["type"], "active|revoked");
    assert_eq!(flag("--limit")["default"], "200");
    assert_eq!(flag("--all")["type"], "switch");
    assert_eq!(flag("--app")["environment"], "ALTER_APP_ID");
    assert_eq!(flag("--base-url")["default"], "https://backend.alterauth.com");
    assert_eq!(flag("--output")["global"], true);
    let mint = rows.iter().find(|row| row["path"] == "alter apps create").expect("apps create");
    assert_eq!(mint["flags"][0]["required"], true);
}

#[test]
fn help_wins_over_what_is_wrong() {
    for words in [
        ["apps", "create", "--help"],
        ["apps", "show", "-h"],
        ["--help", "apps", "create"],
        ["help", "apps", "create"],
        ["apps", "help", "create"],
    ] {
        alter(words).run().exits(0).says("").shows("Usage: alter apps ");
    }
    alter(["apps", "create", "--output", "xml", "--help"])
        .run()
        .exits(0)
        .shows("Usage: alter apps create");
    alter([]).run().exits(0).shows("Usage: alter <command>");
    alter(["apps"]).run().exits(0).shows("Usage: alter apps <command>");
}

#[test]
fn help_topics_need_no_network() {
    let server = Server::unused();
    for (topic, part) in [
        ("exit-codes", "  7  FORBIDDEN"),
        ("environment", "ALTER_CONFIG_DIR"),
        ("output", "--output jsonl"),
        ("auth", "--token-stdin"),
    ] {
        alter(["help", topic]).to(&server).run().exits(0).says("").shows(part);
    }
    for variable in [
        "ALTER_PAT",
        "ALTER_BASE_URL",
        "ALTER_DASHBOARD_URL",
        "ALTER_APP_ID",
        "ALTER_PROFILE",
        "ALTER_TIMEOUT",
        "ALTER_DEBUG",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "HTTPS_PROXY",
        "NO_PROXY",
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "BROWSER",
        "CI",
    ] {
        alter(["help", "environment"]).run().shows(variable);
    }
    server.untouched();
}

#[test]
fn the_version_names_commit_and_target() {
    for flag in ["--version", "-V"] {
        let shown = alter([flag]).run();
        shown.exits(0).says("");
        let line = shown.out().strip_suffix(")\n").expect("one line");
        let (version, rest) =
            line.strip_prefix("alter ").expect("the name").split_once(" (").expect("a bracket");
        assert_eq!(version, env!("CARGO_PKG_VERSION"));
        let (commit, target) = rest.split_once(", ").expect("a commit");
        let commit = commit.trim_end_matches("-dirty");
        assert!(
            commit == "unknown" || commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{line}"
        );
        assert_eq!(target.split('-').count().clamp(3, 4), target.split('-').count(), "{line}");
    }
    alter(["apps", "list", "--version"]).run().exits(0).shows("alter ");
}

#[test]
fn colour_is_for_terminals_only() {
    let server = Server::json(200, "[]");
    alter(["apps", "show"]).run().hides("\u{1b}");
    alter(["apps", "list"]).to(&server).run().hides("\u{1b}");
    alter(["apps", "show"]).env("CLICOLOR_FORCE", "1").run().stderr_has("\u{1b}[31malter:");
    alter(["apps", "show"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").run().hides("\u{1b}");
}
