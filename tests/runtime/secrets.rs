//! No runtime key, user's token or provider's credential in any output.

use serde_json::json;

use super::stage::{GRANT, KEY, Stage, TOKEN};
use crate::support::{Alter, Outcome, Play, Pty, Server, alter};

const MARK: &str = "MARKEDsecret0123456789";

/// Ways to hand over a key, right and wrong.
fn forms() -> Vec<String> {
    vec![
        KEY.to_owned(),
        format!("alter_rk_{MARK}_aaaaaa"),
        format!("alter_pat_{MARK}{MARK}"),
        format!("alter_key_{MARK}{MARK}"),
        format!("{KEY} {MARK}"),
        format!("'{KEY}'{MARK}"),
        MARK.to_owned(),
        format!("{MARK}\u{e9}"),
    ]
}

#[track_caller]
fn hidden(run: &Outcome) {
    run.hides(MARK).hides(&MARK[6..]).hides(KEY).hides(&KEY[16..]).hides(TOKEN);
}

#[test]
fn a_key_is_never_shown_however_it_is_given() {
    let echo = |seen: &crate::support::server::Exchange| {
        let sent = seen.header("x-api-key").unwrap_or_default().to_owned();
        let body = json!({ "error": sent, "message": format!("bad {sent}"), "missing": [sent], "hint": sent });
        Play::with(403, &format!("X-Echo: {sent}\r\nX-Request-Id: {sent}\r\n"), body.to_string())
    };
    for server in [Server::new(echo), Server::json(200, "rubbish")] {
        for form in forms() {
            for words in [
                &["sdk-passthrough", "request", GRANT, "--url", "https://h/", "--debug"][..],
                &["sdk-passthrough", "request", GRANT, "--url", "https://h/", "--output=json"],
                &["sdk-passthrough", "resolve-identity", "--app-user-id", GRANT, "--debug"],
            ] {
                let bare = || words.iter().fold(alter([]), Alter::arg).to(&server);
                hidden(&bare().env("ALTER_API_KEY", &form).run());
                hidden(&bare().arg("--api-key").arg(&form).run());
                hidden(&bare().arg(format!("--api-key={form}")).run());
                hidden(&bare().arg(format!("--api-kye={form}")).run());
                hidden(&bare().arg("--method").arg(&form).run());
                hidden(&bare().arg("--user-token").arg(&form).arg("--api-key").arg(&form).run());
                hidden(&bare().arg("--header").arg(format!("X-A {form}")).run());
                hidden(&bare().arg("--body").arg(format!("{{{form}")).run());
            }
        }
    }
}

#[test]
fn what_a_provider_sends_back_is_not_shown_on_a_terminal_either() {
    let stage = Stage::new(&json!({}), |seen| {
        let sent = seen.header("authorization").unwrap_or_default();
        Play::with(401, &format!("X-Echo: {sent}\r\n"), "")
    });
    let run = Pty::of(&stage.request("/").arg("--debug")).run();
    hidden(&run);
}
