//! Hosts with many addresses, of which some never answer: a network of the test's own, in namespaces.

use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::geteuid;

use crate::support::authority::{Authority, Flaw};
use crate::support::tls_server::Server;
use crate::support::{Home, PAT, alter, skipped};

/// Makes a network in which 2001:db8:1::/64 swallows what it is sent, and names of hosts.
const NETWORK: &str = r#"
set -e
ip link set lo up
ip link add out type veth peer name away
ip link set out up
ip link set away up
ip addr add 2001:db8:1::1/64 dev out nodad
ip addr add 192.0.2.1/24 dev out
cp /etc/hosts "$HOME/hosts"
for last in 2 3 4 5 6 7 8 9; do
    ip neigh add 2001:db8:1::$last lladdr 02:00:00:00:00:02 dev out nud permanent
    echo "2001:db8:1::$last many.test silent.test" >> "$HOME/hosts"
done
for last in 1 2 3 4 5 6 7 8; do echo "127.0.0.$last many.test refused.test" >> "$HOME/hosts"; done
echo "2001:db8:1::2 one.test" >> "$HOME/hosts"
echo "127.0.0.1 one.test" >> "$HOME/hosts"
echo "nameserver 192.0.2.2" > "$HOME/resolv.conf"
ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev out nud permanent
mount --bind "$HOME/hosts" /etc/hosts
mount --bind "$HOME/resolv.conf" "$(readlink -f /etc/resolv.conf)"
exec "$@"
"#;

/// Tells the test that it runs in its network.
const INSIDE: &str = "ALTER_TEST_NETWORK";

/// Runs the test of that name again in a network of its own. Returns whether this is that run.
fn in_a_network(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let mut apart = vec!["--net", "--mount"];
    if !geteuid().is_root() {
        apart.extend(["--user", "--map-root-user"]);
    }
    let home = Home::new();
    let run = |words: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(&apart).args(["sh", "-c", NETWORK, "-"]).args(words);
        command.env("HOME", home.path()).env(INSIDE, "1").output()
    };
    // Without namespaces, `ip`, or a kernel with veth there is nothing to test on.
    if !run(&["true"]).is_ok_and(|done| done.status.success()) {
        skipped("no network namespace with a veth pair can be made here");
        return false;
    }
    let program = std::env::current_exe().unwrap();
    let done = run(&[program.to_str().unwrap(), "--exact", test, "--nocapture"]).unwrap();
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{}{told}", String::from_utf8_lossy(&done.stdout));
    false
}

#[test]
fn an_address_that_does_not_answer_keeps_no_other_waiting() {
    if !in_a_network("net::addresses::an_address_that_does_not_answer_keeps_no_other_waiting") {
        return;
    }
    let (folder, authority) = (Home::new(), Authority::new("Corporate Root"));
    folder.write("ca.pem", &authority.pem);
    let hosts = ["one.test", "many.test", "silent.test", "refused.test", "unheard.test"];
    let server = Server::tls(authority.server_for(&hosts, Flaw::None));
    let at = |host: &str, port: u16, words: [&str; 2]| {
        let run = alter(words).env("ALTER_PAT", PAT);
        run.env("ALTER_BASE_URL", format!("https://{host}:{port}"))
            .env("SSL_CERT_FILE", folder.file("ca.pem"))
            .env("ALTER_TIMEOUT", "3")
    };
    for host in ["one.test", "many.test", "refused.test"] {
        let run = at(host, server.port, ["apps", "list"]).run();
        run.exits(0).stderr_has("No apps.");
        assert!(!run.err().contains("retry"), "{run}");
        assert!(run.took < Duration::from_secs(2), "{host}: {:?}", run.took);
    }
    // A limit for all addresses together, and words of its own for each phase.
    for (host, port, why) in [
        ("silent.test", 443, "no connection within 3 s (ALTER_TIMEOUT)"),
        ("many.test", 1, "no connection within 3 s (ALTER_TIMEOUT)"),
        ("refused.test", 1, "the connection was refused"),
        ("unheard.test", 443, "the host name was not found within 3 s (ALTER_TIMEOUT)"),
    ] {
        let begun = Instant::now();
        at(host, port, ["doctor", "--output=json"]).run().exits(1).shows(why);
        assert!(begun.elapsed() < Duration::from_secs(5), "{host}: {:?}", begun.elapsed());
    }
}
