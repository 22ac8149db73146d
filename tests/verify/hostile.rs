//! Checkouts made to take long, or to bring the scanner down.

use super::{copy, fixture};
use crate::support::{Alter, Home, alter};

fn project() -> Home {
    let home = Home::new();
    copy(&fixture("faults/clean"), home.path());
    home
}

fn verify(home: &Home) -> Alter {
    alter(["verify", "--skip-sdk-check"]).home(home)
}

#[test]
fn an_oversized_ignore_file_is_not_applied() {
    let home = project();
    home.write(".gitignore", "*a*b*c*\n".repeat(10_000) + "*.py\n");
    let run = verify(&home).run();
    assert_eq!(run.json()["files_scanned"], 5);
    run.stderr_has("warning: .gitignore: is larger than 64 KiB: it is not applied\n");
}

#[test]
fn a_hostile_ignore_file_costs_little() {
    let home = project();
    home.write(".gitignore", "*[a-y]*a*a*a*a*zb.ts\n".repeat(2_900));
    for number in 0..1_000 {
        home.write(&format!("{}{number:03}b.ts", "a".repeat(100)), "");
    }
    let run = verify(&home).run();
    assert_eq!(run.json()["files_scanned"], 1_005);
    run.stderr_has("matching the ignore files takes too long: they are not applied from here on");
}

/// Sources made to take long, or to bring the scanner down: what is repeated, in both languages.
const HOSTILE: &[&str] = &[
    "(",
    "{",
    "[",
    "a.",
    "x:",
    "x=",
    "f'{",
    "f\'\'\'{",
    "x:a.",
    "a.b(",
    "vault.request(m,u,json={",
    "'",
    "\"",
    "`",
    "`${",
    "/",
    "=/[",
    "/*",
    "\\\"",
    "import {",
    "from a import ",
    "(require('x')",
    "x=await ",
    "f()()",
    ".a()",
    "vault.request(m,u,json=b)\n",
    "App(",
    "dict(",
    "x.request({a:",
    "alter_rk_",
    "__all__=[",
    "export const {a ",
];

#[test]
fn hostile_sources_cause_no_crash() {
    let home = project();
    for (at, piece) in HOSTILE.iter().enumerate() {
        let many = piece.repeat(40_000 / piece.len());
        home.write(
            &format!("h{at}.py"),
            format!("from alter_sdk import App\nvault = App()\n{many}"),
        );
        home.write(
            &format!("h{at}.ts"),
            format!(
                "import {{ App }} from \"@alter-ai/alter-sdk\";\nconst vault = new App();\n{many}"
            ),
        );
    }
    let report = verify(&home).run().exits(0).json();
    assert_eq!(report["files_scanned"], 3 + 2 * HOSTILE.len());
}

#[test]
fn nesting_to_any_depth_causes_no_crash() {
    let home = project();
    for (open, close) in
        [("dict(", ")"), ("{a: ", "}"), ("[", "]"), ("f(", ")"), ("`${", "}`"), ("f\'{", "}\'")]
    {
        let nested = open.repeat(30_000) + &close.repeat(30_000);
        home.write(
            "a.py",
            format!("from alter_sdk import App\nvault = App()\nvault.request({nested})\n"),
        );
        home.write(
            "a.ts",
            format!(
                "import {{ App }} from \"@alter-ai/alter-sdk\";\nnew App().request({nested});\n"
            ),
        );
        verify(&home).run().exits(0);
    }
    let flow = "[".repeat(9_000);
    for (text, why) in [
        (format!("  {}x", "- ".repeat(9_980)), "values are nested deeper than 64 levels"),
        (flow, "recursion limit exceeded"),
    ] {
        home.write("deep.md", format!("---\ngoal:\n{text}\n---\n"));
        let run = alter(["design", "validate", "--design", "deep.md"]).home(&home).run();
        run.exits(2).stderr_has(&format!("deep.md: line 3: {why}"));
    }
}

#[test]
fn values_that_are_gone_through_again_and_again_are_named() {
    let home = project();
    let body = "b = {".to_owned() + &"\"a\": 1, ".repeat(2_000) + "}\n";
    let call = "vault.request(\"POST\", \"https://slack.com/api/chat.postMessage\", json=b)\n";
    home.write(
        "a.py",
        format!("from alter_sdk import App\nvault = App()\n{body}{}", call.repeat(2_000)),
    );
    verify(&home).run().stderr_has("warning: a.py: is too tangled to be read to its end\n");
}

#[test]
fn ignore_files_are_bounded_together() {
    let home = project();
    let patterns = "[a]".repeat(20_000);
    let mut folder = String::new();
    for _ in 0..12 {
        home.write(&format!("{folder}.gitignore"), &patterns);
        folder += "d/";
    }
    home.write(&format!("{folder}a.py"), "");
    let run = verify(&home).run();
    run.stderr_has("d/d/d/d/d/d/d/.gitignore: makes it more than 256 KiB of ignore files at once");
    assert!(!run.err().contains("alter: warning: .gitignore"), "{run}");
}

#[test]
fn an_ignore_file_need_not_be_utf_8() {
    let home = project();
    home.write(
        ".gitignore",
        b"\xef\xbb\xbfgenerated/\n*.gen.py\n!keep.gen.py\ncaf\xe9/\nskipped.py\n",
    );
    home.write("skipped.py", "from alter_sdk import Agent\nAgent(api_key='k')\n");
    verify(&home).run().exits(0).says("");
    home.write(".gitignore", b"\xff\xfes\0\n\0");
    verify(&home)
        .run()
        .exits(1)
        .stderr_has("warning: .gitignore: is UTF-16, which git does not read");
}
