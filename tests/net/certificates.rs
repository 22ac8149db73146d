//! Certificates as people make them with openssl, served by `openssl s_server`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::{Home, Outcome, PAT, alter};

/// A server with a certificate, for one test.
struct Site {
    home: Home,
    server: Child,
    url: String,
}

impl Site {
    /// Makes a key and certificates with `openssl`, a command a line, then serves `cert.pem` with more flags.
    fn new(commands: &[&str], flags: &[&str]) -> Self {
        let home = Home::new();
        for command in commands {
            let made = Command::new("openssl")
                .args(command.split(' '))
                .current_dir(home.path())
                .output()
                .expect("openssl, which scripts/setup installs");
            assert!(made.status.success(), "{command}: {}", String::from_utf8_lossy(&made.stderr));
        }
        let list = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n[]";
        home.write("api/v1/apps", list);
        let mut server = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-HTTP"])
            .args(["-cert", "cert.pem", "-key", "key.pem"])
            .args(flags)
            .current_dir(home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl");
        let mut lines = BufReader::new(server.stdout.take().expect("a pipe")).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("ACCEPT ")?.rsplit_once(':')?.1.parse::<u16>().ok())
            .expect("a port");
        // Its pipe stays open, and is read.
        std::thread::spawn(move || lines.for_each(drop));
        Self { home, server, url: format!("https://localhost:{port}") }
    }

    /// Lists apps, trusting a file of this site.
    #[track_caller]
    fn list(&self, trusted: &str) -> Outcome {
        let run = alter(["apps", "list", "--output=json"]).env("ALTER_PAT", PAT);
        run.env("ALTER_BASE_URL", &self.url).env("SSL_CERT_FILE", self.home.file(trusted)).run()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

const KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem";

/// The command for a self-signed certificate: openssl makes it one of a certificate authority.
fn self_signed(more: &str) -> String {
    format!("req -x509 {KEY} -out cert.pem {more}")
}

#[test]
fn a_self_signed_certificate_that_is_named_is_trusted_for_its_names_and_dates() {
    let site = Site::new(
        &[
            &self_signed("-days 2 -subj /CN=any -addext subjectAltName=DNS:localhost"),
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout o.key -out other.pem -days 2 -subj /CN=other",
        ],
        &[],
    );
    site.list("cert.pem").exits(0).prints("[]\n");
    // It is the certificate itself that is trusted.
    let refused = site.list("other.pem");
    refused.exits(1).stderr_has("its issuer, `any`, is not trusted here");
    refused.stderr_has("SSL_CERT_FILE").hides("--base-url");

    let elsewhere = Site::new(
        &[&self_signed("-days 2 -subj /CN=any -addext subjectAltName=DNS:elsewhere.test")],
        &[],
    );
    let refused = elsewhere.list("cert.pem");
    refused.exits(1).stderr_has("it is for another host name").stderr_has("elsewhere.test");
    refused.hides("--base-url");

    let ended = Site::new(
        &[
            &format!(
                "req {KEY} -out request.pem -subj /CN=any -addext subjectAltName=DNS:localhost -addext basicConstraints=CA:TRUE"
            ),
            "x509 -req -in request.pem -signkey key.pem -out cert.pem -copy_extensions copyall -days -1",
        ],
        &[],
    );
    let refused = ended.list("cert.pem");
    refused.exits(1).stderr_has("it has expired").hides("--base-url");
}

#[test]
fn a_refusal_names_the_rule_that_was_broken() {
    let no_names = Site::new(&[&self_signed("-days 2 -subj /CN=localhost")], &[]);
    let refused = no_names.list("cert.pem");
    refused.exits(1).stderr_has("it has no subjectAltName").stderr_has("common name (CN)");
    refused.stderr_has("have it made again with a subjectAltName").hides("--base-url");

    let version_1 = Site::new(
        &[
            &format!("req {KEY} -out request.pem -subj /CN=localhost"),
            "x509 -req -in request.pem -signkey key.pem -out cert.pem -days 2",
        ],
        &[],
    );
    let refused = version_1.list("cert.pem");
    refused.exits(1).stderr_has("it is of X.509 version 1, and version 3 is needed");
    refused.stderr_has("have it made again with a subjectAltName").hides("--base-url");
}

#[test]
fn a_server_that_asks_for_a_client_certificate_is_not_called_one_without_a_cipher() {
    let cert = self_signed("-days 2 -subj /CN=any -addext subjectAltName=DNS:localhost");
    for version in ["-tls1_2", "-tls1_3"] {
        let site = Site::new(&[&cert], &[version, "-Verify", "1"]);
        let refused = site.list("cert.pem");
        refused.exits(1).stderr_has("the server asks for a client certificate, and alter has none");
        refused.hides("--base-url").hides("retry 1");
    }
    let old = Site::new(&[&cert], &["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"]);
    old.list("cert.pem").exits(1).stderr_has("no version or cipher of TLS");
}
