//! Where the installed SDK is found, and what is other people's code beside one's own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::{copy, fixture};
use crate::support::{Home, alter};

/// A project whose one file imports the SDK, which is not installed.
fn project() -> Home {
    let home = Home::new();
    let design = "---\ngoal: user-data\nruntime_identity: app\nkey_type: runtime\ngrant_acquisition: browser-consent\n---\n";
    home.write("p/ALTER_INTEGRATION.md", design);
    home.write("p/a.py", "from alter_sdk import App\n");
    home
}

fn install(home: &Home, packages: &str) {
    copy(&fixture("sdk/python"), &home.join(packages));
}

#[test]
fn the_sdk_is_found_where_python_finds_it() {
    type Set = fn(&Home) -> Vec<(&'static str, String)>;
    let cases: &[(&str, Set, &str)] = &[
        ("PYTHONPATH", |home| vec![("PYTHONPATH", home.join("x").display().to_string())], "x"),
        (
            "Debian, from the system",
            |home| home_python(home, "usr/bin"),
            "usr/lib/python3/dist-packages",
        ),
        (
            "Debian, from pip",
            |home| home_python(home, "usr/bin"),
            "usr/local/lib/python3.12/dist-packages",
        ),
        ("Fedora", |home| home_python(home, "usr/bin"), "usr/local/lib64/python3.13/site-packages"),
        (
            "any folder with a pyvenv.cfg",
            |home| {
                home.write("p/env/pyvenv.cfg", "");
                vec![]
            },
            "p/env/lib/python3.12/site-packages",
        ),
        (
            "one that is ignored",
            |home| {
                home.write("p/.gitignore", "/env\n");
                home.write("p/env/pyvenv.cfg", "");
                vec![]
            },
            "p/env/lib/python3.12/site-packages",
        ),
        (
            "pyenv",
            |home| {
                home.write("p/.python-version", "3.12\n");
                home_python(home, "pyenv/shims")
            },
            "pyenv/versions/3.12.4/lib/python3.12/site-packages",
        ),
        (
            "uv",
            |home| vec![("UV_PROJECT_ENVIRONMENT", home.join("uv").display().to_string())],
            "uv/lib/python3.12/site-packages",
        ),
        ("a user's own", |_| vec![], ".local/lib/python3.11/site-packages"),
        (
            "pip --target",
            |home| {
                home.write("p/alter_sdk-0.29.0.dist-info/RECORD", "alter_sdk/__init__.py,,\n");
                vec![]
            },
            "p",
        ),
        (
            "pip --target, elsewhere in it",
            |home| {
                home.write(
                    "p/layer/alter_sdk-0.29.0.dist-info/RECORD",
                    "alter_sdk/__init__.py,,\n",
                );
                vec![]
            },
            "p/layer",
        ),
        (
            "an editable install",
            |home| {
                home.write(
                    "p/.venv/lib/python3.12/site-packages/sdk.pth",
                    path_of(home, "checkout/src"),
                );
                vec![]
            },
            "checkout/src",
        ),
    ];
    for (what, set, packages) in cases {
        let home = project();
        let run = |variables: Vec<(&'static str, String)>| {
            let start = alter(["verify", "--dir", "p"]).home(&home).env("PATH", "/nowhere");
            variables.into_iter().fold(start, |run, (name, value)| run.env(name, value)).run()
        };
        run(vec![]).exits(1).shows("sdk-not-installed");
        install(&home, packages);
        run(set(&home)).exits(0);
        // What is in it counts.
        home.write("p/a.py", "from alter_sdk import Nothing\n");
        let report = run(set(&home)).exits(1).json();
        assert_eq!(report["findings"][0]["rule"], "unknown-symbol", "{what}: {report}");
    }
}

fn home_python(home: &Home, folder: &str) -> Vec<(&'static str, String)> {
    home.write(&format!("{folder}/python3"), "");
    vec![("PATH", path_of(home, folder))]
}

fn path_of(home: &Home, name: &str) -> String {
    home.join(name).display().to_string()
}

#[test]
fn the_environment_of_poetry_is_named_after_the_folder() {
    let home = project();
    home.write("p/pyproject.toml", "");
    let folder = fs::canonicalize(home.join("p")).unwrap();
    let script = "import base64, hashlib, sys; print(base64.urlsafe_b64encode(hashlib.sha256(sys.argv[1].encode()).digest()).decode()[:8])";
    let hash = Command::new("python3").args(["-c", script]).arg(&folder).output().unwrap();
    let hash = String::from_utf8(hash.stdout).unwrap();
    install(&home, &format!("poetry/p-{}-py3.12/lib/python3.12/site-packages", hash.trim()));
    let run = alter(["verify", "--dir", "p"]).home(&home).env("PATH", "/nowhere");
    run.env("POETRY_VIRTUALENVS_PATH", home.join("poetry")).run().exits(0);
}

#[test]
fn what_pip_put_beside_the_code_is_not_scanned() {
    let home = project();
    install(&home, "p");
    let agent = "from alter_sdk import Agent\nAgent(api_key='k')\n";
    home.write("p/alter_sdk/worker.py", agent);
    home.write("p/six.py", agent);
    let record = "alter_sdk/__init__.py,,\nalter_sdk/worker.py,sha256=x,1\nsix.py,,\n../bin/x,,\n";
    home.write("p/alter_sdk-0.29.0.dist-info/RECORD", record);
    let report = alter(["verify", "--dir", "p"]).home(&home).run().exits(0).json();
    assert_eq!(report["files_scanned"], 1);
}

#[test]
fn the_exclude_file_of_a_work_tree_is_the_repositorys() {
    let git = |home: &Home, folder: &str, words: &[&str]| {
        let done = Command::new("git")
            .current_dir(home.join(folder))
            .args(["-c", "user.name=a", "-c", "user.email=a@b"])
            .args(words)
            .env("HOME", home.path())
            .output()
            .unwrap();
        assert!(done.status.success(), "{words:?} {done:?}");
    };
    let home = project();
    git(&home, "p", &["init", "-q"]);
    git(&home, "p", &["add", "."]);
    git(&home, "p", &["commit", "-q", "-m", "x"]);
    git(&home, "p", &["worktree", "add", "-q", "../tree"]);
    home.write("p/.git/info/exclude", "own.py\n");
    let agent = "from alter_sdk import Agent\nAgent(api_key='k')\n";
    home.write("tree/own.py", agent);
    alter(["verify", "--skip-sdk-check", "--dir", "tree"]).home(&home).run().exits(0);
    assert!(Path::new(&home.join("tree/.git")).is_file());
    // Git agrees.
    git(&home, "tree", &["check-ignore", "-q", "own.py"]);
}

#[test]
fn scripts_may_import_by_registry() {
    let home = Home::new();
    home.write("ALTER_INTEGRATION.md", "---\nruntime_identity: agent\nkey_type: agent\n---\n");
    for (at, module) in [
        "npm:@alter-ai/alter-sdk",
        "npm:@alter-ai/alter-sdk@0.29.0",
        "npm:@alter-ai/alter-sdk@^0.29/express",
        "https://esm.sh/@alter-ai/alter-sdk@0.29.0",
        "https://esm.sh/v135/@alter-ai/alter-sdk?bundle",
        "https://cdn.jsdelivr.net/npm/@alter-ai/alter-sdk@0.29.0/+esm",
    ]
    .iter()
    .enumerate()
    {
        home.write(
            &format!("a{at}.ts"),
            format!("import {{ App }} from \"{module}\";\nnew App({{}});\n"),
        );
    }
    home.write(
        "b.ts",
        "import { App } from \"https://esm.sh/other-@alter-ai/alter-sdk\";\nnew App({});\n",
    );
    let report = alter(["verify", "--skip-sdk-check"]).home(&home).run().exits(1).json();
    let found = report["findings"].as_array().unwrap();
    assert!(found.iter().filter(|one| one["rule"] == "wrong-client").count() == 6, "{report}");
    // Deno keeps it in no folder of the project.
    copy(
        &fixture("sdk/script"),
        &home.join("deno/npm/registry.npmjs.org/@alter-ai/alter-sdk/0.29.0"),
    );
    let report =
        alter(["verify"]).home(&home).env("DENO_DIR", home.join("deno")).run().exits(1).json();
    assert!(!report.to_string().contains("sdk-not-installed"), "{report}");
}

#[test]
fn what_is_not_looked_at_is_named() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let home = project();
    home.write("p/n/x.ipynb", "{}");
    let latin = home.join("p").join(OsStr::from_bytes(b"caf\xe9.py"));
    fs::write(&latin, "").unwrap();
    home.write("p/wide.py", b"f\0r\0o\0m\0");
    home.write(&format!("p/{}a.py", "d/".repeat(103)), "");
    for at in 0..8 {
        home.write(&format!("p/m/{at}.ipynb"), "{}");
    }
    symlink("a.py", home.join("p/link.py")).unwrap();
    let run = alter(["verify", "--skip-sdk-check", "--dir", "p"]).home(&home).run();
    run.exits(0)
        .stderr_has("p/caf\u{fffd}.py: has a name that is not UTF-8, not scanned")
        .stderr_has("p/m/0.ipynb: is a notebook, not scanned")
        .stderr_has("4 more: is a notebook")
        .stderr_has("p/wide.py: not scanned: it is UTF-16 without a byte order mark")
        .stderr_has("is nested deeper than 100 folders, not scanned");
    // What root may list is listed.
    let words = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    if rustix::process::geteuid().is_root() {
        let hidden = home.folder("p/hidden");
        fs::set_permissions(&hidden, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let words: Vec<&OsStr> =
            words.iter().map(OsStr::new).chain([OsStr::new(env!("CARGO_BIN_EXE_alter"))]).collect();
        let run =
            alter(["verify", "--skip-sdk-check", "--dir", "p"]).home(&home).program(&words).run();
        run.stderr_has("p/hidden: cannot be listed (Permission denied), not scanned");
    }
}

#[test]
fn sources_are_read_in_the_encodings_that_editors_write() {
    let text = "from alter_sdk import Agent\nAgent(api_key='k')\n";
    let wide =
        |unit: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(unit).collect() };
    for bytes in [
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        [&b"\xff\xfe"[..], &wide(u16::to_le_bytes)].concat(),
        [&b"\xfe\xff"[..], &wide(u16::to_be_bytes)].concat(),
    ] {
        let home = project();
        home.write("p/b.py", bytes);
        let report =
            alter(["verify", "--skip-sdk-check", "--dir", "p"]).home(&home).run().exits(1).json();
        assert_eq!(report["findings"][0]["rule"], "wrong-client", "{report}");
    }
}
