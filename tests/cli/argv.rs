//! The words of a command line: what is understood, and how the rest is refused. Nothing here makes a request.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::support::{APP, Alter, PAT, Server, alter};

/// Runs words split at blanks against a server that must not be asked; gives code and standard error.
#[track_caller]
fn refused(line: &str) -> (Option<i32>, String) {
    let server = Server::unused();
    let mut run = alter([]).to(&server);
    for word in line.split(' ') {
        run = run.arg(word);
    }
    let outcome = run.run();
    outcome.prints("");
    server.untouched();
    (outcome.status.code(), outcome.err().to_owned())
}

/// What is refused, and how.
const REFUSED: &[(&str, &str)] = &[
    ("aps list", "unknown command `aps`: did you mean `apps`?\n  fix: alter --help"),
    ("apps lst", "unknown command `lst`: did you mean `list`?\n  fix: alter apps --help"),
    ("frobnicate", "unknown command `frobnicate`: there is no such command\n  fix: alter --help"),
    ("--output json frobnicate --output", ""),
    (
        "apps list --ouput json",
        "unknown flag `--ouput`: did you mean `--output`?\n  fix: alter apps list --help",
    ),
    (
        "apps list --frobnicate",
        "unknown flag `--frobnicate`: `alter apps list` has no such flag\n  fix: alter apps list --help",
    ),
    (
        "apps list -x",
        "unknown flag `-x`: `alter apps list` has no such flag\n  fix: alter apps list --help",
    ),
    ("apps list extra", "operand 1: `alter apps list` takes 0\n  fix: alter apps list --help"),
    ("apps show", "<app>: is needed\n  fix: alter apps show --help"),
    ("apps show a b", "operand 2: `alter apps show` takes 1\n  fix: alter apps show --help"),
    ("apps show -- a --b", "operand 2: `alter apps show` takes 1\n  fix: alter apps show --help"),
    ("apps create", "--name: is needed\n  fix: alter apps create --help"),
    ("apps create --name", "--name: needs a value"),
    (
        "apps create --name --output table",
        "--name: needs a value\n  fix: write --name=--output if that is the value",
    ),
    ("apps create --name a --name b", "--name: is given twice"),
    ("apps list --profile=a --profile=a", "--profile: is given twice"),
    ("--dry-run apps list --dry-run", "--dry-run: is given twice"),
    ("apps list --dry-run=true", "--dry-run: takes no value"),
    ("apps list --output xml", "--output: must be one of table, json, jsonl, csv"),
    ("apps list --output=", "--output: must be one of table, json, jsonl, csv"),
    ("keys list --status=gone", "--status: must be one of active, revoked"),
    ("keys list --limit 0", "--limit: must be a whole number from 1 to 1000"),
    ("keys list --limit 1001", "--limit: must be a whole number from 1 to 1000"),
    ("keys list --limit +5", "--limit: must be a whole number from 1 to 1000"),
    ("keys list --limit=", "--limit: must be a whole number from 1 to 1000"),
    ("keys list --offset -1", "--offset: must be a whole number from 0"),
    ("keys list --offset 99999999999999999999", "--offset: must be a whole number from 0"),
    ("audit list --policy-decision denied", "--policy-decision: must be one of ALLOW, DENY, ERROR"),
    ("keys mint --rate-limit-rpm 0", "--rate-limit-rpm: must be a whole number from 1 to 100000"),
    ("apps list --fields a,,b", "--fields: has an empty entry"),
    ("apps list --fields=", "--fields: has an empty entry"),
    (
        "completion print",
        "--shell: is needed: $SHELL names none of bash, zsh, fish\n  fix: give --shell bash, zsh or fish",
    ),
    ("manag list", "unknown command `manag`: did you mean `managed-secrets`?\n  fix: alter --help"),
    (
        "secrets list",
        "unknown command `secrets`: did you mean `managed-secrets`?\n  fix: alter --help",
    ),
    ("apps del", "unknown command `del`: did you mean `delete`?\n  fix: alter apps --help"),
    (
        "apps list --out json",
        "unknown flag `--out`: did you mean `--output`?\n  fix: alter apps list --help",
    ),
    (
        "managed-secrets create --name n --credential-valueS3C",
        "argument 5: `alter managed-secrets create` has no such flag; did you mean `--credential-value`?\n  fix: alter managed-secrets create --help",
    ),
    (
        "idp list",
        "unknown command `list`: there is no such command\n  fix: alter identity-providers --help",
    ),
    ("apps list -o", "--output: needs a value"),
    ("apps list -oxml", "--output: must be one of table, json, jsonl, csv"),
    ("apps list -o table --output table", "--output: is given twice"),
    (
        "help nonsense",
        "no such help: it is neither a topic nor a command\n  fix: topics: exit-codes, environment, output, auth; commands: alter --help",
    ),
    (
        "help exit-code",
        "no such help: did you mean `exit-codes`?\n  fix: topics: exit-codes, environment, output, auth; commands: alter --help",
    ),
    (
        "apps list --limit 5",
        "unknown flag `--limit`: `alter apps list` has no such flag\n  fix: alter apps list --help",
    ),
];

#[test]
fn bad_values_are_named_and_never_sent() {
    for &(line, message) in REFUSED {
        let (code, errors) = refused(line);
        assert_eq!(code, Some(2), "{line}");
        if !message.is_empty() {
            assert_eq!(errors, format!("alter: {message}\n"), "{line}");
        }
    }
}

#[test]
fn flags_may_be_anywhere() {
    let wanted = format!(
        "{{\n  \"method\": \"GET\",\n  \"path\": \"/api/v1/apps/{APP}\",\n  \"body\": null\n}}\n"
    );
    for words in [
        ["--dry-run", "apps", "show", APP],
        ["apps", "--dry-run", "show", APP],
        ["apps", "show", "--dry-run", APP],
        ["apps", "show", APP, "--dry-run"],
    ] {
        alter(words).run().exits(0).prints(&wanted).says("");
    }
    alter(["--dry-run", "apps", "show", "--", APP]).run().exits(0).prints(&wanted);
}

#[test]
fn values_come_attached_or_next_and_may_begin_with_a_dash() {
    for (words, name) in [
        (["--name", "x"].as_slice(), "x"),
        (&["--name=x"], "x"),
        (&["--name=x=y=z"], "x=y=z"),
        (&["--name", "-"], "-"),
        (&["--name", "-x"], "-x"),
        (&["--name", "--x"], "--x"),
        (&["--name=--output"], "--output"),
        (&["--name", "--"], "--"),
        (&["--name", "a b\"c\\"], "a b\"c\\"),
        (&["--name", "日本"], "日本"),
    ] {
        let mut run = alter(["apps", "create", "--dry-run"]);
        for word in words {
            run = run.arg(word);
        }
        let shown = run.run().exits(0).json();
        assert_eq!(shown["body"]["name"], name, "{words:?}");
    }
}

#[test]
fn behind_two_dashes_nothing_is_a_flag() {
    let shown = alter(["apps", "show", "--dry-run", "--", "--help"]).run().exits(0).json();
    assert_eq!(shown["path"], "/api/v1/apps/--help");
    let shown = alter(["apps", "show", "--dry-run", "-"]).run().exits(0).json();
    assert_eq!(shown["path"], "/api/v1/apps/-");
}

#[test]
fn ids_stay_one_segment() {
    for (id, segment) in [
        ("../x", "..%2Fx"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("a b%20", "a%20b%2520"),
        ("é", "%C3%A9"),
    ] {
        let shown = alter(["apps", "show", "--dry-run", id]).run().exits(0).json();
        assert_eq!(shown["path"], format!("/api/v1/apps/{segment}"), "{id}");
    }
    for (id, why) in [
        ("", "is empty"),
        ("a\nb", "has a control character in it"),
        ("a\u{9b}b", "has a control character in it"),
        (&"x".repeat(201), "is longer than 200 characters"),
    ] {
        let run = alter(["apps", "show", id]).env("ALTER_PAT", PAT).run();
        run.exits(2).prints("").says(&format!("alter: <app>: {why}\n"));
    }
}

#[test]
fn an_argument_that_is_no_utf8_is_refused() {
    let run = alter(["apps", "show"]).arg(OsStr::from_bytes(b"a\xffsecret")).run();
    run.exits(2).prints("").says("alter: argument 3: is not UTF-8\n");
    let pat = OsStr::from_bytes(b"alter_pat_\xff");
    let run = alter(["apps", "list"]).env("ALTER_PAT", pat).run();
    run.exits(2).prints("").says("alter: ALTER_PAT: is not UTF-8\n");
}

#[test]
fn a_value_is_never_repeated() {
    for line in [
        "apps list --output=SECRET",
        "apps list --limit=SECRET",
        "keys list --limit SECRET",
        "keys list --staus=SECRET --limit SECRET",
        "apps show one SECRET",
        "apps create --nam=SECRET",
        "apps create --unheard-of=SECRET",
        "auth login --toke=SECRET",
        "auth login --token=SECRET",
        "auth login --token SECRET --port SECRET",
        "apps list --base-url=SECRET",
        "apps list --base-url=https://SECRET@h",
        "apps list --profile=SECRET/",
        "audit list --since SECRET",
        "audit list --start SECRET",
        "keys mint --name n --scopes SECRET",
        "keys mint --name n --scopes a:b --cidr SECRET",
        "keys mint --name n --scopes a:b --expires-in SECRET",
        "keys mint --input SECRET",
        "api SECRET /apps",
        "api GET /apps --header SECRET",
    ] {
        let (code, errors) = refused(&format!("--app x {line}"));
        assert_eq!(code, Some(2), "{line}: {errors}");
        assert!(!errors.contains("SECRET"), "{line}: {errors}");
        assert!(errors.contains("alter: "), "{line}: {errors}");
    }
}

#[test]
fn fields_keep_what_they_name() {
    let server = Server::json(200, r#"[{"id":"1","b c":2,"n":1.50},{"id":"2","x":null}]"#);
    let run = |args| alter(["apps", "list"]).arg(args).to(&server).run();
    run("--fields=id")
        .exits(0)
        .prints("[\n  {\n    \"id\": \"1\"\n  },\n  {\n    \"id\": \"2\"\n  }\n]\n");
    run("--fields= n , x ")
        .exits(0)
        .prints("[\n  {\n    \"n\": 1.50\n  },\n  {\n    \"x\": null\n  }\n]\n");
    run("--fields=id,b c")
        .exits(2)
        .says("alter: --fields: has a blank inside a name: names are separated by commas\n");
    run("--fields=nope")
        .exits(2)
        .prints("")
        .says("alter: --fields: there is no `nope`\n  fix: choose from id, b c, n, x\n");
    let lines = alter(["apps", "list", "--fields=n", "--output=jsonl"]).to(&server).run();
    lines.exits(0).prints("{\"n\":1.50}\n{}\n");
    let table = |fields| alter(["apps", "list", "--output=table", fields]).to(&server).run();
    table("--fields=nope").exits(2).prints("").says(
        "alter: --fields: there is no `nope`\n  fix: choose from id, name, status, grants, keys, api_calls, created, b c, n, x\n",
    );
    table("--fields=n,id").exits(0).prints("N     ID\n1.50  1\n-     2\n");
    let one = Server::json(200, r#"{"id":"1","name":"N"}"#);
    let shown = alter(["apps", "show", "1", "--fields", "name"]).to(&one).run();
    shown.exits(0).prints("{\n  \"name\": \"N\"\n}\n");
    let shown = alter(["apps", "show", "1", "--fields", "nope"]).to(&one).run();
    shown.exits(2).says("alter: --fields: there is no `nope`\n  fix: choose from id, name\n");
}

#[test]
fn failures_are_json_when_json_is_asked_for() {
    for output in ["--output=json", "--output=jsonl"] {
        let run = alter(["apps", "show", output]).run();
        run.exits(2).prints("").says(
            "{\"error\":{\"code\":\"USAGE\",\"exit\":2,\"message\":\"<app>: is needed\",\"portal_code\":null,\
             \"request_id\":null,\"retry_after\":null,\"fix\":\"alter apps show --help\"}}\n",
        );
        let outcome = alter(["apps", "show", output]).arg(OsStr::from_bytes(b"a\xff")).run();
        assert_eq!(outcome.exits(2).error()["message"], "argument 4: is not UTF-8");
        // Also where the flag stands behind what is wrong.
        let error = alter(["aps", "--frob", output]).run().exits(2).error();
        assert_eq!(error["code"], "USAGE");
    }
    alter(["apps", "show", "--output=table"]).run().exits(2).stderr_has("alter: <app>");
}

/// What newcomers type, and the command that they are told.
const EVERYDAY: &[(&[&str], &str)] = &[
    (&["login"], "alter auth login"),
    (&["logout"], "alter auth logout"),
    (&["whoami"], "alter pats whoami"),
    (&["version"], "alter --version"),
    (&["ls"], "alter apps list"),
    (&["keys", "create"], "alter keys mint"),
    (&["keys", "rm"], "alter keys revoke"),
    (&["apps", "get"], "alter apps show"),
    (&["upgrade"], "alter self-update"),
    (&["auth", "mint"], "alter keys mint"),
    (&["keys", "whoami"], "alter pats whoami"),
];

#[test]
fn everyday_words_suggest_the_right_command() {
    for (words, meant) in EVERYDAY {
        let mut run = alter([]);
        for word in *words {
            run = run.arg(word);
        }
        run.run().exits(2).stderr_has(&format!("did you mean `{meant}`?"));
    }
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    for (line, missing) in [
        ("keys mint", "--name, --scopes: are needed"),
        ("agents create", "--name: is needed"),
        ("providers create --provider p", "--scopes, --client-id,"),
        ("identity-providers create", "--issuer-url: is needed"),
        ("managed-secrets create", "--name: is needed"),
        ("managed-secrets grants create s", "--principal-type: is needed"),
    ] {
        let words = line.split(' ').fold(alter([]), Alter::arg);
        words.run().exits(2).stderr_has(&format!("alter: {missing}"));
    }
    alter(["keys", "rename"]).run().exits(2).stderr_has("alter: --key, --name: are needed\n");
}

#[test]
fn a_base_url_without_a_scheme_is_shown_with_one() {
    for (given, meant) in
        [("localhost:4400", "http://localhost:4400"), ("127.0.0.1:1/", "http://127.0.0.1:1")]
    {
        let run = alter(["apps", "list"]).env("ALTER_BASE_URL", given).run();
        run.exits(2).stderr_has(&format!("  fix: write {meant}\n"));
    }
}

#[test]
fn a_sign_in_opens_no_portal_that_was_not_meant() {
    let run = alter(["auth", "login", "--no-browser", "--base-url", "https://other.example"]).run();
    run.exits(2)
        .stderr_has("alter: --dashboard-url: is needed to sign in to https://other.example\n");
}

#[test]
fn scopes_can_be_added_to_the_default_ones() {
    let login = |words: &[&str]| {
        let run = words.iter().fold(alter(["auth", "login"]), crate::support::Alter::arg);
        run.env("ALTER_BASE_URL", "http://127.0.0.1:1").arg("--dry-run").run()
    };
    login(&["--add-scopes", "dashboard_apps:delete"]).exits(0);
    login(&["--add-scopes", "dashboard_apps:fly"]).exits(2).stderr_has("alter: --add-scopes: ");
    let both = ["--add-scopes", "dashboard_apps:delete", "--scopes", "dashboard_apps:read"];
    login(&both).exits(2).stderr_has("alter: --add-scopes: cannot be combined with --scopes\n");
}

#[test]
fn fields_choose_the_columns_of_a_table_and_their_order() {
    let row = r#"[{"id":"1","name":"N","stats":{"grants":3},"created_at":"2026-11-23T10:04:31Z"}]"#;
    let server = crate::support::Server::json(200, row);
    let table =
        |fields| alter(["apps", "list", "-o", "table", "--fields", fields]).to(&server).run();
    // By the name of a column, by its key, by a path, and by a key that no column shows.
    table("created,name").exits(0).prints("CREATED            NAME\n2026-11-23 10:04Z  N\n");
    table("created_at").exits(0).prints("CREATED\n2026-11-23 10:04Z\n");
    table("stats.grants, id").exits(0).prints("GRANTS  ID\n3       1\n");
    table("stats").exits(0).prints("STATS\n{\"grants\":3}\n");
    let one = crate::support::Server::json(200, r#"{"id":"1","name":"N"}"#);
    let shown = alter(["apps", "show", "1", "-o", "table", "--fields", "name,id"]).to(&one).run();
    shown.exits(0).prints("name  N\nid    1\n");
}

#[test]
fn what_cannot_be_a_secret_is_named() {
    for (line, message) in [
        ("apps list --json", "unknown flag `--json`: did you mean `--output json`?"),
        ("apps list --frob=S3CRET", "unknown flag `--frob`: `alter apps list` has no such flag"),
        ("audit list -f", "unknown flag `-f`: did you mean `--follow`?"),
        ("keys list -n 3", "unknown flag `-n`: did you mean `--limit`?"),
        ("apps list -n 3", "unknown flag `-n`: `alter apps list` has no such flag"),
        ("apps delete x --yes", "unknown flag `--yes`: did you mean `--confirm NAME`?"),
        ("apps list --pat-S3CRET", "argument 3: `alter apps list` has no such flag"),
        ("apps list -S3CRET", "argument 3: `alter apps list` has no such flag"),
        ("apps list --hunter2", "argument 3: `alter apps list` has no such flag"),
        ("frobnicate", "unknown command `frobnicate`: there is no such command"),
        ("S3CRET", "argument 1: there is no such command"),
        ("alter_pat_x", "argument 1: there is no such command"),
        ("Apps list", "argument 1: did you mean `apps`?"),
        ("completion install csh", "--shell: must be one of bash, zsh, fish"),
    ] {
        let (code, errors) = refused(line);
        assert_eq!(code, Some(2), "{line}");
        assert_eq!(errors.lines().next(), Some(format!("alter: {message}").as_str()), "{line}");
        assert!(!errors.contains("S3CRET"), "{errors}");
    }
}
