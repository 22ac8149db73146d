//! `alter self-update` where all is well, and where it has nothing to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::support::release::{Site, name, program};
use crate::support::{Play, Server, alter};

const NOW: &str = env!("CARGO_PKG_VERSION");

#[test]
fn changes_to_the_newest_release() {
    let site = Site::new(&[
        ("0.0.9", "old"),
        ("9.9.9", &program("9.9.9")),
        ("9.10.0", &program("9.10.0")),
    ]);
    let done = site.update([]).run();
    let expected = json!({
        "program": site.alter(), "version": NOW, "release": "9.10.0", "status": "updated",
        "managed_by": null,
    });
    assert_eq!(done.exits(0).says("").json(), expected);
    assert_eq!(site.home.read("bin/alter"), program("9.10.0"));
    assert_eq!(site.beside(), [""; 0]);
    let mode = |name| fs::metadata(site.home.join(name)).unwrap().permissions().mode();
    assert_eq!(mode("bin/alter"), mode("original"));
}

#[test]
fn changes_to_a_named_version() {
    let new = program("9.9.9");
    let site = Site::new(&[("9.9.9", &new), ("9.10.0", &program("9.10.0"))]);
    site.update(["--to", "v9.9.9"]).run().exits(0);
    assert_eq!(site.home.read("bin/alter"), new);
    site.restore();
    let refused = site.update(["--to", "8.0.0"]).run();
    refused.exits(4).stderr_has("SHA256SUMS: lists no alter 8.0.0 for this machine");
}

#[test]
fn looks_without_changing() {
    let site = Site::new(&[("9.9.9", &program("9.9.9"))]);
    for flag in ["--check", "--dry-run"] {
        let looked = site.update([flag]).run();
        assert_eq!(looked.exits(0).says("").json()["status"], "available", "{flag}");
        assert!(site.is_old() && site.beside().is_empty(), "{flag}");
    }
    site.publish(&[(NOW, "never read")]);
    assert_eq!(site.update([]).run().exits(0).json()["status"], "current");
    site.publish(&[("0.0.9", "never read")]);
    assert_eq!(site.update(["--check"]).run().exits(0).json()["status"], "older");
    assert!(site.is_old());
}

#[test]
fn goes_back_only_when_told_to() {
    let old = program("0.0.9");
    let site = Site::new(&[("0.0.9", &old)]);
    let refused = site.update([]).run();
    refused.exits(5).stderr_has(&format!("alter 0.0.9: is older than this alter, which is {NOW}"));
    refused.stderr_has("--allow-downgrade");
    assert!(site.is_old());
    site.update(["--allow-downgrade"]).run().exits(0);
    assert_eq!(site.home.read("bin/alter"), old);
}

#[test]
fn reads_a_release_from_an_address() {
    let new = program("9.9.9");
    let site = Site::new(&[("9.9.9", &new)]);
    let folder = site.home.join("release");
    let server = Server::new(move |request| {
        let file = request.target.strip_prefix("/dl/alter/").expect("the folder's path");
        match fs::read(folder.join(file)) {
            Ok(bytes) => Play::with(200, "", bytes),
            Err(_) => Play::with(404, "", ""),
        }
    });
    let from = format!("{}/dl/alter/", server.url());
    site.update(["--from", &from]).env("ALTER_PAT", "alter_pat_0123456789").run().exits(0);
    assert_eq!(site.home.read("bin/alter"), new);
    let asked: Vec<_> = server.seen().iter().map(|seen| seen.target.clone()).collect();
    let program = format!("/dl/alter/{}", name("9.9.9"));
    assert_eq!(asked, ["/dl/alter/SHA256SUMS", "/dl/alter/SHA256SUMS.minisig", &program]);
    assert!(server.seen().iter().all(|seen| seen.header("authorization").is_none()));

    site.restore();
    fs::remove_file(site.home.join("release/SHA256SUMS.minisig")).unwrap();
    let lost = site.update(["--from", &from]).run();
    lost.exits(4).stderr_has(&format!("{from}SHA256SUMS.minisig: is not there"));
    let elsewhere = Server::new(|_| Play::with(302, "Location: https://other.example/\r\n", ""));
    let led = site.update(["--from", &elsewhere.url()]).run();
    led.exits(1).stderr_has("is a redirect to https://other.example/, which is not followed");
}

#[test]
fn leaves_a_program_to_its_package_manager() {
    let site = Site::new(&[("9.9.9", &program("9.9.9"))]);
    let lib = site.home.folder("lib/node_modules/@alter-ai/cli/bin");
    let (npm, cargo) = (lib.join("alter"), site.alter());
    fs::hard_link(&cargo, &npm).unwrap();
    let place = |folder: &str| {
        let file = site.home.folder(folder).join("alter");
        fs::hard_link(&cargo, &file).unwrap();
        file
    };
    let store = "node_modules/.pnpm/@alter-ai+cli@0.1.0/node_modules/@alter-ai/cli/bin";
    let pnpm = place(&format!("lib/{store}"));
    let pnpm_home = place("share/pnpm/global/5/node_modules/@alter-ai/cli/bin");
    let bun = place(".bun/install/global/node_modules/@alter-ai/cli/bin");
    let npx = place(".npm/_npx/0123/node_modules/alter-cli/bin");
    let locks = [("a", "pnpm-lock.yaml"), ("b", "bun.lock"), ("c d", "yarn.lock"), ("e", "x")];
    let [in_pnpm, in_bun, in_yarn, in_project] = locks.map(|(project, lock)| {
        site.home.write(&format!("{project}/package.json"), "{}");
        site.home.write(&format!("{project}/{lock}"), "");
        let store = if lock.starts_with("pnpm") { store } else { "node_modules/@alter-ai/cli/bin" };
        place(&format!("{project}/{store}"))
    });
    let here = |folder: &str, how: &str| {
        format!("cd {} && {how} @alter-ai/cli@latest", site.home.join(folder).display())
    };
    let quoted =
        format!("cd '{}' && yarn add @alter-ai/cli@latest", site.home.join("c d").display());
    site.home.write(".crates.toml", "[v1]\n\"alter 0.1.0 (path+file:///src)\" = [\"alter\"]\n");
    let dpkg = site.home.folder("usr/bin").join("alter");
    fs::hard_link(&cargo, &dpkg).unwrap();
    let query =
        "#!/bin/sh\ncase $2 in */usr/bin/alter) echo \"alter-cli: $2\" ;; *) exit 1 ;; esac\n";
    let query = site.home.write("tools/dpkg-query", query);
    fs::set_permissions(&query, fs::Permissions::from_mode(0o755)).unwrap();
    for (file, owner, fix) in [
        (&npm, "npm", "npm install --global @alter-ai/cli@latest"),
        (&pnpm, "pnpm", "pnpm add --global @alter-ai/cli@latest"),
        (&pnpm_home, "pnpm", "pnpm add --global @alter-ai/cli@latest"),
        (&bun, "bun", "bun add --global @alter-ai/cli@latest"),
        (&npx, "npx", "npx alter-cli@latest"),
        (&in_pnpm, "pnpm", &here("a", "pnpm add")),
        (&in_bun, "bun", &here("b", "bun add")),
        (&in_yarn, "yarn", &quoted),
        (&in_project, "npm", &here("e", "npm install")),
        (&cargo, "cargo", "cargo install --path . --force"),
        (&dpkg, "dpkg", "apt install --only-upgrade alter-cli"),
    ] {
        let run = |flag| {
            let run = site.update([flag]).program(&[file.as_os_str()]);
            run.env("PATH", format!("{}:/usr/bin:/bin", site.home.join("tools").display())).run()
        };
        let refused = run("--allow-downgrade");
        refused.exits(5).stderr_has(&format!("belongs to {owner}, which has to update it"));
        refused.stderr_has(&format!("fix: {fix}"));
        assert_eq!(run("--check").exits(0).json()["managed_by"], owner);
    }
}

#[test]
fn refuses_what_names_no_release() {
    let folder = "/nowhere/at/all";
    for (args, code, told) in [
        (vec![], 2, "--from: is needed: no place of releases is built in"),
        (vec!["--from", folder], 4, folder),
        (vec!["--from", "http://releases.example"], 2, "--from: must be https://"),
        (vec!["--from", "https://u:p@h/x"], 2, "--from: must not hold a user name or password"),
        (vec!["--from", "https://h/x?y"], 2, "--from: must be the address of a folder"),
        (vec!["--from", "/", "--to", "1.2"], 2, "--to: wants a version such as 0.3.0"),
    ] {
        let run = args.iter().fold(alter(["self-update"]), crate::support::Alter::arg);
        run.run().exits(code).prints("").stderr_has(told);
    }
}
