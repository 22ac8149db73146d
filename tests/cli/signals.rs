//! Signals while a secret is being made: what is cleaned up, and what stays ignored.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::alter::PROGRAM;
use crate::support::{APP, Home, PAT, Play, Server};

/// A mint that waits for its answer, started by a shell that did this before.
struct Mint {
    home: Home,
    child: Child,
    answer: Sender<()>,
    _server: Server,
}

impl Mint {
    fn start(setting: &str) -> Self {
        let (home, (tell, told)) = (Home::new(), channel());
        let (answer, answered): (_, Receiver<()>) = channel();
        let answered = std::sync::Mutex::new(answered);
        let server = Server::new(move |_| {
            tell.send(()).expect("the test waits");
            // Ends also when the test is over.
            let _ = answered.lock().expect("one request").recv();
            Play::json(201, r#"{"id":"k","api_key":"alter_rk_x"}"#)
        });
        let script = format!(
            "{setting}; exec '{PROGRAM}' keys mint --name n --scopes grants:read --secret-file secret.key"
        );
        let child = Command::new("/usr/bin/env")
            .args(["--default-signal=HUP,INT,QUIT,TERM", "sh", "-c", &script])
            .env_clear()
            .envs([("ALTER_PAT", PAT), ("ALTER_APP_ID", APP), ("ALTER_BASE_URL", &server.url())])
            .env("PATH", "/usr/bin:/bin")
            .current_dir(home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a shell");
        told.recv().expect("a request");
        Self { home, child, answer, _server: server }
    }

    fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it was waiting");
    }
}

#[test]
fn every_ending_signal_takes_the_empty_file_back() {
    for signal in [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM] {
        let mint = Mint::start(":");
        assert!(mint.home.join("secret.key").exists());
        mint.send(signal);
        let ended = mint.child.wait_with_output().expect("an end");
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.signal(), Some(signal.as_raw()), "{errors}");
        assert!(errors.contains("interrupted: the key may or may not have been made"), "{errors}");
        assert_eq!(mint.home.listing(), [""; 0], "{signal:?}");
    }
}

#[test]
fn a_file_of_somebody_else_is_not_taken_back() {
    for signal in [Some(Signal::HUP), None] {
        let mint = Mint::start(":");
        let file = mint.home.join("secret.key");
        fs::remove_file(&file).expect("ours");
        fs::write(&file, if signal.is_some() { "" } else { "mine" }).expect("another one");
        if let Some(signal) = signal {
            mint.send(signal);
        } else {
            mint.answer.send(()).expect("a server");
        }
        let ended = mint.child.wait_with_output().expect("an end");
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(!ended.status.success() && file.exists(), "{errors}");
        if signal.is_none() {
            assert_eq!(fs::read_to_string(&file).expect("it stays"), "mine");
            assert!(errors.contains("its secret is lost: secret.key: was replaced"), "{errors}");
            assert!(errors.contains("alter keys revoke"), "{errors}");
        }
    }
}

#[test]
fn a_signal_that_was_ignored_stays_ignored() {
    for (name, signal, others) in [
        ("INT", Signal::INT, [Signal::HUP, Signal::TERM]),
        ("HUP", Signal::HUP, [Signal::INT, Signal::TERM]),
        ("INT QUIT", Signal::QUIT, [Signal::HUP, Signal::TERM]),
    ] {
        // As `nohup` and the background jobs of a script have it.
        let mint = Mint::start(&format!("trap '' {name}"));
        mint.send(signal);
        mint.answer.send(()).expect("a server");
        let ended = mint.child.wait_with_output().expect("an end");
        assert!(ended.status.success(), "{name}: {}", String::from_utf8_lossy(&ended.stderr));
        assert_eq!(mint.home.read("secret.key"), "alter_rk_x");
        for other in others {
            let mint = Mint::start(&format!("trap '' {name}"));
            mint.send(other);
            let ended = mint.child.wait_with_output().expect("an end");
            assert_eq!(ended.status.signal(), Some(other.as_raw()), "{name}");
            assert_eq!(mint.home.listing(), [""; 0], "{name}");
        }
    }
}
