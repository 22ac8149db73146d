//! A provisioning script of thirty commands, killed at a random point and run again twice, under each fault of the
//! portal: the organisation is always the one that a portal without faults ends up with.

use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use rustix::process::{Pid, Signal, kill_process_group};

use super::{ended_well, reader};
use crate::support::{Home, Portal};

const BRANDING: &str = r##"{"logo_url": "https://acme.example/logo.svg", "colors": {"primary": "#3355FF", "text": "#111111", "background": "#FFFFFF"}}"##;

/// A test for each set of faults.
macro_rules! under {
    ($($name:ident = $faults:expr,)*) => {
        $(
            #[test]
            fn $name() {
                provision(&$faults);
            }
        )*
    };
}

under! {
    without_faults = [],
    with_a_status_that_is_retried = ["status=503,every=9"],
    with_a_status_that_is_not = ["status=500,every=7"],
    with_requests_lost = ["drop,every=9"],
    with_answers_lost = ["drop-after,every=9"],
    with_answers_lost_and_their_secrets_too = ["drop-after,every=7", "replay-null"],
    with_answers_that_break_off = ["truncate,every=7"],
    with_slow_answers = ["slow=1ms,every=20"],
    with_answers_from_somebody_else = ["garbage,every=7"],
    with_answers_that_lead_away = ["redirect=http://127.0.0.1:9/,every=7"],
    with_too_much_to_do = ["retry-after=1,every=15"],
}

/// A home with what the script reads, and the portal's file in it.
struct Place {
    home: Home,
    state: String,
}

impl Place {
    fn new() -> Self {
        let home = Home::new();
        home.write("project/google.secret", "GOCSPX-0123456789");
        home.write("project/slack.secret", "0123456789abcdef");
        home.write("project/branding.json", BRANDING);
        let state = home.join("portal.json").display().to_string();
        Self { home, state }
    }

    fn portal(&self, faults: &[&str]) -> Portal {
        let faults = faults.iter().flat_map(|&fault| ["--fault", fault]);
        let args = ["--seed", "empty", "--state", &self.state].into_iter().chain(faults);
        Portal::new(args.collect::<Vec<_>>())
    }

    fn script(&self, portal: &Portal) -> Command {
        let mut script = reader("provision.sh", portal, &self.home);
        script.env("ALTER_DEBUG", "1");
        script
    }

    /// What there is in the end, as a portal without faults reads it from the file.
    fn organisation(&self) -> String {
        ended_well(&mut reader("organisation.sh", &self.portal(&[]), &self.home)).0
    }
}

/// What one run without faults leaves behind, and how many lines it says meanwhile.
fn undisturbed() -> &'static (String, usize) {
    static ONCE: OnceLock<(String, usize)> = OnceLock::new();
    ONCE.get_or_init(|| {
        let place = Place::new();
        let (_, said) = ended_well(&mut place.script(&place.portal(&[])));
        (place.organisation(), said.lines().count())
    })
}

fn provision(faults: &[&str]) {
    let (organisation, lines) = undisturbed();
    let place = Place::new();
    let portal = place.portal(faults);
    let random = RandomState::new().hash_one(faults);
    let point = usize::try_from(random % *lines as u64).expect("a small number");
    kill_after(point, place.script(&portal));
    for _ in 0..2 {
        ended_well(&mut place.script(&portal));
    }
    drop(portal);
    assert_eq!(
        &place.organisation(),
        organisation,
        "{faults:?}, killed after {point} of {lines} lines"
    );
}

/// Starts the script, and kills it with all it has started once it has said so many lines.
fn kill_after(lines: usize, mut script: Command) {
    let mut child = script
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash starts");
    let said = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let read = said.map_while(Result::ok).take(lines).count();
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    let _ = child.wait();
    assert_eq!(read, lines, "the script ended by itself");
}
