//! `alter apps delete`: only whoever knows the name deletes.

use serde_json::json;

use crate::support::alter::PROGRAM;
use crate::support::{APP, Home, Portal, Pty, Server, alter};

#[test]
fn deleting_wants_the_name() {
    let portal = Portal::empty([]);
    let app = portal.app("Billing");
    let wrong = alter(["apps", "delete", &app, "--confirm", "billing"]).at(&portal).run();
    wrong
        .exits(2)
        .prints("")
        .stderr_has("alter: --confirm: is not the app's name; nothing was deleted\n");
    let nobody = alter(["apps", "delete", &app]).stdin("Billing\n").at(&portal).run();
    nobody.exits(2).prints("").says(
        "alter: this needs a confirmation: there is no terminal to ask on\n  fix: give --confirm NAME\n",
    );
    let question = "Type the app's name (Billing) to delete it: ";
    let typed = |answer: &str| {
        let run = alter(["apps", "delete", &app]).at(&portal);
        Pty::of(&run).answer(question, answer).run()
    };
    typed("billing\n").exits(8).shows("cancelled").shows("nothing was changed");
    typed("\n").exits(8);
    typed("\u{4}").exits(8).shows("no answer");
    typed("\u{3}").ended_by(2);
    let in_ci = alter(["apps", "delete", &app]).at(&portal).env("CI", "true");
    Pty::of(&in_ci).run().exits(2).shows("--confirm NAME");
    assert_eq!(portal.ask(["apps", "show", &app])["name"], "Billing");
    typed("Billing\n").exits(0).shows("\"deleted\": true");
    assert_eq!(portal.ask(["apps", "list"]), json!([]));
}

#[test]
fn without_a_terminal_nothing_is_looked_up() {
    let server = Server::unused();
    alter(["apps", "delete", APP]).to(&server).run().exits(2);
    alter(["keys", "revoke", "--app", APP, "--key", "k"])
        .to(&server)
        .run()
        .exits(2)
        .stderr_has("fix: give --yes");
    server.untouched();
}

#[test]
fn a_pat_that_may_not_read_lets_the_portal_compare() {
    let portal = Portal::empty(["--auto-approve"]);
    let app = portal.app("Billing");
    let pat = portal.pat_with("dashboard_apps:delete");
    let delete = |name| {
        alter(["apps", "delete", &app, "--confirm", name]).at(&portal).env("ALTER_PAT", &pat).run()
    };
    let wrong = delete("billing");
    wrong
        .exits(5)
        .prints("")
        .stderr_has("alter: conflict: `confirm` must be the app's exact name.\n");
    delete("Billing")
        .exits(0)
        .prints(&format!("{{\n  \"id\": \"{app}\",\n  \"deleted\": true\n}}\n"))
        .says("");
    // Without --confirm there is nothing to ask with.
    let run = alter(["apps", "delete", &app]).at(&portal).env("ALTER_PAT", &pat);
    Pty::of(&run).run().exits(7).shows("dashboard_apps:read");
}

#[test]
fn a_prompt_needs_a_person_on_both_sides() {
    let (server, home) = (Server::unused(), Home::new());
    let env = [
        ("ALTER_PAT", crate::support::PAT),
        ("ALTER_BASE_URL", &server.url()),
        ("PATH", "/usr/bin:/bin"),
    ];
    let on_terminal = |line: &str| {
        let line = format!("'{PROGRAM}' apps delete {APP} {line}");
        Pty::program(&["sh", "-c", &line], &env, home.path()).run()
    };
    on_terminal("2>errors").exits(2);
    assert!(home.read("errors").contains("fix: give --confirm NAME"));
    on_terminal("</dev/null").exits(2).shows("--confirm NAME");
    // What is piped in belongs to whoever comes next.
    let rest = on_terminal("--output json 2>&1 <<END\nBilling\nEND\n");
    rest.exits(2);
    let line = format!("printf 'Billing\\n' | {{ '{PROGRAM}' apps delete {APP}; cat; }}");
    Pty::program(&["sh", "-c", &line], &env, home.path()).run().exits(0).shows("\nBilling");
    server.untouched();
}
