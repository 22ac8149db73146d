//! The browser sign-in as it should go, and as a person or a clock may end it.

use std::net::TcpListener;

use super::support::{BAD_PAT, Login, OTHER_PAT, User, portal};

#[test]
fn a_posted_form_signs_in() {
    let portal = portal();
    let user = User::at(&portal);
    let login = Login::start(
        &user,
        &[
            "--no-browser",
            "--dashboard-url",
            "https://Dash.example",
            "--scopes",
            "dashboard_apps:read, dashboard_audit:read",
        ],
    );
    let begins = format!(
        "https://dash.example/cli/authorize?callback=http%3A%2F%2F127.0.0.1%3A{}%2Fcallback&state={}&scopes=dashboard_apps%3Aread,dashboard_audit%3Aread&client=alter-cli%2F{}&host=",
        login.port,
        login.state,
        env!("CARGO_PKG_VERSION"),
    );
    assert!(login.url.starts_with(&begins), "{}", login.url);
    assert_eq!(login.state.len(), 64);
    let port = login.port;
    login.succeeds();
    assert_eq!(user.source(), "file");
    assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
}

#[test]
fn every_answer_is_static_and_shared_with_nobody() {
    let portal = portal();
    let user = User::at(&portal);
    let login = Login::start(&user, &["--no-browser"]);
    let preflight = login.send(&format!(
        "OPTIONS /callback HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nOrigin: https://portal.alterauth.com\r\n\
         Access-Control-Request-Method: POST\r\nAccess-Control-Request-Private-Network: true\r\nConnection: close\r\n\r\n",
        login.port
    ));
    let wrong = login.post("state=x&pat=y");
    let good = login.post(&login.form());
    assert!(preflight.starts_with("HTTP/1.1 405 "), "{preflight}");
    assert!(wrong.starts_with("HTTP/1.1 403 "), "{wrong}");
    for answer in [preflight, wrong, good] {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        for header in [
            "Cache-Control: no-store",
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            "Referrer-Policy: no-referrer",
            "X-Content-Type-Options: nosniff",
            &format!("Content-Length: {}", body.len()),
        ] {
            assert!(head.contains(header), "no {header} in {head}");
        }
        assert!(!head.to_lowercase().contains("access-control"), "{head}");
        assert!(!body.contains("<script") && body.contains("color-scheme"));
    }
    login.end().exits(0);
}

#[test]
fn the_page_names_the_account() {
    let portal = portal();
    let user = User::at(&portal);
    let login = Login::start(&user, &["--no-browser"]);
    let answer = login.post(&login.form());
    for text in ["<dd>a@b.example</dd>", "<dd>Org</dd>", "<dd>default</dd>", "Open the dashboard"] {
        assert!(answer.contains(text), "no {text} in {answer}");
    }
    login.end().exits(0);
}

#[test]
fn the_page_says_what_the_portal_said() {
    let portal = portal();
    let user = User::at(&portal);
    let login = Login::start(&user, &["--no-browser"]);
    let answer = login.post(&format!("state={}&pat={BAD_PAT}", login.state));
    assert!(answer.contains("did not work"), "{answer}");
    login.end().exits(3).stderr_has("no such PAT");
    assert!(!user.file().exists());
}

#[test]
fn what_the_dashboard_refuses_ends_the_sign_in() {
    let portal = portal();
    let user = User::at(&portal);
    for (form, code, said, page) in [
        ("error=access_denied", 8, "refused", "was refused"),
        ("error=\u{1b}]0;server_error", 1, "server_error", "did not work"),
        ("pat=alter_rk_sekret", 1, "runtime", "did not work"),
    ] {
        let login = Login::start(&user, &["--no-browser"]);
        let answer = login.post(&format!("state={}&{form}", login.state));
        assert!(answer.contains(page), "{answer}");
        let run = login.end();
        run.exits(code).stderr_has(said);
        assert!(!run.err().contains('\u{1b}'));
    }
    assert!(!user.file().exists());
}

#[test]
fn a_sign_in_without_a_browser_times_out() {
    let user = User::new();
    let run = Login::start(&user, &["--no-browser", "--timeout", "1"]).end();
    assert!(run.took.as_millis() < 2500, "{run}");
    run.exits(1).stderr_has("within 1 s").stderr_has("--token-stdin");
}

#[test]
fn a_port_can_be_chosen_and_may_be_taken() {
    let portal = portal();
    let user = User::at(&portal);
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    user.run(&["auth", "login", "--no-browser", "--port", &port])
        .exits(1)
        .stderr_has(&format!("--port {port}"));
    drop(taken);
    let login = Login::start(&user, &["--no-browser", "--port", &port]);
    assert_eq!(login.port.to_string(), port);
    login.succeeds();
}

#[test]
fn over_ssh_it_says_how_to_reach_the_port() {
    let mut user = User::new();
    user.set("SSH_CONNECTION", "192.0.2.1 5000 192.0.2.7 2222");
    user.set("USER", "ada");
    let login = Login::start(&user, &["--no-browser", "--timeout", "1"]);
    let line = format!("ssh -N -L {0}:127.0.0.1:{0} -p 2222 ada@HOST", login.port);
    login.end().exits(1).stderr_has(&line).stderr_has("--token-stdin");
}

#[test]
fn a_file_that_cannot_be_used_is_found_before_the_browser_opens() {
    let user = User::new();
    user.store("rubbish");
    let run = user.run(&["auth", "login", "--no-browser"]);
    run.exits(2);
    assert!(!run.err().contains("/cli/authorize"));
}

#[test]
fn the_account_of_the_pat_is_named_before_it_is_stored() {
    let portal = portal();
    let user = User::at(&portal);
    Login::start(&user, &["--no-browser"])
        .succeeds()
        .stderr_has("gave a PAT as a@b.example of Org.");
    user.sign_in(OTHER_PAT, &[]).exits(0);
    let login = Login::start(&user, &["--no-browser"]);
    login.succeeds().stderr_has("this replaces the sign-in as c@d.example of Org");
}
