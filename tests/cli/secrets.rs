//! No secret in any output: a marked PAT, and the plaintexts of keys.

use std::fs;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::support::{APP, Alter, Home, Outcome, PAT, Play, Portal, Pty, Server, alter};

const MARK: &str = "MARKEDsecret0123456789";

fn pat() -> String {
    format!("alter_pat_{MARK}{MARK}")
}

/// A PAT whose characters would end a credential in running text.
fn odd() -> String {
    format!("alter_pat_a\",&<'{MARK}")
}

#[track_caller]
fn hidden(run: &Outcome) {
    run.hides(MARK).hides(&MARK[6..]);
}

/// Ways to hand over a PAT, right and wrong.
fn forms() -> Vec<String> {
    let pat = pat();
    vec![
        pat.clone(),
        format!("{pat}\u{e9}"),
        format!("{pat} {pat}"),
        format!("{pat}\n"),
        pat.replace("alter_pat_", ""),
        pat.replace("alter_pat_", "alter_rk_"),
        format!("alter_pat_{}", MARK.repeat(40)),
        format!("'{pat}'"),
        odd(),
    ]
}

fn servers() -> Vec<Server> {
    let echo = |exchange: &crate::support::server::Exchange| {
        let sent = exchange.header("authorization").unwrap_or_default().to_owned();
        let body = serde_json::json!({"error": sent, "message": format!("bad {sent}"), "details": {"missing": [sent]}});
        Play::with(400, &format!("X-Echo: {sent}\r\nX-Request-Id: {sent}\r\n"), body.to_string())
    };
    vec![
        Server::json(200, "[]"),
        Server::json(200, "rubbish"),
        Server::json(401, r#"{"error":"pat_invalid"}"#),
        Server::new(echo),
        Server::new(|_| Play::with(503, "Retry-After: 99\r\n", "")),
        Server::new(|_| {
            Play::SendAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[".to_vec())
        }),
    ]
}

#[test]
fn a_pat_in_the_environment_is_never_shown() {
    for server in servers() {
        for form in forms() {
            for words in [
                vec!["apps", "list", "--debug"],
                vec!["apps", "list", "--output=json"],
                vec!["apps", "create", "--name=n", "--dry-run"],
                vec!["auth", "status", "--debug"],
                vec!["pats", "whoami"],
                vec!["doctor"],
                vec!["api", "GET", "/apps", "--debug"],
            ] {
                let mut run = alter([]).to(&server).env("ALTER_PAT", &form);
                for word in words {
                    run = run.arg(word);
                }
                hidden(&run.run());
            }
        }
    }
}

#[test]
fn an_echoed_pat_is_never_shown_on_a_terminal() {
    for server in servers() {
        let run = alter(["apps", "list", "--debug"]).to(&server).env("ALTER_PAT", pat());
        hidden(&Pty::of(&run).run());
    }
}

#[test]
fn a_pat_in_a_record_is_redacted() {
    let escaped = pat().replacen('_', "\\u005f", 2);
    for text in [pat(), format!("x{}x", pat()), escaped] {
        let record = format!(
            r#"{{"id":"p","name":"{text}","{text}":1,"scopes":["{text}"],"user":{{"email":"{text}"}}}}"#
        );
        let server = Server::json(200, &record);
        for words in [
            ["auth", "status", "--output=json"],
            ["auth", "status", "--output=table"],
            ["pats", "whoami", "--output=json"],
            ["auth", "list", "--output=json"],
        ] {
            hidden(&alter(words).to(&server).env("ALTER_PAT", pat()).run());
        }
        let login = alter(["auth", "login", "--token-stdin"]).env("ALTER_BASE_URL", server.url());
        hidden(&login.stdin(pat()).run());
    }
}

#[test]
fn a_secret_repeated_by_the_portal_is_redacted() {
    let server = Server::new(|exchange| {
        let sent: serde_json::Value = serde_json::from_str(&exchange.body).expect("JSON");
        let secret = sent["client_secret"].as_str().or(sent["credential_value"].as_str());
        let told = format!("The secret {} is too short.", secret.expect("a secret"));
        Play::json(422, serde_json::json!({"error": "invalid", "message": told}).to_string())
    });
    for words in [
        "providers create google --scopes a --client-id c --client-secret @s --redirect-uri https://x.example",
        "providers update google --client-secret @s",
        "managed-secrets create --name n --template openai --credential-value @s",
        "managed-secrets rotate x --credential-value @s",
    ] {
        let home = Home::new();
        home.write("s", format!("sk \"\u{e9}{MARK}"));
        let run = alter([]).to(&server).home(&home).env("ALTER_APP_ID", APP);
        let run = words.split(' ').fold(run, Alter::arg).arg("--debug").run();
        hidden(run.exits(2).stderr_has("The secret [redacted] is too short."));
    }
}

#[test]
fn a_secret_in_an_answer_that_breaks_the_contract_is_shown_to_nobody() {
    let secret = format!("whsec_{MARK}");
    for (status, body) in [
        (200, format!(r#"{{"enabled":true,"secret":"{secret}""#)),
        (200, format!(r#"{{"enabled":true,"secret" : "{secret}"#)),
        (200, format!(r#"["secret",{{"secret":"{secret}"}}]"#)),
        (500, format!(r#"{{"secret":"{secret}"}}"#)),
        (403, format!("secret={secret}")),
        (200, format!(r#"{{"credentials":{{"a":"{secret}"}},"x":{{"#)),
    ] {
        for length in [body.len(), body.len() + 9] {
            let head = format!("HTTP/1.1 {status} Status\r\nContent-Length: {length}\r\n\r\n");
            let whole = format!("{head}{body}").into_bytes();
            let server = Server::new(move |_| Play::SendAndClose(whole.clone()));
            let enable = ["idp", "webhook", "enable", "--provider=p", "--output=json", "--debug"];
            let run = alter(enable).to(&server).env("ALTER_APP_ID", APP).run();
            assert_ne!(run.status.code(), Some(0), "{run}");
            hidden(&run);
        }
    }
}

#[test]
fn a_pat_on_the_command_line_is_never_shown() {
    let server = Server::json(401, r#"{"error":"pat_invalid"}"#);
    for form in forms() {
        let line = |words: &[&str]| -> Alter {
            let mut run = alter([]).to(&server).env("ALTER_PAT", "");
            for word in words {
                run = run.arg(word);
            }
            run
        };
        let attached = |flag: &str| format!("{flag}={form}");
        for words in [
            &["auth", "login", "--token", &form][..],
            &["auth", "login", &attached("--token")],
            &["auth", "login", &attached("--tokn")],
            &["auth", "login", "--tokn", &form],
            &["auth", "login", "--token", &form, "--token", &form],
            &["auth", "login", "--token", &form, "--scopes", &form],
            &["auth", "login", "--token-stdin", &form],
            &["auth", "login", &attached("--token-stdin")],
            &["auth", "login", "--token-file", "none", "--output", &form],
            &["auth", "login", "--port", &form],
            &["auth", &form],
            &[&form],
            &["apps", "list", &form],
            &["apps", "list", &attached("--output")],
            &["apps", "list", &attached("--limit")],
            &["keys", "list", "--app", APP, "--status", &form],
            &["apps", "list", "--base-url", &form],
            &["apps", "list", &attached("--pat")],
            &["apps", "list", &format!("--{form}")],
            &["apps", "list", &format!("-{form}")],
            &["help", &form],
            &["help", "apps", &form],
            &["completion", "print", "--shell", &form],
        ] {
            hidden(&line(words).run());
            hidden(&line(words).arg("--output=json").run());
        }
    }
}

/// Every file below a folder, as one text.
fn files(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        text += &if path.is_dir() {
            files(&path)
        } else {
            fs::read_to_string(path).unwrap_or_default()
        };
    }
    text
}

#[test]
fn a_pat_from_file_or_input_is_never_shown_and_stored_only_when_accepted() {
    for form in forms() {
        for status in [200, 401, 500] {
            let server = Server::json(status, r#"{"id":"p","name":"n","scopes":[]}"#);
            let home = Home::new();
            home.write("pat.txt", &form);
            let base = |run: Alter| run.env("ALTER_BASE_URL", server.url()).home(&home);
            hidden(&base(alter(["auth", "login", "--token-file=pat.txt", "--debug"])).run());
            hidden(&base(alter(["auth", "login", "--token-stdin"])).stdin(&form).run());
            let kept = files(&home.join(".config-alter"));
            let good = status == 200 && [pat(), odd()].contains(&form.trim_end().to_owned());
            assert_eq!(kept.contains(MARK), good, "{form:?} at {status}");
            hidden(&base(alter(["auth", "status", "--debug"])).run());
            hidden(&base(alter(["auth", "list"])).run());
            hidden(&base(alter(["auth", "logout"])).run());
            assert!(!files(&home.join(".config-alter")).contains(MARK));
        }
    }
}

#[test]
fn a_pat_goes_to_its_origin_only() {
    let (home, other) = (Home::new(), Server::json(200, "[]"));
    let server = Server::json(200, r#"{"id":"p","name":"n","scopes":[]}"#);
    let login = alter(["auth", "login", "--token-stdin"])
        .home(&home)
        .env("ALTER_BASE_URL", server.url())
        .stdin(pat())
        .run();
    login.exits(0);
    assert!(
        server.seen().iter().all(|seen| {
            seen.header("authorization").is_some_and(|sent| sent.ends_with(&pat()))
        })
    );
    let run = alter(["apps", "list"]).home(&home).env("ALTER_BASE_URL", other.url()).run();
    run.exits(3).prints("");
    other.untouched();
}

#[test]
fn the_secret_of_a_key_is_in_the_result_alone() {
    let portal = Portal::new([]);
    let run = alter(["keys", "mint", "--app", APP, "--name=n", "--scopes=grants:read", "--debug"])
        .at(&portal)
        .run();
    let secret = run.exits(0).json()["api_key"].as_str().expect("a secret").to_owned();
    assert!(!run.err().contains(&secret[16..]), "{run}");
    run.stderr_has("\"api_key\":\"[redacted]\"");
    let id = run.json()["id"].as_str().expect("an id").to_owned();
    for words in
        [["show", "--key", &id], ["rename", "--key", &id], ["list", "--debug", "--output=json"]]
    {
        let run = alter(["keys", words[0], words[1], words[2], "--app", APP])
            .arg(if words[0] == "rename" { "--name=m" } else { "--dry-run" });
        run.at(&portal).run().exits(0).hides(&secret[16..]);
    }
    let dry = alter(["api", "POST", "/x", "--dry-run", "--input"])
        .arg(format!(r#"{{"a":[{{"api_key":"{secret}"}}],"client_secret":"{MARK}"}}"#))
        .run();
    dry.exits(0).hides(&secret).hides(MARK).shows("\"api_key\": \"[redacted]\"");
    let debug = alter(["api", "POST", "/apps", "--debug", "--input"])
        .arg(format!(r#"{{"token":"{MARK}"}}"#))
        .at(&portal)
        .run();
    debug.exits(2).hides(MARK);
    let header = alter(["api", "GET", "/apps", "--debug", "--header"])
        .arg(format!("X-Key: {secret}"))
        .at(&portal)
        .run();
    header.exits(0).hides(&secret[16..]);
}

#[test]
fn the_proxy_password_is_never_shown() {
    let one = |name: &str, value: String| {
        let run = alter(["apps", "create", "--name=n", "--debug"])
            .env("ALTER_PAT", pat())
            .env("ALTER_BASE_URL", "https://portal.invalid")
            .env("ALTER_TIMEOUT", "2")
            .env(name, value)
            .run();
        hidden(&run);
        assert_ne!(run.status.code(), Some(0));
    };
    thread::scope(|scope| {
        for (name, value) in [
            ("HTTPS_PROXY", format!("http://user:{MARK}@127.0.0.1:1")),
            ("HTTPS_PROXY", format!("socks5://user:{MARK}@127.0.0.1:1")),
            ("ALL_PROXY", format!("http://user:{MARK}@:x")),
            ("https_proxy", format!("user:{MARK}@127.0.0.1:1")),
        ] {
            scope.spawn(move || one(name, value));
        }
    });
}

#[test]
fn a_credential_for_a_url_is_refused_and_its_place_named() {
    let server = Server::unused();
    for (words, place) in [
        (["audit", "list", "--action"], "the value for `action`"),
        (["apps", "show", "--"], "an id or the path"),
        (["api", "GET", "--"], "an id or the path"),
    ] {
        for dry in [None, Some("--dry-run")] {
            let run = dry.into_iter().fold(alter([]), Alter::arg);
            let run = words.iter().fold(run, Alter::arg).arg(PAT).to(&server).run();
            let why = "looks like a credential, which must not be in a URL";
            run.exits(2).prints("").says(&format!("alter: {place}: {why}\n")).hides(PAT);
        }
    }
    server.untouched();
}

#[test]
fn a_dry_run_hides_what_a_query_calls_a_secret() {
    let path = "/apps?token=marked&q=seen&client_secret=marked";
    let shown = alter(["api", "GET", path, "--dry-run"]).run().exits(0).json();
    let path = "/api/v1/apps?token=[redacted]&q=seen&client_secret=[redacted]";
    assert_eq!(shown["path"], path);
}

/// A core would hold the PAT.
#[test]
fn no_core_is_dumped() {
    let (asked, waiting) = mpsc::channel();
    let server = Server::new(move |_| {
        let _ = asked.send(());
        Play::stall()
    });
    let mut child = alter(["apps", "list"]).to(&server).spawn();
    waiting.recv_timeout(Duration::from_secs(30)).expect("a request");
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("its limits");
    child.kill().expect("an end");
    child.wait().expect("an end");
    let core = limits.lines().find(|line| line.starts_with("Max core file size"));
    let core: Vec<_> = core.expect("the limit").split_whitespace().skip(4).collect();
    assert_eq!(core, ["0", "0", "bytes"]);
}
