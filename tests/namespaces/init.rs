//! `alter init`: one entry added, everything else kept to the byte, and nothing written when something is wrong.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::{Alter, Home, alter};

const URL: &str = "https://mcp.example.com/x";

fn init(home: &Home) -> Alter {
    alter(["init"]).home(home).env("ALTER_MCP_URL", URL)
}

const FRESH: &str = r#"{
  "mcpServers": {
    "alter-onboarding": {
      "type": "http",
      "url": "https://mcp.example.com/x"
    }
  }
}
"#;

#[test]
fn each_client_has_its_settings_file() {
    let home = Home::new();
    let made = init(&home).run();
    made.exits(0).says("Restart Claude Code, then ask it to call get_started.\n");
    assert_eq!(made.json()["file"], "./.mcp.json");
    assert_eq!(home.read(".mcp.json"), FRESH);

    let home = Home::new();
    init(&home).arg("--client=cursor").run().exits(0);
    assert_eq!(home.read(".cursor/mcp.json"), FRESH);
    let again = init(&home).arg("--name=other").run();
    assert_eq!(again.exits(0).json()["client"], "cursor");
    assert_eq!(home.listing(), [".cursor", ".cursor/mcp.json"]);

    let dry = init(&home).arg("--client=claude").arg("--dry-run").run();
    dry.exits(0).says("dry run: would write this entry to ./.mcp.json\n");
    let fresh: serde_json::Value = serde_json::from_str(FRESH).expect("JSON");
    assert_eq!((&dry.json()["file"], &dry.json()["would_write"]), (&"./.mcp.json".into(), &fresh));
    assert_eq!(home.listing(), [".cursor", ".cursor/mcp.json"]);
}

/// Runs with these settings there; gives what they are then.
fn edited(settings: &str, words: &[&str]) -> String {
    let home = Home::new();
    fs::create_dir(home.join("p")).expect("a folder");
    home.write("p/.mcp.json", settings);
    let run = words.iter().fold(init(&home).arg("--dir=p"), Alter::arg);
    run.run().exits(0);
    home.read("p/.mcp.json")
}

#[test]
fn the_rest_of_the_file_is_preserved_byte_for_byte() {
    for (before, after) in [
        ("{}", FRESH.trim_end()),
        (
            "{\n\t\"z\": 1.50,\n\t\"mcpServers\": { },\n\t\"a\":[ 1 ]\n}",
            "{\n\t\"z\": 1.50,\n\t\"mcpServers\": {\n\t\t\"alter-onboarding\": {\n\t\t\t\"type\": \"http\",\n\t\t\t\"url\": \"https://mcp.example.com/x\"\n\t\t}\n\t},\n\t\"a\":[ 1 ]\n}",
        ),
        (
            "{\r\n  \"mcpServers\" : {\r\n    \"b\": {\"x\": \"\\u00e9 }\"}\r\n  }\r\n}\r\n",
            "{\r\n  \"mcpServers\" : {\r\n    \"b\": {\"x\": \"\\u00e9 }\"},\r\n    \"alter-onboarding\": {\r\n      \"type\": \"http\",\r\n      \"url\": \"https://mcp.example.com/x\"\r\n    }\r\n  }\r\n}\r\n",
        ),
        (
            "{\"mcpServers\":{\"b\":1}}",
            "{\"mcpServers\":{\"b\":1,\"alter-onboarding\":{\"type\":\"http\",\"url\":\"https://mcp.example.com/x\"}}}",
        ),
        (
            "{\"mcpServers\":{ },\"k\":2}\n",
            "{\"mcpServers\":{\"alter-onboarding\":{\"type\":\"http\",\"url\":\"https://mcp.example.com/x\"}},\"k\":2}\n",
        ),
    ] {
        assert_eq!(edited(before, &[]), after, "{before}");
    }
    let replaced = "{\n  \"mcpServers\": {\"m\\u0065\": [1, 2], \"other\": 1}\n}";
    assert_eq!(
        edited(replaced, &["--name=me", "--force"]),
        "{\n  \"mcpServers\": {\"m\\u0065\": {\n    \"type\": \"http\",\n    \"url\": \"https://mcp.example.com/x\"\n  }, \"other\": 1}\n}"
    );
}

#[test]
fn refused_settings_are_left_unchanged() {
    for (settings, words, exit, part) in [
        ("{,}", &[][..], 2, "./.mcp.json: is not JSON at line 1, column 2"),
        ("", &[], 2, "is not JSON"),
        ("{} {}", &[], 2, "is not JSON at line 1, column 4"),
        ("// c\n{}", &[], 2, "is not JSON at line 1, column 1"),
        ("[]", &[], 2, "is no JSON object"),
        ("{\"mcpServers\":[]}", &[], 2, "has a mcpServers that is no object"),
        ("{\"mcpServers\":null}", &[], 2, "has a mcpServers that is no object"),
        ("{\"mcpServers\":{},\"mcpServers\":{}}", &[], 2, "has mcpServers twice"),
        ("{\"mcpServers\":{\"alter-onboarding\":1}}", &[], 5, "is there already"),
        ("{\"mcpServers\":{\"a\":1,\"a\":2}}", &["--force", "--name=a"], 2, "has a twice"),
        ("{}", &["--dir=none"], 4, "--dir: none: No such file or directory"),
        ("{}", &["--dir=.mcp.json"], 2, "--dir: .mcp.json: is no folder"),
        ("{}", &["--url=ftp://x"], 2, "--url: must be an http:// or https:// address"),
        ("{}", &["--name="], 2, "--name: is empty"),
        ("{}", &["--client=vim"], 2, "--client: must be one of claude, cursor"),
    ] {
        let home = Home::new();
        home.write(".mcp.json", settings);
        let run = words.iter().fold(init(&home), Alter::arg);
        run.run().exits(exit).prints("").stderr_has(part);
        assert_eq!(home.read(".mcp.json"), settings);
        assert_eq!(home.listing(), [".mcp.json"]);
    }
    let home = Home::new();
    alter(["init"])
        .home(&home)
        .run()
        .exits(2)
        .stderr_has("--url: is needed")
        .stderr_has("ALTER_MCP_URL");
    init(&home)
        .env("ALTER_MCP_URL", "x")
        .run()
        .exits(2)
        .stderr_has("ALTER_MCP_URL: must be an http");
    assert!(home.listing().is_empty());
}

#[test]
fn links_and_folders_that_cannot_be_written_are_refused() {
    let home = Home::new();
    home.write("elsewhere.json", "{}");
    symlink(home.join("elsewhere.json"), home.join(".mcp.json")).expect("a link");
    init(&home).run().exits(2).stderr_has("./.mcp.json: is a symlink");
    assert_eq!(home.read("elsewhere.json"), "{}");

    home.folder("other");
    symlink(home.join("other"), home.join(".cursor")).expect("a link");
    init(&home).run().exits(2).stderr_has("./.cursor: is a symlink or no folder");
    assert_eq!(home.listing(), [".cursor", ".mcp.json", "elsewhere.json", "other"]);

    let home = Home::new();
    home.folder(".mcp.json");
    init(&home).run().exits(2).stderr_has("./.mcp.json: is no regular file");

    // Nobody but root may write here.
    if !is_root() {
        let home = Home::new();
        let folder = home.folder("closed");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).expect("a mode");
        init(&home).arg("--dir=closed").run().exits(1).stderr_has("Permission denied");
        assert_eq!(home.listing(), ["closed"]);
    }
    #[cfg(target_os = "linux")]
    init(&Home::new()).arg("--dir=/proc/self").arg("--client=claude").run().exits(1).prints("");
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn a_private_file_stays_private() {
    let home = Home::new();
    let file = home.write(".mcp.json", "{}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode");
    init(&home).run().exits(0);
    let mode = fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn several_at_once_lose_no_entry() {
    let home = Home::new();
    let names: Vec<String> = (0..24).map(|number| format!("server-{number}")).collect();
    for batch in names.chunks(4) {
        let runs: Vec<_> =
            batch.iter().map(|name| init(&home).arg("--name").arg(name).spawn()).collect();
        for run in runs {
            assert!(run.wait_with_output().expect("an end").status.success());
        }
    }
    let settings: serde_json::Value = serde_json::from_str(&home.read(".mcp.json")).expect("JSON");
    let servers = settings["mcpServers"].as_object().expect("servers");
    assert!(names.iter().all(|name| servers.contains_key(name)), "{} of 24", servers.len());
}

#[test]
fn files_that_look_like_temporary_ones_are_somebody_s_own() {
    let home = Home::new();
    home.write(".mcp.json.new", "mine");
    home.write("config.yaml.new", "mine");
    init(&home).run().exits(0);
    assert_eq!(home.read(".mcp.json.new"), "mine");
    assert_eq!(home.listing(), [".mcp.json", ".mcp.json.new", "config.yaml.new"]);
}
