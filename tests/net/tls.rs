//! TLS and proxies, against real servers with certificates of a private authority.

use std::net::TcpListener;
use std::time::Instant;

use crate::support::authority::{Authority, Flaw};
use crate::support::tls_server::Server;
use crate::support::{Home, Outcome, alter};

const PAT: &str = "alter_pat_marked0123456789marked";

#[track_caller]
fn list(url: &str, environment: &[(&str, &str)]) -> Outcome {
    let run = alter(["apps", "list"]).env("ALTER_PAT", PAT).env("ALTER_BASE_URL", url);
    environment.iter().fold(run, |run, (name, value)| run.env(name, value)).run()
}

/// An authority, and the path of its certificate in a folder that must live as long as it is read.
fn private_authority() -> (Home, Authority, String) {
    let folder = Home::new();
    let authority = Authority::new("Corporate Root");
    folder.write("ca.pem", &authority.pem);
    let file = folder.file("ca.pem");
    (folder, authority, file)
}

#[test]
fn a_private_authority_is_trusted_through_a_file_or_a_folder() {
    let (folder, authority, file) = private_authority();
    let server = Server::tls(authority.server(Flaw::None));
    for host in ["localhost", "127.0.0.1"] {
        let url = format!("https://{host}:{}", server.port);
        for variable in
            [("SSL_CERT_FILE", file.as_str()), ("SSL_CERT_DIR", folder.path().to_str().unwrap())]
        {
            let output = list(&url, &[variable]);
            assert_eq!(output.status.code(), Some(0), "{}", output.err());
        }
    }
    assert!(server.seen().contains(&format!("authorization: Bearer {PAT}")), "{}", server.seen());
}

#[test]
fn an_unknown_issuer_is_named_before_a_credential_leaves() {
    let server = Server::tls(Authority::new("Corporate Root").server(Flaw::None));
    let output = list(&format!("https://localhost:{}", server.port), &[]);
    assert_eq!(output.status.code(), Some(1));
    for part in
        ["its issuer, `Corporate Root`, is not trusted here", "SSL_CERT_FILE", "SSL_CERT_DIR"]
    {
        assert!(output.err().contains(part), "{part}: {output}");
    }
    assert_eq!(server.seen(), "");
}

#[test]
fn a_flawed_certificate_is_refused_before_a_credential_leaves() {
    let (_folder, authority, file) = private_authority();
    for (flaw, why) in [
        (Flaw::SelfSigned, "is not trusted here"),
        (Flaw::Expired, "expired"),
        (Flaw::WrongName, "another host name"),
    ] {
        let server = Server::tls(authority.server(flaw));
        let output =
            list(&format!("https://localhost:{}", server.port), &[("SSL_CERT_FILE", &file)]);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.err().contains(why), "{why}: {}", output.err());
        assert!(!output.err().contains("retry"), "{}", output.err());
        assert_eq!(server.seen(), "");
    }
}

#[test]
fn roots_that_cannot_be_read_are_bad_input() {
    let folder = Home::new();
    folder.write("empty.pem", "");
    let empty = folder.file("empty.pem");
    let missing = folder.file("missing.pem");
    let fifo = folder.file("fifo");
    folder.fifo("fifo");
    let server = Server::tls(Authority::new("Root").server(Flaw::None));
    let url = format!("https://localhost:{}", server.port);
    for (variable, path) in [
        ("SSL_CERT_FILE", empty.as_str()),
        ("SSL_CERT_FILE", missing.as_str()),
        ("SSL_CERT_FILE", folder.path().to_str().unwrap()),
        ("SSL_CERT_FILE", "/dev/zero"),
        ("SSL_CERT_FILE", fifo.as_str()),
        ("SSL_CERT_DIR", folder.path().to_str().unwrap()),
        ("SSL_CERT_DIR", missing.as_str()),
    ] {
        let output = list(&url, &[(variable, path)]);
        assert_eq!(output.status.code(), Some(2), "{variable} {path}: {}", output.err());
        assert!(output.err().contains(&format!("{variable}: {path}")), "{}", output.err());
        assert!(output.err().contains(&format!("or unset {variable}\n")), "{}", output.err());
    }
}

#[test]
fn a_proxy_makes_a_tunnel_and_never_sees_the_pat() {
    let (_folder, authority, file) = private_authority();
    let server = Server::tls(authority.server(Flaw::None));
    let proxy = Server::proxy(server.port);
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let address = format!("http://user:marked-password@127.0.0.1:{}", proxy.port);
        let output = list("https://portal.test", &[(variable, &address), ("SSL_CERT_FILE", &file)]);
        assert_eq!(output.status.code(), Some(0), "{variable}: {}", output.err());
    }
    let tunnelled = proxy.seen();
    assert!(tunnelled.starts_with("CONNECT portal.test:443 HTTP/1.1\r\n"), "{tunnelled}");
    assert!(!tunnelled.contains("alter_pat_"));
    assert_eq!(server.seen().matches("GET /api/v1/apps HTTP/1.1").count(), 3, "{}", server.seen());
}

#[test]
fn loopback_and_exempt_hosts_go_direct() {
    let (_folder, authority, file) = private_authority();
    let server = Server::tls(authority.server(Flaw::None));
    let proxy = Server::proxy(server.port);
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let output = list(
        &format!("https://localhost:{}", server.port),
        &[("HTTPS_PROXY", &address), ("SSL_CERT_FILE", &file)],
    );
    assert_eq!(output.status.code(), Some(0), "{}", output.err());
    let exempt =
        [("HTTPS_PROXY", address.as_str()), ("NO_PROXY", "other,.test"), ("ALTER_TIMEOUT", "2")];
    // Going direct, the name is looked up here, where nobody knows it.
    assert_eq!(list("https://portal.test", &exempt).status.code(), Some(1));
    assert_eq!(proxy.seen(), "");
}

#[test]
fn a_proxy_that_is_not_understood_is_bad_input_and_its_password_stays_hidden() {
    for address in [
        "socks5://user:marked-password@127.0.0.1:1",
        "https://user:marked-password@127.0.0.1:1",
        "http://[",
        "http://user:marked-password@127.0.0.1:99999",
    ] {
        let output = list("https://portal.test", &[("HTTPS_PROXY", address)]);
        assert_eq!(output.status.code(), Some(2), "{}", output.err());
        assert!(output.err().contains("HTTPS_PROXY"));
        assert!(!output.err().contains("marked"), "{}", output.err());
    }
}

#[test]
fn an_unreachable_proxy_is_named_in_the_fix() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("http://127.0.0.1:{port}");
    let output = list("https://portal.test", &[("HTTPS_PROXY", &address), ("NO_PROXY", "")]);
    assert_eq!(output.status.code(), Some(1), "{}", output.err());
    let fix = "check HTTPS_PROXY and ALL_PROXY, or name the host in NO_PROXY";
    assert!(output.err().ends_with(&format!("  fix: {fix}\n")), "{}", output.err());
    let doctor = alter(["doctor", "--output=json"]).env("ALTER_PAT", PAT);
    let doctor = doctor.env("ALTER_BASE_URL", "https://portal.test").env("HTTPS_PROXY", &address);
    assert_eq!(doctor.run().exits(1).json()[0]["fix"], fix);
}

#[test]
fn a_slow_proxy_answer_is_bounded_by_the_time_for_connecting() {
    let proxy = Server::dripping_proxy();
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let begun = Instant::now();
    let doctor = alter(["doctor"]).env("ALTER_BASE_URL", "https://portal.test");
    let doctor = doctor.env("HTTPS_PROXY", &address).env("ALTER_TIMEOUT", "2").run();
    doctor.exits(1).shows("no connection within 2 s (ALTER_TIMEOUT)");
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

#[test]
fn a_proxy_that_speaks_no_http_is_what_there_is_to_check() {
    let proxy = Server::rubbish_proxy();
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let run = alter(["apps", "create", "--name", "n"])
        .env("ALTER_PAT", PAT)
        .env("ALTER_BASE_URL", "https://portal.test")
        .env("HTTPS_PROXY", &address)
        .run();
    run.exits(1).says(
        "alter: POST https://portal.test/api/v1/apps: the proxy refused: its answer is not proper HTTP\n  \
         fix: check HTTPS_PROXY and ALL_PROXY, or name the host in NO_PROXY\n",
    );
}

#[test]
fn a_proxy_that_asks_for_a_password_says_so_once() {
    let proxy = Server::refusing_proxy("407 Proxy Authentication Required");
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let run = list("https://portal.test", &[("HTTPS_PROXY", &address)]);
    run.exits(1).says(
        "alter: GET https://portal.test/api/v1/apps: the proxy refused: it asks for a user name and a password (status 407)\n  \
         fix: put them into the address: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT\n",
    );
    let proxy = Server::refusing_proxy("403 Forbidden");
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let run = list("https://portal.test", &[("HTTPS_PROXY", &address)]);
    run.exits(1).stderr_has("the proxy refused: it answered with status 403\n");
}
