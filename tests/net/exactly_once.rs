//! A hundred changes through a portal that loses half of its answers make exactly a hundred things.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::thread;

use crate::support::{Alter, Home, Outcome, Portal, alter};

/// The two ways to lose an answer: before the work, and after it.
const FAULTS: [&str; 2] = ["drop,every=2", "drop-after,every=2"];

/// Does the work under both faults at once.
fn under_each_fault(work: impl Fn(&str) + Sync) {
    let work = &work;
    thread::scope(|scope| {
        for fault in FAULTS {
            scope.spawn(move || work(fault));
        }
    });
}

/// A portal that loses answers, and the folder that its state is in.
struct FaultyPortal {
    portal: Portal,
    folder: Home,
}

impl FaultyPortal {
    fn new(fault: &str) -> Self {
        let folder = Home::new();
        let (fault, state) = (format!("{fault},method=POST"), folder.file("state.json"));
        Self { portal: Portal::empty(["--fault", &fault, "--state", &state]), folder }
    }

    /// Whether it stores this very secret.
    fn stores(&self, secret: &str) -> bool {
        let text = |name| std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        ["state.json", "state.json.journal"].map(text).concat().contains(&format!("\"{secret}\""))
    }
}

impl Deref for FaultyPortal {
    type Target = Portal;

    fn deref(&self) -> &Portal {
        &self.portal
    }
}

/// Ten portals at once, each given ten commands in a row: on every portal every other request fails, so that
/// each command but the first has to try again, and the pauses of the ten are waited for together.
fn ten_by_ten(fault: &str, work: impl Fn(&FaultyPortal) -> usize + Sync) -> usize {
    thread::scope(|scope| {
        let one = || work(&FaultyPortal::new(fault));
        let workers: Vec<_> = (0..10).map(|_| scope.spawn(one)).collect();
        let counts = workers.into_iter().map(|worker| worker.join().expect("no panic"));
        counts.sum()
    })
}

/// Runs a command ten times; gives what each printed.
fn ten(run: impl Fn(usize) -> Alter) -> Vec<Outcome> {
    let done: Vec<Outcome> = (0..10).map(|number| run(number).run()).collect();
    let retried = done.iter().filter(|run| run.err().contains("retry 1 of 3")).count();
    assert!(retried >= 9, "only {retried} of 10 failed at first");
    done
}

fn text<'a>(object: &'a serde_json::Value, key: &str) -> &'a str {
    object[key].as_str().expect(key)
}

#[test]
fn a_hundred_creations_make_a_hundred_apps() {
    under_each_fault(|fault| {
        let made = ten_by_ten(fault, |portal| {
            let printed: BTreeSet<String> = ten(|number| {
                alter(["apps", "create", "--name"]).arg(format!("app {number}")).at(portal)
            })
            .iter()
            .map(|run| text(&run.exits(0).json(), "id").to_owned())
            .collect();
            let rows = portal.ask(["apps", "list"]);
            let listed: Vec<String> = rows
                .as_array()
                .expect("rows")
                .iter()
                .map(|row| text(row, "id").to_owned())
                .collect();
            assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), printed, "{fault}");
            listed.len()
        });
        assert_eq!(made, 100, "{fault}");
    });
}

/// What the product's own keys end in: the CRC-32 of type and letters, five bits a letter, the lowest first.
fn is_valid(plaintext: &str) -> bool {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let parts: Vec<&str> = plaintext.split('_').collect();
    let [_, kind, random, checksum] = parts[..] else {
        return false;
    };
    let sum = !format!("{kind}:{random}").bytes().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 }
        })
    });
    let letters = (0..6).map(|at| char::from(LETTERS[(sum >> (5 * at) & 31) as usize]));
    random.len() == 22
        && random.bytes().all(|byte| LETTERS.contains(&byte))
        && letters.collect::<String>() == checksum
}

/// An app to mint keys in; its creation may fail at first too.
fn app(portal: &Portal) -> String {
    let made = alter(["apps", "create", "--name", "n"]).at(portal).run();
    text(&made.exits(0).json(), "id").to_owned()
}

#[test]
fn a_hundred_mints_make_a_hundred_keys() {
    assert!(
        is_valid("alter_rk_abcdefghijklmnopqrstuv_iwpykn")
            && !is_valid("alter_rk_abcdefghijklmnopqrstuv_iwpyko")
    );
    under_each_fault(|fault| {
        let made = ten_by_ten(fault, |portal| {
            let app = app(portal);
            let mint = |number| {
                alter(["keys", "mint", "--scopes", "tokens:retrieve", "--name"])
                    .arg(format!("key {number}"))
                    .at(portal)
                    .env("ALTER_APP_ID", &app)
            };
            let printed: BTreeSet<(String, String)> = ten(mint)
                .iter()
                .map(|run| {
                    let key = run
                        .exits(0)
                        .stderr_has("Store the secret now: it is not shown again.\n")
                        .json();
                    let secret = text(&key, "api_key");
                    assert!(is_valid(secret), "{secret}");
                    assert!(secret.starts_with(text(&key, "key_prefix")), "{key}");
                    assert!(portal.stores(secret), "{key}");
                    (text(&key, "id").to_owned(), secret[..16].to_owned())
                })
                .collect();
            let rows = portal.ask(["keys", "list", "--app", &app]);
            let rows = rows.as_array().expect("rows").iter();
            let listed: Vec<_> = rows
                .map(|row| (text(row, "id").to_owned(), text(row, "key_prefix").to_owned()))
                .collect();
            assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), printed, "{fault}");
            listed.len()
        });
        assert_eq!(made, 100, "{fault}");
    });
}

/// Runs a command that may fail at first; gives the text under a key of what it printed.
fn made(portal: &Portal, app: &str, line: &str, key: &str) -> String {
    let bare = alter([]).at(portal).env("ALTER_APP_ID", app);
    let run = line.split(' ').fold(bare, Alter::arg).run();
    text(&run.exits(0).json(), key).to_owned()
}

/// Ten runs of a line that makes something, `{n}` being the number of the run; what is then listed is what was printed.
/// Both are compared by id, and a secret with the one that is kept.
fn made_and_listed(portal: &FaultyPortal, app: &str, line: &str, list: &str, id: &str) -> usize {
    let run = |number: usize| {
        let line = line.replace("{n}", &number.to_string());
        let bare = alter([]).at(portal).env("ALTER_APP_ID", app);
        line.split(' ').fold(bare, Alter::arg)
    };
    let outcomes = ten(run);
    let printed: Vec<_> = outcomes.iter().map(|run| run.exits(0).json()).collect();
    let bare = alter(["--output=json", "--app", app]).at(portal);
    let listed = list.split(' ').fold(bare, Alter::arg).run().exits(0).json();
    let listed = listed.as_array().expect("rows");
    for made in &printed {
        let row = listed.iter().find(|row| row[id] == made[id]).expect("a row of what was made");
        if let Some(prefix) = row["key_prefix"].as_str() {
            assert!(text(made, "api_key").starts_with(prefix), "{made}");
        }
        assert!(made["api_key"].as_str().is_none_or(|secret| portal.stores(secret)), "{made}");
    }
    assert_eq!(printed.iter().map(|made| text(made, id)).collect::<BTreeSet<_>>().len(), 10);
    listed.len()
}

#[test]
fn a_hundred_agents_keys_secrets_and_grants() {
    under_each_fault(|fault| {
        let count = ten_by_ten(fault, |portal| {
            let app = app(portal);
            let agent = made(portal, &app, "agents create --name a", "id");
            let create = "managed-secrets create --credential-value k --name";
            let secret = made(portal, &app, &format!("{create} s"), "id");
            let grants = format!("managed-secrets grants list {secret}");
            let rows = [
                // Line, list, id, and how many there were before.
                ("agents create --name a{n}".to_owned(), "agents list".to_owned(), "id", 1),
                (
                    format!("agents mint-key {agent}"),
                    format!("agents list-keys {agent}"),
                    "key_id",
                    1,
                ),
                (format!("{create} s{{n}}"), "managed-secrets list".to_owned(), "id", 1),
                (
                    format!(
                        "managed-secrets grants create {secret} --principal-type system --label g{{n}}"
                    ),
                    grants,
                    "id",
                    1,
                ),
            ];
            let counts = rows.iter().map(|(line, list, id, before)| {
                made_and_listed(portal, &app, line, list, id) - before
            });
            counts.sum()
        });
        assert_eq!(count, 400, "{fault}");
    });
}

#[test]
fn a_hundred_webhook_secrets() {
    under_each_fault(|fault| {
        let count = ten_by_ten(fault, |portal| {
            let app = app(portal);
            let idp = made(portal, &app, "idp create --issuer-url https://a.us.auth0.com", "id");
            made(portal, &app, &format!("idp webhook enable {idp}"), "secret");
            let rotate = |_| {
                alter(["idp", "webhook", "rotate", "--yes", "--app", &app]).arg(&idp).at(portal)
            };
            let outcomes = ten(rotate);
            let secrets: Vec<_> = outcomes
                .iter()
                .map(|run| text(&run.exits(0).json(), "secret").to_owned())
                .collect();
            let status = portal.ask(["idp", "webhook", "status", &idp, "--app", &app]);
            let last = secrets.last().expect("a secret");
            assert!(last.starts_with(text(&status, "secret_prefix")), "{fault}");
            assert!(portal.stores(last), "{fault}");
            let actions =
                ["audit", "portal-actions", "--action", "identity_provider.webhook_rotated"];
            let rotated = portal.ask(actions)["total"].clone();
            assert_eq!(rotated, 10, "{fault}");
            secrets.iter().collect::<BTreeSet<_>>().len()
        });
        assert_eq!(count, 100, "{fault}");
    });
}

#[test]
fn a_mint_whose_secret_was_lost_says_how_to_revoke_it() {
    let portal = Portal::empty([
        "--fault",
        "drop-after,every=2,path=/keys,method=POST",
        "--fault",
        "replay-null",
    ]);
    let app = app(&portal);
    let mint = || {
        alter(["keys", "mint", "--name", "n", "--scopes", "grants:read", "--app", &app])
            .at(&portal)
            .run()
    };
    mint().exits(0);
    let lost = mint();
    lost.exits(1).prints("").stderr_has("retry 1 of 3");
    let rows = portal.ask(["keys", "list", "--app", &app]);
    assert_eq!(rows.as_array().map(Vec::len), Some(2));
    let id = text(&rows[0], "id");
    lost.stderr_has(&format!(
        "alter: key {id} was made, but its secret is lost: the first answer was lost and the portal does not repeat its secret\n  \
         fix: alter keys revoke --app {app} --key {id}\n"
    ));
    // The command it names is one that works.
    let revoke = alter(["keys", "revoke", "--app", &app, "--key", id, "--yes"]).at(&portal).run();
    assert!(!revoke.exits(0).json()["revoked_at"].is_null());
}
