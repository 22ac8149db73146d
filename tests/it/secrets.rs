//! A marked credential, given in every way there is and with every step around it broken: the mark is never seen.

use crate::support::{APP, Home, Play, Portal, Pty, Server, alter};

const MARK: &str = "marked0123456789";
const PAT: &str = "alter_pat_marked0123456789abcdefghij";

/// The mark in forms that are no PAT.
const MISSHAPEN: &[&str] = &[
    "marked0123456789",
    "alter_pat_marked0123456789 x",
    "alter_pat_marked0123456789\u{e9}",
    "alter_rk_marked0123456789abcdef_abcdef",
    "Bearer alter_pat_marked0123456789",
];

#[test]
fn words_in_the_wrong_place_are_not_repeated() {
    let lines: &[&[&str]] = &[
        &[PAT],
        &["apps", PAT],
        &["apps", "list", PAT],
        &["auth", "login", PAT],
        &["auth", "login", "--tokn", PAT],
        &[
            "auth",
            "login",
            "--tokn=alter_pat_marked0123456789abcdefghij",
        ],
        &[
            "auth",
            "login",
            "--tokenalter_pat_marked0123456789abcdefghij",
        ],
        &["auth", "login", "--alter_pat_marked0123456789abcdefghij"],
        &["auth", "login", "-alter_pat_marked0123456789abcdefghij"],
        &[
            "auth",
            "login",
            "--no-browser=alter_pat_marked0123456789abcdefghij",
        ],
        &["auth", "login", "--token", PAT, "--token", PAT],
        &["auth", "login", "--token", PAT, "--token-stdin"],
        &[
            "auth",
            "login",
            "--token",
            PAT,
            "--scopes",
            "dashboard_apps:read",
        ],
        &["auth", "login", "--token-file", PAT],
        &[
            "auth",
            "login",
            "--token-file",
            "alter_pat_marked0123456789abcdefghij/x",
        ],
        &["auth", "login", "--scopes", PAT],
        &["auth", "login", "--port", PAT],
        &["auth", "login", "--timeout", PAT],
        &["apps", "list", "--output", PAT],
        &["apps", "list", "--fields", PAT],
        &["apps", "list", "--profile", PAT],
        &["apps", "list", "--base-url", PAT],
        &[
            "apps",
            "list",
            "--base-url",
            "https://alter_pat_marked0123456789abcdefghij@h",
        ],
        &[
            "apps",
            "list",
            "--base-url",
            "https://h/alter_pat_marked0123456789abcdefghij",
        ],
        &["apps", "show", PAT],
        &["keys", "list", "--app", PAT],
        &["keys", "list", "--limit", PAT],
        &["keys", "list", "--status", PAT],
        &["keys", "mint", "--name", "x", "--scopes", PAT],
        &[
            "keys", "mint", "--name", "x", "--scopes", "a:b", "--cidr", PAT,
        ],
        &[
            "keys",
            "mint",
            "--name",
            "x",
            "--scopes",
            "a:b",
            "--expires-in",
            PAT,
        ],
        &["keys", "mint", "--input", PAT],
        &[
            "keys",
            "mint",
            "--input",
            "@alter_pat_marked0123456789abcdefghij",
        ],
        &["audit", "list", "--since", PAT],
        &["audit", "list", "--start", PAT],
        &["api", PAT, "/apps"],
        &["api", "GET", "alter_pat_marked0123456789abcdefghij#"],
        &["api", "GET", "/apps", "--header", PAT],
        &["completion", "print", "--shell", PAT],
        &["help", PAT],
        &["doctor", "--dir", PAT],
    ];
    let server = Server::json(401, r#"{"error":"pat_invalid","message":"no"}"#);
    for words in lines {
        for format in [&[][..], &["--output=json"]] {
            let mut run = alter([]).to(&server).env("ALTER_APP_ID", APP);
            for word in words.iter().chain(format) {
                run = run.arg(word);
            }
            let outcome = run.run();
            assert_ne!(outcome.status.code(), Some(0), "{outcome}");
            outcome.hides(MARK);
        }
    }
    let urls: Vec<String> = server
        .seen()
        .into_iter()
        .map(|exchange| exchange.target)
        .collect();
    assert!(!urls.iter().any(|url| url.contains(MARK)), "{urls:?}");
}

#[test]
fn a_misshapen_pat_is_refused_unseen_and_unsent() {
    let server = Server::unused();
    for text in MISSHAPEN {
        let home = Home::new();
        home.write("pat.txt", text);
        let start = || {
            alter(["auth", "login"])
                .home(&home)
                .env("ALTER_BASE_URL", server.url())
        };
        alter(["apps", "list"])
            .to(&server)
            .env("ALTER_PAT", text)
            .run()
            .exits(2)
            .hides(MARK);
        start().arg("--token").arg(text).run().exits(2).hides(MARK);
        start()
            .arg("--token-stdin")
            .stdin(text)
            .run()
            .exits(2)
            .hides(MARK);
        start()
            .arg("--token-file=pat.txt")
            .run()
            .exits(2)
            .hides(MARK);
        home.write(".config-alter/auth.toml", text);
        alter(["apps", "list"])
            .home(&home)
            .env("ALTER_BASE_URL", server.url())
            .run()
            .hides(MARK);
    }
    server.untouched();
}

#[test]
fn a_portal_that_fails_or_echoes_does_not_show_it() {
    let plays: Vec<fn() -> Play> = vec![
        || {
            Play::json(
                401,
                format!(r#"{{"error":"pat_invalid","message":"no PAT {PAT}"}}"#),
            )
        },
        || {
            Play::json(
                403,
                format!(
                    r#"{{"error":"insufficient_scope","message":"{PAT}","details":{{"missing":["{PAT}"]}}}}"#
                ),
            )
        },
        || {
            Play::json(
                422,
                format!(r#"{{"detail":[{{"loc":["body","{PAT}"],"msg":"{PAT}"}}]}}"#),
            )
        },
        || Play::with(500, "", format!("<html>{PAT}</html>")),
        || Play::with(200, "", format!("not JSON: {PAT}")),
        || {
            Play::with(
                302,
                &format!("Location: https://elsewhere/?pat={PAT}\r\n"),
                "",
            )
        },
        || {
            Play::SendAndClose(
                format!("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n[\"{PAT}\"").into_bytes(),
            )
        },
        || Play::SendAndClose(format!("{PAT}\r\n\r\n").into_bytes()),
    ];
    for play in plays {
        let server = Server::new(move |_| play());
        for more in [
            &[][..],
            &["--debug"],
            &["--output=json"],
            &["--debug", "--output=json"],
        ] {
            let run = |words: &[&str]| {
                let mut run = alter([]).to(&server).env("ALTER_PAT", PAT);
                for word in words.iter().chain(more) {
                    run = run.arg(word);
                }
                run
            };
            run(&["apps", "show", "1"]).run().hides(MARK);
            run(&["auth", "status"]).run().hides(MARK);
            Pty::of(&run(&["apps", "show", "1"])).run().hides(MARK);
            run(&["auth", "login", "--token-stdin"])
                .stdin(PAT)
                .run()
                .hides(MARK);
        }
    }
}

#[test]
fn debug_and_dry_run_hide_what_is_sent_and_what_is_minted() {
    let portal = Portal::new([]);
    let mint = [
        "keys", "mint", "--app", APP, "--name", "x", "--scopes", "a:b", "--debug",
    ];
    let minted = alter(mint).at(&portal).run();
    let secret = minted.exits(0).json()["api_key"]
        .as_str()
        .expect("a secret")
        .to_owned();
    minted
        .tells("> authorization: Bearer [redacted]")
        .tells(r#""api_key":"[redacted]""#);
    assert!(
        !minted.err().contains(&secret) && !minted.err().contains(&portal.pat),
        "{minted}"
    );

    let body = format!(r#"{{"name":"x","client_secret":"{MARK}","deep":[{{"token":"{MARK}"}}]}}"#);
    let input = [
        "api",
        "POST",
        "/apps",
        "--input",
        &body,
        "--header",
        &format!("X-Key: {PAT}"),
    ];
    alter(input)
        .at(&portal)
        .arg("--dry-run")
        .run()
        .exits(0)
        .hides(MARK);
    alter(input).at(&portal).arg("--debug").run().hides(MARK);
}

#[test]
fn a_pat_is_sent_in_its_header_and_nowhere_else() {
    let server = Server::json(200, "[]");
    alter(["apps", "list"])
        .to(&server)
        .env("ALTER_PAT", PAT)
        .run()
        .exits(0);
    let [exchange] = &server.seen()[..] else {
        panic!("one request");
    };
    assert_eq!(
        exchange.header("authorization"),
        Some(&*format!("Bearer {PAT}"))
    );
    let others: Vec<_> = exchange
        .headers
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("authorization"))
        .collect();
    assert!(!format!("{others:?}{}{}", exchange.target, exchange.body).contains(MARK));
}
